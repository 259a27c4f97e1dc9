"""A conflict's chain in as few lines as prove it: runs of releases folded, or split again.

Each line is true of every release that it names, and together they leave no choice. What
several releases need may be told as one wider range where that range still clashes; else it
is told in runs. Every attempt is held against the statements before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from depcheck.conflicts.chain import Chain
from depcheck.conflicts.lines import Bench, Line, Part, runs_of
from depcheck.conflicts.wording import as_specifier, fold, union
from depcheck.model.findings import Statement, Step
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.universe import Group

_MOST_TEXTS = 2  # different needs told word for word before they are summed up
_MOST_LINES = 12  # runs of one project told one by one


def folded(chain: Chain, statements: Sequence[Statement]) -> list[Line]:
    """Return the lines that prove a conflict, in the order of its chain."""
    bench = Bench(chain.universe, statements)
    for attempt in (_whole, _split, _split_anywhere):
        lines = attempt(chain, bench)
        if bench.refutes(lines):
            return bench.needed(lines)
    return lines  # what rests on more than releases say of each other


def _whole(chain: Chain, bench: Bench) -> list[Line]:
    """All that a project's open releases say of another one, in one line or two."""
    lines: list[Line] = []
    for group in chain.order:
        if group.kind == "needs":
            lines += _Family(chain, group).told_as_one()
        else:
            lines += chain.ruled_out(group)
    return lines


def _split_anywhere(chain: Chain, bench: Bench) -> list[Line]:
    chain.widen()
    return _split(chain, bench)


def _split(chain: Chain, bench: Bench) -> list[Line]:
    """Only what the clash needs, in runs that are as long as it allows."""
    families = {g: _Family(chain, g) for g in chain.order if g.kind == "needs"}
    lines = {g: list(chain.ruled_out(g)) for g in chain.order if g.kind != "needs"}
    words = [line for family in families.values() for line in family.words.values()]
    words.sort(key=lambda line: -line.step.count)  # long runs are the last to be left out
    every = [*(line for given in lines.values() for line in given), *words]
    if not bench.refutes(every):
        return every
    needed = set(bench.needed(every))
    told = {g: [i for i, line in f.words.items() if line in needed] for g, f in families.items()}
    lines |= {g: [family.words[item] for item in told[g]] for g, family in families.items()}
    for group, family in families.items():
        others = [line for g in lines if g != group for line in lines[g]]
        lines[group] = _Merging(family, bench, others).merged(told[group])
    return [line for group in chain.order for line in lines[group]]


@dataclass(frozen=True, slots=True)
class _Item:
    """One need of a project as its releases write it; ``positions`` are the open ones."""

    positions: tuple[int, ...]
    extra: str
    dependency: Dependency
    presumed: bool


