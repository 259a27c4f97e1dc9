"""Package URLs (the purl specification, ECMA-427)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_SCHEME = re.compile(r"pkg:/*", re.IGNORECASE)
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purl:
    """``type`` is in lower case; ``namespace`` and ``version`` may be empty."""

    type: str
    namespace: str
    name: str
    version: str
    qualifiers: Mapping[str, str]


def parse_purl(text: str) -> Purl:
    """Return the parts of a package URL, percent-decoded. Raises ValueError."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise ValueError("a package URL begins with pkg:")
    rest, _, query = text[scheme.end() :].partition("#")[0].partition("?")
    kind, _, path = rest.partition("/")
    namespace, _, last = path.strip("/").rpartition("/")
    # The version begins at the last @: a scope's own @ stands before it.
    name, _, version = last.rpartition("@") if "@" in last else (last, "", "")
    if not _TYPE.fullmatch(kind) or not name:
        raise ValueError("a package URL has a type and a name: pkg:TYPE/NAME@VERSION")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return Purl(
        type=kind.lower(),
        namespace=unquote(namespace),
        name=unquote(name),
        version=unquote(version),
        qualifiers={key.lower(): unquote(value) for key, _, value in pairs},
    )
