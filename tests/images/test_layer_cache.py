from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images import cache as module
from depcheck.images.cache import LayerCache, layers_clear, layers_info
from depcheck.images.entries import Entries
from depcheck.images.table import Entry, LayerTable
from tests.support.tars import layer_of, sha256

ID = sha256(b"a layer")
TABLE = LayerTable(
    diff_id=ID,
    entries={
        "usr": Entry("folder", 0o755, 0, 0, 0, b"", ""),
        "usr/ä\nb": Entry("file", 0o4755, 4294967295, 7, 1 << 40, bytes(range(32)), ""),
        "lib": Entry("link", 0o777, 1, 2, 0, b"", "usr/lib"),
        "dev/x": Entry("device", 0o600, 0, 0, 0, b"", ""),
    },
    removed=frozenset({"a", "b/c"}),
    opaque=frozenset({"", "d"}),
    contents={"usr/ä\nb": b"\0\xff" * 1000, "e": b""},
    faults={"lib": "why"},
    size=123456,
)


def silent(text: str) -> None:
    raise AssertionError(text)


@pytest.fixture
def cache(tmp_path: Path) -> LayerCache:
    return LayerCache(tmp_path, note=silent)


def stored(folder: Path) -> Path:
    return folder / "layers" / ID.removeprefix("sha256:")


def same(left: LayerTable | None, right: LayerTable) -> bool:
    return left is not None and replace(left, entries=dict(left.entries)) == replace(
        right, entries=dict(right.entries)
    )


def test_a_table_comes_back(cache: LayerCache, tmp_path: Path) -> None:
    assert cache.get(ID) is None
    cache.put(TABLE)
    assert same(cache.get(ID), TABLE)
    assert same(LayerCache(tmp_path, note=silent).get(ID), TABLE)
    assert cache.get(sha256(b"another")) is None


def test_a_table_that_was_read_comes_back(cache: LayerCache) -> None:
    for table in (layer_of(("a", b"x"), ("b/.wh.c", b"")), layer_of()):
        cache.put(table)
        assert same(cache.get(table.diff_id), table)


entry = st.builds(
    Entry, st.sampled_from(["file", "folder", "link", "device"]), st.integers(0, 0o7777),
    st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**62),
    st.one_of(st.just(b""), st.binary(min_size=32, max_size=32).filter(any)), st.text(),
)  # fmt: skip
name = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@settings(max_examples=60, deadline=None)
@given(
    entries=st.dictionaries(name, entry), contents=st.dictionaries(name, st.binary()),
    block=st.integers(1, 4),
)  # fmt: skip
def test_any_table_comes_back(
    entries: dict[str, Entry], contents: dict[str, bytes], block: int
) -> None:
    table = replace(TABLE, entries=entries, contents=contents)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        assert same(module._decode(module._encode(table), ID), table)


def test_entries_are_a_mapping_like_any_other() -> None:
    packed = Entries.of(TABLE.entries.items())
    assert packed == TABLE.entries
    assert list(packed) == list(TABLE.entries)
    assert packed.get("lib") == packed["lib"] == TABLE.entries["lib"]
    assert packed.get("nothing") is None
    assert "nothing" not in packed
    with pytest.raises(KeyError):
        packed["nothing"]


def test_a_damaged_file_is_not_there_and_is_written_anew(cache: LayerCache, tmp_path: Path) -> None:
    cache.put(TABLE)
    whole = stored(tmp_path).read_bytes()
    cuts = [whole[:cut] for cut in range(0, len(whole), 11)]
    damaged = []
    number = random.Random(5)
    for _ in range(100):
        edited = bytearray(whole)
        edited[number.randrange(len(whole))] ^= 1 << number.randrange(8)
        damaged.append(bytes(edited))
    for data in [*cuts, *damaged, whole + b"x", b"foreign" * 99]:
        stored(tmp_path).write_bytes(data)
        assert cache.get(ID) is None
    cache.put(TABLE)
    assert same(cache.get(ID), TABLE)


