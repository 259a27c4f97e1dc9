"""The members of a tar as they go by: no seeking, no unpacking.

POSIX.1-2017 pax (ustar and extended headers), the GNU extensions for long names,
long links, large numbers and old sparse files, and V7. Where readers could come to
different members (CVE-2025-62518), it follows the ones that unpack layers in earnest
or refuses, and never guesses.
"""

from __future__ import annotations

import posixpath
import re
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import adler32

from depcheck.images.entries import MOST_ID
from depcheck.images.pieces import Pieces
from depcheck.images.table import BrokenLayer, Kind
from depcheck.model.text import printable

# Half of them with short names fill 120 MB of the 150 that a run may take.
MOST_MEMBERS: Final = 500_000
# Names are what the memory is filled with: a quarter of a million take some 25 MB.
MOST_NAME_BYTES: Final = 128 << 20
MOST_NAME: Final = 4 << 10  # PATH_MAX
MOST_DEPTH: Final = 256
MOST_EXTENDED: Final = 1 << 20
# Made of the shortest records, as much as this takes a minute to read.
MOST_EXTENDED_BYTES: Final = 256 << 20
_MOST_SIZE: Final = 1 << 62

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
# name mode uid gid size (mtime) sum type link magic (owner, device) prefix
_FIELDS = struct.Struct("100s8s8s8s12s12x8s1s100s8s80x155s12x")
_USTAR = b"ustar\x0000"
_KINDS: dict[bytes, Kind] = {
    b"0": "file", b"\0": "file", b"7": "file", b"S": "file", b"1": "file",
    b"2": "link", b"3": "device", b"4": "device", b"5": "folder", b"6": "device",
}  # fmt: skip
_LAYOUT = {b"path", b"linkpath", b"size"}
_LIKE_ESCAPED = re.compile(rb"\\(?=x[89a-fA-F5][0-9a-fA-F])")


class Member(NamedTuple):
    """A member of a tar.

    ``path`` is relative, without ``.`` and ``..``, empty for the root. ``link`` is a
    symbolic link's target as written, or, if ``hard``, the path of the member that
    this one is another name of. ``size`` is the file's, in bytes. ``sparse`` is empty,
    or says where a sparse file's data lies; what is stored is then not what it holds.
    """

    path: str
    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    link: str
    hard: bool
    sparse: bytes


class TarReader:
    """Iterate over it for the members; ``content`` gives what the last one holds.

    Raises BrokenLayer for a tar that is broken, cut short or ambiguous, that escapes
    its root, or that is above one of the limits. An end without end blocks is an end.
    """

    def __init__(self, chunks: Iterable[bytes] | Pieces) -> None:
        self._source = chunks if isinstance(chunks, Pieces) else Pieces(chunks)
        self._left = 0
        self._padding = 0
        self._name_bytes = 0
        self._extended_bytes = 0

    def __iter__(self) -> Iterator[Member]:
        extended = _Extended()
        count = 0
        while (block := self._header()) is not None:
            count += 1
            if count > MOST_MEMBERS:
                raise BrokenLayer(f"it has more than {MOST_MEMBERS:,} members")
            fields = _FIELDS.unpack(block)
            size, flag = _number(fields[4]), fields[6]
            if flag in b"xgLK":
                extended.read(flag, self._extension(size))
                continue
            sparse = self._sparse_map(block) if flag == b"S" else b""
            stored = extended.size if extended.size is not None else size
            member = _member(fields, extended, stored, sparse)
            self._name_bytes += len(member.path) + len(member.link)
            if self._name_bytes > MOST_NAME_BYTES:
                raise BrokenLayer(f"its names take more than {MOST_NAME_BYTES >> 20} MiB")
            self._begin(stored if member.kind == "file" and not member.hard else 0)
            yield member
            self._end()
            if extended.used:
                extended = _Extended()
        if extended.used:
            raise BrokenLayer("its tar is cut short")

    def content(self) -> Iterator[memoryview]:
        """Yield what is stored of the last member, to be read before the next one."""
        for piece in self._source.run(self._left):
            self._left -= len(piece)
            yield piece

    def drain(self) -> None:
        """Read what comes after the end, so that the whole stream has gone by."""
        for _ in self._source.rest():
            pass

    def _header(self) -> bytes | None:
        block = self._source.take(_BLOCK)
        if not block:
            return None
        if len(block) < _BLOCK:
            raise BrokenLayer("its tar is cut short")
        if block == _ZEROS:
            if self._source.take(_BLOCK) not in (b"", _ZEROS):
                raise BrokenLayer("its tar is broken: something follows half of its end")
            return None
        _check_sum(block)
        return block

    def _begin(self, size: int) -> None:
        self._left, self._padding = size, -size % _BLOCK

    def _end(self) -> None:
        if self._source.skip(self._left + self._padding):
            raise BrokenLayer("its tar is cut short")

    def _extension(self, size: int) -> bytes:
        if size > MOST_EXTENDED:
            raise BrokenLayer(f"its tar has an extended header of {size:,} bytes")
        self._extended_bytes += size
        if self._extended_bytes > MOST_EXTENDED_BYTES:
            raise BrokenLayer(
                f"its extended headers take more than {MOST_EXTENDED_BYTES >> 20} MiB"
            )
        data = self._source.take(size)
        if len(data) < size or self._source.skip(-size % _BLOCK):
            raise BrokenLayer("its tar is cut short")
        return data

    def _sparse_map(self, block: bytes) -> bytes:
        """Return the map of an old GNU sparse file, its real size first."""
        parts, more = [block[483:495], block[386:482]], block[482]
        while more:
            extension = self._source.take(_BLOCK)
            if len(extension) < _BLOCK or len(parts) > MOST_EXTENDED // _BLOCK:
                raise BrokenLayer("its tar is broken: the map of a sparse file does not end")
            parts.append(extension[:504])
            more = extension[504]
        return b"".join(parts)


