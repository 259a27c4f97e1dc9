"""All minimal conflicts and all minimal corrections of a set of statements.

MARCO (Liffiton, Previti, Malik and Marques-Silva, "Fast, flexible MUS
enumeration", Constraints 21, 2016): a map of the subsets not yet judged gives a
seed; a satisfiable seed grows to a maximal one, whose complement is a minimal
correction, an unsatisfiable one shrinks to a minimal conflict, and either is
struck from the map. All questions go to one oracle over one universe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depcheck.resolve.oracle import Completion, Oracle
from depcheck.resolve.solver import Literal, Solver

Selectors = frozenset[Literal]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Minimal conflicts and corrections as sets of selectors.

    ``complete`` is False where the limit cut the listing short.
    """

    conflicts: tuple[Selectors, ...]
    corrections: tuple[Selectors, ...]
    complete: bool


def enumerate_minimal(oracle: Oracle, selectors: Sequence[Literal], limit: int) -> Enumeration:
    """List them all, at most ``limit`` of each kind.

    ``limit`` bounds the work: there can be exponentially many. Where it cuts
    the listing short there is at least one correction all the same.
    """
    every = frozenset(selectors)
    unjudged = Solver()
    variable = {selector: unjudged.variable(prefer=True) for selector in selectors}
    conflicts: list[Selectors] = []
    corrections: list[Selectors] = []
    for selector in selectors:  # a clause each, so that the solver decides them all
        unjudged.add([variable[selector], -variable[selector]])
    while unjudged.solve(()):
        if len(conflicts) >= limit or len(corrections) >= limit:
            if not corrections:  # there is always one, and a person wants to know it
                corrections.append(every - _grow(oracle, selectors, frozenset()))
            return Enumeration(tuple(conflicts), tuple(corrections), False)
        model = unjudged.model()
        seed = frozenset(s for s in selectors if -variable[s] not in model)
        answer = oracle.complete(seed)
        if isinstance(answer, Completion):
            correction = every - _grow(oracle, selectors, seed | (answer.satisfied & every))
            if not correction:
                break
            corrections.append(correction)
            unjudged.add([variable[s] for s in correction])
        else:
            conflict = minimal_conflict(oracle, answer.core)
            conflicts.append(conflict)
            unjudged.add([-variable[s] for s in conflict])
    return Enumeration(tuple(conflicts), tuple(corrections), True)


def _grow(oracle: Oracle, selectors: Sequence[Literal], satisfied: Selectors) -> Selectors:
    for selector in selectors:
        if selector not in satisfied:
            answer = oracle.complete([*satisfied, selector])
            if isinstance(answer, Completion):
                satisfied = satisfied | {selector} | (answer.satisfied & frozenset(selectors))
    return satisfied


def minimal_conflict(oracle: Oracle, core: Selectors) -> Selectors:
    """Return a minimal part of a refuted set of selectors that is refuted by itself."""
    needed: set[Literal] = set()
    remaining = sorted(core)
    while remaining:
        tried = remaining.pop()
        answer = oracle.complete([*needed, *remaining])
        if isinstance(answer, Completion):
            needed.add(tried)
        else:
            remaining = [selector for selector in remaining if selector in answer.core]
    return frozenset(needed)
