"""A tar with files in it as a store: read where they lie, or streamed if it is compressed."""

from __future__ import annotations

import posixpath
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from depcheck.errors import ImageError
from depcheck.images.documents import DOCUMENT_CAP
from depcheck.images.inflate import inflate
from depcheck.images.pieces import Pieces
from depcheck.images.stores import CHUNK
from depcheck.images.table import BrokenLayer
from depcheck.images.tar import Member, TarReader
from depcheck.model.text import printable

_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh")
_MOST_MEMBERS = 100_000
_MOST_KEPT = 32 << 20  # bytes of documents that are kept from the first pass over a packed tar
_MOST_LINKS = 8
_HINT = "is it whole? save the image again"
_NO_FILE = "check the path; docker save IMAGE -o PATH writes an archive"


class _Placed(NamedTuple):
    """A member and the offset of its content in the tar."""

    start: int
    member: Member


class _Passing(Pieces):
    """A stream that knows how far it has come."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._come = 0
        super().__init__(self._counted(chunks))

    @property
    def position(self) -> int:
        return self._come - len(self._view) + self._at

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._come += len(chunk)
            yield chunk


class _Seeking(Pieces):
    """A file of which only what is asked for is read; ``read`` reads at an offset."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        super().__init__(())
        self._read = read
        self._size = size
        self.position = 0

    def take(self, size: int) -> bytes:
        data = self._read(self.position, min(size, max(0, self._size - self.position)))
        self.position += len(data)
        return data

    def skip(self, size: int) -> int:
        self.position += size
        return max(0, self.position - self._size)


class TarStore:
    """The files of a tar by name; of two with one name the later counts, as when unpacked.

    A plain tar is indexed by its headers and read at any place. A compressed one is
    gone through once for the index, keeping what may be a document, and once more for
    each call of ``streams``. Raises ImageError for what is no such file.
    """

    def __init__(self, path: Path) -> None:
        self._shown = printable(str(path))
        self._path = path
        self.bytes_read = 0
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise ImageError(f"{self._shown} is no regular file")
            self._file = path.open("rb", buffering=0)
            self._size = path.stat().st_size
        except OSError as error:
            raise ImageError(
                f"{self._shown} cannot be read: {error.strerror}", hint=_NO_FILE
            ) from error
        self._members: dict[str, _Placed] = {}
        self._kept: dict[str, bytes] = {}
        try:
            self._packed = self._read(0, 6).startswith(_PACKED)
            self._index()
        except BaseException:
            self._file.close()
            raise

    def has(self, name: str) -> bool:
        return name in self._members

    def document(self, name: str) -> bytes:
        member = self._find(name).member
        if member.size > DOCUMENT_CAP:
            raise ImageError(
                f"{self._shown}: {printable(name)} is larger than {DOCUMENT_CAP >> 20} MiB"
            )
        if member.path in self._kept:
            return self._kept[member.path]
        return b"".join(chunk for _, chunks in self.streams((name,)) for chunk in chunks)

    def streams(self, names: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each name with its content in chunks, in the order of the archive."""
        found = sorted(((self._find(name), name) for name in names), key=lambda each: each[0].start)
        if self._packed:
            return self._streamed(found)
        return ((name, self._slice(place)) for place, name in found)

    def close(self) -> None:
        self._file.close()

    def _index(self) -> None:
        source = _Passing(self._unpacked()) if self._packed else _Seeking(self._read, self._size)
        reader = TarReader(source)
        try:
            for member in reader:
                self._members[member.path] = _Placed(source.position, member)
                self._kept.pop(member.path, None)
                if self._packed:
                    self._keep(member, reader)
                if len(self._members) > _MOST_MEMBERS:
                    raise BrokenLayer("it has more members than an image's archive can have")
        except BrokenLayer as error:
            shown = self._shown if self._members else f"{self._shown} is no tar"
            raise ImageError(f"{shown}: {error.message}", hint=error.hint or _HINT) from error

    def _keep(self, member: Member, reader: TarReader) -> None:
        """Keep what may be a document: after this pass, it costs another one to come by."""
        room = _MOST_KEPT - sum(map(len, self._kept.values()))
        if not _is_file(member) or not 0 < member.size <= min(DOCUMENT_CAP, room):
            return
        content = b"".join(reader.content())
        if content[:1] in b"{[":
            self._kept[member.path] = content

    def _find(self, name: str) -> _Placed:
        """Return the regular file of a name, links inside the archive followed."""
        at = name
        for _ in range(_MOST_LINKS):
            place = self._members.get(at)
            if place is None:
                break
            if _is_file(place.member):
                return place
            if place.member.hard:
                at = place.member.link
            elif place.member.kind == "link":
                at = posixpath.normpath(posixpath.join(posixpath.dirname(at), place.member.link))
            else:
                break
        raise ImageError(f"{self._shown} has no file {printable(name)}", hint=_HINT)

    def _slice(self, place: _Placed) -> Iterator[bytes]:
        at, end = place.start, place.start + place.member.size
        while at < end:
            chunk = self._read(at, min(CHUNK, end - at))
            if not chunk:
                raise self._cut()
            at += len(chunk)
            yield chunk

    def _streamed(
        self, found: Sequence[tuple[_Placed, str]]
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        source = _Passing(self._unpacked())
        for place, name in found:
            if place.start < source.position:  # a second name for what has gone by
                source = _Passing(self._unpacked())
            source.skip(place.start - source.position)
            yield name, self._run(source, place)

    def _run(self, source: _Passing, place: _Placed) -> Iterator[bytes]:
        yield from map(bytes, source.run(place.member.size))
        if source.position < place.start + place.member.size:
            raise self._cut()

    def _unpacked(self) -> Iterator[bytes]:
        try:
            yield from inflate(self._chunks())
        except BrokenLayer as error:
            raise ImageError(f"{self._shown}: {error.message}", hint=error.hint or _HINT) from error

    def _chunks(self) -> Iterator[bytes]:
        at = 0
        while chunk := self._read(at, CHUNK):
            at += len(chunk)
            yield chunk

    def _read(self, start: int, size: int) -> bytes:
        try:
            self._file.seek(start)
            data = self._file.read(size)
        except OSError as error:
            raise ImageError(f"{self._shown} cannot be read: {error.strerror}") from error
        self.bytes_read += len(data)
        return data

    def _cut(self) -> ImageError:
        return ImageError(f"{self._shown} is cut short", hint=_HINT)


def _is_file(member: Member) -> bool:
    return member.kind == "file" and not member.hard and not member.sparse
