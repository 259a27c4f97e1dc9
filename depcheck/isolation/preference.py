"""The best of the divisions of one size: by what each group costs, then by stability.

Where the divisions are few, all are compared. Where they are many, the search goes from
the best start from neighbour to neighbour: one block moved, or two swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest

from depcheck.isolation.blocks import Blocks, within
from depcheck.isolation.colouring import Classes, Colouring, Effort, OutOfEffort
from depcheck.isolation.values import Bounds, Division, Group, Judge, Score

LIMIT = 200
"""Divisions that are compared one by one; beyond these, neighbours are searched."""

CALLS = 60
"""Groups that are scored at most: one score may take half a second."""

_EFFORT = 100_000
_LOOSE = 5  # as many times the limit are counted while not all clashes are known
_LOOKS = 150  # groups that a search may ask the judge about

Key = tuple[tuple[int, ...], int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The best division found, of how many, and whether these are all of its size."""

    division: Division
    compared: int
    all_compared: bool


def prefer(
    division: Division,
    bounds: Bounds,
    judge: Judge,
    score: Callable[[Group], Score],
    previous: Sequence[Group] = (),
    *,
    limit: int = LIMIT,
    calls: int = CALLS,
) -> Ranked:
    """Return the best division of the size of ``division`` that gives up no other advice.

    ``score`` is asked once for a group, for at most ``calls`` groups beside those of
    ``division``; scores are added over the groups and compared lexicographically, the
    least first. Equal ones are told apart by the number of pairs of components whose
    togetherness differs from ``previous``, then by how many share with the first name (the
    core), which takes in what nothing keeps away.
    """
    choice = _Choice(division, bounds, judge, _Scorer(score, previous, bounds.names, calls))
    listed = choice.every(limit)
    if listed is not None and choice.groups_of(listed) <= calls:
        return choice.ranked(choice.best_of(listed), True)
    return choice.ranked(choice.descend(choice.starts(previous)), False)


class _OutOfMeans(Exception):
    """No more groups may be scored or judged."""


class _Scorer:
    """Compares divisions; remembers what each group costs."""

    def __init__(
        self,
        score: Callable[[Group], Score],
        previous: Sequence[Group],
        names: Sequence[str],
        calls: int,
    ) -> None:
        self._score, self._left = score, calls
        self._known: dict[Group, Score] = {}
        # The core leads, whatever the order of the others.
        self._names = (*names[:1], *sorted(names[1:]))
        known = frozenset(names)
        self._before = {name: i for i, g in enumerate(previous) for name in g if name in known}
        self.compared: set[tuple[Group, ...]] = set()

    def allow(self, groups: Iterable[Group]) -> None:
        """Score these whatever it takes."""
        self._left += len(set(groups) - self._known.keys())

    def key(self, groups: tuple[Group, ...]) -> Key:
        """Return what to compare a division by, the least first. Raises _OutOfMeans."""
        scores = [self._of(group) for group in groups]
        total = tuple(sum(column) for column in zip_longest(*scores, fillvalue=0))
        self.compared.add(groups)
        return (total, self._moved(groups), self._shape(groups))

    def _of(self, group: Group) -> Score:
        if group not in self._known:
            if self._left <= 0:
                raise _OutOfMeans
            self._left -= 1
            self._known[group] = tuple(self._score(group))
        return self._known[group]

    def _moved(self, groups: Sequence[Group]) -> int:
        now = {name: i for i, group in enumerate(groups) for name in group}
        both = sorted(self._before.keys() & now.keys())
        return sum(
            (now[one] == now[other]) != (self._before[one] == self._before[other])
            for one, other in combinations(both, 2)
        )

    def _shape(self, groups: Sequence[Group]) -> tuple[int, ...]:
        """Each name's group, numbered as met: least where the names gather with the first."""
        number: dict[Group, int] = {}
        of = {name: group for group in groups for name in group}
        return tuple(number.setdefault(of[name], len(number)) for name in self._names)


