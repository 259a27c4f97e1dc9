"""Judges made of given clashes, and brute force over all divisions as their referee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.isolation.values import Bounds, Group


class SetJudge:
    """Judges by a list of clashes; counts what it is asked."""

    def __init__(self, clashes: Iterable[Iterable[str]]) -> None:
        self.clashes = [frozenset(c) for c in clashes]
        self.asked = 0

    def fits(self, group: Group) -> bool:
        self.asked += 1
        return not any(clash <= group for clash in self.clashes)

    def clash(self, group: Group) -> Group:
        left = group
        for name in sorted(group):
            if not self.fits(left - {name}):
                left -= {name}
        return left


def divisions(names: Sequence[str]) -> Iterator[tuple[Group, ...]]:
    """Yield every division of names into groups that are not empty."""
    if not names:
        yield ()
        return
    first, rest = names[0], names[1:]
    for part in divisions(rest):
        yield (frozenset([first]), *part)
        for i, group in enumerate(part):
            yield (*part[:i], group | {first}, *part[i + 1 :])


def keeps(groups: Sequence[Group], bounds: Bounds, clashes: Iterable[Group]) -> bool:
    """Whether a division keeps all that binds."""
    forbidden = (*clashes, *bounds.apart)
    return (
        not any(s <= group for s in forbidden for group in groups)
        and all(any(wish <= group for group in groups) for wish in bounds.together)
        and (bounds.most is None or len(groups) <= bounds.most)
    )


def lost(groups: Sequence[Group], bounds: Bounds) -> int:
    """The weight of the advice that a division gives up."""
    return sum(a.weight for a in bounds.advised if any(a.components <= g for g in groups))


def best(bounds: Bounds, clashes: Sequence[Group]) -> tuple[int, int] | None:
    """(weight given up, count) of the best division; None where there is none."""
    kept = (d for d in divisions(bounds.names) if keeps(d, bounds, clashes))
    return min(((lost(d, bounds), len(d)) for d in kept), default=None)
