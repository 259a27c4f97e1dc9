"""Asking a catalog for everything and waiting for it, as tests do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from depcheck.index import IndexCatalog, open_catalog
from depcheck.model.catalog import MetadataWanted, Project, ProjectWanted
from depcheck.model.settings import IndexSettings

FAST = {"PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "2", "PIP_TIMEOUT": "2"}


class Notes:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.totals = [0, 0]

    def requested(self, total: int) -> None:
        self.totals[0] = total

    def answered(self, total: int) -> None:
        self.totals[1] = total

    def stage(self, text: str) -> None:
        raise AssertionError("the index client names no stages")

    def note(self, text: str) -> None:
        self.notes.append(text)


def catalog_of(
    url: str | None, folder: Path, *, environ: Any = None, observer: Any = None, **settings: Any
) -> IndexCatalog:
    """Open a catalog with quick retries; without a ``cache_dir`` nothing is kept."""
    settings.setdefault("no_cache", "cache_dir" not in settings)
    return open_catalog(
        IndexSettings(index_url=url, **settings),
        environ={"HOME": str(folder), **FAST, **(environ or {})},
        root=folder,
        observer=observer,
    )  # fmt: skip


def drain(catalog: IndexCatalog) -> dict[str, Any]:
    """Return every open answer, by project name or file name."""
    answers: dict[str, Any] = {}
    while got := list(catalog.arrivals()):
        for wanted, answer in got:
            key = wanted.name if isinstance(wanted, ProjectWanted) else wanted.distribution.filename
            answers[key] = answer
    return answers


def ask(catalog: IndexCatalog, *names: str) -> Any:
    """Return the answer about a project, or a list of them for several."""
    for name in names:
        catalog.want(ProjectWanted(name))
    answers = drain(catalog)
    return answers[names[0]] if len(names) == 1 else [answers[name] for name in names]


def read_all(catalog: IndexCatalog, projects: Iterable[Project]) -> dict[str, Any]:
    """Return the metadata of every file of these projects, by file name."""
    for project in projects:
        for version, files in zip(project.versions, project.files, strict=True):
            for file in files:
                catalog.want(MetadataWanted(project.name, version, file))
    return drain(catalog)
