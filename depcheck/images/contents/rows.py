"""Installed packages as the few bytes that are kept of a package database."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

MOST_PACKAGES = 50_000
"""An image with a whole desktop has some 5,000."""

LONGEST = 4 << 10
"""Bytes of a line of a database that are looked at; names and versions are far shorter."""

_LONGEST_FIELD = 1000


class Row(NamedTuple):
    """An installed package; ``architecture`` may be empty."""

    name: str
    version: str
    architecture: str


def packed(rows: Iterable[Row]) -> bytes:
    """Return rows as sorted lines of ``name``, ``version``, ``architecture`` with tabs between.

    Raises ValueError where a name or version is empty or would not fit on a line, and
    for more than MOST_PACKAGES.
    """
    lines = {"\t".join(_checked(row)) for row in islice(rows, MOST_PACKAGES + 1)}
    if len(lines) > MOST_PACKAGES:
        raise ValueError(f"it has more than {MOST_PACKAGES:,} packages")
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def unpacked(content: bytes) -> tuple[Row, ...]:
    """Return the rows of what :func:`packed` gave, without what stands behind a NUL."""
    text = content.partition(b"\0")[0].decode()
    return tuple(Row(*line.split("\t")) for line in text.split("\n") if line)


def decoded(value: bytes) -> str:
    """Return a field's text. Raises ValueError where it is not UTF-8."""
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("a field of a package is not UTF-8") from None


def _checked(row: Row) -> Row:
    if not row.name or not row.version:
        raise ValueError("a package without a name or a version")
    if any(len(field) > _LONGEST_FIELD for field in row):
        raise ValueError("a package's name or version is absurdly long")
    if not all(field.isprintable() for field in row):  # a tab and a newline are not printable
        raise ValueError("a package's name or version has a control character")
    return row
