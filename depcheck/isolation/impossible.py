"""Why no division keeps the bounds: the fewest wishes and clashes that rule it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.isolation.blocks import merged
from depcheck.isolation.colouring import Colouring, Effort, OutOfEffort
from depcheck.isolation.values import Bounds, Group, Judge, NoDivision


def contradiction(bounds: Bounds, judge: Judge) -> NoDivision | None:
    """Return what rules every division out, however many groups it has; None if nothing does.

    That is a component that does not fit alone, or wishes to share that a wish to be apart
    or a clash forbids.
    """
    for name in bounds.names:
        if not judge.fits(frozenset([name])):
            return NoDivision(bound=0, clashes=(frozenset([name]),))
    if not _contradict(bounds, bounds.together, judge):
        return None
    wishes = list(bounds.together)
    for wish in bounds.together:
        fewer = [w for w in wishes if w != wish]
        if _contradict(bounds, fewer, judge):
            wishes = fewer
    block = next(b for b in merged(bounds.names, wishes) if _is_wrong(bounds, b, judge))
    apart = sorted((s for s in bounds.apart if s <= block), key=lambda s: (len(s), sorted(s)))[:1]
    clashes = () if apart else (judge.clash(block),)
    return NoDivision(bound=0, clashes=clashes, apart=tuple(apart), together=tuple(wishes))


def _contradict(bounds: Bounds, wishes: Iterable[Group], judge: Judge) -> bool:
    return any(_is_wrong(bounds, block, judge) for block in merged(bounds.names, wishes))


def _is_wrong(bounds: Bounds, block: Group, judge: Judge) -> bool:
    return any(apart <= block for apart in bounds.apart) or not judge.fits(block)


def too_many(
    bounds: Bounds, clashes: Sequence[Group], count: int, bound: int, effort: Effort
) -> NoDivision:
    """Return the fewest sets that leave no division into ``count`` groups.

    ``bound`` is a proven lower bound without ``most``. Where ``effort`` does not suffice
    the sets are not the fewest, or all of them.
    """
    place = {name: i for i, name in enumerate(bounds.names)}
    rows: list[tuple[str, Group]] = [("clash", s) for s in clashes]
    rows += [("apart", s) for s in bounds.apart]
    rows += [("together", s) for s in bounds.together]
    colouring = Colouring(range(len(place)), count)
    guards = []
    for kind, group in rows:
        nodes = frozenset(place[name] for name in group)
        guards.append(colouring.tied(nodes) if kind == "together" else colouring.guarded(nodes))
    try:
        needed = _fewest(colouring, guards, effort)
    except OutOfEffort:
        needed = frozenset(guards)
    left = [row for row, guard in zip(rows, guards, strict=True) if guard in needed]
    return NoDivision(
        bound=bound,
        clashes=tuple(s for kind, s in left if kind == "clash"),
        apart=tuple(s for kind, s in left if kind == "apart"),
        together=tuple(s for kind, s in left if kind == "together"),
    )


def _fewest(colouring: Colouring, guards: Sequence[int], effort: Effort) -> frozenset[int]:
    needed = colouring.core(guards, effort)
    assert needed is not None, "these sets leave no division"
    for guard in sorted(needed, reverse=True):
        if guard in needed:
            try:
                smaller = colouring.core(sorted(needed - {guard}), effort)
            except OutOfEffort:
                return needed
            needed = needed if smaller is None else smaller
    return needed
