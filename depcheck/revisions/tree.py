"""The files of a commit, read from the objects of the repository without a checkout.

Names come from whoever wrote the commit: those that could lead out of a folder, or into a
repository's own (``.git``), are passed over. Links are followed within the tree alone.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from depcheck.errors import RevisionError
from depcheck.revisions.objects import Objects, TooLarge

Kind = Literal["file", "folder", "link", "submodule"]

_LARGEST_COMMIT = 16 << 20
_LARGEST_FOLDER = 64 << 20
_LONGEST_LINK = 4096
_MOST_LINKS = 40
_KINDS: dict[int, Kind] = {0o10: "file", 0o04: "folder", 0o12: "link", 0o16: "submodule"}
_TREE = re.compile(rb"tree ([0-9a-f]{40,64})\n")
_MODE = re.compile(rb"[0-7]{5,6}")
# Windows and macOS take these for .git as well.
_GIT = re.compile(r"\.git[. ]*(:.*)?|git~\d+", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder: what it is, and the hash of its object."""

    kind: Kind
    identity: str


@dataclass(frozen=True, slots=True)
class Met:
    """An entry on the way to a path. ``place`` is where it lies itself, behind all links;
    ``target`` is where a link leads, as written."""

    place: tuple[str, ...]
    entry: Entry
    target: str = ""


class Tree:
    """The files of a commit, by the paths that they have in the working tree.

    ``named`` is what messages call the commit. ``inside`` gives the way from the
    repository's folder to a path. ``asked`` is the commit that was named, where that is a
    newer one.
    """

    def __init__(
        self,
        objects: Objects,
        commit: str,
        *,
        named: str,
        inside: Callable[[Path], Path | None],
        asked: str | None = None,
    ) -> None:
        self.named = named
        self._asked = None if asked == commit else asked
        self._objects = objects
        self._inside = inside
        self._folders: dict[str, Mapping[str, Entry]] = {}
        head = _TREE.match(objects.read(commit, "commit", _LARGEST_COMMIT))
        if head is None:
            raise RevisionError(f"the commit {commit[:12]} has no tree")
        self._root = Entry("folder", head[1].decode())

    def at(self, commit: str) -> Tree:
        """Return the files of another commit of the same repository."""
        return Tree(self._objects, commit, named=commit[:12], inside=self._inside)

    def newest(self) -> Tree:
        """Return the files of what was named, as it is now."""
        if self._asked is None:
            return self
        return Tree(self._objects, self._asked, named=self.named, inside=self._inside)

    def identity(self, path: Path) -> str:
        """Return the hash of what lies at ``path``, empty where there is nothing."""
        way = self._inside(path)
        try:
            *_, last = [Met((), self._root), *self.walk(way.parts if way else ("..",))]
        except OSError:
            return ""
        return last.entry.identity

    def holds(self, path: Path) -> bool:
        """Tell whether ``path`` lies in the repository."""
        return self._inside(path) is not None

    def is_file(self, path: Path) -> bool:
        """Tell whether there is a file at ``path``; a link counts, wherever it leads."""
        way = self._inside(path)
        met: list[Met] = []
        try:
            met.extend(self.walk(way.parts if way else ()))
        except (FileNotFoundError, NotADirectoryError):
            return bool(met) and met[-1].entry.kind == "link"
        except OSError:
            return True
        return bool(met) and met[-1].entry.kind == "file"

    def read(self, path: Path, most: int) -> bytes:
        """Return what the file at ``path`` holds, its first ``most`` bytes and a zero byte
        where it has more.

        Raises OSError where there is none, as for a file on disk, and RevisionError where
        the repository does not have its content.
        """
        way = self._inside(path)
        if way is None:
            raise FileNotFoundError(errno.ENOENT, "no such file")
        *_, last = [Met((), self._root), *self.walk(way.parts)]
        if last.entry.kind != "file":
            raise IsADirectoryError(errno.EISDIR, "this is a folder, not a file")
        return self.content(last.entry, most)

    def content(self, entry: Entry, most: int) -> bytes:
        """Return the content of a file, as ``read`` does."""
        try:
            return self._objects.read(entry.identity, "blob", most)
        except TooLarge:
            return bytes(most + 1)

    def walk(self, parts: Sequence[str]) -> Iterator[Met]:
        """Yield what is met on the way to a path, links first, then where they lead.

        Raises OSError as ``read`` does.
        """
        ahead = list(reversed(parts))
        at: list[tuple[str, Entry]] = []
        links = 0
        while ahead:
            part = ahead.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not at:
                    raise OSError(errno.EXDEV, "a link leads out of the repository")
                at.pop()
                continue
            place, entry = (*(name for name, _ in at), part), self._entry(at, part)
            if entry.kind != "link":
                at.append((part, entry))
                yield Met(place, entry)
                continue
            links += 1
            target = os.fsdecode(self.content(entry, _LONGEST_LINK))
            if links > _MOST_LINKS or "\0" in target:
                raise OSError(errno.ELOOP, "too many links")
            yield Met(place, entry, target)
            if target.startswith("/"):
                raise OSError(errno.EXDEV, "a link leads out of the repository")
            ahead += reversed(target.split("/"))

    def _entry(self, at: Sequence[tuple[str, Entry]], name: str) -> Entry:
        folder = at[-1][1] if at else self._root
        if folder.kind == "submodule":
            raise OSError(errno.EXDEV, f"{at[-1][0]} is a submodule, which is not looked into")
        if folder.kind != "folder":
            raise NotADirectoryError(errno.ENOTDIR, "a file stands where a folder should")
        if folder.identity not in self._folders:
            data = self._objects.read(folder.identity, "tree", _LARGEST_FOLDER)
            self._folders[folder.identity] = dict(_entries(data, len(folder.identity) // 2))
        found = self._folders[folder.identity].get(name)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "no such file")
        return found


def _entries(data: bytes, width: int) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of a tree object, whose hashes are ``width`` bytes wide."""
    at = 0
    while (end := data.find(b"\0", at)) >= 0:
        mode, _, name = data[at:end].partition(b" ")
        identity = data[end + 1 : end + 1 + width]
        at = end + 1 + width
        kind = _KINDS.get(int(mode, 8) >> 12) if _MODE.fullmatch(mode) else None
        if kind is not None and len(identity) == width and _is_plausible(name):
            yield os.fsdecode(name), Entry(kind, identity.hex())


def _is_plausible(name: bytes) -> bool:
    text = os.fsdecode(name)
    if name in (b"", b".", b"..") or b"/" in name or _GIT.fullmatch(text):
        return False
    return os.name != "nt" or not re.search(r'[\\:*?"<>|]', text)