class _Extended:
    """What extended headers say of the member that follows them."""

    def __init__(self) -> None:
        self.used = False
        self.size: int | None = None
        self.records: dict[bytes, bytes] = {}
        self.sparse = b""
        self._name = b""
        self._link = b""

    def read(self, flag: bytes, data: bytes) -> None:
        """Take in an extended header (pax) or a long name or link (GNU)."""
        if flag == b"g":
            _check_global(data)
            return
        self.used = True
        if flag == b"L":
            self._name = data.partition(b"\0")[0]
        elif flag == b"K":
            self._link = data.partition(b"\0")[0]
        else:
            self._take(list(_records(data)))

    def name(self, short: bytes) -> bytes:
        """Return the member's name, ``short`` if no extended header has another."""
        sparse = self.records.get(b"GNU.sparse.name")
        return self._name or sparse or self.records.get(b"path") or short

    def link(self, short: bytes) -> bytes:
        """Return the member's link, ``short`` if no extended header has another."""
        return self._link or self.records.get(b"linkpath") or short

    def number(self, key: bytes, value: int) -> int:
        """Return the number that the extended header has under ``key``, else ``value``."""
        text = self.records.get(key)
        return _decimal(text) if text else value

    def real_size(self, size: int) -> int:
        """Return what a sparse file holds in bytes, ``size`` if it is none."""
        if not self.sparse:
            return size
        return self.number(b"GNU.sparse.realsize", self.number(b"GNU.sparse.size", size))

    def _take(self, records: list[tuple[bytes, bytes]]) -> None:
        self.records = dict(records)  # an empty value takes a record back (POSIX)
        self.size = self.number(b"size", -1) if self.records.get(b"size") else None
        self.sparse = b"".join(
            key + b"=" + value + b"\n" for key, value in records if key.startswith(b"GNU.sparse.")
        )


