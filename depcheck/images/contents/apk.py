"""The installed database of apk: stanzas of one-letter fields (apk-package(5))."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain

from depcheck.images.contents.rows import LONGEST, Row, decoded, packed

_FIELDS = {b"P": 0, b"V": 1, b"A": 2}


def installed_apks(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of ``lib/apk/db/installed``, then the files.

    Behind the rows stand a NUL and, for each package, its name, its files (relative) and
    an empty line. Raises ValueError for what is no such file.
    """
    files: list[bytes] = []
    rows = packed(_rows(content, files))
    return b"\0".join((rows, b"\n".join(files))) if files else rows


def files_of_apks(kept: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield name and files of each package from what :func:`installed_apks` gave."""
    for block in kept.partition(b"\0")[2].split(b"\n\n"):
        name, *files = block.strip(b"\n").split(b"\n")
        if files:
            yield name.decode(errors="replace"), files


def _rows(content: bytes, files: list[bytes]) -> Iterator[Row]:
    """Yield the rows; put the files of each package into ``files``."""
    fields, begun, folder = ["", "", ""], False, b""
    inside: list[bytes] = []
    for number, whole in enumerate(chain(io.BytesIO(content), (b"",)), 1):
        line = whole[:LONGEST]
        if not line.strip():
            if begun:
                yield Row(*fields)
                files += (fields[0].encode(), *inside, b"")
            fields, begun, folder, inside = ["", "", ""], False, b"", []
            continue
        if line[1:2] != b":":
            raise ValueError(f"line {number} is no field of an installed package")
        begun = True
        if line[:2] == b"F:":
            folder = line[2:].strip().strip(b"/")
        elif line[:2] == b"R:":
            inside.append(folder + b"/" * bool(folder) + line[2:].strip())
        position = _FIELDS.get(line[:1])
        if position is not None:
            fields[position] = decoded(line[2:])
