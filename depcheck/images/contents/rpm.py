"""The header of an installed RPM package, and the three databases that hold headers.

The header is that of RPM's file format version 4 (manual, "RPM V4 Package format") without
its eight bytes of magic: the number of index entries and the length of the data, both
big-endian, the entries (tag, type, offset, count), the data.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator

from depcheck.images.contents.rows import Row, decoded, packed
from depcheck.images.contents.rpm_bdb import bdb_headers
from depcheck.images.contents.rpm_ndb import ndb_headers
from depcheck.images.contents.rpm_sqlite import sqlite_headers

_NAME, _VERSION, _RELEASE, _EPOCH, _ARCHITECTURE = 1000, 1001, 1002, 1003, 1022
_TAGS = frozenset((_NAME, _VERSION, _RELEASE, _EPOCH, _ARCHITECTURE))
_INT32, _STRING = 4, 6
_LONGEST = 4096
_KEYS = "gpg-pubkey"


def sqlite_rpms(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of ``rpmdb.sqlite``. Raises ValueError."""
    return _packages(sqlite_headers, content)


def ndb_rpms(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of ``Packages.db``. Raises ValueError."""
    return _packages(ndb_headers, content)


def bdb_rpms(content: bytes) -> bytes:
    """Return the rows (see ``rows.packed``) of ``Packages``, a Berkeley DB. Raises ValueError."""
    return _packages(bdb_headers, content)


def _packages(read: Callable[[bytes], Iterable[bytes]], content: bytes) -> bytes:
    return packed(_rows(_bounded(read(content), len(content))))


def _bounded(blobs: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Yield blobs as long as they are no more than the database: none is there twice."""
    for blob in blobs:
        limit -= len(blob)
        if limit < 0:
            raise ValueError("the RPM database is corrupt: its headers overlap")
        yield blob


def _rows(blobs: Iterable[bytes]) -> Iterator[Row]:
    for blob in blobs:
        row = header_row(blob)
        if row.name != _KEYS:  # keys that signatures are checked with, kept as if packages
            yield row


def header_row(blob: bytes) -> Row:
    """Return what an installed package's header says.

    The version is ``[epoch:]version-release``. Raises ValueError where it is corrupt.
    """
    if len(blob) < 8:
        raise ValueError("an RPM header is cut short")
    entries, length = struct.unpack_from(">II", blob)
    data = 8 + 16 * entries
    if data + length > len(blob):
        raise ValueError("an RPM header is longer than its record")
    found: dict[int, str] = {}
    for tag, kind, offset, count in struct.iter_unpack(">IIiI", blob[8:data]):
        if tag in _TAGS and tag not in found:
            found[tag] = _value(blob, kind, data + offset, (data, data + length), count)
    epoch = found.get(_EPOCH, "0")
    version = f"{found.get(_VERSION, '')}-{found.get(_RELEASE, '')}"
    if not found.get(_NAME) or version.startswith("-"):
        raise ValueError("an RPM header without a name or a version")
    version = version if epoch == "0" else f"{epoch}:{version}"
    return Row(found[_NAME], version, found.get(_ARCHITECTURE, ""))


def _value(blob: bytes, kind: int, at: int, bounds: tuple[int, int], count: int) -> str:
    start, end = bounds
    if kind == _INT32 and count and start <= at <= end - 4:
        return str(struct.unpack_from(">I", blob, at)[0])
    stop = blob.find(b"\0", at, min(end, at + _LONGEST)) if start <= at < end else -1
    if kind != _STRING or stop < 0:
        raise ValueError("an RPM header points outside of its data")
    return decoded(blob[at:stop])