def _check_global(data: bytes) -> None:
    """Refuse global records that move members: engines pass them over, tar does not."""
    for key, _ in _records(data):
        if key in _LAYOUT or key.startswith(b"GNU.sparse."):
            raise BrokenLayer(
                f"its tar is ambiguous: a global extended header has {printable(_text(key[:40]))}"
            )


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of a pax extended header: ``"%d %s=%s\\n"``, its length first."""
    at = 0
    while at < len(data):
        digits, _, _ = data[at : at + 20].partition(b" ")
        end = at + int(digits) if digits.isdigit() else 0
        key, equals, value = data[at + len(digits) + 1 : end - 1].partition(b"=")
        whole = end <= len(data) and data[end - 1 : end] == b"\n"
        if not (whole and key and equals) or (key in _LAYOUT and b"\0" in value):
            raise BrokenLayer("its tar is broken: an extended header makes no sense")
        yield key, value
        at = end


def _member(fields: tuple[bytes, ...], extended: _Extended, stored: int, sparse: bytes) -> Member:
    name, mode, uid, gid, _, _, flag, link, magic, prefix = fields
    kind = _KINDS.get(flag)
    if kind is None:
        raise BrokenLayer(f"its tar has a member of an unknown type, {printable(ascii(flag)[1:])}")
    name = name.partition(b"\0")[0]
    if magic == _USTAR and prefix[0]:
        name = prefix.partition(b"\0")[0] + b"/" + name
    if extended.used:
        name = extended.name(name)
    if flag == b"\0" and name.endswith(b"/"):  # V7 had no type for folders
        kind = "folder"
    hard = flag == b"1"
    target = extended.link(link.partition(b"\0")[0]) if hard or kind == "link" else b""
    size = 0 if hard or kind != "file" else stored
    if sparse:
        size = _number(sparse[:12])
    return Member(
        _path(name), kind, _number(mode) & 0o7777, *_owners(uid, gid, extended),
        extended.real_size(size), _path(target) if hard else _text(target), hard,
        sparse or extended.sparse,
    )  # fmt: skip


def _owners(uid: bytes, gid: bytes, extended: _Extended) -> tuple[int, int]:
    owners = _number(uid), _number(gid)
    if extended.used:
        owners = extended.number(b"uid", owners[0]), extended.number(b"gid", owners[1])
    if max(owners) > MOST_ID:
        raise BrokenLayer(f"its tar has an owner that no system can have, {max(owners)}")
    return owners


def _check_sum(block: bytes) -> None:
    # Adler-32 begins with the plain sum, modulo 65,521: more than 256 bytes come to.
    halves = (adler32(block[:256]) & 0xFFFF) + (adler32(block[256:]) & 0xFFFF) - 2
    total = halves - sum(block[148:156]) + 8 * 32
    stored = block[148:156].strip(b" \0").partition(b"\0")[0]
    if stored.isdigit() and total == _octal(stored):
        return
    high = sum(byte > 127 for byte in block[:148] + block[156:])
    if not stored.isdigit() or total - 256 * high != _octal(stored):  # signed, as old ones summed
        raise BrokenLayer("its tar is broken: a header does not have the checksum it should")


def _octal(text: bytes) -> int:
    try:
        return int(text, 8)
    except ValueError as error:
        raise BrokenLayer("its tar is broken: a header has a number that is none") from error


@lru_cache(4096)  # modes and owners are few
def _number(field: bytes) -> int:
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") & ~(0x80 << 8 * (len(field) - 1))
        if field[0] & 0x40 or value > _MOST_SIZE:
            raise BrokenLayer("its tar is broken: a header has a negative or absurd number")
        return value
    text = field.strip(b" \0").partition(b"\0")[0]
    if not text:
        return 0
    if not text.isdigit():
        raise BrokenLayer("its tar is broken: a header has a number that is none")
    return _octal(text)


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 20 or int(text) > _MOST_SIZE:
        raise BrokenLayer("its tar is broken: an extended header has a number that is none")
    return int(text)


def _path(raw: bytes) -> str:
    """Return a name as a path below the root; raises BrokenLayer where it leads out."""
    text = _text(raw)
    if not text or text[0] in "./" or text[-1] == "/" or "//" in text or "/." in text:
        text = posixpath.normpath(text.lstrip("/") or ".")
        if text == ".." or text.startswith("../"):
            raise BrokenLayer(
                f"it has a member that leads out of the image, {printable(_text(raw))}",
                hint="it is made to write outside of a container; do not run it",
            )
        if text == ".":
            return ""
    if text.count("/") >= MOST_DEPTH:
        raise BrokenLayer(f"it has a path of more than {MOST_DEPTH} folders")
    return text


def _text(raw: bytes) -> str:
    """Return a name as text; bytes that are no UTF-8 as ``\\xff``, never two names as one."""
    if len(raw) > MOST_NAME:
        raise BrokenLayer(f"it has a name of {len(raw):,} bytes")
    if b"\\" in raw:
        raw = _LIKE_ESCAPED.sub(rb"\\x5c", raw)
    return raw.decode("utf-8", "backslashreplace")