class _Choice:
    def __init__(self, division: Division, bounds: Bounds, judge: Judge, scorer: _Scorer) -> None:
        self._division, self._judge, self._scorer = division, judge, scorer
        self._first = bounds.names[:1]
        ours = within(bounds)
        self._blocks = Blocks(ours.names, ours.together)
        given_up = set(division.given_up)
        kept = [a.components for a in ours.advised if a not in given_up]
        self._forbidden = {self._blocks.nodes(s) for s in (*ours.apart, *kept, *division.clashes)}
        scorer.allow(division.groups)
        self._best = self._own()
        self._least: Key | None = None
        self._valid = set(self._best)
        self._looks = _LOOKS

    # All of them

    def every(self, limit: int) -> list[Classes] | None:
        """List the divisions of this size; None where there are too many."""
        effort = Effort(_EFFORT)
        try:
            return self._list(limit, effort) if self._are_few(limit * _LOOSE, effort) else None
        except OutOfEffort:
            return None

    def _are_few(self, limit: int, effort: Effort) -> bool:
        """Whether at most so many keep apart the clashes known so far: asks no judge."""
        colouring = self._colouring()
        for _ in range(limit + 1):
            classes = colouring.find(effort)
            if classes is None:
                return True
            colouring.exclude(classes)
        return False

    def _list(self, limit: int, effort: Effort) -> list[Classes] | None:
        colouring = self._colouring()
        listed: list[Classes] = []
        while (classes := colouring.find(effort)) is not None:
            misfits = self._misfits(classes)
            for nodes in misfits:
                effort.spend(effort.per_set)
                colouring.forbid(nodes)
            if not misfits:
                if len(listed) == limit:
                    return None
                listed.append(classes)
                colouring.exclude(classes)
        return listed

    def _colouring(self) -> Colouring:
        colouring = Colouring(range(len(self._blocks)), len(self._division.groups))
        colouring.fill()
        for nodes in sorted(self._forbidden, key=sorted):
            colouring.forbid(nodes)
        return colouring

    def _misfits(self, classes: Classes) -> list[frozenset[int]]:
        wrong = [g for g in map(self._blocks.group, classes) if not self._judge.fits(g)]
        found = [self._blocks.nodes(self._judge.clash(group)) for group in wrong]
        self._forbidden.update(found)
        return found

    @staticmethod
    def groups_of(listed: Iterable[Classes]) -> int:
        """How many different groups divisions have."""
        return len({nodes for classes in listed for nodes in classes})

    def best_of(self, listed: Iterable[Classes]) -> Classes:
        """The best of all."""
        return min(listed, key=self._key, default=self._own())

    def _own(self) -> Classes:
        return tuple(self._blocks.nodes(group) for group in self._division.groups)

    def _key(self, classes: Classes) -> Key:
        return self._scorer.key(self._blocks.groups(classes))

    # From neighbour to neighbour

    def starts(self, previous: Sequence[Group]) -> Iterator[Classes]:
        """Where else to begin: as it was, and with the core what nothing keeps away."""
        own = self._own()
        if previous:
            yield self._settled(self._as_before(own, previous))
        yield self._settled(self._gathered(own))

    def _settled(self, moves: Iterator[tuple[int, int]]) -> Classes:
        """The division with these moves made, one by one, where each leaves it valid."""
        classes = self._own()
        for node, target in moves:
            moved = _moved(classes, node, target)
            if moved is not None and self._is_valid(moved[target]):
                classes = moved
        return classes

    def _gathered(self, own: Classes) -> Iterator[tuple[int, int]]:
        """Each block to the first name's class."""
        home = self._class_of(own, self._blocks.nodes(frozenset(self._first)))
        return ((node, home) for node in range(len(self._blocks)) if node not in own[home])

    def _as_before(self, own: Classes, previous: Sequence[Group]) -> Iterator[tuple[int, int]]:
        """Each block to the class that holds most of those it shared with."""
        for group in sorted(previous, key=lambda g: (-len(g), sorted(g))):
            names = group & self._blocks.group(frozenset(range(len(self._blocks))))
            if names:
                nodes = self._blocks.nodes(names)
                home = self._class_of(own, nodes)
                yield from ((node, home) for node in sorted(nodes))

    @staticmethod
    def _class_of(classes: Classes, nodes: frozenset[int]) -> int:
        return max(range(len(classes)), key=lambda i: (len(classes[i] & nodes), -i))

    def descend(self, starts: Iterable[Classes]) -> Classes:
        """Go from neighbour to better neighbour until there is none or the means are used up."""
        self._offer(self._best)
        try:
            for start in starts:
                self._offer(start)
            while self._move() or self._swap():
                pass
        except _OutOfMeans:
            pass
        return self._best

    def _offer(self, classes: Classes) -> bool:
        key = self._key(classes)
        better = self._least is None or key < self._least
        if better:
            self._best, self._least = classes, key
        return better

    def _move(self) -> bool:
        """Move each block in turn to where it is best; return whether one was moved."""
        better = False
        for node in range(len(self._blocks)):
            for target in range(len(self._best)):
                moved = _moved(self._best, node, target)
                if moved is not None and self._is_valid(moved[target]):
                    better |= self._offer(moved)
        return better

    def _swap(self) -> bool:
        """Swap two blocks where that is better; return whether there were such."""
        of = {node: i for i, c in enumerate(self._best) for node in c}
        for one, other in combinations(sorted(of), 2):
            if of[one] != of[other]:
                swapped = _swapped(self._best, one, other)
                valid = all(self._is_valid(swapped[i]) for i in (of[one], of[other]))
                if valid and self._offer(swapped):
                    return True
        return False

    def _is_valid(self, nodes: frozenset[int]) -> bool:
        if nodes in self._valid:
            return True
        if any(s <= nodes for s in self._forbidden):
            return False
        if self._looks <= 0:
            raise _OutOfMeans
        self._looks -= 1
        if self._judge.fits(self._blocks.group(nodes)):
            self._valid.add(nodes)
        else:
            self._forbidden.add(nodes)
        return nodes in self._valid

    # The answer

    def ranked(self, best: Classes, every: bool) -> Ranked:
        division = Division(
            groups=self._blocks.groups(best),
            clashes=self._division.clashes,
            bound=self._division.bound,
            given_up=self._division.given_up,
        )
        return Ranked(division=division, compared=len(self._scorer.compared), all_compared=every)


def _moved(classes: Classes, node: int, target: int) -> Classes | None:
    """One block moved to another class; None where its own would be left empty."""
    moved = tuple(c | {node} if i == target else c - {node} for i, c in enumerate(classes))
    return moved if all(moved) else None


def _swapped(classes: Classes, one: int, other: int) -> Classes:
    both = frozenset((one, other))
    return tuple(c ^ both if len(c & both) == 1 else c for c in classes)
