"""Which facts a conflict rests on: a second, minimal core over groups of clauses."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.resolve.solver import Literal, Solver, shrink
from depcheck.resolve.universe import Group, Universe

_UNGUARDED = {"order", "statement"}  # the encoding; statements have selectors already


class Prover:
    """The universe's clauses again, each group under a selector of its own.

    A group is all that one project's releases say of another one, so that a
    minimal core over groups is a chain a person can follow.
    """

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._solver = Solver()
        self._selectors: dict[Group, Literal] = {}
        highest = max((abs(x) for _, c in universe.log for x in c), default=1)
        for _ in range(max(highest, universe.presumption)):
            self._solver.variable()
        for group, clause in universe.log:
            if group.kind in _UNGUARDED:
                self._solver.add(clause)
            else:
                self._solver.add([*clause, -self._selector(group)])

    def _selector(self, group: Group) -> Literal:
        found = self._selectors.get(group)
        if found is None:
            found = self._selectors[group] = self._solver.variable()
        return found

    def groups(self, statements: Iterable[Literal], *, proven: bool) -> tuple[Group, ...]:
        """A minimal set of groups that refutes the statements (given by selector).

        Where the refutation is ``proven``, presumed metadata is left out of it.
        """
        presumption = self._universe.presumption
        fixed = [-presumption if proven else presumption, *statements]
        candidates = list(self._selectors.values())
        if self._solver.solve([*fixed, *candidates]):
            return ()
        core = self._solver.core()
        needed = set(shrink(self._solver, [c for c in candidates if c in core], fixed))
        return tuple(g for g, s in self._selectors.items() if s in needed)
