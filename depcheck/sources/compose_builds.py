"""The services of a compose file that are built from folders of the project."""

from __future__ import annotations

import posixpath
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.sources.files import Scope, open_source
from depcheck.sources.yaml_text import LARGEST, Node, Scalar, Table, parse_yaml


def read_builds(path: Path, *, root: Path) -> tuple[tuple[str, str, str], ...]:
    """Return ``(service, context, Dockerfile)`` of what one compose file builds.

    Paths are POSIX and relative to ``root``, empty for the root itself. What lies outside of
    it or rests on a variable is left out. Raises SourceError for a file that is not YAML.
    """
    scope = Scope(component="", root=root, environment={})
    file = open_source(scope, path, largest=LARGEST)
    found = []
    for document in parse_yaml(file.text, shown=file.shown):
        services = document.items.get("services") if isinstance(document, Table) else None
        if not isinstance(services, Table):
            raise SourceError(f"{file.shown}: it has no services")
        for name, service in services.items.items():
            if place := _built(service, path.parent.as_posix()):
                found.append((name, *place))
    return tuple(found)


def _built(service: Node, folder: str) -> tuple[str, str] | None:
    build = service.items.get("build") if isinstance(service, Table) else None
    table = build.items if isinstance(build, Table) else {}
    context = _inside(folder, _text(build) or _text(table.get("context")) or ".")
    if build is None or context is None:
        return None
    dockerfile = _inside(context, _text(table.get("dockerfile")) or "Dockerfile")
    return None if dockerfile is None else (context, dockerfile)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) and not node.null else ""


def _inside(folder: str, path: str) -> str | None:
    if "$" in path or "://" in path or path.startswith(("/", "~")):
        return None
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined
