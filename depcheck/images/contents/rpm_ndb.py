"""RPM's own database, ``Packages.db``: pages of slots, then blobs in blocks of 16 bytes.

All numbers are little-endian. A slot is its magic, the package's number, the first block and
the count of blocks; a blob is its magic, the package's number, a generation, its length, the
header, padding and a tail.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PAGE, _UNIT, _TAIL = 4096, 16, 12


def ndb_headers(content: bytes) -> Iterator[bytes]:
    """Yield the header blobs. Raises ValueError where the database is corrupt."""
    if len(content) < _PAGE or content[:4] != b"RpmP":
        raise ValueError("this is no RPM database of the ndb format")
    version, _, pages = struct.unpack_from("<III", content, 4)
    if version != 0:
        raise ValueError(f"the RPM database has the unknown ndb version {version}")
    if pages * _PAGE > len(content):
        raise ValueError("the RPM database is cut short: slots are missing")
    # the file's own header takes the room of two slots
    slots = memoryview(content)[2 * _UNIT : pages * _PAGE]
    for magic, package, block, blocks in struct.iter_unpack("<4sIII", slots):
        if magic != b"Slot":
            raise ValueError("the RPM database is corrupt: a slot has no magic")
        if block:
            yield _blob(content, package, block * _UNIT, blocks * _UNIT)


def _blob(content: bytes, package: int, start: int, room: int) -> bytes:
    if start + room > len(content) or room < _UNIT + _TAIL:
        raise ValueError("the RPM database is cut short: a package is missing")
    magic, number, _, length = struct.unpack_from("<4sIII", content, start)
    if magic != b"BlbS" or number != package or length > room - _UNIT - _TAIL:
        raise ValueError("the RPM database is corrupt: a slot leads to no package")
    return content[start + _UNIT : start + _UNIT + length]
