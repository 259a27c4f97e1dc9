"""Divisions of nodes into at most so many classes that keep forbidden sets apart, by SAT.

Colouring of a hypergraph. Classes are numbered by their first node, so that no division
is met twice under other numbers (value precedence: Law and Lee, "Global constraints for
integer and set value precedence", CP 2004). Advice is soft: as little weight as possible
is given up, by PMRES (Narodytska and Bacchus, "Maximum satisfiability using core-guided
MaxSAT resolution", AAAI 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from depcheck.resolve.solver import Literal, Solver

_STARTS = 12  # of a clique's search: the nodes with the most enemies

Nodes = frozenset[int]
Classes = tuple[Nodes, ...]


class OutOfEffort(Exception):
    """The conflicts that a search may meet are used up."""


@dataclass(slots=True)
class Effort:
    """How many conflicts of a solver are left; a set that had to be found costs some too."""

    left: int
    per_set: int = 20

    def spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise OutOfEffort


class Colouring:
    """All divisions of ``nodes`` (in this order) into at most ``count`` classes."""

    def __init__(self, nodes: Sequence[int], count: int) -> None:
        self._nodes = tuple(nodes)
        self._count = count
        self._solver = Solver()
        self._soft: dict[Literal, int] = {}
        self.given_up = 0
        """A lower bound on the weight of advice that has to be given up."""
        self._in: dict[tuple[int, int], Literal] = {}
        used: list[Literal] = []
        for node in self._nodes:
            used = self._place(node, used)

    def _place(self, node: int, used: list[Literal]) -> list[Literal]:
        """A node's class: one that an earlier node is in, or the next one."""
        solver = self._solver
        mine = [solver.variable() for _ in range(min(len(used) + 1, self._count))]
        self._in.update(((node, number), literal) for number, literal in enumerate(mine))
        solver.add(mine)
        for one, other in combinations(mine, 2):
            solver.add([-one, -other])
        now = []
        for number, literal in enumerate(mine):
            if number:
                solver.add([-literal, used[number - 1]])
            before = used[number] if number < len(used) else None
            now.append(self._either(literal, before))
        return now

    def _either(self, literal: Literal, before: Literal | None) -> Literal:
        if before is None:
            return literal
        both = self._solver.variable()
        self._solver.add([-literal, both])
        self._solver.add([-before, both])
        self._solver.add([-both, literal, before])
        return both

    def forbid(self, nodes: Nodes, unless: Sequence[Literal] = ()) -> None:
        """Never all of these in one class (unless one of the literals holds)."""
        for number in range(self._count):
            places = [self._in.get((node, number)) for node in sorted(nodes)]
            if None not in places:
                self._solver.add([-place for place in places if place is not None] + [*unless])

    def guarded(self, nodes: Nodes) -> Literal:
        """Forbid a set only while the literal returned is assumed."""
        guard = self._solver.variable()
        self.forbid(nodes, [-guard])
        return guard

    def tied(self, nodes: Nodes) -> Literal:
        """Keep a set in one class while the literal returned is assumed."""
        guard = self._solver.variable()
        first, *others = sorted(nodes)
        for other in others:
            for number in range(self._count):
                for one, two in ((first, other), (other, first)):
                    if (one, number) in self._in:
                        follows = self._in.get((two, number))
                        clause = [-guard, -self._in[one, number]]
                        self._solver.add(clause if follows is None else [*clause, follows])
        return guard

    def advise(self, nodes: Nodes, weight: int) -> None:
        """Forbid a set, at the price of its weight where there is no room."""
        self._soft[self.guarded(nodes)] = weight

    def exclude(self, classes: Classes) -> None:
        """Never this division again."""
        self._solver.add([-self._in[node, n] for n, c in enumerate(classes) for node in c])

    def fill(self) -> None:
        """Only divisions into exactly ``count`` classes from now on."""
        for number in range(self._count):
            self._solver.add([p for (_, n), p in self._in.items() if n == number])

    def find(self, effort: Effort) -> Classes | None:
        """Return a division that gives up as little advice as can be; None if there is none.

        Raises OutOfEffort.
        """
        while True:
            if self._solve(sorted(self._soft), effort):
                return self._classes()
            core = self._solver.core()
            if not core:
                return None
            self._resolve_core(sorted(core))

    def core(self, guards: Sequence[Literal], effort: Effort) -> frozenset[Literal] | None:
        """Return guards that suffice to leave no division; None where there is one."""
        return None if self._solve(guards, effort) else self._solver.core()

    def _solve(self, assumptions: Sequence[Literal], effort: Effort) -> bool:
        before = self._solver.conflicts
        answer = self._solver.solve_within(assumptions, effort.left)
        effort.spend(self._solver.conflicts - before)
        if answer is None:
            raise OutOfEffort
        return answer

    def _resolve_core(self, core: Sequence[Literal]) -> None:
        """One of these has to go: pay for it, and charge only a second one from now on."""
        least = min(self._soft[literal] for literal in core)
        self.given_up += least
        for literal in core:
            self._soft[literal] -= least
            if not self._soft[literal]:
                del self._soft[literal]
        lost = -core[-1]  # "one of the later ones is given up"
        for kept in reversed(core[:-1]):
            charge = self._solver.variable()
            self._solver.add([-charge, kept, -lost])
            self._soft[charge] = least
            wider = self._solver.variable()
            self._solver.add([-lost, wider])
            self._solver.add([kept, wider])
            lost = wider

    def _classes(self) -> Classes:
        model = self._solver.model()
        classes: list[set[int]] = [set() for _ in range(self._count)]
        for (node, number), literal in self._in.items():
            if literal in model:
                classes[number].add(node)
        return tuple(frozenset(c) for c in classes if c)


def clique(nodes: Iterable[int], pairs: Iterable[Nodes]) -> list[int]:
    """Return nodes that pairwise must not share, as many as a quick search finds."""
    beside: dict[int, set[int]] = {node: set() for node in nodes}
    for one, other in map(sorted, pairs):
        beside[one].add(other)
        beside[other].add(one)
    order = sorted(beside, key=lambda node: (-len(beside[node]), node))
    best: list[int] = []
    for start in order[:_STARTS]:
        found, near = [start], set(beside[start])
        while near:
            following = min(near, key=lambda node: (-len(beside[node] & near), node))
            found.append(following)
            near &= beside[following]
        if len(found) > len(best):
            best = found
    return best
