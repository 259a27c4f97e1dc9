"""The page cache: one file for each project page, put in place by an atomic rename.

A file begins with its head (versions, validators, where the chunks are) and goes
on with the chunks, of which a run reads only those that it looks into. Its time of
modification is the moment until which it is fresh. Threads and runs may share the
folder. Every part has a keyed digest; what does not fit is not there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec

from depcheck.index.releases import Listing
from depcheck.index.store import mark_of

FOLDER = "pages-1"
_MAGIC = b"dcp1"
_PREFIX = 24
_FIRST_READ = 64 << 10
_MARK = 16
_serial = count()


class _Head(msgspec.Struct, array_like=True):
    """``versions`` are joined by newlines, ``marks`` are the chunks' digests in a row.

    ``lifetime`` is how many seconds the server let it be fresh.
    """

    found: bool
    etag: str = ""
    modified: str = ""
    base: str = ""
    versions: str = ""
    prereleases: list[int] = msgspec.field(default_factory=list)
    yanked: list[int] = msgspec.field(default_factory=list)
    starts: list[int] = msgspec.field(default_factory=list)
    sizes: list[int] = msgspec.field(default_factory=list)
    marks: bytes = b""
    lifetime: float = 0.0


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Head).decode


class StoredPage:
    """A page from the cache. ``expires`` is a ``time.time`` moment."""

    def __init__(
        self, path: str, key: bytes, head: _Head, body: int, expires: float, start: bytes
    ) -> None:
        self._path = path
        self._key = key
        self._head = head
        self._body = body
        self._start = start
        self.expires = expires

    @property
    def found(self) -> bool:
        """Whether the index has the project at all."""
        return self._head.found

    @property
    def etag(self) -> str:
        return self._head.etag

    @property
    def modified(self) -> str:
        return self._head.modified

    @property
    def lifetime(self) -> float:
        return self._head.lifetime

    def listing(self) -> Listing:
        """Return the releases, without the chunks of files."""
        head = self._head
        versions = head.versions.split("\n") if head.versions else []
        return Listing(versions, head.prereleases, head.yanked, head.starts, [], head.base)

    def chunk(self, number: int) -> bytes | None:
        """Return a chunk, None where it is damaged or another run replaced the page."""
        head = self._head
        begin = self._body + sum(head.sizes[:number])
        end = begin + head.sizes[number]
        block = self._start[begin:end] if end <= len(self._start) else self._read(begin, end)
        mark = head.marks[number * _MARK : (number + 1) * _MARK]
        return block if mark_of(self._key, block) == mark else None

    def _read(self, begin: int, end: int) -> bytes:
        try:
            with open(self._path, "rb", buffering=0) as file:
                file.seek(begin)
                return file.read(end - begin)
        except OSError:
            return b""


class PageFiles:
    """Safe to use from many threads. ``note`` is told once if nothing can be written."""

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self._folder = str(folder / FOLDER)
        self._note = note
        self._writable = True

    def get(self, key: bytes) -> StoredPage | None:
        """Return what is kept under a key, fresh or not."""
        path = self._path(key)
        try:
            with open(path, "rb", buffering=0) as file:
                expires = os.fstat(file.fileno()).st_mtime
                start = file.read(_FIRST_READ)
                stop = _PREFIX + int.from_bytes(start[4:8], "little")
                while len(start) < stop and (more := file.read(stop - len(start))):
                    start += more
        except OSError:
            return None
        packed = start[_PREFIX:stop]
        if start[:4] != _MAGIC or mark_of(key, packed) != start[8:_PREFIX]:
            return None
        try:
            head = _decode(packed)
        except msgspec.DecodeError:
            return None
        return StoredPage(path, key, head, stop, expires, start)

    def put(
        self, key: bytes, listing: Listing | None, etag: str, modified: str, expires: float
    ) -> None:
        """Keep a page, or with None that the index has no such project."""
        chunks: list[bytes] = []
        head = _Head(found=False)
        if listing is not None:
            chunks = listing.chunks
            head = _Head(
                True, etag, modified, listing.base, "\n".join(listing.versions),
                listing.prereleases, listing.yanked, listing.starts,
                [len(chunk) for chunk in chunks],
                b"".join([mark_of(key, chunk) for chunk in chunks]),
                max(0.0, expires - time.time()),
            )  # fmt: skip
        packed = _encode(head)
        prefix = _MAGIC + len(packed).to_bytes(4, "little") + mark_of(key, packed)
        self._write(self._path(key), [prefix, packed, *chunks], expires)

    def renew(self, key: bytes, expires: float) -> None:
        """Note that the index confirmed a page."""
        try:
            os.utime(self._path(key), (expires, expires))
        except OSError as error:
            self._give_up(error)

    def _write(self, path: str, parts: list[bytes], expires: float) -> None:
        if not self._writable:
            return
        new = f"{path}.{os.getpid()}-{next(_serial)}.new"
        try:
            try:
                # Closed below, after the two ways to open it.
                file = open(new, "xb", buffering=0)  # noqa: SIM115
            except FileNotFoundError:
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
                file = open(new, "xb", buffering=0)  # noqa: SIM115
            with file:
                whole = b"".join(parts)
                if file.write(whole) != len(whole):
                    raise OSError("no space left")
            os.utime(new, (expires, expires))
            os.replace(new, path)
        except OSError as error:
            self._give_up(error)
            _remove(new)

    def _give_up(self, error: OSError) -> None:
        if self._writable:
            self._writable = False
            self._note(f"the cache cannot be written: {error.strerror or error}")

    def _path(self, key: bytes) -> str:
        return f"{self._folder}/{key[:20].hex()}"


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
