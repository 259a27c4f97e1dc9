"""The installed database of apk: stanzas of one-letter fields (apk-package(5))."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain

from depcheck.images.contents.rows import LONGEST, Row, decoded, packed

_FIELDS = {b"P": 0, b"V": 1, b"A": 2}


def installed_apks(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of ``lib/apk/db/installed``.

    Raises ValueError for what is no such file.
    """
    return packed(_rows(content))


def _rows(content: bytes) -> Iterator[Row]:
    fields, begun = ["", "", ""], False
    for number, whole in enumerate(chain(io.BytesIO(content), (b"",)), 1):
        line = whole[:LONGEST]
        if not line.strip():
            if begun:
                yield Row(*fields)
            fields, begun = ["", "", ""], False
            continue
        if line[1:2] != b":":
            raise ValueError(f"line {number} is no field of an installed package")
        begun = True
        position = _FIELDS.get(line[:1])
        if position is not None:
            fields[position] = decoded(line[2:])
