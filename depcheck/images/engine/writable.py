"""A container's writable layer as a table, fetched file by file or a small folder at a time.

The Engine API has no call for the layer itself. It lists what changed, and gives the tar
of a path: each such call costs the engine some 50 ms, whatever the size, and a folder
comes as a whole with what did not change. So a folder is tried where several files of it
changed, up to a number of bytes that the calls saved are worth, else its files are
fetched one by one.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from depcheck.errors import ImageError
from depcheck.images.engine.changes import Changes, parents, sorted_changes
from depcheck.images.engine.client import Engine
from depcheck.images.engine.stat import Stat
from depcheck.images.layer import read_layer
from depcheck.images.table import Entry, Kind, LayerTable, Wanted
from depcheck.images.tar import TarReader
from depcheck.images.wanted import wanted
from depcheck.model.observer import Observer

MOST_CALLS: Final = 1000
MOST_BYTES: Final = 2 << 30
MOST_KEPT: Final = 64 << 20
_MOST_NOTED = 500
_MOST_FAULTS = 100
_WORTH_A_CALL = 8 << 20
_WORTH_A_FOLDER = 256 << 20


def writable_layer(
    engine: Engine, container: str, mounts: Collection[str], observer: Observer
) -> LayerTable | None:
    """Return what a container (its id) has changed on top of its image, None for nothing.

    ``mounts`` are the paths (relative) where something else is mounted: not looked into.
    A folder that is changed through what lies in it alone has no entry of its own.
    What is in folders for passing things (``/tmp``, ``/run``, ...), and byte code that
    Python wrote beside its sources, has entries without a digest. What could not be
    read is in ``faults``. Raises ImageError where the engine does not answer.
    """
    changes = sorted_changes(engine.changes(container), mounts)
    if not (changes.gone or changes.fetched or changes.passing or changes.derived):
        return None
    observer.stage(f"reading {len(changes.fetched):,} changed files of the container")
    fetching = _Fetching(engine, container, changes, mounts)
    fetching.fetch()
    fetching.note()
    return fetching.table()


class _TooMuch(Exception):
    """A stream is longer than what it is worth."""


class _Fetching:
    def __init__(
        self, engine: Engine, container: str, changes: Changes, mounts: Collection[str]
    ) -> None:
        self._engine = engine
        self._container = container
        self._changes = changes
        self._around_mounts = {folder for mount in mounts for folder in parents(mount)}
        self._calls = MOST_CALLS
        self._bytes = MOST_BYTES
        self._kept = 0
        self._entries: dict[str, Entry] = {}
        self._contents: dict[str, bytes] = {}
        self._faults: dict[str, str] = {}

    def table(self) -> LayerTable:
        """Return what was fetched and noted so far."""
        return LayerTable(
            diff_id="",
            entries=self._entries,
            removed=frozenset(self._changes.gone),
            contents=self._contents,
            faults=self._faults,
        )

    def fetch(self) -> None:
        """Fetch what has to be read."""
        below: Counter[str] = Counter()
        direct: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(self._changes.fetched):
            below.update(parents(path))
            if path not in self._changes.folders:
                direct[posixpath.dirname(path)].append(path)
        whole = self._changes.fetched & self._changes.folders
        folders = sorted({*below, *direct, *whole}, key=lambda folder: (folder.count("/"), folder))
        for folder in folders:  # the highest first: what came with one is there for those in it
            waiting = [path for path in direct[folder] if path not in self._entries]
            if folder in self._entries and not waiting:
                continue
            if not self._try_folder(folder, len(waiting), below[folder]):
                for path in waiting:
                    self._fetch_one(path)
                if folder in self._changes.fetched:
                    self._note_one(folder, self._stat(folder), content=False)

    def note(self) -> None:
        """Enter what is only noted, as far as it costs next to nothing."""
        for path in self._changes.derived:
            folder = path in self._changes.folders or path.endswith("__pycache__")
            self._entries[path] = Entry("folder" if folder else "file", 0, 0, 0, 0, b"", "")
        for path in sorted(self._changes.passing)[:_MOST_NOTED]:
            self._note_one(path, self._stat(path), content=False)

    def _try_folder(self, folder: str, direct: int, below: int) -> bool:
        """Fetch a folder as a whole where that is worth it; False where it was not done."""
        new = folder in self._changes.new
        if not folder or folder in self._around_mounts or not (new or direct > 1):
            return False
        if self._calls <= 0:
            return False
        most = self._bytes if new else min(below * _WORTH_A_CALL, _WORTH_A_FOLDER, self._bytes)
        try:
            self._take(folder, most)
        except (_TooMuch, ImageError):  # a file that shrinks breaks the tar of all its folder
            return False
        return True

    def _fetch_one(self, path: str) -> None:
        stat = self._stat(path)
        if stat is None:
            if "\ufffd" in path:  # else it went away since it was listed
                self._entries[path] = Entry("file", 0, 0, 0, 0, b"", "")
                self._fail(path, "its name is not UTF-8, so the engine cannot be asked for it")
            return
        if stat.folder:
            self._fetch_folder_entry(path)
            return
        if self._calls <= 0 or stat.size > self._bytes:
            self._note_one(path, stat, content=not (stat.symbolic or stat.special))
            return
        try:
            self._take(path, self._bytes)
        except _TooMuch:
            self._note_one(path, stat, content=True)
        except ImageError:
            if (stat := self._stat(path)) is not None:  # neither it nor the engine is gone
                self._note_one(path, stat, content=False)
                self._fail(path, "it could not be read whole: it changes all the time")

    def _fetch_folder_entry(self, path: str) -> None:
        """Enter a folder itself; what lies in it has not changed, so the rest is not read."""
        self._calls -= 1
        with self._engine.archive(self._container, f"/{path}") as chunks:
            for member in TarReader(chunks):
                self._entries[path] = Entry(
                    "folder", member.mode, member.uid, member.gid, 0, b"", ""
                )
                break

    def _take(self, path: str, most: int) -> None:
        """Fetch a path and enter what of it has changed. Raises _TooMuch and ImageError."""
        self._calls -= 1
        prefix = posixpath.dirname(path)

        def wanted_here(name: str, size: int) -> Wanted | None:
            full = posixpath.join(prefix, name)
            return wanted(full, size) if full in self._changes.fetched else None

        with self._engine.archive(self._container, f"/{path}") as chunks:
            table = read_layer(self._limited(chunks, most), diff_id=None, wanted=wanted_here)
        for name, entry in table.entries.items():
            full = posixpath.join(prefix, name)
            if full in self._changes.fetched:
                self._enter(full, entry, table.contents.get(name), table.faults.get(name))

    def _limited(self, chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
        count = 0
        for chunk in chunks:
            count += len(chunk)
            self._bytes -= len(chunk)
            if count > most:
                raise _TooMuch
            yield chunk

    def _enter(self, path: str, entry: Entry, content: bytes | None, fault: str | None) -> None:
        self._entries[path] = entry
        if fault:
            self._fail(path, fault)
        elif content is not None and self._kept + len(content) > MOST_KEPT:
            self._fail(path, f"changed files of interest take more than {MOST_KEPT >> 20} MiB")
        elif content is not None:
            self._kept += len(content)
            self._contents[path] = content

    def _note_one(self, path: str, stat: Stat | None, *, content: bool) -> None:
        """Enter what is known of a path without fetching it; ``content`` is missed, or not."""
        if stat is None:
            return
        kind = _kind(stat)
        self._entries[path] = Entry(
            kind, stat.mode & 0o777, 0, 0, stat.size if kind == "file" else 0, b"",
            stat.link if kind == "link" else "",
        )  # fmt: skip
        if content:
            self._fail(path, "the container has changed more than is read of it")

    def _stat(self, path: str) -> Stat | None:
        return self._engine.stat(self._container, f"/{path}")

    def _fail(self, path: str, reason: str) -> None:
        if len(self._faults) < _MOST_FAULTS:
            last = len(self._faults) == _MOST_FAULTS - 1
            self._faults[path] = f"{reason}, and so with others" if last else reason


def _kind(stat: Stat) -> Kind:
    if stat.folder:
        return "folder"
    if stat.symbolic:
        return "link"
    return "device" if stat.special else "file"
