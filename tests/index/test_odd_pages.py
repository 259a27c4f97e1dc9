"""Pages that say of a file what cannot be: what is no size, time or hash is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depcheck.index.pages import decode_release
from depcheck.index.releases import upload_stamp
from depcheck.model.catalog import Distribution, Metadata, Unavailable
from tests.support.catalogs import ask, catalog_of, read_all
from tests.support.index_server import IndexServer

BASE = "https://index.example/simple/a/"


def decoded(**fields: Any) -> Distribution:
    file = {"filename": "a-1-py3-none-any.whl", "url": "a-1-py3-none-any.whl", **fields}
    (found,) = decode_release(json.dumps([file]).encode(), BASE)
    return found


@pytest.mark.parametrize("size", [-1, -(10**9), 10**12 + 1, 10**18, int("9" * 400)])
def test_a_size_that_no_file_has(size: int) -> None:
    assert decoded(size=size).size is None


def test_a_size_that_python_does_not_even_read() -> None:
    body = json.dumps([{"filename": "a-1-py3-none-any.whl", "url": "a.whl", "size": 777}])
    files = decode_release(body.replace("777", "9" * 5000).encode(), BASE)
    assert all(file.size is None for file in files)


@pytest.mark.parametrize("size", [0, 1, 10**12])
def test_a_size_that_a_file_may_have(size: int) -> None:
    assert decoded(size=size).size == size


@pytest.mark.parametrize(
    "time", ["soon", "", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "\x1b]8;;"]
)
def test_a_time_that_is_none(time: str) -> None:
    assert decoded(**{"upload-time": time}).upload_time is None
    assert upload_stamp(time) == "~"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00.123456Z"),
        ("2026-01-31T12:00:00+02:00", "2026-01-31T12:00:00+02:00"),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00+00:00"),
    ],
)
def test_a_time_says_its_zone(time: str, expected: str) -> None:
    assert decoded(**{"upload-time": time}).upload_time == expected


def test_a_hash_of_no_known_algorithm_is_none() -> None:
    hashes = {"sha256": "b" * 64, "sha256 \n x": "a" * 64, "crc": "1", "md5": "c" * 32}
    assert decoded(hashes=hashes).hashes == (("sha256", "b" * 64), ("md5", "c" * 32))


def test_one_url_for_two_projects_is_answered_for_each(tmp_path: Path) -> None:
    """The file is one of them; the other answer tells that it is not, now and from the cache."""
    wheel = "/files/shared.whl"
    with IndexServer({"lib": {"1.0": []}}) as server:
        content = server._file("lib-1.0-py3-none-any.whl") or b""
        server.serve(wheel, content, "application/zip")
        for name in ("lib", "other"):
            page = {
                "meta": {"api-version": "1.0"},
                "name": name,
                "files": [
                    {
                        "filename": f"{name}-1.0-py3-none-any.whl",
                        "url": f"../..{wheel}",
                        "hashes": {"sha256": "a" * 64},
                    }
                ],
            }
            server.serve(
                f"/simple/{name}/",
                json.dumps(page).encode(),
                "application/vnd.pypi.simple.v1+json",
            )
        for _ in range(2):
            with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "c") as catalog:
                answers = read_all(catalog, ask(catalog, "other", "lib"))
            assert isinstance(answers["lib-1.0-py3-none-any.whl"], Metadata)
            other = answers["other-1.0-py3-none-any.whl"]
            assert isinstance(other, Unavailable)
            assert "another project" in other.reason


def test_one_url_for_two_versions_is_answered_for_each(tmp_path: Path) -> None:
    with IndexServer({"lib": {"1.0": [], "2.0": []}}) as server:
        files = [
            {
                "filename": f"lib-{version}-py3-none-any.whl",
                "url": "../../files/lib-1.0-py3-none-any.whl",
            }
            for version in ("1.0", "2.0")
        ]
        page = {"meta": {"api-version": "1.0"}, "name": "lib", "files": files}
        body = json.dumps(page).encode()
        server.serve("/simple/lib/", body, "application/vnd.pypi.simple.v1+json")
        with catalog_of(server.url, tmp_path) as catalog:
            answers = read_all(catalog, [ask(catalog, "lib")])
    assert sorted(answers) == [file["filename"] for file in files]
