"""Servers that answer slowly, wrongly, partly, or not at all."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest

from depcheck.model.catalog import Metadata, Project, Unavailable
from tests.support.catalogs import ask, catalog_of, read_all
from tests.support.index_server import IndexServer, Release

LIB = {"lib": {"1.0": ["x>1"]}}
WHEEL = "lib-1.0-py3-none-any.whl"


def wheel_answer(server: IndexServer, folder: Path, **settings: Any) -> tuple[Any, int]:
    """Return what is known of the wheel, and the requests that it took after the page."""
    with catalog_of(server.url, folder, **settings) as catalog:
        project = ask(catalog, "lib")
        before = server.requests
        answer = read_all(catalog, [project])[WHEEL]
        return answer, server.requests - before


def page_answer(server: IndexServer, folder: Path, **settings: Any) -> Any:
    with catalog_of(server.url, folder, **settings) as catalog:
        return ask(catalog, "lib")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_tried_again(tmp_path: Path, status: int) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=status, times=2)
        assert isinstance(page_answer(server, tmp_path), Project)
        assert server.requests == 3


def test_a_lasting_failure_is_no_answer(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=503)
        answer = page_answer(server, tmp_path)
    assert isinstance(answer, Unavailable)
    assert "503" in answer.reason


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=429, times=1, headers={"Retry-After": "1"})
        begin = time.monotonic()
        assert isinstance(page_answer(server, tmp_path), Project)
        assert time.monotonic() - begin >= 1


@pytest.mark.parametrize("what", [{"truncate": 50}, {"drop": True}])
def test_a_cut_answer_is_asked_for_again(tmp_path: Path, what: dict[str, Any]) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", times=2, **what)
        assert isinstance(page_answer(server, tmp_path), Project)
        server.misbehave("/simple/", **what)
        answer = page_answer(server, tmp_path)
    assert isinstance(answer, Unavailable)


def test_a_slow_server_runs_into_the_time_out(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", delay=0.6)
        environ = {"PIP_TIMEOUT": "0.2", "PIP_RETRIES": "0"}
        answer = page_answer(server, tmp_path, environ=environ)
        assert "time" in answer.reason
        assert isinstance(page_answer(server, tmp_path, environ={"PIP_TIMEOUT": "5"}), Project)


def test_nobody_listens(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        url = server.url
    with catalog_of(url, tmp_path) as catalog:
        answer = ask(catalog, "lib")
    assert "cannot connect" in answer.reason
    assert answer.hint


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b"\x00\x01 rubbish", "text/plain", "neither JSON nor HTML"),
        (b"{]", "application/vnd.pypi.simple.v1+json", "PEP 691"),
        (b'{"files": 3}', "application/json", "PEP 691"),
        (b'{"meta": {"api-version": "2.0"}, "files": []}', "application/json", "version"),
        (b"[" * 100_000, "application/json", "PEP 691"),
        (b"", "text/html", "neither JSON nor HTML"),
    ],
)
def test_rubbish_is_no_answer(tmp_path: Path, body: bytes, kind: str, word: str) -> None:
    with IndexServer(LIB) as server:
        server.serve("/simple/lib/", body, kind)
        answer = page_answer(server, tmp_path)
    assert isinstance(answer, Unavailable)
    assert word in answer.reason


def test_one_bad_file_does_not_spoil_a_page(tmp_path: Path) -> None:
    good = {"filename": "lib-1.0.tar.gz", "url": "/files/lib-1.0.tar.gz", "hashes": {}}
    bad = good | {"filename": "lib-1.0.zip", "size": "large"}
    with IndexServer(LIB) as server:
        server.serve(
            "/simple/lib/", json.dumps({"files": [bad, good]}).encode(), "application/json"
        )
        project = page_answer(server, tmp_path)
    assert [file.filename for file in project.files[0]] == ["lib-1.0.tar.gz"]


def test_a_page_that_swells_is_cut_off(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * (65 << 20), 1)
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", body=bomb, headers={"Content-Encoding": "gzip"})
        answer = page_answer(server, tmp_path)
    assert "larger than 64 MB" in answer.reason


def test_a_compressed_page_is_read(tmp_path: Path) -> None:
    with IndexServer(LIB, compress=True) as server:
        assert page_answer(server, tmp_path).versions == ("1.0",)


def test_altered_metadata_is_an_error_and_no_fallback(tmp_path: Path) -> None:
    with IndexServer(LIB, wrong_metadata_hash=True) as server:
        answer, requests = wheel_answer(server, tmp_path)
    assert isinstance(answer, Unavailable)
    assert "differs from the hash" in answer.reason
    assert requests == 1


def test_metadata_that_is_promised_but_missing_is_read_from_the_wheel(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave(r"\.metadata$", status=404)
        answer, _ = wheel_answer(server, tmp_path)
    assert answer == Metadata(requires_dist=("x>1",), origin="wheel")


@pytest.mark.parametrize(
    ("ranges", "most"), [(True, 2), (False, 2), ("no-suffix", 3), ("refused", 3), ("wrong", 2)]
)
@pytest.mark.parametrize("padding", [0, 300_000])
def test_wheels_are_read_whatever_ranges_do(
    tmp_path: Path, ranges: bool | str, most: int, padding: int
) -> None:
    files = {"lib": {"1.0": Release(requires_dist=["x>1"], padding=padding)}}
    with IndexServer(files, pep658=False, ranges=ranges) as server:
        answer, requests = wheel_answer(server, tmp_path)
    assert answer == Metadata(requires_dist=("x>1",), origin="wheel")
    assert requests <= most


def test_a_range_saves_reading_a_large_wheel(tmp_path: Path) -> None:
    files = {"lib": {"1.0": Release(requires_dist=["x>1"], padding=3_000_000)}}
    with IndexServer(files, style="html") as server:
        with catalog_of(server.url, tmp_path) as catalog:
            read_all(catalog, [ask(catalog, "lib")])
        assert server.counts[f"/files/{WHEEL}"] == 1
        assert catalog.bytes_read < 100_000


def test_an_sdist_cut_short_is_no_answer(tmp_path: Path) -> None:
    files = {"lib": {"1.0": Release(wheels=(), sdist="egg-info", requires_dist=["x"])}}
    with IndexServer(files) as server:
        server.misbehave("/files/", truncate=60)
        with catalog_of(server.url, tmp_path) as catalog:
            (answer,) = read_all(catalog, [ask(catalog, "lib")]).values()
    assert isinstance(answer, Unavailable)


def test_redirects_are_followed(tmp_path: Path) -> None:
    with IndexServer(LIB) as server, IndexServer({}) as front:
        front.misbehave("/simple/lib/", status=301, headers={"Location": f"{server.url}lib/"})
        project = page_answer(front, tmp_path)
    assert project.files[0][0].url.startswith(server.root)


def test_credentials_do_not_follow_to_another_host(tmp_path: Path) -> None:
    with IndexServer(LIB) as server, IndexServer({}) as front:
        front.misbehave("/simple/lib/", status=302, headers={"Location": f"{server.url}lib/"})
        url = front.url.replace("//", "//ann:s3cret@")
        with catalog_of(url, tmp_path) as catalog:
            assert isinstance(ask(catalog, "lib"), Project)
        assert "authorization" in front.log[0][1]
        assert "authorization" not in server.log[0][1]


def test_endless_redirects_end(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=302, headers={"Location": "/simple/lib/"})
        answer = page_answer(server, tmp_path)
        assert "redirects more than" in answer.reason
        assert server.requests == 11


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://index.example/x"])
def test_redirects_stay_within_http(tmp_path: Path, target: str) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=302, headers={"Location": target})
        assert "not http" in page_answer(server, tmp_path).reason


def test_credentials_come_from_the_address_or_netrc(tmp_path: Path) -> None:
    with IndexServer(LIB, auth=("ann", "p@ss word")) as server:
        url = server.url.replace("//", "//ann:p%40ss%20word@")
        with catalog_of(url, tmp_path) as catalog:
            answers = read_all(catalog, [ask(catalog, "lib")])
            assert "p%40ss" not in str(catalog.indexes)
        assert isinstance(answers[WHEEL], Metadata)
        refused = page_answer(server, tmp_path)
        assert isinstance(refused, Unavailable)
        assert "credentials" in refused.hint
        netrc = tmp_path / ".netrc"
        netrc.write_text('machine 127.0.0.1 login ann password "p@ss word"\n')
        netrc.chmod(0o600)
        assert isinstance(page_answer(server, tmp_path), Project)


def test_secrets_are_not_in_reasons(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", status=500)
        url = server.url.replace("//", "//ann:s3cret@")
        with catalog_of(url, tmp_path) as catalog:
            answer = ask(catalog, "lib")
    assert "s3cret" not in repr(answer)
    assert "ann" not in repr(answer)


def test_a_proxy_is_used_and_no_proxy_is_obeyed(tmp_path: Path) -> None:
    with IndexServer(LIB) as proxy:
        environ = {"http_proxy": proxy.root.replace("//", "//me:pw@")}
        proxy.serve("/simple/lib/", b"<html><a href='lib-7.0.tar.gz'>x</a></html>")
        with catalog_of("http://index.example/simple/", tmp_path, environ=environ) as catalog:
            assert ask(catalog, "lib").versions == ("7.0",)
        assert proxy.log[0][1]["host"] == "index.example"
        assert proxy.log[0][1]["proxy-authorization"].startswith("Basic ")
        environ["no_proxy"] = ".example"
        with catalog_of("http://index.example/simple/", tmp_path, environ=environ) as catalog:
            assert isinstance(ask(catalog, "lib"), Unavailable)


def test_the_time_of_a_run_is_not_spent_waiting_for_threads(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        server.misbehave("/simple/", delay=3)
        begin = time.monotonic()
        with catalog_of(server.url, tmp_path) as catalog:
            from depcheck.model.catalog import ProjectWanted

            catalog.want(ProjectWanted("lib"))
        assert time.monotonic() - begin < 2.5


def test_addresses_that_make_no_sense_spoil_nothing_else(tmp_path: Path) -> None:
    urls = ["http://[", "https://[x/lib-1.0.zip", "//[", "http://h:x/lib-1.0.zip", "/lib-1.0.zip"]
    files = [{"filename": f"lib-{at}.zip", "url": url, "hashes": {}} for at, url in enumerate(urls)]
    with IndexServer({}) as server, catalog_of(server.url, tmp_path) as catalog:
        server.serve("/simple/lib/", json.dumps({"files": files}).encode(), "application/json")
        server.serve("/simple/b/", b"<html><base href='http://['><a href='b-1.zip'>")
        lib, other = ask(catalog, "lib", "b")
        assert len(lib.versions) == 5
        answers = read_all(catalog, [lib])
    assert isinstance(other, Unavailable)
    assert {type(answer) for answer in answers.values()} == {Unavailable}


def test_a_host_that_is_down_is_given_up_once(tmp_path: Path) -> None:
    with IndexServer(LIB) as server:
        url = server.url
    begin = time.monotonic()
    with catalog_of(url, tmp_path) as catalog:
        answers = ask(catalog, *(f"p{number}" for number in range(60)))
    assert {type(answer) for answer in answers} == {Unavailable}
    assert time.monotonic() - begin < 15
