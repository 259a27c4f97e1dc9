"""Native files in wheels: real wheels on a real server, on disk, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from depcheck.index import IndexCatalog
from depcheck.index.archive import BadArchive, Source
from depcheck.index.contents import native_names
from depcheck.model.catalog import Distribution, Unavailable
from tests.support.catalogs import ask, catalog_of, read_all
from tests.support.index_server import IndexServer, Release

LINUX = "cp311-cp311-manylinux_2_28_x86_64"
NATIVE = Release(
    wheels=[LINUX],
    files={
        "m/lib/libone.so": b"",
        "m/lib/libone.so.3": b"",
        "m.libs/libgomp-e985bcbb.so.1.0.0": b"",
        "m/core.cpython-311-x86_64-linux-gnu.so": b"",
        "m/bin/two.DLL": b"",
        "m/.dylibs/libomp.dylib": b"",
        "m/notes.so.txt": b"",
        "m/libsomething.sofa": b"",
        "m/plain.py": b"",
    },
)
FOUND = (
    "m/lib/libone.so",
    "m/lib/libone.so.3",
    "m.libs/libgomp-e985bcbb.so.1.0.0",
    "m/core.cpython-311-x86_64-linux-gnu.so",
    "m/bin/two.DLL",
    "m/.dylibs/libomp.dylib",
)


def files_of(catalog: IndexCatalog, *names: str) -> list[Distribution]:
    """Return the newest release's first file of each project."""
    projects = ask(catalog, *names) if len(names) > 1 else [ask(catalog, *names)]
    return [project.files[-1][0] for project in projects]


def natives(catalog: IndexCatalog, *names: str) -> list[Any]:
    """Return what is said about the first file of each project."""
    files = files_of(catalog, *names)
    answers = catalog.native_files(files)
    return [answers[file.url] for file in files]


def test_the_end_of_a_wheel_tells_its_native_files(tmp_path: Path) -> None:
    big = Release(wheels=[LINUX], files={"b/libb.so.1": b""}, padding=1 << 20)
    with IndexServer({"m": {"1.0": NATIVE}, "b": {"1.0": big}}) as server:
        with catalog_of(server.url, tmp_path) as catalog:
            assert natives(catalog, "m", "b") == [FOUND, ("b/libb.so.1",)]
            assert catalog.bytes_read < 1 << 17
        assert server.counts[f"/files/b-1.0-{LINUX}.whl"] == 1


def test_a_wheel_for_any_platform_costs_no_request(tmp_path: Path) -> None:
    projects = {"pure": {"1.0": []}, "old": {"1.0": Release(wheels=(), sdist="static")}}
    with IndexServer(projects) as server, catalog_of(server.url, tmp_path) as catalog:
        files = files_of(catalog, "pure", "old")
        before = catalog.requests
        answers = catalog.native_files([*files, *files])
        assert catalog.requests == before
    assert answers[files[0].url] == ()
    sdist = answers[files[1].url]
    assert isinstance(sdist, Unavailable)
    assert "sdist" in sdist.reason


def test_what_was_read_once_is_kept_and_serves_offline(tmp_path: Path) -> None:
    with IndexServer({"m": {"1.0": NATIVE}}) as server:
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c") as catalog:
            assert natives(catalog, "m") == [FOUND]
            (file,) = files_of(catalog_of(server.url, tmp_path), "m")
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c", offline=True) as catalog:
            assert catalog.native_files([file])[file.url] == FOUND
            assert catalog.requests == 0
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "d", offline=True) as catalog:
            answer = catalog.native_files([file])[file.url]
            assert isinstance(answer, Unavailable)
            assert "--offline" in answer.hint
            assert catalog.requests == 0


def test_the_metadata_of_a_wheel_and_its_contents_are_kept_apart(tmp_path: Path) -> None:
    with IndexServer({"m": {"1.0": NATIVE}}, style="html") as server:
        for requests in (3, 0):
            with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c") as catalog:
                project = ask(catalog, "m")
                (file,) = project.files[0]
                assert catalog.native_files([file])[file.url] == FOUND
                (metadata,) = read_all(catalog, [project]).values()
                assert metadata.origin == "wheel"
                assert catalog.requests == requests


