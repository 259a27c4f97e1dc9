"""The status of dpkg: stanzas of fields (deb-control(5), dpkg(1) "package states")."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from depcheck.images.contents.rows import LONGEST, Row, decoded, packed

_FIELDS = frozenset((b"package", b"status", b"version", b"architecture"))
_ABSENT = frozenset(("not-installed", "config-files"))
_WHOLE = frozenset(("installed", "triggers-awaited", "triggers-pending"))


def installed_debs(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of the packages that a status file has as installed.

    ``content`` is ``var/lib/dpkg/status``, or a file of ``var/lib/dpkg/status.d``, in
    which stanzas have no state. A package that dpkg left half-way has its state behind
    the version: ``1.2-3 (half-configured)``. Raises ValueError for what is no such file.
    """
    return packed(row for stanza in _stanzas(content) if (row := _row(stanza)) is not None)


def listed_files(content: bytes) -> bytes:
    """Return the files that a ``.list`` of dpkg names, relative, one a line; no folders.

    A folder stands before what is in it.
    """
    lines = [line.strip(b"/") for line in content.splitlines()]
    after = [*lines[1:], b""]
    kept = (
        line
        for line, following in zip(lines, after, strict=True)
        if line not in (b"", b".") and not following.startswith(line + b"/")
    )
    return b"\n".join(kept)


def summed_files(content: bytes) -> bytes:
    """Return the files that an ``md5sums`` of dpkg names, as :func:`listed_files` does."""
    parts = (line.split(None, 1) for line in content.splitlines())
    return b"\n".join(part[1].strip().lstrip(b"./") for part in parts if len(part) == 2)


def _stanzas(content: bytes) -> Iterator[Mapping[bytes, bytes]]:
    stanza: dict[bytes, bytes] = {}
    for number, whole in enumerate(io.BytesIO(content), 1):
        line = whole[:LONGEST]
        if not line.strip():
            if stanza:
                yield stanza
            stanza = {}
        elif line[:1] not in (b" ", b"\t"):  # else the line before goes on
            name, colon, value = line.partition(b":")
            if not colon:
                raise ValueError(f"line {number} is no field of a package's status")
            # every field counts for the stanza's being there, but only four are read
            stanza[name.lower() if name.lower() in _FIELDS else b""] = value
    if stanza:
        yield stanza


def _row(stanza: Mapping[bytes, bytes]) -> Row | None:
    name = decoded(stanza.get(b"package", b""))
    state = _state(decoded(stanza.get(b"status", b"install ok installed")))
    if state in _ABSENT:
        return None
    version = decoded(stanza.get(b"version", b""))
    if not name or not version:
        raise ValueError(f"the package {name!r} has no version" if name else "a stanza has no name")
    if state not in _WHOLE:
        version = f"{version} ({state})"
    return Row(name, version, decoded(stanza.get(b"architecture", b"")))


def _state(status: str) -> str:
    words = status.split()  # what is wanted, whether it needs a new installation, the state
    if len(words) != 3:
        raise ValueError(f"a package's status is {status[:60]!r}")
    return words[2] if words[1] == "ok" or words[2] in _ABSENT else words[1]