def test_a_file_of_another_layer_or_version_is_not_there(
    cache: LayerCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(TABLE, diff_id=sha256(b"other"))
    cache.put(other)
    (tmp_path / "layers" / other.diff_id[7:]).rename(stored(tmp_path))
    assert cache.get(ID) is None
    cache.put(TABLE)
    monkeypatch.setattr(module, "_MAGIC", b"depcheck layer 999\n")
    assert cache.get(ID) is None


@pytest.mark.parametrize(
    "digest",
    ["", "sha256:", "sha256:../../../etc/passwd", "sha256:" + "A" * 64, "sha512:" + "a" * 64,
     "sha256:" + "a" * 64 + "\n", "sha256:" + "١" * 64, "/etc/passwd", "sha256:" + "a" * 63],
)  # fmt: skip
def test_only_a_digest_becomes_a_file_name(cache: LayerCache, tmp_path: Path, digest: str) -> None:
    cache.put(replace(TABLE, diff_id=digest))
    cache.put_blob(digest, b"")
    assert cache.get(digest) is None
    assert cache.get_blob(digest) is None
    assert not list(tmp_path.iterdir())


def test_blobs_are_what_their_digest_says(cache: LayerCache, tmp_path: Path) -> None:
    data = b'{"layers": []}'
    cache.put_blob(sha256(data), data)
    cache.put_blob(sha256(b"promised"), b"something else")
    large = bytes(module.MOST_BLOB + 1)
    cache.put_blob(sha256(large), large)
    assert cache.get_blob(sha256(data)) == data
    assert cache.get_blob(sha256(b"promised")) is None
    assert cache.get_blob(sha256(large)) is None
    assert len(list((tmp_path / "blobs").iterdir())) == 1
    (tmp_path / "blobs" / sha256(data)[7:]).write_bytes(b"edited")
    assert cache.get_blob(sha256(data)) is None


def test_no_folder_is_no_cache() -> None:
    cache = LayerCache(None, note=silent)
    cache.put(TABLE)
    cache.put_blob(sha256(b""), b"")
    assert cache.get(ID) is None
    assert cache.get_blob(sha256(b"")) is None


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    notes: list[str] = []
    cache = LayerCache(tmp_path / "file", note=notes.append)
    for _ in range(2):
        cache.put(TABLE)
        cache.put_blob(sha256(b""), b"")
        assert cache.get(ID) is None
    assert len(notes) == 1
    assert "cannot be written" in notes[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    begun = folder / ".new-1"

    def on_full_disk(**_: object) -> tuple[int, str]:
        begun.touch()
        return os.open("/dev/full", os.O_WRONLY), str(begun)

    monkeypatch.setattr(tempfile, "mkstemp", on_full_disk)
    notes: list[str] = []
    LayerCache(tmp_path, note=notes.append).put(TABLE)
    assert "space" in notes[0]
    assert not list(folder.iterdir())


def test_two_writers_and_a_reader_at_once(tmp_path: Path) -> None:
    stop = time.monotonic() + 1
    wrong: list[object] = []

    def write() -> None:
        cache = LayerCache(tmp_path, note=wrong.append)
        while time.monotonic() < stop:
            cache.put(TABLE)

    LayerCache(tmp_path, note=silent).put(TABLE)
    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while time.monotonic() < stop:
        if not same(LayerCache(tmp_path, note=silent).get(ID), TABLE):
            wrong.append("a half")
    for writer in writers:
        writer.join()
    assert not wrong
    assert [path.name for path in (tmp_path / "layers").iterdir()] == [stored(tmp_path).name]


def test_info_and_clear_touch_the_caches_own_files_alone(cache: LayerCache, tmp_path: Path) -> None:
    assert layers_info(tmp_path / "nowhere") == layers_clear(tmp_path / "nowhere") == (0, 0)
    cache.put(TABLE)
    cache.put_blob(sha256(b"12345"), b"12345")
    (tmp_path / "metadata-1.sqlite").write_text("another's")
    held = (1, stored(tmp_path).stat().st_size + 5)
    assert layers_info(tmp_path) == held
    assert layers_clear(tmp_path) == held
    assert [path.name for path in tmp_path.iterdir()] == ["metadata-1.sqlite"]


def test_twenty_thousand_entries_are_read_in_no_time(cache: LayerCache) -> None:
    record = Entry("file", 0o644, 0, 0, 5, bytes(range(32)), "")
    paths = (
        f"opt/venv/lib/python3.11/site-packages/package_{n // 90}/{n}.py" for n in range(20_000)
    )
    cache.put(replace(TABLE, entries=dict.fromkeys(paths, record)))
    fastest = 1.0
    for _ in range(5):
        begun = time.perf_counter()
        assert cache.get(ID) is not None
        fastest = min(fastest, time.perf_counter() - begun)
    assert fastest < 0.2  # 0.02 on an idle machine


def test_what_is_no_file_is_not_there_and_is_written_anew(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path, note=silent)
    blob, digest = b"{}", sha256(b"{}")
    path = tmp_path / "blobs" / digest[7:]
    path.parent.mkdir()
    for make in (os.mkfifo, lambda at: at.symlink_to("/dev/zero")):
        make(path)
        assert cache.get_blob(digest) is None
        cache.put_blob(digest, blob)
        assert cache.get_blob(digest) == blob
        path.unlink()