@pytest.mark.parametrize("ranges", [False, "refused", "no-suffix"])
def test_without_ranges_only_a_small_wheel_is_read_whole(
    tmp_path: Path, ranges: bool | str
) -> None:
    large = Release(wheels=[LINUX], files={"g/libg.so.1": b""}, padding=5 << 20)
    projects = {"m": {"1.0": NATIVE}, "g": {"1.0": large}}
    with (
        IndexServer(projects, ranges=ranges) as server,
        catalog_of(server.url, tmp_path) as catalog,
    ):
        small, big = natives(catalog, "m", "g")
        assert small == FOUND
        if ranges == "no-suffix":
            assert big == ("g/libg.so.1",)
        else:
            assert isinstance(big, Unavailable)
            assert "larger than 4 MB" in big.reason
        assert catalog.bytes_read < 1 << 20


def test_a_wheel_that_is_not_there_is_unavailable_and_not_kept(tmp_path: Path) -> None:
    with IndexServer({"m": {"1.0": NATIVE}}) as server:
        server.misbehave("/files/", status=404)
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c") as catalog:
            (answer,) = natives(catalog, "m")
            assert isinstance(answer, Unavailable)
            assert "404" in answer.reason
        server.behave()
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c") as catalog:
            assert natives(catalog, "m") == [FOUND]


def test_an_answer_of_another_range_is_not_believed(tmp_path: Path) -> None:
    projects = {"m": {"1.0": NATIVE}}
    with (
        IndexServer(projects, ranges="wrong") as server,
        catalog_of(server.url, tmp_path) as catalog,
    ):
        # The server's answer is taken for none, and the small wheel read whole.
        assert natives(catalog, "m") == [FOUND]


def test_an_index_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / "simple" / "m"
    folder.mkdir(parents=True)
    name = f"m-1.0-{LINUX}.whl"
    gone = f"m-0.9-{LINUX}.whl"
    folder.joinpath("index.html").write_text(
        f'<a href="{gone}">{gone}</a><a href="{name}">{name}</a>'
    )
    folder.joinpath(name).write_bytes(wheel({"m/libm.so.6": b"x"}))
    with catalog_of(str(tmp_path / "simple"), tmp_path) as catalog:
        project = ask(catalog, "m")
        answers = catalog.native_files([files[0] for files in project.files])
    absent, there = (answers[files[0].url] for files in project.files)
    assert there == ("m/libm.so.6",)
    assert isinstance(absent, Unavailable)
    assert "No such file" in absent.reason


def test_a_recorded_slice_has_stand_ins_and_tells_what_it_lacks_at_once(tmp_path: Path) -> None:
    index = Path(__file__).parents[2] / "fixtures" / "index"
    with catalog_of(str(index), tmp_path) as catalog:
        files = [f for files in ask(catalog, "cffi").files for f in files if f.is_wheel]
        answers = catalog.native_files(files)
        assert catalog.requests == 0
    there = [answer for answer in answers.values() if not isinstance(answer, Unavailable)]
    assert there == [("_cffi_backend.cpython-311-x86_64-linux-gnu.so",)]
    assert len(files) > 10


def wheel(files: dict[str, bytes]) -> bytes:
    """Return a zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def source(body: bytes) -> Source:
    return Source(len(body), body, lambda start, stop: body[start:stop])


def test_names_of_strangers_are_data() -> None:
    odd = wheel(
        {"../../etc/x.so": b"", "a\n::error::b.so": b"", "ü.so": b"", "x" * 2000 + ".so": b""}
    )
    assert native_names(source(odd)) == ("../../etc/x.so", "a\n::error::b.so", "ü.so")
    broken = wheel({"aaaa.so": b""}).replace(b"aaaa.so", b"\xff\xfea.so.1"[:7])
    (name,) = native_names(source(broken)) or ("",)
    assert name.isprintable()


@pytest.mark.parametrize("damage", ["no zip", "cut", "count"])
def test_a_broken_directory_is_refused(damage: str) -> None:
    body = wheel({f"m/lib{number}.so": b"" for number in range(3)})
    if damage == "no zip":
        body = b"not a zip at all" * 10
    elif damage == "cut":
        body = body[:-30]
    else:
        at = body.rfind(b"PK\5\6")
        body = body[: at + 8] + struct.pack("<2H", 900, 900) + body[at + 12 :]
    with pytest.raises(BadArchive):
        native_names(source(body))


def test_more_files_than_believable_are_refused() -> None:
    with pytest.raises(BadArchive, match="believable"):
        native_names(source(wheel({f"m/lib{number}.so": b"" for number in range(20_001)})))
