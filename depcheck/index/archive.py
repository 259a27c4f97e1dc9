"""One member of a zip archive, read through ranges of its bytes (APPNOTE 6.3).

The archive may be hostile: every number is checked against the others, and a
member is only read where the central directory and the local header agree.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MEMBER_CAP = 8 << 20
DIRECTORY_CAP = 32 << 20
_ENTRIES_CAP = 200_000
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")


class BadArchive(Exception):
    """The archive is broken or hostile. The text is for people."""


class Source:
    """Bytes of a file by position: what was read already, and a way to read more.

    ``fetch(start, stop)`` returns exactly those bytes. ``tail`` are the last bytes
    of a file of ``size`` bytes.
    """

    def __init__(self, size: int, tail: bytes, fetch: Callable[[int, int], bytes]) -> None:
        self.size = size
        self._fetch = fetch
        self._start = size - len(tail)
        self._known = tail

    @property
    def known_from(self) -> int:
        return self._start

    def extend(self, start: int) -> None:
        """Make everything from ``start`` on known, with one read at most."""
        if start < self._start:
            self._known = self._fetch(start, self._start) + self._known
            self._start = start

    def read(self, start: int, stop: int) -> bytes:
        if not 0 <= start <= stop <= self.size:
            raise BadArchive("it points outside itself")
        if start >= self._start:
            return self._known[start - self._start : stop - self._start]
        return self._fetch(start, stop)


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the central directory; ``room`` is where the next thing begins."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int
    room: int


def find_members(source: Source, wanted: Callable[[bytes], bool], ahead: int) -> list[Member]:
    """Return the members whose raw name is ``wanted``, in the directory's order.

    Where the directory lies before what is known, ``ahead`` bytes before it are
    read with it, for the member is often its neighbour.
    """
    block, count, start = _directory_block(source, ahead)
    offsets = []
    found = []
    for name, entry in _walk(block, count):
        offsets.append(entry[16])
        if wanted(name):
            found.append((name, entry))
    return [_member(name, entry, offsets, start) for name, entry in found]


def find_names(source: Source, wanted: Callable[[bytes], bool]) -> list[bytes]:
    """Return the raw names that are ``wanted``, in the directory's order, each once.

    Nothing but the directory is read: its entries may lie beyond 4 GB.
    """
    block, count, _ = _directory_block(source, 0)
    return list(dict.fromkeys(name for name, _ in _walk(block, count) if wanted(name)))


def _directory_block(source: Source, ahead: int) -> tuple[bytes, int, int]:
    """Return the bytes of the central directory, its number of entries, and its start."""
    start, size, count = _directory(source)
    if size > DIRECTORY_CAP or count > _ENTRIES_CAP:
        raise BadArchive("its directory is too large")
    if start < source.known_from:
        source.extend(max(0, start - ahead))
    return source.read(start, start + size), count, start


def read_member(source: Source, member: Member) -> bytes:
    """Return the content of a member, checked against its length and CRC."""
    if member.size > MEMBER_CAP or member.packed > MEMBER_CAP:
        raise BadArchive("its metadata is too large")
    if member.flags & 1:
        raise BadArchive("its metadata is encrypted")
    block = source.read(member.offset, member.room)
    if len(block) < _LOCAL.size:
        raise BadArchive("it is cut short")
    local = _LOCAL.unpack_from(block)
    start = _LOCAL.size + local[9] + local[10]
    name = block[_LOCAL.size : _LOCAL.size + local[9]]
    if local[0] != b"PK\3\4" or name != member.name.encode("utf-8", "surrogateescape"):
        raise BadArchive("a local header differs from the directory")
    sizes_follow = local[2] & 8
    if local[3] != member.method or not (sizes_follow or local[7] in (member.packed, 2**32 - 1)):
        raise BadArchive("a local header differs from the directory")
    packed = block[start : start + member.packed]
    if len(packed) != member.packed:
        raise BadArchive("entries overlap")
    return _unpack(packed, member)


def _unpack(packed: bytes, member: Member) -> bytes:
    if member.method == 0:
        content = packed
    elif member.method == zlib.DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MEMBER_CAP + 1)
        except zlib.error as error:
            raise BadArchive(f"its metadata cannot be unpacked: {error}") from error
    else:
        raise BadArchive("its metadata is compressed in an unknown way")
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise BadArchive("its metadata differs from its declared length or checksum")
    return content


def _directory(source: Source) -> tuple[int, int, int]:
    """Return start, size in bytes, and number of entries of the central directory."""
    first = max(0, source.size - 65535 - _END.size)
    tail = source.read(max(first, source.known_from), source.size)
    at = tail.rfind(b"PK\5\6")
    if at < 0 and source.known_from > first:
        source.extend(first)
        tail = source.read(first, source.size)
        at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        raise BadArchive("it is no zip archive")
    end = source.size - len(tail) + at
    _, _, _, _, count, size, start, comment = _END.unpack_from(tail, at)
    if end + _END.size + comment != source.size:
        raise BadArchive("its end does not fit")
    if count == 0xFFFF or size == 0xFFFFFFFF or start == 0xFFFFFFFF:
        return _directory64(source, end)
    if start + size != end:
        raise BadArchive("its directory is not where it says")
    return start, size, count


def _directory64(source: Source, end: int) -> tuple[int, int, int]:
    place = source.read(end - _END64_PLACE.size, end)
    mark, _, at, _ = _END64_PLACE.unpack(place)
    if mark != b"PK\6\7":
        raise BadArchive("its directory is not where it says")
    record = source.read(at, at + _END64.size)
    fields = _END64.unpack(record)
    count, size, start = fields[7], fields[8], fields[9]
    if fields[0] != b"PK\6\6" or start + size != at:
        raise BadArchive("its directory is not where it says")
    return start, size, count


def _walk(block: bytes, count: int) -> Iterator[tuple[bytes, tuple[int, ...]]]:
    """Yield the raw name and the fields of each entry of a central directory."""
    position = 0
    unpack, fixed = _ENTRY.unpack_from, _ENTRY.size
    for _ in range(count):
        if position + fixed > len(block):
            raise BadArchive("its directory is cut short")
        entry = unpack(block, position)
        if entry[0] != b"PK\1\2":
            raise BadArchive("its directory is broken")
        name_end = position + fixed + entry[10]
        yield block[position + fixed : name_end], entry
        position = name_end + entry[11] + entry[12]
    if position != len(block):
        raise BadArchive("its directory has more than it says")


def _member(name: bytes, entry: tuple[int, ...], offsets: list[int], end: int) -> Member:
    """Build a member; 64-bit offsets are refused, as no METADATA lies that far."""
    offset = entry[16]
    if offset == 0xFFFFFFFF or 0xFFFFFFFF in (entry[8], entry[9]):
        raise BadArchive("its metadata lies beyond 4 GB")
    room = min((other for other in offsets if other > offset), default=end)
    if offsets.count(offset) > 1:
        raise BadArchive("entries overlap")
    return Member(
        name.decode("utf-8", "surrogateescape"),
        entry[4], entry[3], entry[7], entry[8], entry[9], offset, min(room, end),
    )  # fmt: skip
