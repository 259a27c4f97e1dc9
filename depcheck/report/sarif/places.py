"""Places in a SARIF log: of files in the repository, and of things that are not files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from depcheck.model.text import redact
from depcheck.report.digest import Change, Digest, Entry, Place
from depcheck.report.sarif.text import formatted, message

_LOGICAL = 50
_WHOLE_LINE = (".txt", ".in")
"""Files in which a line is a statement; in others (TOML) a line holds more than that."""


def locations(digest: Digest, entry: Entry, first: Place | None) -> list[dict[str, Any]]:
    """Return where a result is: in a file, where there is one, and of what it is (§3.27.12).

    A result without a file stands in the digest's ``home``, else where a configuration would
    be: code scanning refuses the whole log if one result has no file.
    """
    logical = [
        {"name": name, "kind": kind} for name, kind in dict.fromkeys(_logical(digest, entry))
    ]
    told = location(first or _home(digest))
    if first is None:
        told["message"] = message("It has no line of its own here.")
    if logical:
        told["logicalLocations"] = logical
    return [told]


def _home(digest: Digest) -> Place:
    if digest.home is not None and digest.home.inside:
        return digest.home
    return Place(path=posixpath.join(digest.context.prefix, "depcheck.toml"))


def location(place: Place) -> dict[str, Any]:
    """Return a place in the repository (§3.28, §3.29).

    Without a line it begins at the first, since some readers want one.
    """
    line = place.line or 1
    region: dict[str, Any] = {"startLine": line, "endLine": max(line, place.end or line)}
    if place.line is not None and place.text:
        region["snippet"] = {"text": formatted(place.text)}
    return {"physicalLocation": {"artifactLocation": place_data(place.path), "region": region}}


def place_data(path: str) -> dict[str, Any]:
    """Return a path from the root of the repository (§3.4), percent-encoded."""
    encoded = quote(redact(path).encode("utf-8", "surrogatepass"), safe="/")
    return {"uri": encoded, "uriBaseId": "%SRCROOT%"}


def replacements(changes: Sequence[Change]) -> Mapping[str, Sequence[dict[str, Any]]]:
    """Return replaced lines (§3.57) by path; none where one of the changes cannot be told so.

    Half a set of edits heals nothing.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        place = change.place
        whole = place.inside and place.line is not None and place.path.endswith(_WHOLE_LINE)
        single = place.end is None or place.end == place.line
        if not (whole and single and formatted(change.after) == change.after):
            return {}
        deleted: dict[str, Any] = {"deletedRegion": {"startLine": place.line}}
        if change.after:
            deleted["insertedContent"] = {"text": change.after}
        told.setdefault(place.path, []).append(deleted)
    return told


def _logical(digest: Digest, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield names and kinds of what a result is about beside files (§3.33)."""
    kind = "service" if digest.job == "parity" else "component"
    for name in entry.components[:_LOGICAL]:
        yield formatted(name), kind
    if entry.package:
        yield formatted(entry.package), "package"
    outside = [place.path for place in entry.places if not place.inside]
    for path in list(dict.fromkeys(outside))[:_LOGICAL]:
        yield formatted(path), "image" if digest.job == "parity" else "resource"