class _Family:
    """What the open releases of one project say of another one.

    ``words`` are its needs, each as a line of its own; those that name a URL bind nothing.
    """

    def __init__(self, chain: Chain, group: Group) -> None:
        self._group = group
        self._entry = chain.universe.entry(group.project)
        self._other = chain.universe.entry(group.other)
        self.window = chain.usable(group.project)
        self.items = [
            _Item(
                tuple(p for p in self.window if need.run[0] <= p < need.run[1]),
                need.extra,
                need.dependency,
                need.presumed,
            )
            for need in chain.needs(group)
            if not need.dependency.url
        ]

    @cached_property
    def words(self) -> dict[_Item, Line]:
        return {item: self._line([item], str(item.dependency)) for item in self.items}

    def told_as_one(self) -> list[Line]:
        """Two lines in the releases' own words, else one that holds for all."""
        by_text = self.by_text(self.items)
        return by_text if len(by_text) <= _MOST_TEXTS else [self.summed(self.items)]

    def by_text(self, items: Iterable[_Item]) -> list[Line]:
        """A line for each need that is written differently."""
        texts: dict[str, list[_Item]] = {}
        for item in items:
            texts.setdefault(str(item.dependency), []).append(item)
        return [self._line(alike, text) for text, alike in texts.items()]

    def summed(self, items: Sequence[_Item]) -> Line:
        """One line that is true of all: the range that all of theirs lie in."""
        if len({item.dependency for item in items}) == 1:
            return self._line(items, str(items[0].dependency))
        if all(self._asks_for_its_own(item) for item in items):
            return self._line(items, f"{self._group.other} of the same version")
        specifiers = [item.dependency.specifier for item in items]
        reach = union(self._other.intervals(specifier) for specifier in specifiers)
        extras = sorted(set.intersection(*(set(item.dependency.extras) for item in items)))
        name = f"{self._group.other}[{','.join(extras)}]" if extras else self._group.other
        text = as_specifier(reach, self._other.versions)
        specifier = text if reach else specifiers[0]  # the first matches nothing either
        return self._line(
            items, f"{name}{text}", Dependency(self._group.other, tuple(extras), specifier)
        )

    def listed(self, items: Sequence[_Item]) -> Line:
        """One line where release after release needs something else, and all of it counts."""
        return self._line(items, f"{self.summed(items).step.object}, each a part of that")

    def _asks_for_its_own(self, item: _Item) -> bool:
        """Whether a release asks for exactly its own version, as a family in lockstep does."""
        return item.dependency.specifier == f"=={self._entry.versions[item.positions[0]]}"

    def _line(self, items: Sequence[_Item], text: str, joint: Dependency | None = None) -> Line:
        told = sorted({p for item in items for p in item.positions})
        presumed = [item for item in items if item.presumed]
        versions, project = self._entry.versions, self._group.project
        able = [p for p in range(len(versions)) if p not in self._entry.excluded]
        step = Step(
            subject=project,
            versions=fold(versions, told, able),
            count=len(told),
            verb="needs",
            object=text,
            presumed=bool(presumed),
        )
        parts = tuple(
            Part(run, item.extra, joint or item.dependency)
            for item in items
            for run in runs_of(item.positions)
        )
        doubtful = frozenset(f"{project} {versions[p]}" for i in presumed for p in i.positions)
        return Line(step, project, parts, doubtful)


class _Merging:
    """Joins neighbouring needs of one family while the proof stands, beside the other lines."""

    def __init__(self, family: _Family, bench: Bench, others: Sequence[Line]) -> None:
        self._family, self._bench, self._others = family, bench, others

    def merged(self, items: Sequence[_Item]) -> list[Line]:
        """Return the lines that tell these needs, and maybe those that lie between them."""
        left = sorted(items, key=lambda item: (item.extra, item.positions))
        by_text = self._family.by_text(left)
        lines: list[Line] = []
        while left and len(lines) <= _MOST_LINES:
            count, line = self._longest(lines, left)
            lines.append(line)
            left = left[count:]
        if len(by_text) <= min(_MOST_TEXTS, len(lines)):
            return by_text
        return lines if len(lines) <= _MOST_LINES else [self._family.listed(tuple(items))]

    def _longest(self, lines: Sequence[Line], left: Sequence[_Item]) -> tuple[int, Line]:
        """As many of the first needs as one line may tell: the more it tells, the less it says."""
        low, line = 1, self._family.words[left[0]]
        most = high = self._neighbours(left)
        while low < high:
            middle = high if high == most else (low + high + 1) // 2  # all of them, if may be
            joint = self._family.summed(self._between(left[:middle]))
            rest = (self._family.words[item] for item in left[middle:])
            if self._bench.refutes([*self._others, *lines, joint, *rest]):
                low, line = middle, joint
            else:
                high = middle - 1
        return low, line

    def _neighbours(self, left: Sequence[_Item]) -> int:
        """How many of the first follow each other without a release that needs nothing."""
        extra, window = left[0].extra, self._family.window
        told = {p for item in self._family.items if item.extra == extra for p in item.positions}
        start = window.index(left[0].positions[0])
        gap = next((p for p in window[start:] if p not in told), window[-1] + 1)
        return sum(item.extra == extra and item.positions[-1] < gap for item in left)

    def _between(self, items: Sequence[_Item]) -> list[_Item]:
        """These needs, and those of the releases between the first and the last."""
        extra, first = items[0].extra, items[0].positions[0]
        last = max(item.positions[-1] for item in items)
        return [
            item
            for item in self._family.items
            if item.extra == extra and first <= item.positions[0] and item.positions[-1] <= last
        ]
