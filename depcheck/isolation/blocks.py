"""Names that have to share, merged: what a search moves as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.isolation.colouring import Classes, Nodes
from depcheck.isolation.values import Bounds, Group


def within(bounds: Bounds) -> Bounds:
    """Return bounds in an order of their own, over the names that there are.

    A set that must not all share and lacks a member is kept anyway.
    """
    names = frozenset(bounds.names)
    return Bounds(
        names=tuple(sorted(names)),
        apart=tuple(ordered(s for s in bounds.apart if s <= names and len(s) > 1)),
        together=tuple(ordered(s & names for s in bounds.together if len(s & names) > 1)),
        advised=tuple(
            sorted(
                (a for a in bounds.advised if a.components <= names and len(a.components) > 1),
                key=lambda a: (-a.weight, sorted(a.components)),
            )
        ),
        most=bounds.most,
    )


def ordered(groups: Iterable[Group]) -> list[Group]:
    """Return groups without doubles, in the order of their sorted names."""
    return sorted(set(groups), key=sorted)


def merged(names: Sequence[str], together: Iterable[Group]) -> list[Group]:
    """Return the blocks that names form when these sets share, in the order of names."""
    block = {name: frozenset([name]) for name in names}
    for wish in together:
        joined = frozenset().union(*(block[name] for name in wish))
        block.update(dict.fromkeys(joined, joined))
    return list(dict.fromkeys(block[name] for name in names))


class Blocks:
    """Blocks by number, and sets of names as sets of numbers."""

    def __init__(self, names: Sequence[str], together: Iterable[Group]) -> None:
        self.members = merged(names, together)
        self._of = {name: i for i, block in enumerate(self.members) for name in block}

    def __len__(self) -> int:
        return len(self.members)

    def nodes(self, group: Group) -> Nodes:
        return frozenset(self._of[name] for name in group)

    def group(self, nodes: Nodes) -> Group:
        return frozenset().union(*(self.members[node] for node in nodes))

    def groups(self, classes: Classes) -> tuple[Group, ...]:
        return tuple(sorted(map(self.group, classes), key=sorted))
