"""SPDX in JSON: 2.2 and 2.3 (ISO/IEC 5962), and the JSON-LD of 3.0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from depcheck.errors import SourceError
from depcheck.model.text import printable
from depcheck.sources.components import Component, Release, text_of

_VERSIONS = ("SPDX-2.2", "SPDX-2.3")
_PLACE = re.compile(r"/[^\s,]+?\.(?:dist|egg)-info")
_SYSTEM = "operating"  # OPERATING-SYSTEM in 2.3, operatingSystem in 3.0
_PURL = ("purl", "packageurl")

_Entry = Mapping[str, Any]
_Read = tuple[tuple[Component, ...], tuple[Release, ...]]


def read_spdx(document: _Entry, shown: str) -> _Read:
    """Return the packages of an SPDX 2 document, and the operating systems.

    ``shown`` is the file's name. Raises SourceError for another version.
    """
    version = document.get("spdxVersion")
    if version not in _VERSIONS:
        raise SourceError(
            f"{shown}: this is {printable(str(version))}; read are SPDX 2.2, 2.3 and 3.0",
            hint="make it again in another version, as JSON",
        )
    found: list[Component] = []
    releases: list[Release] = []
    for entry, where in _entries(document.get("packages"), "packages", shown):
        name, told = text_of(entry.get("name")), text_of(entry.get("versionInfo"))
        if text_of(entry.get("primaryPackagePurpose")).lower().startswith(_SYSTEM):
            releases.append(Release(id=name, version=told))
            continue
        source = text_of(entry.get("sourceInfo"))
        found.append(
            Component(
                name=name,
                version=told,
                purl=_reference(entry.get("externalRefs"), "referenceType", "referenceLocator"),
                python="installed python package" in source,
                paths=tuple(dict.fromkeys(_PLACE.findall(source))),
                where=where,
            )
        )
    return tuple(found), tuple(releases)


def read_spdx_graph(document: _Entry, shown: str) -> _Read:
    """Return the packages of an SPDX 3.0 document in JSON-LD, and the operating systems."""
    found: list[Component] = []
    releases: list[Release] = []
    for entry, where in _entries(document.get("@graph"), "@graph", shown):
        kind = text_of(entry.get("type") or entry.get("@type"))
        if not kind.lower().endswith("package"):
            continue
        name = text_of(entry.get("name"))
        version = text_of(entry.get("software_packageVersion"))
        if text_of(entry.get("software_primaryPurpose")).lower().startswith(_SYSTEM):
            releases.append(Release(id=name, version=version))
            continue
        others = entry.get("externalIdentifier")
        purl = text_of(entry.get("software_packageUrl"))
        purl = purl or _reference(others, "externalIdentifierType", "identifier")
        found.append(Component(name=name, version=version, purl=purl, where=where))
    return tuple(found), tuple(releases)


def _entries(listed: object, key: str, shown: str) -> Iterator[tuple[_Entry, str]]:
    if not isinstance(listed, list):
        raise SourceError(f"{shown}: {key} must be a list", hint="is the file whole?")
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            raise SourceError(f"{shown}: {key}[{number}] must be an object")
        yield entry, f"{key}[{number}]"


def _reference(listed: object, kind: str, value: str) -> str:
    """Return the package URL among a package's references, empty where there is none."""
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and text_of(item.get(kind)).lower() in _PURL:
            return text_of(item.get(value)).strip()
    return ""
