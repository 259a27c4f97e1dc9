"""The lines of a proof, and whether what they say leaves anything open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from depcheck.model.findings import Statement, Step
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.entry import Entry
from depcheck.resolve.ranges import Interval
from depcheck.resolve.solver import Literal, shrink
from depcheck.resolve.universe import Group, Universe

_SAID = Group("said")


@dataclass(frozen=True, slots=True)
class Part:
    """Releases ``run`` of a project need ``dependency``; they cannot be chosen without one."""

    run: Interval
    extra: str = ""
    dependency: Dependency | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A step as it is printed, and what it says of a project's releases, no more and no less.

    Without parts, the project cannot be chosen at all. ``presumed`` are the releases that say
    so only by an sdist's egg-info.
    """

    step: Step
    project: str
    parts: tuple[Part, ...]
    presumed: frozenset[str] = frozenset()


class Bench:
    """Holds lines against each other: a universe in which nothing counts but what they say."""

    def __init__(self, universe: Universe, statements: Iterable[Statement]) -> None:
        self._seen = universe
        self._said = Universe(universe.target, universe.admission)
        self._guards: dict[Line, Literal] = {}
        self._fixed = [self._state(statement) for statement in statements]

    def refutes(self, lines: Iterable[Line]) -> bool:
        """Whether the statements and these lines, as they are printed, leave no choice."""
        return not self._said.solver.solve([*self._fixed, *map(self._guard, lines)])

    def needed(self, lines: Sequence[Line]) -> list[Line]:
        """Return a minimal part of lines that refutes; of two alike the first one stays."""
        guards = {self._guard(line): line for line in lines}
        found = set(shrink(self._said.solver, guards, self._fixed))
        return [line for guard, line in guards.items() if guard in found]

    def _state(self, statement: Statement) -> Literal:
        name = getattr(statement, "name", None)
        if name is not None:
            self._entry(name)
        return self._said.state(statement).selector

    def _entry(self, name: str) -> Entry:
        """The project with all its releases, of which nothing is said so far."""
        known = self._said.entries.get(name)
        if known is None:
            known, seen = self._said.entry(name), self._seen.entry(name)
            if seen.versions:
                known.state, known.project = "known", seen.project
                known.raw, known.versions = seen.raw, seen.versions
        return known

    def _guard(self, line: Line) -> Literal:
        """The literal that holds a line to be true."""
        guard = self._guards.get(line)
        if guard is None:
            guard = self._guards[line] = self._said.solver.variable()
            entry = self._entry(line.project)
            if not line.parts:
                self._said.solver.add([-guard, -entry.selected])
            for part in line.parts:
                self._say([-guard], entry, part)
        return guard

    def _say(self, prefix: list[Literal], entry: Entry, part: Part) -> None:
        prefix = [*prefix, *self._said.not_within(entry, part.run)]
        if part.dependency is None:
            self._said.solver.add(prefix)
            return
        if part.extra:
            prefix.append(-self._said.with_extra(entry, part.extra))
        self._entry(part.dependency.name)
        self._said.require(prefix, part.dependency, _SAID)


def runs_of(positions: Iterable[int]) -> Iterator[Interval]:
    """Positions as runs of neighbours, ascending."""
    low = high = -1
    for position in sorted(set(positions)):
        if position != high:
            if low >= 0:
                yield low, high
            low = position
        high = position + 1
    if low >= 0:
        yield low, high
