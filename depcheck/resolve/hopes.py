"""What the search of the oracle hopes for, so that it does not fall release by release."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.resolve.solver import Literal


class Hopes:
    """Soft wishes that a project which keeps falling stays where it was proposed first.

    The solver may let any of two quarrelling projects fall, and one of them may
    have thousands of releases to fall through while the other has a good
    neighbour. A hope turns it to the other one; a refuted hope is dropped.
    """

    _FALLS = 3

    def __init__(self) -> None:
        self.literals: list[Literal] = []
        self._depth: dict[Literal, int] = {}
        self._first: dict[str, int] = {}
        self._falls: dict[str, int] = {}

    def fell(self, name: str, position: int) -> int | None:
        """Note a proposal; returns the position to hope for when it is time."""
        first = self._first.setdefault(name, position)
        if position < first:
            self._falls[name] = self._falls.get(name, 0) + 1
            if self._falls[name] == self._FALLS:
                return first
        return None

    def give_up(self, core: frozenset[Literal]) -> int | None:
        """Drop the hopes in a core; None where it had none of them.

        Returns how many releases the deepest of these falls may go through.
        """
        dropped = [self._depth[literal] for literal in self.literals if literal in core]
        self.literals = [literal for literal in self.literals if literal not in core]
        return max(dropped, default=None)

    def deepest_fall(self, chosen: Mapping[str, int]) -> int:
        """How many releases a project fell through at most, from where it was proposed first."""
        return max((high - chosen.get(name, high) for name, high in self._first.items()), default=0)

    def add(self, literal: Literal, position: int) -> None:
        self.literals.append(literal)
        self._depth[literal] = position
