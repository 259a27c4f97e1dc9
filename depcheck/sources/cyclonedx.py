"""CycloneDX in JSON, 1.2 to 1.7 (ECMA-424)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from depcheck.errors import SourceError
from depcheck.model.text import printable
from depcheck.sources.components import Component, Release, text_of

_VERSION = re.compile(r"1\.([2-9]|\d\d)")
_PATHS = re.compile(r"syft:location:\d+:path|aquasecurity:trivy:FilePath")
_PYTHON_TYPES = {
    "syft:package:type": ("python",),
    "aquasecurity:trivy:PkgType": ("python-pkg", "pip", "poetry", "pipenv", "uv"),
    "cdx:package:type": ("pypi", "python"),
}

_Entry = Mapping[str, Any]


def read_cyclonedx(
    document: _Entry, shown: str
) -> tuple[tuple[Component, ...], tuple[Release, ...]]:
    """Return the components of a document, nested ones too, and the operating systems.

    ``shown`` is the file's name. Raises SourceError for another version.
    """
    version = document.get("specVersion")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise SourceError(
            f"{shown}: this is CycloneDX {printable(str(version))}; read are 1.2 to 1.7",
            hint="make it again in another version, as JSON",
        )
    found: list[Component] = []
    releases: list[Release] = []
    for entry, where in _entries(document, shown):
        if entry.get("scope") == "excluded":
            continue
        if entry.get("type") == "operating-system":
            releases.append(_release(entry))
        else:
            found.append(_component(entry, where))
    return tuple(found), tuple(releases)


def _entries(document: _Entry, shown: str) -> Iterator[tuple[_Entry, str]]:
    """Yield every component with its place, in the order of the document."""
    metadata = document.get("metadata")
    main = metadata.get("component") if isinstance(metadata, Mapping) else None
    waiting: list[tuple[object, str]] = [] if main is None else [(main, "metadata.component")]
    waiting += _children(document, "", shown)
    waiting.reverse()
    while waiting:
        entry, where = waiting.pop()
        if not isinstance(entry, Mapping):
            raise SourceError(f"{shown}: {where} is no component", hint="is the file whole?")
        yield entry, where
        waiting += reversed(_children(entry, f"{where}.", shown))


def _children(owner: _Entry, where: str, shown: str) -> list[tuple[object, str]]:
    listed = owner.get("components") or []
    if not isinstance(listed, list):
        raise SourceError(f"{shown}: {where}components must be a list", hint="is the file whole?")
    # Only the start of a deep place is told.
    place = where if len(where) < 100 else "…"
    return [(entry, f"{place}components[{number}]") for number, entry in enumerate(listed)]


def _component(entry: _Entry, where: str) -> Component:
    properties = list(_properties(entry))
    paths = [value for name, value in properties if _PATHS.fullmatch(name)]
    return Component(
        name=text_of(entry.get("name")),
        version=text_of(entry.get("version")),
        purl=text_of(entry.get("purl")).strip(),
        python=any(value in _PYTHON_TYPES.get(name, ()) for name, value in properties),
        paths=(*paths, *_occurrences(entry)),
        where=where,
    )


def _properties(entry: _Entry) -> Iterator[tuple[str, str]]:
    listed = entry.get("properties")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping):
            yield text_of(item.get("name")), text_of(item.get("value"))


def _occurrences(entry: _Entry) -> Iterator[str]:
    evidence = entry.get("evidence")
    listed = evidence.get("occurrences") if isinstance(evidence, Mapping) else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping):
            yield text_of(item.get("location"))


def _release(entry: _Entry) -> Release:
    told = dict(_properties(entry))
    return Release(
        id=told.get("syft:distro:id") or text_of(entry.get("name")),
        version=told.get("syft:distro:versionID") or text_of(entry.get("version")),
        name=told.get("syft:distro:prettyName", ""),
    )
