"""What an engine tells of a path in a container without reading it."""

from __future__ import annotations

from dataclasses import dataclass

_FOLDER, _LINK, _DEVICE = 1 << 31, 1 << 27, 1 << 26 | 1 << 25 | 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """What an engine tells of a path in a container without reading it. ``mode`` has Go's bits."""

    mode: int
    size: int
    link: str

    @property
    def folder(self) -> bool:
        return bool(self.mode & _FOLDER)

    @property
    def symbolic(self) -> bool:
        return bool(self.mode & _LINK)

    @property
    def special(self) -> bool:
        """A device, a named pipe or a socket."""
        return bool(self.mode & _DEVICE)
