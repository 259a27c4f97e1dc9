"""The inventory that a bill of materials gives (``sbom:PATH``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from depcheck.errors import SourceError
from depcheck.model.inventory import Inventory
from depcheck.model.parity import Named
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable
from depcheck.sources.components import Component, Listed, Release
from depcheck.sources.cyclonedx import read_cyclonedx
from depcheck.sources.files import Scope, SourceFile, open_source
from depcheck.sources.spdx import read_spdx, read_spdx_graph

_LARGEST = 64 << 20
_READ = "read are CycloneDX (1.2 to 1.7) and SPDX (2.2, 2.3, 3.0), both as JSON"
_HINT = "with syft: -o cyclonedx-json"


def read_sbom(named: Named, scope: Scope, path: Path) -> Inventory:
    """Return what a bill of materials lists: distributions, OS packages, the OS.

    Distributions lie in the environments that their paths tell, else in one without a
    place. Where it names no source of a distribution, none is compared. Raises SourceError.
    """
    file = open_source(scope, path, by=str(named.origin or ""), largest=_LARGEST)
    components, releases = _read(_document(file), file.shown)
    listed = Listed()
    for component in components:
        listed.add(component)
    covers, system = listed.covers(), listed.system(releases)
    return Inventory(
        subject=str(named),
        covers=covers | {"system"} if system else covers,
        environments=listed.environments(),
        distributions=tuple(listed.distributions[key] for key in sorted(listed.distributions)),
        packages=tuple(listed.packages[key] for key in sorted(listed.packages)),
        system=system,
        undetermined=(*listed.undetermined, *(() if covers else _empty(file))),
    )


def _read(
    document: Mapping[str, Any], shown: str
) -> tuple[tuple[Component, ...], tuple[Release, ...]]:
    if document.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(document, shown)
    if "spdxVersion" in document:
        return read_spdx(document, shown)
    if "@graph" in document and "spdx" in str(document.get("@context")).lower():
        return read_spdx_graph(document, shown)
    raise SourceError(f"{shown}: this JSON is no bill of materials; {_READ}", hint=_HINT)


def _document(file: SourceFile) -> Mapping[str, Any]:
    start = file.text[:2000].lstrip()
    if start.startswith("<"):
        raise SourceError(f"{file.shown}: this is XML; {_READ}", hint=_HINT)
    if "SPDXVersion:" in start:
        raise SourceError(f"{file.shown}: this is SPDX in tag-value form; {_READ}", hint=_HINT)
    try:
        document = json.loads(file.text)
    except json.JSONDecodeError as fault:
        place = f"{file.shown}:{fault.lineno}"
        reason = fault.msg[:1].lower() + fault.msg[1:]
        hint = f"{_READ}; is the file whole?"
        raise SourceError(f"{place}: this is not JSON: {printable(reason)}", hint=hint) from None
    except (RecursionError, ValueError):
        _hopeless(file)
    if not isinstance(document, Mapping):
        raise SourceError(f"{file.shown}: this JSON is no bill of materials; {_READ}", hint=_HINT)
    return document


def _hopeless(file: SourceFile) -> NoReturn:
    raise SourceError(
        f"{file.shown}: this JSON is nested too deep, or has a number that is too long",
        hint=_READ,
    ) from None


def _empty(file: SourceFile) -> tuple[Undetermined, ...]:
    note = Undetermined(
        subject=file.shown,
        reason="it lists no Python distribution and no OS package",
        hint="was it made of the right thing?",
    )
    return (note,)
