"""The cache: fresh, stale, offline, damaged, shared."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import IndexFailure
from depcheck.index import cache_clear, cache_info
from depcheck.model.catalog import Metadata, Missing, Project, Unavailable
from tests.support.catalogs import Notes, ask, catalog_of, read_all
from tests.support.index_server import IndexServer, Release

LIB = {"lib": {"1.0": ["x>1"], "2.0": Release(sdist="bare")}}
LARGE = {"lib": {f"1.{minor}": Release(requires_dist=["y"]) for minor in range(600)}}


def run(server: IndexServer, folder: Path, **settings: Any) -> tuple[Any, dict[str, Any], int]:
    with catalog_of(server.url, folder, cache_dir=folder / "cache", **settings) as catalog:
        project, _ = ask(catalog, "lib", "nope")
        metadata = read_all(catalog, [project] if isinstance(project, Project) else [])
        return project, metadata, catalog.requests


def files_of(project: Project) -> list[Any]:
    return list(project.files)


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        first = run(server, tmp_path)
        asked = server.requests
        second = run(server, tmp_path)
        assert server.requests == asked
    assert (first[0].versions, files_of(first[0]), first[1]) == (
        second[0].versions, files_of(second[0]), second[1])  # fmt: skip
    assert second[2] == 0


def test_a_stale_page_is_confirmed(tmp_path: Path) -> None:
    with IndexServer(LIB, max_age=0) as server:
        run(server, tmp_path)
        _, _, requests = run(server, tmp_path)
        assert requests == 1
        conditional = [headers for path, headers in server.log if "if-none-match" in headers]
        assert len(conditional) == 1
        server.change("lib", "3.0", [])
        assert run(server, tmp_path)[0].versions == ("1.0", "2.0", "3.0")


def test_without_any_caching_header_a_page_is_fresh_for_a_while(tmp_path: Path) -> None:
    with IndexServer(LIB, style="html") as server:
        run(server, tmp_path)
        assert run(server, tmp_path)[2] == 0
        assert run(server, tmp_path, refresh=True)[2] == 2


@pytest.mark.parametrize(("words", "again"), [("no-store", 1), ("no-cache", 1), ("max-age=9", 0)])
def test_cache_control_is_obeyed(tmp_path: Path, words: str, again: int) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/lib/", headers={"Cache-Control": words})
        run(server, tmp_path)
        before = server.counts["/simple/lib/"]
        run(server, tmp_path)
        assert server.counts["/simple/lib/"] - before == again
        assert ("no-store" in words) == (cache_info(tmp_path / "cache").pages == 1)


def test_offline_takes_stale_pages_and_asks_nothing(tmp_path: Path) -> None:
    with IndexServer(LIB, max_age=0) as server:
        first = run(server, tmp_path)
        asked = server.requests
        project, metadata, _ = run(server, tmp_path, offline=True)
        assert server.requests == asked
        assert (project.versions, metadata) == (first[0].versions, first[1])
        with catalog_of(
            server.url, tmp_path, cache_dir=tmp_path / "other", offline=True
        ) as catalog:
            answer = ask(catalog, "lib")
    assert isinstance(answer, Unavailable)
    assert "--offline" in answer.hint


def test_two_users_of_one_index_do_not_share_pages(tmp_path: Path) -> None:
    with IndexServer(LIB, auth=("ann", "s3cret")) as server:
        named = server.url.replace("//", "//ann:s3cret@")
        with catalog_of(named, tmp_path, cache_dir=tmp_path / "cache") as catalog:
            assert isinstance(ask(catalog, "lib"), Project)
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
            assert isinstance(ask(catalog, "lib"), Unavailable)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert b"s3cret" not in kept
    assert b"ann:" not in kept


@pytest.mark.parametrize("position", [6, 20, 200, -3])
def test_an_edited_page_is_fetched_again(tmp_path: Path, position: int) -> None:
    with IndexServer(LARGE) as server:
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
            expected = files_of(ask(catalog, "lib"))
        (page,) = (tmp_path / "cache" / "pages-1").iterdir()
        content = bytearray(page.read_bytes())
        content[position] ^= 0xFF
        page.write_bytes(content)
        import os
        import time

        os.utime(page, (time.time() + 500,) * 2)
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
            assert files_of(ask(catalog, "lib")) == expected
            assert catalog.requests == 1


def test_a_page_cut_short_is_not_believed_offline(tmp_path: Path) -> None:
    with IndexServer(LARGE) as server:
        with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
            ask(catalog, "lib")
        (page,) = (tmp_path / "cache" / "pages-1").iterdir()
        page.write_bytes(page.read_bytes()[:-100])
        with catalog_of(
            server.url, tmp_path, cache_dir=tmp_path / "cache", offline=True
        ) as catalog:
            project = ask(catalog, "lib")
            with pytest.raises(IndexFailure, match="damaged"):
                project.files[-1]


def test_edited_metadata_is_fetched_again(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        first = run(server, tmp_path)
        database = tmp_path / "cache" / "metadata-1.sqlite"
        with sqlite3.connect(database) as db:
            db.execute("UPDATE metadata SET body = replace(body, 'x>1', 'x>9')")
            db.execute("UPDATE metadata SET body = CAST(body AS BLOB)")
        db.close()
        assert run(server, tmp_path)[1] == first[1]


def test_a_broken_database_is_set_aside(tmp_path: Path) -> None:
    notes = Notes()
    with IndexServer(LIB) as server:
        first = run(server, tmp_path)
        (tmp_path / "cache" / "metadata-1.sqlite").write_bytes(b"rubbish " * 1000)
        assert run(server, tmp_path, observer=notes)[1] == first[1]
        assert "broken" in notes.notes[0]
        before = server.requests
        run(server, tmp_path)
        assert server.requests == before


def test_a_cache_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    notes = Notes()
    with IndexServer(LIB) as server:
        project, metadata, _ = run(server, tmp_path, observer=notes)
    assert project.versions == ("1.0", "2.0")
    assert isinstance(metadata["lib-1.0-py3-none-any.whl"], Metadata)
    assert notes.notes


def test_many_runs_may_share_the_cache(tmp_path: Path) -> None:
    results = []
    with IndexServer(LARGE, max_age=0) as server:

        def one() -> None:
            with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
                project = ask(catalog, "lib")
                metadata = read_all(catalog, [project])
                results.append(
                    (len(project.versions), len(metadata), set(map(type, metadata.values())))
                )

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [(600, 600, {Metadata})] * 4
    assert cache_info(tmp_path / "cache").metadata == 600
    assert not list((tmp_path / "cache").rglob("*.new"))


def test_absence_is_kept_as_well(tmp_path: Path) -> None:
    with IndexServer({}) as server:
        for _ in range(2):
            with catalog_of(server.url, tmp_path, cache_dir=tmp_path / "cache") as catalog:
                assert isinstance(ask(catalog, "nope"), Missing)
        assert server.requests == 1


def test_the_cache_can_be_told_and_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert cache_info(folder).bytes == 0
    with IndexServer(LIB) as server:
        run(server, tmp_path)
    other = folder / "not-ours.txt"
    other.write_text("stays")
    info = cache_clear(folder)
    assert (info.pages, info.metadata) == (2, 3)
    assert info.bytes > 0
    assert list(folder.iterdir()) == [other]
