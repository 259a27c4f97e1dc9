"""A stream of bytes taken in pieces of the reader's own size, held a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Pieces:
    """The bytes of ``chunks`` one after another; never more than one chunk is held."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._view = memoryview(b"")
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes; fewer at the end of the stream alone."""
        at, end = self._at, self._at + size
        if end <= len(self._view):
            self._at = end
            return bytes(self._view[at:end])
        return b"".join(self.run(size))

    def run(self, size: int) -> Iterator[memoryview]:
        """Yield the next ``size`` bytes as they come; fewer at the end of the stream alone."""
        while size > 0:
            have = len(self._view) - self._at
            if not have:
                if not self._next():
                    return
                continue
            at = self._at
            self._at += min(have, size)
            size -= self._at - at
            yield self._view[at : self._at]

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes; returns how many were missing."""
        at = self._at + size
        if at <= len(self._view):
            self._at = at
            return 0
        return size - sum(map(len, self.run(size)))

    def rest(self) -> Iterator[bytes]:
        """Yield what is left, in chunks."""
        yield bytes(self._view[self._at :])
        yield from self._chunks

    def _next(self) -> bool:
        for chunk in self._chunks:
            if chunk:
                self._view, self._at = memoryview(chunk), 0
                return True
        return False
