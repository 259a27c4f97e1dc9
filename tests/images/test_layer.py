from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images import layer as module
from depcheck.images.layer import read_layer
from depcheck.images.table import BrokenLayer, Entry, Wanted
from tests.support.tars import chunked, header, layer_of, member, pax, sha256, tar_of

ALL = Wanted(1 << 20)


def hard(name: str, target: str) -> tarfile.TarInfo:
    return member(name, tarfile.LNKTYPE, target)


def soft(name: str, target: str) -> tarfile.TarInfo:
    return member(name, tarfile.SYMTYPE, target)


def folder(name: str) -> tarfile.TarInfo:
    return member(name, tarfile.DIRTYPE)


def file(content: bytes) -> Entry:
    return Entry("file", 0o644, 0, 0, len(content), hashlib.sha256(content).digest(), "")


def test_entries_of_every_kind() -> None:
    table = layer_of(
        folder("./"), folder("./etc"), ("./etc/passwd", b"root"), soft("etc/mtab", "/proc/mounts"),
        hard("etc/copy", "etc/passwd"), member("dev/null", tarfile.CHRTYPE),
    )  # fmt: skip
    assert dict(table.entries) == {
        "etc": Entry("folder", 0o755, 0, 0, 0, b"", ""),
        "etc/passwd": file(b"root"),
        "etc/mtab": Entry("link", 0o644, 0, 0, 0, b"", "/proc/mounts"),
        "etc/copy": file(b"root"),
        "dev/null": Entry("device", 0o644, 0, 0, 0, b"", ""),
    }
    assert table.contents == {"etc/passwd": b"root", "etc/copy": b"root"}
    assert not table.faults


def test_digests_are_kept_as_promised_or_told() -> None:
    tar = tar_of(("a", b"x"))
    blob = gzip.compress(tar)
    table = read_layer(
        chunked(blob, 50), diff_id=sha256(tar), digest=sha256(blob), wanted=lambda p, s: None
    )
    assert (table.diff_id, table.size) == (sha256(tar), len(tar))
    other = sha256(b"other")
    with pytest.raises(BrokenLayer) as caught:
        read_layer(chunked(blob), diff_id=other, wanted=lambda p, s: None)
    assert other in caught.value.message
    assert sha256(tar) in caught.value.message
    with pytest.raises(BrokenLayer) as caught:
        read_layer(chunked(blob), diff_id=None, digest=other, wanted=lambda p, s: None)
    assert other in caught.value.message
    assert sha256(blob) in caught.value.message


def test_what_comes_after_the_end_is_part_of_the_digest() -> None:
    tar = tar_of(("a", b"x")) + b"trailing"
    table = read_layer(chunked(tar), diff_id=sha256(tar), wanted=lambda p, s: None)
    assert list(table.entries) == ["a"]


def test_an_empty_stream_is_a_layer_only_if_that_was_promised() -> None:
    assert not read_layer(iter(()), diff_id=sha256(b""), wanted=lambda p, s: None).entries
    with pytest.raises(BrokenLayer, match="it is empty"):
        read_layer(iter(()), diff_id=None, wanted=lambda p, s: None)


def test_a_broken_layer_is_named() -> None:
    name = sha256(b"promised")
    with pytest.raises(BrokenLayer, match=f"layer {name} cannot be read: .*checksum"):
        read_layer(iter([b"<html>" * 200]), diff_id=name, wanted=lambda p, s: None)


def test_contents_are_kept_derived_or_faulted() -> None:
    def shout(content: bytes) -> bytes:
        if content.startswith(b"!"):
            raise ValueError("it begins with a cry")
        return content.upper()

    def wanted(path: str, size: int) -> Wanted | None:
        return {"a": ALL, "b": Wanted(10, shout), "c": Wanted(10, shout), "d": Wanted(3)}.get(path)

    table = layer_of(
        ("a", b"as it is"), ("b", b"low"), ("c", b"!"), ("d", b"long"), ("e", b"no"), wanted=wanted
    )
    assert table.contents == {"a": b"as it is", "b": b"LOW"}
    assert set(table.faults) == {"c", "d"}
    assert table.faults["c"] == "it begins with a cry"
    assert "4 bytes" in table.faults["d"]
    assert table.entries["d"] == file(b"long")


