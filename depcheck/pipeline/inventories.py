"""Both inventories of a pair, whatever stands on its sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from depcheck.errors import DepcheckError
from depcheck.images.reader import IMAGE_KINDS, ImageReader
from depcheck.model.findings import Finding
from depcheck.model.inventory import Inventory
from depcheck.model.parity import Named, Traffic
from depcheck.model.requirement import Undetermined
from depcheck.model.target import Target
from depcheck.parity.services import unread_finding

Result = TypeVar("Result")

_RELEASE = re.compile(r"\d+\.\d+(?:\.\d+)?")

_LAST = ("lock", "sbom")
"""What is read after the other side: a lock's markers want that side's Python."""


class UnreadableSide(Exception):
    """A side that cannot be read, and why."""

    def __init__(self, named: Named, error: DepcheckError) -> None:
        super().__init__(error.message)
        self.named = named
        self.error = error

    def finding(self) -> Finding:
        """Return the finding that it could not be read."""
        first, *rest = self.error.message.split("\n")
        more = f" (and {len(rest)} more)" if rest else ""
        return unread_finding(self.named, first + more, self.error.hint)

    def undetermined(self) -> tuple[Undetermined, ...]:
        """Return what the report says of it: an entry for each fault of a file."""
        return tuple(
            Undetermined(
                subject=str(self.named),
                reason=reason,
                hint=self.error.hint,
                origin=self.named.origin,
            )
            for reason in self.error.message.split("\n")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Two things that were read. ``shared`` lower layers are the same in both."""

    left: Inventory
    right: Inventory
    shared: int = 0
    traffic: tuple[Traffic, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventories:
    """Reads pairs. ``root`` is the project root, ``platform`` what a lock is read for."""

    reader: ImageReader
    root: Path
    platform: str | None = None

    def both(self, left: Named, right: Named) -> Both:
        """Return both sides' inventories. Raises UnreadableSide."""
        if {left.kind, right.kind} <= IMAGE_KINDS:
            return self._images(left, right)
        first, second = (right, left) if left.kind in _LAST else (left, right)
        one, moved = self._inventory(first, None)
        other, moved_too = self._inventory(second, one)
        by_side = {id(first): one, id(second): other}
        return Both(left=by_side[id(left)], right=by_side[id(right)], traffic=(*moved, *moved_too))

    def _images(self, left: Named, right: Named) -> Both:
        for named in (left, right):
            self._guarded(named, partial(self.reader.identity, named))
        pair = self.reader.pair(left, right)
        self._guarded(left, lambda: pair.fetch(0))
        self._guarded(right, lambda: pair.fetch(1))
        reading = self._guarded(left, lambda: pair.read(files=self.reader.files))
        return Both(
            left=reading.left,
            right=reading.right,
            shared=reading.shared,
            traffic=pair.traffic(),
        )

    def _guarded(self, named: Named, action: Callable[[], Result]) -> Result:
        """Return what ``action`` returns. Raises UnreadableSide where it fails."""
        try:
            return action()
        except DepcheckError as error:
            raise UnreadableSide(named, error) from None

    def _inventory(
        self, named: Named, other: Inventory | None
    ) -> tuple[Inventory, tuple[Traffic, ...]]:
        """Return one side alone; ``other`` is the side that was read before it."""
        if named.kind in IMAGE_KINDS:
            return self._guarded(named, lambda: self.reader.read(named))
        from depcheck.sources.inventory import read_inventory

        return self._guarded(
            named, lambda: read_inventory(named, root=self.root, target=self._target(other))
        ), ()

    def _target(self, other: Inventory | None) -> Target | None:
        """Return what a lock's markers are evaluated for: the Python of the other side."""
        platform = (other.identity.platform if other is not None else "") or self.platform
        python = _RELEASE.match(active_python(other))
        if not python and not platform:
            return None
        from depcheck.sources.target import build_target

        # A variant (linux/arm64/v8) makes no difference to markers.
        plain = "/".join(platform.split("/")[:2]) if platform else None
        return build_target(python[0] if python else None, plain)


def active_python(inventory: Inventory | None) -> str:
    """Return the full version of the active environment's Python, empty where unknown."""
    if inventory is None:
        return ""
    active = [e.python for e in inventory.environments if e.active and e.python]
    for version in active:
        full = [
            i.version for i in inventory.interpreters if f"{i.version}.".startswith(f"{version}.")
        ]
        return full[0] if full else version
    return inventory.interpreters[0].version if inventory.interpreters else ""
