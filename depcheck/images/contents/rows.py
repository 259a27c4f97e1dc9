"""Installed packages as the few bytes that are kept of a package database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
    """An installed package; ``architecture`` may be empty."""

    name: str
    version: str
    architecture: str


def packed(rows: Iterable[Row]) -> bytes:
    """Return rows as sorted lines of ``name``, ``version``, ``architecture`` with tabs between.

    Raises ValueError where a name or version is empty or would not fit on a line.
    """
    lines = sorted({"\t".join(_checked(row)) for row in rows})
    return "".join(f"{line}\n" for line in lines).encode()


def unpacked(content: bytes) -> tuple[Row, ...]:
    """Return the rows of what :func:`packed` gave."""
    return tuple(Row(*line.split("\t")) for line in content.decode().split("\n") if line)


def decoded(value: bytes) -> str:
    """Return a field's text. Raises ValueError where it is not UTF-8."""
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("a field of a package is not UTF-8") from None


def _checked(row: Row) -> Row:
    if not row.name or not row.version:
        raise ValueError("a package without a name or a version")
    if not all(field.isprintable() for field in row):  # a tab and a newline are not printable
        raise ValueError("a package's name or version has a control character")
    return row
