"""Packages of conda: the files in conda-meta."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from depcheck.images.table import Entry
from depcheck.images.view import View
from depcheck.model.inventory import OsPackage
from depcheck.model.text import printable

_FOLDER = "/conda-meta/"


def conda_packages(view: View, distributions: Collection[tuple[str, str]]) -> tuple[OsPackage, ...]:
    """Return conda's packages in the view's scope that are no Python distributions.

    ``distributions`` are ``(prefix, name)`` of those, as ``("/opt/conda", "numpy")``. The
    version has the build behind it, as ``3.3.1-hd590300_0``.
    """
    found = []
    for path in view.scope:
        if _FOLDER not in path or not path.endswith(".json") or view.entry(path) is None:
            continue
        told = _told(view, path)
        prefix = f"/{path.partition(_FOLDER)[0]}"
        name = str(told.get("name", ""))
        if name and name != "python" and (prefix, name) not in distributions:
            version = "-".join(filter(None, (str(told.get("version")), str(told.get("build")))))
            found.append(
                OsPackage(
                    name=printable(name),
                    version=printable(version),
                    architecture=printable(str(told.get("subdir", ""))),
                    kind="other",
                    brought=view.brought(path),
                )
            )
    return tuple(sorted(found, key=lambda package: (package.name, package.version)))


def prefixed_files(view: View, prefix: str) -> Mapping[str, str]:
    """Return the files of a conda environment that conda changed when it installed them.

    By path, with the SHA-256 (hex) that each has since, empty where that is not told.
    """
    found: dict[str, str] = {}
    for path in _described(view, prefix):
        files = _told(view, path).get("prefixed")
        if isinstance(files, dict):
            found.update((f"{prefix}/{file}", str(digest)) for file, digest in files.items())
    return found


def _described(view: View, prefix: str) -> Iterator[str]:
    if isinstance(view.known(f"{prefix}/conda-meta"), Entry):
        for name in view.seen(f"{prefix}/conda-meta"):
            path = f"{prefix}/conda-meta/{name}"
            if name.endswith(".json") and isinstance(view.known(path), Entry):
                yield path


def _told(view: View, path: str) -> Mapping[str, object]:
    content = view.content(path)
    told = json.loads(content) if content else {}
    return told if isinstance(told, dict) else {}
