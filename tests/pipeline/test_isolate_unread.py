"""Wheels that an index does not let be read: where a wall may be missing, nothing is clean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from depcheck.model.isolation import IsolationReport, IsolationSettings
from depcheck.model.observer import Silent
from depcheck.model.settings import ComponentSettings, IndexSettings, Settings
from depcheck.pipeline.divide import isolate
from tests.support.catalogs import FAST
from tests.support.index_server import IndexServer, Release

LINUX = "cp311-cp311-manylinux2014_x86_64"


def native(path: str) -> Release:
    return Release(wheels=[LINUX], files={path: b""})


PROJECTS = {
    "one": {"1.0": native("one/libfoo.so.1")},
    "other": {"1.0": native("other/libfoo.so.1")},
    "third": {"1.0": native("third/libbar.so.1")},
    "pure": {"1.0": Release()},
}


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(PROJECTS) as running:
        yield running


def ask(folder: Path, server: IndexServer, **components: str) -> IsolationReport:
    """Divide components of one line each."""
    for name, line in components.items():
        (folder / f"{name}.txt").write_text(line)
    named = tuple(
        ComponentSettings(name=name, source=f"{name}.txt", role="core" if name == "web" else "ai")
        for name in components
    )
    index = IndexSettings(index_url=server.url, no_cache=True)
    check = Settings(root=folder, components=named, python="3.11", platform="linux/amd64")
    return isolate(
        IsolationSettings(settings=replace(check, index=index)),
        environ={"HOME": str(folder), **FAST},
        observer=Silent(),
    )


def test_what_clashes_is_seen_where_it_can_be_read(tmp_path: Path, server: IndexServer) -> None:
    report = ask(tmp_path, server, web="one", ai="other")
    assert report.verdict == "several"
    assert report.undetermined == ()


@pytest.mark.parametrize(
    "what", [{"status": 404}, {"drop": True}, {"truncate": 100}, {"body": b"PK" * 500}]
)
def test_wheels_of_two_components_that_cannot_be_read(
    tmp_path: Path, server: IndexServer, what: dict[str, object]
) -> None:
    server.misbehave(r"\.whl$", **what)
    report = ask(tmp_path, server, web="one", ai="other")
    assert report.verdict == "undetermined"
    (unread,) = report.undetermined
    assert (unread.subject, unread.harmless) == ("native libraries of 2 wheels", False)
    assert "undetermined" in [finding.rule for finding in report.findings]


@pytest.mark.parametrize(
    ("web", "ai"), [("one\nother\n", "pure"), ("one", "one"), ("one", "one\nthird\n")]
)
def test_wheels_that_cannot_clash_across_components(
    tmp_path: Path, server: IndexServer, web: str, ai: str
) -> None:
    server.misbehave(r"\.whl$", status=404)
    report = ask(tmp_path, server, web=web, ai=ai)
    assert report.verdict == "one"
    (unread,) = report.undetermined
    assert unread.harmless


def test_wheels_of_components_in_containers_of_their_own(
    tmp_path: Path, server: IndexServer
) -> None:
    server.misbehave(r"\.whl$", status=404)
    report = ask(tmp_path, server, web="one\npure<1\n", ai="other")
    assert report.impossible == ("web",)
    assert report.undetermined == ()
