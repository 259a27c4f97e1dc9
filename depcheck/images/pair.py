"""Images read, alone or two together: what both share by digest is not read in vain.

A layer that stands in the same place in both images, on the same layers, cannot make
a difference by itself. So the layers from the first difference on are read, and the
contents are analysed over them. Where an answer lies in a shared layer (the version of
a package whose database only one side has rewritten), the next lower layer is read and
the analysis begins again, until nothing is asked for any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from depcheck.images.contents.application import matters_when_hidden
from depcheck.images.contents.environments import may_be_there
from depcheck.images.contents.removals import removed_distributions
from depcheck.images.contents.touched import may_hold
from depcheck.images.inplace import accounted, changed_in_place, remaining
from depcheck.images.inventory import Side, inventory_of, side_of
from depcheck.images.ladder import Ladder
from depcheck.images.table import LayerTable
from depcheck.images.values import Image, Layer
from depcheck.images.view import Placed, View
from depcheck.model.inventory import Inventory, Provenance

_WRITABLE = Provenance(layer=0, step="changed in the running container")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReading:
    """Both inventories. ``shared`` counts the lower layers that both images have,
    ``below`` how many of these had to be read."""

    left: Inventory
    right: Inventory
    shared: int = 0
    below: int = 0


def read_image(image: Image, named: str, ladder: Ladder, *, files: bool) -> Inventory:
    """Return all that an image holds. Raises ImageError where a layer cannot be read."""
    ladder.fetch(reversed(image.layers))
    view = View(_placed(image, image.layers, ladder), complete=True)
    side = side_of(image, named, view)
    return inventory_of(side, owned=side.python.owned, files=files, whole=True)


def read_pair(
    left: Image, right: Image, names: tuple[str, str], ladder: Ladder, *, files: bool
) -> PairReading:
    """Return what two images hold, without what only their shared layers decide.

    ``names`` are the sides as they were named. Raises ImageError where a layer
    cannot be read.
    """
    shared = shared_layers(left, right)
    ladder.fetch([*reversed(left.layers[shared:]), *reversed(right.layers[shared:])])
    bottom = shared
    while True:
        stacks = [_Stack(image, image.layers[bottom:], ladder) for image in (left, right)]
        scope = sorted(_scope(stacks, shared)) if shared else None
        views = [View(stack.placed, complete=bottom == 0, scope=scope) for stack in stacks]
        images = zip((left, right), names, views, strict=True)
        inventories = _together([side_of(*each) for each in images], files=files, whole=not shared)
        if bottom == 0 or not (any(view.asked for view in views) or _hides(stacks, views, shared)):
            one, other = zip(inventories, views, strict=True)
            return PairReading(
                left=replace(one[0], removed=removed_distributions(one, other)),
                right=replace(other[0], removed=removed_distributions(other, one)),
                shared=shared,
                below=shared - bottom,
            )
        bottom -= 1
        ladder.fetch([left.layers[bottom]])


def _together(both: Sequence[Side], *, files: bool, whole: bool) -> list[Inventory]:
    """Return both inventories, with what only the two of them together tell."""
    sides = both[0], both[1]
    owned = sides[0].python.owned | sides[1].python.owned
    explained = accounted(sides) if files else frozenset()
    changes = changed_in_place(sides, owned)
    made: list[Inventory] = []
    for side, other, changed in zip(sides, sides[::-1], changes, strict=True):
        inventory = inventory_of(side, owned=owned, files=files, whole=whole)
        left_over = remaining(side, other)
        inventory = replace(
            inventory,
            changed=changed,
            accounted=explained,
            distributions=tuple(
                replace(each, remains=True) if (each.folder, each.name) in left_over else each
                for each in inventory.distributions
            ),
        )
        made.append(_beside(inventory, side, other))
    return made


def _beside(inventory: Inventory, side: Side, other: Side) -> Inventory:
    """Add the environments that only the other side shows and this one may have, too."""
    here = {environment.prefix for environment in inventory.environments}
    hidden = tuple(
        replace(environment, active=False, brought=None)
        for environment in other.python.environments
        if environment.prefix not in here and may_be_there(side.view, environment.prefix[1:])
    )
    return replace(inventory, environments=(*inventory.environments, *hidden))


def shared_layers(left: Image, right: Image) -> int:
    """Return how many layers two images have in common, counted from the bottom."""
    count = 0
    for one, other in zip(left.layers, right.layers, strict=False):
        if one.diff_id != other.diff_id:
            break
        count += 1
    return count


class _Stack:
    """One side's layers as far as they were read, the top first."""

    def __init__(self, image: Image, layers: Sequence[Layer], ladder: Ladder) -> None:
        self.placed = _placed(image, layers, ladder)

    def above(self, shared: int) -> list[LayerTable]:
        return [p.table for p in self.placed if p.provenance.layer not in range(1, shared + 1)]

    def below(self, shared: int) -> list[LayerTable]:
        return [p.table for p in self.placed if p.provenance.layer in range(1, shared + 1)]


def _placed(image: Image, layers: Sequence[Layer], ladder: Ladder) -> list[Placed]:
    top = [] if image.top is None else [Placed(image.top, _WRITABLE)]
    return top + [
        Placed(ladder.tables[layer.diff_id], _provenance(layer)) for layer in reversed(layers)
    ]


def _provenance(layer: Layer) -> Provenance:
    return Provenance(
        layer=layer.position, diff_id=layer.diff_id, step=layer.step, created=layer.created
    )


def _scope(sides: Sequence[_Stack], shared: int) -> set[str]:
    """Return the paths that the differing layers of either side touch or hide."""
    upper = [table for side in sides for table in side.above(shared)]
    scope = {path for table in upper for path in (*table.entries, *table.removed)}
    hiding = _hiding(upper)
    for table in sides[0].below(shared):  # the same on both sides
        scope.update(path for path in table.entries if _lies_in(path, hiding))
    return scope


def _hiding(tables: Sequence[LayerTable]) -> frozenset[str]:
    """Return the paths that hide what lies at or in them in the layers below."""
    return frozenset(
        path
        for table in tables
        for path in (
            *table.removed,
            *table.opaque,
            *(path for path, entry in table.entries.items() if entry.kind != "folder"),
        )
    )


def _lies_in(path: str, folders: frozenset[str]) -> bool:
    return any(folder in folders for folder in _parents(path))


def _parents(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _hides(sides: Sequence[_Stack], views: Sequence[View], shared: int) -> bool:
    """Tell whether something was removed whose content in unread layers the other side shows."""
    gone = {
        path
        for side in sides
        for table in side.above(shared)
        for path in (*table.removed, *table.opaque)
    }
    return any(
        (matters_when_hidden(path) or may_hold(path))
        and not all(view.covers(path) for view in views)
        for path in gone
    )
