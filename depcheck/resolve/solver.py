"""The SAT solver: the only file that knows which library it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pysat.solvers import Minisat22

Literal = int
"""A variable's number (from 1), negative where it is negated (DIMACS)."""


class Solver:
    """An incremental CNF solver with assumptions."""

    def __init__(self) -> None:
        self._backend = Minisat22()
        self._variables = 0

    def variable(self, *, prefer: bool | None = None) -> Literal:
        """A new variable; ``prefer`` is the value to try first."""
        self._variables += 1
        number = self._variables
        if prefer is not None:
            self._backend.set_phases([number if prefer else -number])
        return number

    def add(self, clause: Sequence[Literal]) -> None:
        self._backend.add_clause(clause)

    def solve(self, assumptions: Sequence[Literal]) -> bool:
        return bool(self._backend.solve(assumptions=assumptions))

    def solve_within(self, assumptions: Sequence[Literal], conflicts: int) -> bool | None:
        """Solve, but give up (None) after about so many conflicts."""
        self._backend.conf_budget(max(conflicts, 1))
        answer: bool | None = self._backend.solve_limited(assumptions=assumptions)
        return answer

    @property
    def conflicts(self) -> int:
        """How many conflicts the search has met so far, over all questions."""
        return int(self._backend.accum_stats()["conflicts"])

    def model(self) -> frozenset[Literal]:
        """The true literals of the last satisfiable answer."""
        return frozenset(self._backend.get_model() or ())

    def core(self) -> frozenset[Literal]:
        """Assumptions of the last unsatisfiable answer that suffice for it."""
        return frozenset(self._backend.get_core() or ())


def shrink(
    solver: Solver, candidates: Iterable[Literal], fixed: Sequence[Literal]
) -> list[Literal]:
    """A minimal part of ``candidates`` that is unsatisfiable with ``fixed``.

    The whole must be unsatisfiable. Deletion with core refinement
    (Marques-Silva, "Minimal Unsatisfiability", ISMVL 2010).
    """
    remaining = list(candidates)
    needed: list[Literal] = []
    while remaining:
        tried = remaining.pop()
        if solver.solve([*fixed, *needed, *remaining]):
            needed.append(tried)
        else:
            core = solver.core()
            remaining = [literal for literal in remaining if literal in core]
    return needed
