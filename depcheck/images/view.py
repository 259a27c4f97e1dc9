"""One side's files: layer tables seen from the top down, whiteouts applied, nothing unpacked."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from depcheck.images.table import Entry, LayerTable
from depcheck.model.inventory import Provenance

_MOST_LINKS = 20


class Unread(Enum):
    """The answer lies in a layer that has not been read."""

    BELOW = "below"


BELOW: Final = Unread.BELOW
State = Entry | None | Literal[Unread.BELOW]


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer table and where in the image it stands."""

    table: LayerTable
    provenance: Provenance


class View:
    """The files of one side, as far as its layers have been read.

    ``placed`` are the tables that were read, the top first. ``complete`` is False
    where layers below them were not read. ``scope`` are the paths worth looking at,
    sorted: all that is there, or (of a pair with shared layers) those that the
    differing layers of either side touch. A path that only an unread layer decides is
    put into ``asked``, and the answer is then provisional: who reads a pair adds the
    next layer and begins again, until nothing is asked for.

    Paths are relative and POSIX, as in a LayerTable.
    """

    def __init__(
        self, placed: Sequence[Placed], *, complete: bool, scope: Sequence[str] | None = None
    ) -> None:
        self._placed = tuple(placed)
        self.complete = complete
        self.asked: set[str] = set()
        self._hidden: list[dict[str, bool]] = [{} for _ in self._placed]
        self._sorted: dict[int, list[str]] = {}
        self.scope = tuple(sorted(self._visible())) if scope is None else tuple(scope)

    def known(self, path: str) -> State:
        """Return the entry at ``path``, None where there is none, BELOW where it is not known."""
        found = self._find(path)
        return found[1] if isinstance(found, tuple) else found

    def entry(self, path: str) -> Entry | None:
        """Return the entry at ``path`` or None; asks for the layers below where they decide."""
        state = self.known(path)
        if state is BELOW:
            self.asked.add(path)
            return None
        return state

    def content(self, path: str) -> bytes | None:
        """Return what was kept of the file at ``path``, links followed; None for nothing.

        Asks for the layers below where they decide.
        """
        at = self.resolve(path)
        found = self._find(at)
        if found is BELOW:
            self.asked.add(at)
            return None
        return found[0].table.contents.get(at) if isinstance(found, tuple) else None

    def fault(self, path: str) -> str:
        """Return why the file at ``path`` could not be understood, empty where it could."""
        found = self._find(path)
        return found[0].table.faults.get(path, "") if isinstance(found, tuple) else ""

    def resolve(self, path: str) -> str:
        """Return where ``path`` leads, symbolic links of every part followed as far as known."""
        done, rest, followed = "", path.strip("/").split("/"), 0
        while rest:
            part = rest.pop(0)
            at = posixpath.normpath(posixpath.join(done, part)).lstrip("/")
            if at == ".." or at.startswith("../"):  # above the root is the root
                at = ""
            state = self.known(at) if at not in ("", ".") else None
            if isinstance(state, Entry) and state.kind == "link" and followed < _MOST_LINKS:
                followed += 1
                done = "" if state.link.startswith("/") else posixpath.dirname(at)
                rest = [*state.link.strip("/").split("/"), *rest]
            else:
                done = at if at != "." else ""
        return done

    def brought(self, path: str) -> Provenance | None:
        """Return the layer that brought what is at ``path``, None where that is not known."""
        found = self._find(path)
        return found[0].provenance if isinstance(found, tuple) else None

    def history(self, path: str) -> Iterator[tuple[bytes, Provenance]]:
        """Yield what each layer that was read kept of the file at ``path``, the top first.

        It ends where a layer hides what lies below.
        """
        for position, placed in enumerate(self._placed):
            if path in placed.table.contents:
                yield placed.table.contents[path], placed.provenance
            if self._hides(position, path):
                return

    def removed_by(self, path: str) -> Provenance | None:
        """Return the topmost layer that hides ``path``, None where no layer that was read does."""
        for position, placed in enumerate(self._placed):
            if path in placed.table.entries:
                return None
            if self._hides(position, path):
                return placed.provenance
        return None

    def covers(self, path: str) -> bool:
        """Return whether nothing that unread layers hold in ``path`` can show through."""
        positions = range(len(self._placed))
        return self.complete or any(self._hides(at, f"{path}/*") for at in positions)

    def listing(self, folder: str) -> tuple[str, ...]:
        """Return the names in ``folder``; asks where layers below may hold more.

        A folder is there when anything in it is, whether it has an entry or not.
        """
        if not self.covers(folder):
            self.asked.add(folder)
        return self.seen(folder)

    def seen(self, folder: str) -> tuple[str, ...]:
        """Return the names in ``folder`` as far as they are known; asks for nothing."""
        names: set[str] = set()
        for position in range(len(self._placed)):
            self._list(position, f"{folder}/" if folder else "", names)
            if self._folder_hides(position, folder):
                break
        return tuple(sorted(names))

    def _list(self, position: int, prefix: str, names: set[str]) -> None:
        """Add what a layer shows directly below ``prefix``."""
        paths = self._in_order(position)
        at = bisect_left(paths, prefix)
        while at < len(paths) and paths[at].startswith(prefix):
            name, inside, _ = paths[at][len(prefix) :].partition("/")
            if inside and name in names:  # nothing new in the rest of that folder
                at = bisect_left(paths, f"{prefix}{name}0", at)  # 0 comes after /
                continue
            if not self._is_hidden(position, paths[at]):
                names.add(name)
            at += 1

    def _in_order(self, position: int) -> list[str]:
        if position not in self._sorted:
            self._sorted[position] = sorted(self._placed[position].table.entries)
        return self._sorted[position]

    def _find(self, path: str) -> tuple[Placed, Entry] | Literal[Unread.BELOW] | None:
        for position, placed in enumerate(self._placed):
            entry = placed.table.entries.get(path)
            if entry is not None:
                return placed, entry
            if self._hides(position, path):
                return None
        return None if self.complete else BELOW

    def _is_hidden(self, position: int, path: str) -> bool:
        """Tell whether a layer above hides what another has at ``path``."""
        return any(self._hides(above, path) for above in range(position))

    def _hides(self, position: int, path: str) -> bool:
        """Tell whether a layer hides what lies at ``path`` in the layers below it."""
        table = self._placed[position].table
        return path in table.removed or self._folder_hides(position, path.rpartition("/")[0])

    def _folder_hides(self, position: int, folder: str) -> bool:
        """Tell whether a layer hides what lies in ``folder`` in the layers below it."""
        known = self._hidden[position].get(folder)
        if known is None:
            table = self._placed[position].table
            known = any(_covers(table, at) for at in _upwards(folder))
            self._hidden[position][folder] = known
        return known

    def _visible(self) -> Iterator[str]:
        seen: set[str] = set()
        for position, placed in enumerate(self._placed):
            for path in placed.table.entries:
                if path not in seen and not self._is_hidden(position, path):
                    seen.add(path)
                    yield path


def _upwards(folder: str) -> Iterator[str]:
    """Yield ``folder`` and all that it lies in, the root (empty) last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _covers(table: LayerTable, folder: str) -> bool:
    """Tell whether a layer ends a folder of the layers below: by a whiteout or another kind."""
    if folder in table.opaque or folder in table.removed:
        return True
    entry = table.entries.get(folder)
    return entry is not None and entry.kind != "folder"