def test_what_is_kept_of_one_layer_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    table = layer_of(("a", b"x" * 60), ("b", b"y" * 60), ("a", b"z" * 10), ("c", b"w" * 60))
    assert set(table.contents) == {"a", "c"}
    assert set(table.faults) == {"b"}
    many = layer_of(("a", b"x" * 60), *(hard(f"h{number}", "a") for number in range(3)))
    assert len(many.contents) == 1
    assert len(many.faults) == 3


def test_whiteouts_and_opaque_folders() -> None:
    table = layer_of(
        folder("etc"), ("etc/.wh.passwd", b""), (".wh.tmp", b""), ("var/.wh..wh..opq", b""),
        (".wh..wh.aufs", b""), (".wh..wh.plnk/7.1", b"x"), hard("bin/x", ".wh..wh.plnk/7.1"),
        ("etc/..wh.no", b""),
    )  # fmt: skip
    assert table.removed == {"etc/passwd", "tmp"}
    assert table.opaque == {"var"}
    assert set(table.entries) == {"etc", "bin/x", "etc/..wh.no"}
    assert table.contents["bin/x"] == b"x"
    assert layer_of((".wh..wh..opq", b"")).opaque == {""}


@pytest.mark.parametrize("name", ["etc/.wh.", "etc/.wh...", ".wh...", "etc/.wh.."])
def test_whiteouts_of_no_name_are_refused(name: str) -> None:
    with pytest.raises(BrokenLayer, match="whiteout of no name"):
        layer_of((name, b""))


def test_hard_links() -> None:
    def wanted(path: str, size: int) -> Wanted | None:
        shout = Wanted(1 << 20, bytes.upper)
        return {"m": shout, "p": shout}.get(path, ALL if path in "kloqw" else None)

    table = layer_of(
        ("k", b"kept"), ("u", b"unkept"), ("n", b""), hard("l", "k"), hard("m", "k"),
        hard("x", "u"), hard("y", "l"), hard("z", "gone"), soft("s", "k"), hard("t", "s"),
        hard("o", "u"), ("p", b"derived"), hard("q", "p"), hard("w", "n"),
        wanted=wanted,
    )  # fmt: skip
    assert table.contents == {"k": b"kept", "l": b"kept", "m": b"KEPT", "p": b"DERIVED", "w": b""}
    assert table.entries["x"] == table.entries["u"]
    assert table.entries["y"] == table.entries["k"]
    assert table.entries["t"] == table.entries["s"]
    assert table.entries["t"].link == "k"
    assert set(table.faults) == {"o", "q", "z"}
    assert "not kept" in table.faults["o"]
    assert (table.entries["z"].kind, table.entries["z"].digest) == ("file", b"")


def test_hostile_links_end_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FAULTS", 5)
    assert len(layer_of(*(hard(f"h{n}", "gone") for n in range(5))).faults) == 5
    with pytest.raises(BrokenLayer, match="more than 5"):
        layer_of(*(hard(f"h{n}", "gone") for n in range(6)))
    monkeypatch.setattr(module, "MOST_NAME_BYTES", 10_000)
    with pytest.raises(BrokenLayer, match="its links make names"):
        layer_of(soft("l", "x" * 900), *((f"l/{n}", b"") for n in range(20)))


def test_a_hard_link_shares_its_targets_fault() -> None:
    table = layer_of(("a", b"12345"), hard("b", "a"), wanted=lambda path, size: Wanted(3))
    assert table.faults["b"] == table.faults["a"]


def test_the_last_of_two_counts() -> None:
    table = layer_of(
        ("a", b"first"), ("b", b"x"), soft("b", "a"), soft("c", "x"), ("c", b"y"), ("a", b"2")
    )
    assert table.contents == {"a": b"2", "c": b"y"}
    assert table.entries["a"] == file(b"2")
    assert (table.entries["b"].kind, table.entries["b"].link) == ("link", "a")
    assert (table.entries["c"].kind, table.entries["c"].link) == ("file", "")


