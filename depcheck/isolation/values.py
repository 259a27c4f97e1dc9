"""What dividing components into groups works on: who may share, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Group = frozenset[str]
"""Component names that share one container."""


class Judge(Protocol):
    """Says which groups fit: whether all requirements of a group have a joint solution.

    Fitting is monotone: a part of a group that fits, fits. Answers are kept.
    """

    def fits(self, group: Group) -> bool: ...

    def clash(self, group: Group) -> Group:
        """Return a minimal part of a group that does not fit: any smaller part of it does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Components that had better not all share; the heavier advice is kept first."""

    components: Group
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a division has to keep.

    ``apart``: sets that must not all share, whatever resolves. ``together``: sets that must
    share. ``advised`` is kept too, except where ``most`` (a bound on the number of groups)
    or ``together`` leaves no room: then as little weight as possible is given up.
    """

    names: tuple[str, ...]
    apart: tuple[Group, ...] = ()
    together: tuple[Group, ...] = ()
    advised: tuple[Advice, ...] = ()
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Groups that fit, as few as can be.

    ``clashes`` are the minimal sets that do not fit, as far as they had to be found.
    ``bound`` is a proven lower bound on the count; where it is the count, this is the
    smallest division (of those that give up as little advice). ``given_up`` is the advice
    that was not kept.
    """

    groups: tuple[Group, ...]
    clashes: tuple[Group, ...] = ()
    bound: int = 1
    given_up: tuple[Advice, ...] = ()

    @property
    def exact(self) -> bool:
        return self.bound == len(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDivision:
    """None keeps the bounds. ``clashes`` and ``apart`` are sets that together rule it out.

    ``bound`` is a proven lower bound on the groups that would be needed without ``most``;
    0 where the wishes contradict the clashes at any count (then ``together`` names the wishes).
    """

    bound: int
    clashes: tuple[Group, ...] = ()
    apart: tuple[Group, ...] = ()
    together: tuple[Group, ...] = ()


Score = Sequence[int]
"""What a group costs, the gravest first; scores of groups are added and compared in order."""
