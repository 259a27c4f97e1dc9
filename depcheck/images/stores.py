"""Places with named files: a folder, a tar. What lies in them is read, never unpacked."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from depcheck.errors import ImageError
from depcheck.images.documents import DOCUMENT_CAP
from depcheck.model.text import printable

CHUNK = 256 << 10


class Store(Protocol):
    """Files by their relative POSIX names."""

    bytes_read: int

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def document(self, name: str) -> bytes:
        """Return a small file whole. Raises ImageError where it is absent or too large."""
        ...

    def streams(self, names: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each name with its content in chunks, in any order. Raises ImageError."""
        ...

    def close(self) -> None: ...


class Folder:
    """A folder as a store. Symbolic links that lead out of it are refused."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._shown = printable(str(root))
        self.bytes_read = 0

    def has(self, name: str) -> bool:
        return (self._root / name).exists()

    def document(self, name: str) -> bytes:
        path = self._checked(name)
        if path.stat().st_size > DOCUMENT_CAP:
            raise ImageError(f"{self._file(name)} is larger than {DOCUMENT_CAP >> 20} MiB")
        return b"".join(self._chunks(path, name))

    def streams(self, names: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        for name in names:
            yield name, self._chunks(self._checked(name), name)

    def close(self) -> None:
        """Nothing stays open."""

    def _checked(self, name: str) -> Path:
        try:
            path = (self._root / name).resolve(strict=True)
            mode = path.stat().st_mode
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be followed"
            raise ImageError(f"{self._file(name)} cannot be read: {reason}") from error
        if not path.is_relative_to(self._root):
            raise ImageError(f"{self._file(name)} leads out of the folder, which is refused")
        if not stat.S_ISREG(mode):
            raise ImageError(f"{self._file(name)} is no regular file")
        return path

    def _chunks(self, path: Path, name: str) -> Iterator[bytes]:
        try:
            with path.open("rb", buffering=0) as file:
                while chunk := file.read(CHUNK):
                    self.bytes_read += len(chunk)
                    yield chunk
        except OSError as error:
            raise ImageError(f"{self._file(name)} cannot be read: {error.strerror}") from error

    def _file(self, name: str) -> str:
        return f"{self._shown}: {printable(name)}"
