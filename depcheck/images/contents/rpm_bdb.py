"""RPM's older database, ``Packages``: a Berkeley DB of the hash method.

Every page begins with 26 bytes (log number, page, previous, next, entries, offset, level,
kind); a hash page goes on with offsets of two bytes, a key's and a value's in turn. A value
stands on the page, or on a chain of overflow pages. The byte order is that of the machine
that wrote it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MAGIC = 0x061561
_HEAD = 26
_HASH_PAGES = (2, 13)  # unsorted, sorted
_FREE_PAGE, _OVERFLOW_PAGE = 0, 7
_INLINE, _OFF_PAGE = 1, 3
_CHECKSUMS = 1


@dataclass(frozen=True, slots=True)
class _Pages:
    content: bytes
    order: str
    size: int

    def head(self, page: int) -> tuple[int, int, int, int]:
        """Return a page's next page, number of entries, offset and kind."""
        at = page * self.size
        if at + self.size > len(self.content):
            raise ValueError("the RPM database is cut short: a page is missing")
        next_page, entries, offset, _, kind = struct.unpack_from(
            f"{self.order}IHHBB", self.content, at + 16
        )
        return next_page, entries, offset, kind


def bdb_headers(content: bytes) -> Iterator[bytes]:
    """Yield the header blobs. Raises ValueError where the database is corrupt."""
    pages = _opened(content)
    for page in range(1, len(content) // pages.size):
        _, entries, _, kind = pages.head(page)
        if kind in _HASH_PAGES:
            yield from _values(pages, page, entries)
        elif kind not in (_FREE_PAGE, _OVERFLOW_PAGE):
            raise ValueError(f"the RPM database is corrupt: a page of the unknown kind {kind}")


def _opened(content: bytes) -> _Pages:
    if len(content) < 512:
        raise ValueError("this is no RPM database of the Berkeley DB format")
    order = next((o for o in "<>" if struct.unpack_from(f"{o}I", content, 12)[0] == _MAGIC), "")
    if not order:
        raise ValueError("this is no RPM database of the Berkeley DB format")
    (size,) = struct.unpack_from(f"{order}I", content, 20)
    if not 512 <= size <= 65536 or size & (size - 1):
        raise ValueError(f"the RPM database is corrupt: its pages have {size} bytes")
    if content[24] or content[26] & _CHECKSUMS:
        raise ValueError("the RPM database is encrypted or has checksums: it cannot be read")
    (last,) = struct.unpack_from(f"{order}I", content, 32)
    if (last + 1) * size > len(content):
        raise ValueError("the RPM database is cut short: pages are missing")
    return _Pages(content, order, size)


def _values(pages: _Pages, page: int, entries: int) -> Iterator[bytes]:
    if entries % 2 or _HEAD + 2 * entries > pages.size:
        raise ValueError("the RPM database is corrupt: a page has more entries than room")
    offsets = struct.unpack_from(f"{pages.order}{entries}H", pages.content, page * pages.size + 26)
    if any(not _HEAD <= offset < pages.size for offset in offsets):
        raise ValueError("the RPM database is corrupt: an entry lies outside of its page")
    for key, value in zip(offsets[::2], offsets[1::2], strict=True):
        blob = _value(pages, page * pages.size + value, page * pages.size + key)
        # the one short value is the number that the next package gets
        if len(blob) > 4:
            yield blob


def _value(pages: _Pages, start: int, end: int) -> bytes:
    kind = pages.content[start]
    if kind == _INLINE:  # entries fill a page from its end, so the key follows the value
        return pages.content[start + 1 : end]
    if kind != _OFF_PAGE or start + 12 > len(pages.content):
        raise ValueError("the RPM database is corrupt: an entry of an unknown kind")
    page, length = struct.unpack_from(f"{pages.order}II", pages.content, start + 4)
    if length > len(pages.content):
        raise ValueError("the RPM database is corrupt: a package is longer than the file")
    return _chain(pages, page, length)


def _chain(pages: _Pages, page: int, length: int) -> bytes:
    parts: list[bytes] = []
    left = length
    while left > 0 and page:
        next_page, _, used, kind = pages.head(page)
        if kind != _OVERFLOW_PAGE or not 0 < used <= min(left, pages.size - _HEAD):
            raise ValueError("the RPM database is corrupt: a package's pages are not in a chain")
        start = page * pages.size + _HEAD
        parts.append(pages.content[start : start + used])
        left -= used
        page = next_page
    if left:
        raise ValueError("the RPM database is cut short: a package's pages are missing")
    return b"".join(parts)
