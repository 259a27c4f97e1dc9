"""The recorder: what it writes answers the same check again, without a network."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.bench.store import for_resolvers, matters
from tests.record_index import record
from tests.support.index_server import IndexServer, Release

PROJECTS = {
    "shop": {"1.0": Release(requires_dist=["auth<2"])},
    "auth": {"1.0": Release(), "2.0": Release(), "2.1": Release(yanked="broken")},
    "old": {"1.0": Release(wheels=(), sdist="static", requires_dist=["auth"])},
    "recommender": {"1.0": Release(requires_dist=["auth>=2"])},
    "never-asked": {"1.0": Release()},
}


def check(folder: Path, index: str, *options: str) -> dict[str, object]:
    command = [sys.executable, "-m", "depcheck", "check", "--core", "core.txt", "--ai", "ai.txt"]
    command += ["--index-url", index, "--no-cache", "--format", "json", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return {key: report[key] for key in ("verdict", "findings", "corrections", "combined", "alone")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "depcheck.toml").touch()
    (tmp_path / "core.txt").write_text("shop\nold\n")
    (tmp_path / "ai.txt").write_text("recommender\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_slice_gives_the_same_report_without_the_index(folder: Path):
    arguments = ["--core", "core.txt", "--ai", "ai.txt", "--quiet"]
    destination = folder / "index"
    with IndexServer(PROJECTS) as upstream:
        record([arguments], destination, folder / "store", upstream=upstream.url)
        live = check(folder, upstream.url)
    assert live["verdict"] == "conflict"
    frozen = check(folder, destination.as_uri())
    assert frozen == live
    assert sorted(path.name for path in destination.iterdir()) == [
        "auth",
        "old",
        "recommender",
        "shop",
    ]


def test_what_is_recorded_is_not_asked_for_again(folder: Path):
    arguments = ["--core", "core.txt", "--ai", "ai.txt", "--quiet"]
    with IndexServer(PROJECTS) as upstream:
        record([arguments], folder / "one", folder / "store", upstream=upstream.url)
        asked = upstream.requests
        record([arguments], folder / "two", folder / "store", upstream=upstream.url)
        assert upstream.requests == asked
    for path in (folder / "one").rglob("*.*"):
        assert path.read_bytes() == (folder / "two" / path.relative_to(folder / "one")).read_bytes()


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("a-1-py3-none-any.whl", True),
        ("a-1.tar.gz", True),
        ("a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("a-1-cp310-cp310-manylinux_2_17_x86_64.whl", False),
        ("a-1-cp38-abi3-manylinux_2_17_x86_64.whl", True),
        ("a-1-cp312-abi3-manylinux_2_17_x86_64.whl", False),
        ("a-1-cp311-cp311-win_amd64.whl", False),
        ("a-1-cp311-cp311-macosx_11_0_arm64.whl", False),
        ("a-1-cp311-cp311-manylinux2014_aarch64.whl", False),
        ("a-1-cp311-cp311-musllinux_1_2_x86_64.whl", False),
        ("a-1.exe", False),
    ],
)
def test_files_that_matter_on_linux_amd64(filename: str, expected: bool):
    assert matters({"filename": filename}, "cp311") is expected


def test_metadata_keeps_what_a_resolver_reads():
    metadata = (
        b"Metadata-Version: 2.1\r\nName: a\r\nAuthor: Somebody\r\nRequires-Dist: b\r\n  >=1\r\n"
        b"Description: long\r\n        Requires-Dist: no\r\n\r\nRequires-Dist: neither\r\n"
    )
    kept = b"Metadata-Version: 2.1\nName: a\nRequires-Dist: b\n  >=1\n"
    assert for_resolvers(metadata) == kept


def test_a_wheel_is_recorded_as_the_list_of_its_native_files(folder: Path):
    """``isolate`` reads the same from it; a stand-in is never taken for the wheel."""
    linux = "cp311-cp311-manylinux2014_x86_64"
    native = {
        name: Release(wheels=[linux], files={f"{name}/libfoo.so.1": b"code", f"{name}/x.py": b"1"})
        for name in ("shop", "recommender")
    }
    projects = {name: {"1.0": release} for name, release in native.items()}
    (folder / "core.txt").write_text("shop\n")
    (folder / "depcheck.toml").write_text('python = "3.11"\nplatform = "linux/amd64"\n')
    arguments = ["--core", "core.txt", "--ai", "ai.txt", "--quiet"]
    with IndexServer(projects) as upstream:
        record(
            [arguments],
            folder / "index",
            folder / "store",
            isolates=[arguments],
            upstream=upstream.url,
        )
        original = upstream._file(f"shop-1.0-{linux}.whl")
        live = check(folder, upstream.url)
    stand_in = folder / "index" / "shop" / f"shop-1.0-{linux}.whl"
    with zipfile.ZipFile(stand_in) as archive:
        assert [(m.filename, m.file_size) for m in archive.infolist()] == [("shop/libfoo.so.1", 0)]
    (listed,) = json.loads((stand_in.parent / "index.json").read_text())["files"]
    assert listed["hashes"]["sha256"] == hashlib.sha256(original or b"").hexdigest()
    assert check(folder, (folder / "index").as_uri()) == live
    command = [sys.executable, "-m", "depcheck", "isolate", "--index-url", "index", "--no-cache"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    for path in (folder / "index").rglob("*.whl"):
        path.unlink()
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 3
