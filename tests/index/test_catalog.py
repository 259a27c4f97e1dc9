"""The catalog over a real server: what the index serves, what is asked, what comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.errors import IndexFailure
from depcheck.model.catalog import Metadata, MetadataWanted, Missing, Project, ProjectWanted
from tests.support.catalogs import Notes, ask, catalog_of, drain, read_all
from tests.support.index_server import IndexServer, Release

APP = {
    "app": {
        "1.10": Release(requires_dist=["lib>=2", 'x; extra == "e"'], provides_extra=["e"]),
        "1.9": Release(requires_python=">=3.8", yanked="broken"),
        "2.0rc1": Release(),
        "2.0.dev3": Release(yanked=True),
    },
    "lib": {"2.0": Release(upload_time="2024-01-02T03:04:05Z", sdist="static")},
}


@pytest.mark.parametrize("style", ["json", "html"])
def test_a_page_becomes_releases_in_order(tmp_path: Path, style: str) -> None:
    with IndexServer(APP, style=style) as server, catalog_of(server.url, tmp_path) as catalog:
        project = ask(catalog, "app")
    assert project.versions == ("1.9", "1.10", "2.0.dev3", "2.0rc1")
    assert project.prereleases == {2, 3}
    assert project.yanked == {0, 2}
    assert project.index == server.url
    (file,) = project.files[0]
    assert (file.requires_python, file.yanked) == (">=3.8", "broken")
    assert project.files[2][0].yanked == ""
    assert dict(file.hashes)["sha256"]
    assert file.url == f"{server.root}/files/app-1.9-py3-none-any.whl"


@pytest.mark.parametrize(("style", "origin"), [("json", "pep658"), ("html", "wheel")])
def test_metadata_comes_beside_the_wheel_or_out_of_it(
    tmp_path: Path, style: str, origin: str
) -> None:
    with IndexServer(APP, style=style) as server, catalog_of(server.url, tmp_path) as catalog:
        project = ask(catalog, "app")
        metadata = read_all(catalog, [project])["app-1.10-py3-none-any.whl"]
    assert metadata == Metadata(
        requires_dist=("lib>=2", 'x; extra == "e"'), provides_extra=("e",), origin=origin
    )


def test_two_spellings_of_a_version_are_one_release(tmp_path: Path) -> None:
    files = {"app": {"1.0": Release(), "1.0.0": Release(wheels=["cp311-cp311-win32"])}}
    with IndexServer(files) as server, catalog_of(server.url, tmp_path) as catalog:
        project = ask(catalog, "app")
    assert project.versions == ("1.0",)
    assert len(project.files[0]) == 2


def test_old_formats_and_bad_names_are_left_out(tmp_path: Path) -> None:
    names = ["app-1.0.exe", "app-1.0-py3.egg", "app-one.tar.gz", "other-1.0.tar.gz",
             "app-2.0-py3-none-any.whl.asc", "app-3.0.tar.gz", "app-4.0-py3-any.whl"]  # fmt: skip
    links = "".join(f'<a href="/files/{name}">{name}</a>' for name in names)
    with IndexServer({}) as server, catalog_of(server.url, tmp_path) as catalog:
        server.serve("/simple/app/", f"<html>{links}</html>".encode())
        assert ask(catalog, "app").versions == ("3.0",)


def test_what_no_index_has_is_missing(tmp_path: Path) -> None:
    with IndexServer(APP) as server, catalog_of(server.url, tmp_path) as catalog:
        assert ask(catalog, "nope") == Missing(name="nope", indexes=(server.url,))
        assert list(catalog.arrivals()) == []


def test_the_first_index_that_has_the_name_wins(tmp_path: Path) -> None:
    first, second = {"a": {"1.0": []}}, {"a": {"9.0": []}, "b": {"1.0": []}}
    with IndexServer(first) as one, IndexServer(second) as two:
        with catalog_of(one.url, tmp_path, extra_index_urls=(two.url,)) as catalog:
            a, b, c = ask(catalog, "a", "b", "c")
        assert (a.versions, a.index) == (("1.0",), one.url)
        assert (b.versions, b.index) == (("1.0",), two.url)
        assert c.indexes == (one.url, two.url)


def test_a_broken_first_index_is_not_passed_over(tmp_path: Path) -> None:
    with IndexServer({"a": {"1.0": []}}) as one, IndexServer({"a": {"9.0": []}}) as two:
        one.misbehave("/simple/a/", status=500)
        with catalog_of(one.url, tmp_path, extra_index_urls=(two.url,)) as catalog:
            answer = ask(catalog, "a")
        assert "500" in answer.reason
        assert two.requests == 0


def test_asking_twice_is_one_wish(tmp_path: Path) -> None:
    with IndexServer(APP) as server, catalog_of(server.url, tmp_path) as catalog:
        for _ in range(3):
            catalog.want(ProjectWanted("app"))
        assert list(drain(catalog)) == ["app"]
        assert server.counts["/simple/app/"] == 1 == catalog.requests


def test_newer_files_are_hidden(tmp_path: Path) -> None:
    releases = {"1.0": Release(upload_time="2024-01-01T00:00:00Z"),
                "2.0": Release(upload_time="2024-06-01T00:00:00.5Z"), "3.0": Release()}  # fmt: skip
    with IndexServer({"a": releases}) as server:
        for newest, left in (
            ("2024-03-01", ("1.0",)),
            ("2024-06-01T02:00:01+02:00", ("1.0", "2.0")),
        ):
            with catalog_of(server.url, tmp_path, exclude_newer=newest) as catalog:
                assert ask(catalog, "a").versions == left
    with pytest.raises(IndexFailure, match="exclude-newer"):
        catalog_of("http://index.example/", tmp_path, exclude_newer="soon")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("static", Metadata(requires_dist=("x>1",), origin="sdist")),
        ("zip", Metadata(requires_dist=("x>1",), origin="sdist")),
        ("dynamic", Metadata(requires_dist=("x>1",), presumed=True, origin="egg-info")),
        ("egg-info", Metadata(requires_dist=("x>1",), presumed=True, origin="egg-info")),
        ("egg-info-only", Metadata(requires_dist=(), presumed=True, origin="egg-info")),
    ],
)
def test_an_sdist_states_its_requirements(tmp_path: Path, kind: str, expected: Metadata) -> None:
    release = Release(requires_dist=["x>1"], wheels=(), sdist=kind)
    with (
        IndexServer({"a": {"1.0": release}}) as server,
        catalog_of(server.url, tmp_path) as catalog,
    ):
        (metadata,) = read_all(catalog, [ask(catalog, "a")]).values()
    assert metadata == expected


def test_an_sdist_that_states_nothing_is_unavailable(tmp_path: Path) -> None:
    release = Release(wheels=(), sdist="bare")
    with (
        IndexServer({"a": {"1.0": release}}) as server,
        catalog_of(server.url, tmp_path) as catalog,
    ):
        (answer,) = read_all(catalog, [ask(catalog, "a")]).values()
    assert "without building" in answer.reason


def test_progress_is_told(tmp_path: Path) -> None:
    notes = Notes()
    with (
        IndexServer(APP) as server,
        catalog_of(server.url, tmp_path, observer=notes) as catalog,
    ):
        ask(catalog, "app", "lib")
    assert notes.totals == [2, 2]


def test_a_folder_is_an_index(tmp_path: Path) -> None:
    with IndexServer(APP) as server:
        folder = tmp_path / "simple" / "lib"
        folder.mkdir(parents=True)
        (tmp_path / "files").mkdir()
        server._page("lib")
        (folder / "index.json").write_bytes(server._page("lib").body)
        for name in ("lib-2.0-py3-none-any.whl", "lib-2.0.tar.gz"):
            (tmp_path / "files" / name).write_bytes(server._file(name) or b"")
    for url in ("simple", str(tmp_path / "simple"), (tmp_path / "simple").as_uri()):
        with catalog_of(url, tmp_path) as catalog:
            project, missing = ask(catalog, "lib", "app")
            metadata = read_all(catalog, [project])
            assert catalog.requests == 0
        assert isinstance(missing, Missing)
        assert metadata["lib-2.0-py3-none-any.whl"].origin == "wheel"
        assert metadata["lib-2.0.tar.gz"].origin == "sdist"
    beside = tmp_path / "files" / "lib-2.0-py3-none-any.whl.metadata"
    beside.write_text("Metadata-Version: 2.1\nName: lib\nVersion: 2.0\nRequires-Dist: q\n")
    with catalog_of("simple", tmp_path) as catalog:
        metadata = read_all(catalog, [ask(catalog, "lib")])
    assert metadata["lib-2.0-py3-none-any.whl"].requires_dist == ("q",)


def test_find_links_add_to_the_index(tmp_path: Path) -> None:
    with IndexServer({"lib": {"1.0": [], "2.0": []}, "other": {"3.0": []}}) as server:
        wheels = tmp_path / "wheels"
        wheels.mkdir()
        for project, name in (
            ("lib", "lib-2.0-py3-none-any.whl"),
            ("other", "other-3.0-py3-none-any.whl"),
        ):
            (wheels / name).write_bytes(server._file(name) or b"")
            assert project
        (wheels / "lib-2.5-py3-none-any.whl").write_bytes(
            server._file("lib-2.0-py3-none-any.whl") or b""
        )
        del server.projects["other"]
        environ = {"PIP_INDEX_URL": server.url, "PIP_FIND_LINKS": str(wheels)}
        with catalog_of(None, tmp_path, environ=environ) as catalog:
            lib, other = ask(catalog, "lib", "other")
        with catalog_of(server.url, tmp_path, environ=environ) as catalog:
            assert ask(catalog, "lib").versions == ("1.0", "2.0")
    assert lib.versions == ("1.0", "2.0", "2.5")
    assert [file.url.partition(":")[0] for file in lib.files[1]] == ["file", "http"]
    assert isinstance(other, Project)


def test_a_page_from_the_network_cannot_name_local_files(tmp_path: Path) -> None:
    links = '<a href="file:///etc/a-1.0.tar.gz">a</a><a href="../../files/a-1.0.zip">b</a>'
    with IndexServer({}) as server, catalog_of(server.url, tmp_path) as catalog:
        server.serve("/simple/a/", f"<html>{links}</html>".encode())
        (files,) = ask(catalog, "a").files
    assert [file.filename for file in files] == ["a-1.0.zip"]


def test_the_catalog_reads_a_large_page_lazily(tmp_path: Path) -> None:
    releases = {f"1.{minor}": [] for minor in range(400)}
    with IndexServer({"a": releases}) as server, catalog_of(server.url, tmp_path) as catalog:
        project = ask(catalog, "a")
        assert project.versions == tuple(f"1.{minor}" for minor in range(400))
        for position in (0, 123, 399, -1):
            (file,) = project.files[position]
            assert file.filename == f"a-{project.versions[position]}-py3-none-any.whl"
        catalog.want(MetadataWanted("a", "1.7", project.files[7][0]))
        assert drain(catalog)["a-1.7-py3-none-any.whl"].requires_dist == ()