def test_sparse_files_differ_by_where_their_data_lies() -> None:
    def sparse(place: str) -> Entry:
        records = pax(
            ("GNU.sparse.major", "1"), ("GNU.sparse.map", place), ("GNU.sparse.realsize", "99")
        )
        data = records + header(b"x", 512) + b"d" * 512
        table = read_layer(iter([data]), diff_id=None, wanted=lambda path, size: ALL)
        assert "sparse" in table.faults["x"]
        return table.entries["x"]

    assert sparse("1") == sparse("1")
    assert sparse("1").digest != sparse("2").digest


def test_members_behind_links_are_where_unpacking_puts_them() -> None:
    table = layer_of(
        soft("lib", "usr/lib"), ("lib/a", b"a"), soft("lib/b", "a"), soft("opt/x", "../../../srv"),
        ("opt/x/c", b"c"), soft("one", "/two"), soft("two", "lib"), ("one/deep/d", b"d"),
    )  # fmt: skip
    assert set(table.entries) == {
        "lib", "usr/lib/a", "usr/lib/b", "opt/x", "srv/c", "one", "two", "usr/lib/deep/d",
    }  # fmt: skip
    assert table.contents == {"usr/lib/a": b"a", "srv/c": b"c", "usr/lib/deep/d": b"d"}
    assert table.entries["usr/lib/b"].link == "a"


def test_what_is_file_and_folder_at_once_is_refused() -> None:
    with pytest.raises(BrokenLayer, match="both as a file and as a folder"):
        layer_of(("a", b"x"), ("a/b/c", b"y"))
    with pytest.raises(BrokenLayer, match="both as a file and as a folder"):
        layer_of(soft("a", "b"), soft("b", "a"), ("a/c", b"y"))


names = st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h", ".wh.a", "c/.wh.d", "c/.wh..wh..opq"])


@settings(max_examples=100, deadline=None)
@given(
    members=st.lists(st.tuples(names, st.binary(max_size=40)), max_size=9),
    size=st.integers(1, 3000),
)
def test_a_table_is_what_tarfile_would_unpack(members: list[tuple[str, bytes]], size: int) -> None:
    data = tar_of(*members)
    table = read_layer(chunked(data, size), diff_id=sha256(data), wanted=lambda path, size: ALL)
    plain = {name: content for name, content in members if ".wh." not in name}
    assert table.contents == plain
    assert dict(table.entries) == {name: file(content) for name, content in plain.items()}
    hidden = {name for name, _ in members if ".wh." in name}
    assert len(hidden) == len(table.removed) + len(table.opaque)


_MEASURE = """
import pathlib, sys, tarfile
from depcheck.images.layer import read_layer
from depcheck.images.table import Wanted

files, size = int(sys.argv[1]), int(sys.argv[2])
block = bytes(range(256)) * 256

def chunks():
    for number in range(files):
        folder = f"opt/venv/lib/python3.11/site-packages/package_{number // 90}"
        info = tarfile.TarInfo(f"{folder}/module_{number}.py")
        info.size = size
        yield info.tobuf()
        left = size + -size % 512
        while left:
            yield block[: min(left, 65536)]
            left -= min(left, 65536)
    yield bytes(1024)

def wanted(path, size):
    return Wanted(1 << 20) if path.endswith("00.py") else None

table = read_layer(chunks(), diff_id=None, wanted=wanted)
assert len(table.entries) == files
# Not ru_maxrss, which a child takes over from who started it.
status = pathlib.Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's own measure")
@pytest.mark.parametrize(("files", "size"), [(20_000, 50_000), (250_000, 300)])
def test_memory_stays_below_150_mb(files: int, size: int, tmp_path: Path) -> None:
    script = tmp_path / "measure.py"
    script.write_text(_MEASURE)
    ran = subprocess.run(
        [sys.executable, str(script), str(files), str(size)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert int(ran.stdout) < 150
