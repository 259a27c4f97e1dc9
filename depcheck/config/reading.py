"""Where a configuration is read from: the disk, or a revision of the repository."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol


class Reading(Protocol):
    """Files by the paths that they have, or would have, on disk.

    ``named`` stands before a path in messages (``main``), empty for the disk. ``read``
    returns more than ``most`` bytes where there are more, and raises OSError. ``holds`` tells
    whether a path is one of those that it can know.
    """

    named: str

    def is_file(self, path: Path) -> bool: ...

    def holds(self, path: Path) -> bool: ...

    def read(self, path: Path, most: int) -> bytes: ...


class Past(Reading, Protocol):
    """The files of a commit where a branch left another one.

    ``newest`` gives those that the other one has now, itself where it has not gone on.
    """

    def newest(self) -> Reading: ...


class Proposed:
    """The files of a change, which a stranger may have written.

    Of links that lead out of the repository of ``past`` nothing is read, nor of what is no
    file: a pipe has no end.
    """

    named = ""

    def __init__(self, past: Reading) -> None:
        self._past = past

    def is_file(self, path: Path) -> bool:
        return path.is_file() or path.is_symlink()

    def holds(self, path: Path) -> bool:
        return self._past.holds(path)

    def read(self, path: Path, most: int) -> bytes:
        real = Path(os.path.realpath(path))
        if not self._past.holds(real):
            raise OSError(errno.EXDEV, "a link leads out of the repository")
        if real.exists() and not real.is_file():
            raise OSError(errno.EINVAL, "this is no file")
        with real.open("rb") as stream:
            return stream.read(most + 1)


class Disk:
    """The files as they are."""

    named = ""

    def is_file(self, path: Path) -> bool:
        return path.is_file()

    def holds(self, path: Path) -> bool:
        return True

    def read(self, path: Path, most: int) -> bytes:
        with path.open("rb") as stream:
            return stream.read(most + 1)
