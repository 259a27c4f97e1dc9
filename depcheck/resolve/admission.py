"""Which pre-releases and yanked releases may be chosen: decided once, then frozen.

The decision looks at all statements together and never changes while sets of
them are compared. Were it made anew for each set, taking a requirement away
could make the rest harder (``{a, b}`` unsatisfiable and ``{a, b, c>=0a1}``
satisfiable), and "minimal" would mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depcheck.model.catalog import Project
from depcheck.model.requirement import Requirement
from depcheck.resolve.ranges import exact_pins, mentions_prerelease, positions


@dataclass(frozen=True, slots=True)
class Admission:
    """``prereleases`` are projects that may use them; ``pins`` are ``==`` clauses."""

    everywhere: bool
    prereleases: frozenset[str]
    pins: dict[str, tuple[str, ...]]

    def admitted(self, project: Project) -> list[int]:
        """Positions in ``project.versions`` that may be chosen, ascending.

        Pre-releases where a statement opts in or nothing else was ever released
        (PEP 440); yanked releases where a statement pins them (PEP 592).
        """
        total = len(project.versions)
        pinned = {
            position
            for pin in self.pins.get(project.name, ())
            for low, high in positions(pin, project.versions)
            for position in range(low, high)
        }
        usable = {i for i in range(total) if i not in project.yanked or i in pinned}
        if self._admits_prereleases(project):
            return sorted(usable)
        return sorted(i for i in usable if i not in project.prereleases)

    def _admits_prereleases(self, project: Project) -> bool:
        return (
            self.everywhere
            or project.name in self.prereleases
            or len(project.prereleases) == len(project.versions)
        )


def decide(requirements: Iterable[Requirement], *, prereleases: bool = False) -> Admission:
    """Freeze the admission over all requirements and constraints of a run."""
    opted: set[str] = set()
    pins: dict[str, tuple[str, ...]] = {}
    for requirement in requirements:
        if mentions_prerelease(requirement.specifier):
            opted.add(requirement.name)
        exact = exact_pins(requirement.specifier)
        if exact:
            pins[requirement.name] = (*pins.get(requirement.name, ()), *exact)
    return Admission(prereleases, frozenset(opted), pins)
