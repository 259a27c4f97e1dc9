"""Groups of components resolved: the set of each container, what it moves, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from depcheck.conflicts.compare import Chains, grade, versions_of
from depcheck.conflicts.keeping import with_prices
from depcheck.conflicts.shifts import find_shifts
from depcheck.isolation.values import Group
from depcheck.isolation.worlds import World
from depcheck.model.findings import Finding, Shift
from depcheck.model.report import Picked
from depcheck.model.requirement import Component, Undetermined, normalise
from depcheck.pipeline.picking import Picking
from depcheck.pipeline.places import read
from depcheck.resolve.ranges import parse_version
from depcheck.resolve.resolver import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A group's set. ``reached`` maps each member to the projects that it leads to."""

    group: Group
    world: World
    choice: Choice
    picked: tuple[Picked, ...]
    reached: Mapping[str, frozenset[str]]
    unread: tuple[Undetermined, ...]

    @property
    def versions(self) -> Mapping[str, str]:
        return versions_of(self.world.oracle, self.choice)

    def of(self, component: str) -> tuple[Picked, ...]:
        """Return the picks that a member leads to."""
        return tuple(pick for pick in self.picked if pick.name in self.reached[component])


@dataclass(slots=True)
class Resolver:
    """Resolves groups, each once. ``python`` maps a group to the Python it runs on."""

    worlds: Mapping[str, World]
    order: Sequence[str]
    _kept: dict[tuple[str, Group], Resolved] = field(default_factory=dict)

    def resolve(self, group: Group, python: str) -> Resolved:
        """Return the set of a group that is known to fit on a Python.

        What its components' locks hold stays where anything allows it, the core's first.
        """
        key = (python, group)
        if key not in self._kept:
            self._kept[key] = self._resolved(group, self.worlds[python])
        return self._kept[key]

    def _resolved(self, group: Group, world: World) -> Resolved:
        names = [name for name in self.order if name in group]
        choice = world.resolve(group, _held(world, names))
        assert isinstance(choice, Choice), "only groups that fit are resolved"
        picking = Picking(world.oracle, world.active(group))
        return Resolved(
            group=group,
            world=world,
            choice=choice,
            picked=picking.picked(choice, None),
            reached={name: picking.reached(choice, name) for name in names},
            unread=tuple(picking.unread(choice)),
        )


def _held(world: World, names: Sequence[str]) -> dict[str, str]:
    """The versions that locks and environments hold: the core's first, then in order."""
    ranked = sorted((read(world, name) for name in names), key=lambda c: c.role != "core")
    held: dict[str, str] = {}
    for component in ranked:
        for pin in component.baseline:
            held.setdefault(normalise(pin.name), pin.version)
    return held


def moved(resolved: Resolved, component: Component) -> tuple[int, int]:
    """Return how many of a component's locked distributions move: by a major version, else."""
    majors = others = 0
    versions = resolved.versions
    for pin in component.baseline:
        now = versions.get(normalise(pin.name))
        if now is not None and parse_version(now) != parse_version(pin.version):
            if grade(pin.version, now) == "major":
                majors += 1
            else:
                others += 1
    return majors, others


def shifts_under(
    resolved: Resolved, component: Component, alone: Mapping[str, str]
) -> list[Finding]:
    """Return the major shifts under a component that only the company brings.

    Of what it has only through others, those are told that no pin would keep from moving.
    ``alone`` is what it has by itself, its lock held where its own lines allow it.
    """
    active = resolved.world.active(resolved.group)
    chains = Chains(resolved.world.oracle, active, resolved.choice)
    found = find_shifts(resolved.world.oracle, active, component, alone, resolved.versions, chains)
    told = [
        finding
        for finding in found
        if isinstance(finding.evidence, Shift)
        and finding.evidence.grade == "major"
        and (finding.evidence.direct is not None or finding.evidence.forced)
        and finding.evidence.before is not None
        and finding.evidence.after is not None
        and alone.get(finding.evidence.name) != finding.evidence.after
    ]
    return with_prices(resolved.world.oracle, active, resolved.versions, told)[0]
