"""A division told: containers, walls with what they cost, wishes with what they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from depcheck import __version__
from depcheck.conflicts.picks import to_build, unknown_extras
from depcheck.deployment.budget import connection_budget
from depcheck.isolation.native import may_hide_clash
from depcheck.isolation.strength import against, is_pure, strength
from depcheck.isolation.values import Group
from depcheck.isolation.weight import size_of
from depcheck.model.findings import Finding, Shift
from depcheck.model.gaps import gap
from depcheck.model.isolation import (
    Boundary,
    Container,
    Cost,
    IsolationReport,
    IsolationSettings,
    IsolationVerdict,
    WishAnswer,
)
from depcheck.model.requirement import Undetermined
from depcheck.model.rules import RULES
from depcheck.model.settings import ComponentSettings
from depcheck.pipeline.containers import Resolved, shifts_under
from depcheck.pipeline.dividing import Search, Solution, container_names
from depcheck.pipeline.places import read
from depcheck.pipeline.walls import Reasons, apart_reasons, clash_reasons, projects_of

_MOST_HIDDEN = 500
"""Pairs that are asked about beyond what the search had to find."""


@dataclass(slots=True)
class Telling:
    """Tells one solution. ``search`` is where it was found."""

    settings: IsolationSettings
    search: Search
    solution: Solution
    names: Mapping[Group, str] = field(init=False)
    resolved: Mapping[Group, Resolved] = field(init=False)

    def __post_init__(self) -> None:
        groups = self.groups
        self.names = container_names(groups, self.settings)
        self.resolved = {group: self.search.resolve(group) for group in groups}

    @property
    def groups(self) -> list[Group]:
        """The groups, that of the core first, then in the order of their components."""
        order = self.search.names
        return sorted(self.solution.division.groups, key=lambda group: min(map(order.index, group)))

    def containers(self) -> tuple[Container, ...]:
        """Return the containers, the core's first."""
        return tuple(self._container(group) for group in self.groups)

    def _container(self, group: Group) -> Container:
        resolved = self.resolved[group]
        size, unsized = size_of(resolved.picked)
        members = self._members(group)
        roles = {c.role for c in members}
        return Container(
            name=self.names[group],
            components=tuple(c.name for c in members),
            target=resolved.world.target,
            role="core" if "core" in roles else "ai" if "ai" in roles else "other",
            picked=resolved.picked,
            size=size,
            unsized=unsized,
            gpu=bool(group & self.search.on_gpu),
        )

    def _members(self, group: Iterable[str]) -> list[ComponentSettings]:
        return [c for c in self.settings.settings.components if c.name in group]

    def costs(self) -> tuple[Cost, ...]:
        """Return what each container after the first brings that another has already."""
        seen: set[str] = set()
        found = []
        for group in self.groups:
            picked = self.resolved[group].picked
            again = tuple(pick for pick in picked if pick.name in seen)
            if seen:
                found.append(
                    Cost(
                        container=self.names[group],
                        size=size_of(picked)[0],
                        added=size_of(again)[0],
                    )
                )
            seen |= {pick.name for pick in picked}
        return tuple(found)

    # Walls

    def boundaries(self) -> tuple[Boundary, ...]:
        """Return all walls: those that stand first, then those that are only advised."""
        clashes = clash_reasons(
            tuple(dict.fromkeys((*self.solution.division.clashes, *self._hidden()))),
            self.search.places,
            self.settings.settings.max_conflicts,
            self.search.names,
            self._merged_by,
        )
        reasons = [*clashes, *self._apart(), *self.search.advised]
        merged = _merged(reasons)
        kept_out = {advice.components for advice in self.solution.division.given_up}
        found = [self._boundary(each, each.components not in kept_out) for each in merged]
        found += [self._boundary(each, False) for each in self._shifts()]
        return tuple(sorted(found, key=lambda b: (not b.stands, not b.decisive)))

    def _merged_by(self, clash: Group) -> Group | None:
        """The components of all containers that a clash keeps apart.

        None where these are one container, or where another wall keeps them apart anyway.
        """
        apart = [group for group in self.groups if group & clash]
        merged = frozenset[str]().union(*apart)
        others = (*self.search.advised, *self._apart())
        walls = (r.components for r in others if r.components <= merged)
        if len(apart) < 2 or any(not any(w <= group for group in apart) for w in walls):
            return None
        return merged

    def _hidden(self) -> list[Group]:
        """Clashes that an advised wall hides, and those that keep others from the core.

        The search had no need to find them; who takes the advice away would be surprised.
        """
        judge = self.search.judge
        beside = [frozenset((self.search.names[0], name)) for name in self.search.names[1:]]
        pairs = dict.fromkeys((*(r.components for r in self.search.advised), *beside))
        few = list(pairs)[:_MOST_HIDDEN]
        return [judge.clash(pair) for pair in few if not judge.fits(pair)]

    def _apart(self) -> list[Reasons]:
        return apart_reasons(wish for wish in self.solution.wishes if wish.kind == "apart")

    def _shifts(self) -> list[Reasons]:
        """What moves under the core, or under an owner's lock, in each shared container."""
        found: dict[Group, list[Finding]] = {}
        for group, resolved in self.resolved.items():
            if len(group) < 2:
                continue
            for component in self._members(group):
                owner = read(resolved.world, component.name)
                if component.role != "core" and not owner.baseline:
                    continue
                alone = {p.name: p.version for p in self.search.alone[component.name]}
                for shift in shifts_under(resolved, owner, alone):
                    movers = self._movers(shift, component.name, group)
                    found.setdefault(movers, []).append(_wall_shift(shift))
        return [
            Reasons(components=group, findings=tuple(findings)) for group, findings in found.items()
        ]

    def _movers(self, finding: Finding, moved: str, group: Group) -> Group:
        """The component that is moved and the one whose line moves it."""
        assert isinstance(finding.evidence, Shift)
        by = {step.origin.component for step in finding.evidence.chain if step.origin} - {moved}
        others = by & group or group - {moved}
        return frozenset((moved, min(others, key=self.search.names.index)))

    def _boundary(self, reasons: Reasons, decisive: bool) -> Boundary:
        components = tuple(sorted(reasons.components, key=self.search.names.index))
        where = {name: self.names[group] for group in self.names for name in group}
        kind, because = strength(reasons.findings, pure=self._is_pure(reasons))
        today = self._stands_today(components)
        findings = [replace(f, severity="note") if today else f for f in reasons.findings]
        shared = [w for w in self.settings.wishes if w.kind == "shares"]
        return Boundary(
            components=components,
            containers=tuple(where[name] for name in components),
            reasons=tuple(findings),
            strength=kind,
            because=because,
            decisive=decisive,
            heals=reasons.heals,
            against=against(reasons.heals, shared, components, findings),
        )

    def _is_pure(self, reasons: Reasons) -> bool:
        picks = [pick for name in sorted(reasons.components) for pick in self.search.alone[name]]
        return is_pure(picks, projects_of(reasons.findings))

    def _stands_today(self, components: Sequence[str]) -> bool:
        """Whether the components are apart already: as configured, or as written last."""
        today = {c.name: c.container for c in self._members(components)}
        if all(today.values()):
            return len(set(today.values())) > 1
        before = self.settings.previous
        known = {name for group in before for name in group}
        together = any(set(components) <= set(group) for group in before)
        return set(components) <= known and not together

    # The rest

    def notes(self) -> Iterator[str]:
        """Yield where the configuration says "one container" of what was written apart."""
        before = {name: group for group in self.settings.previous for name in group}
        written = [c for c in self.settings.settings.components if c.container and c.name in before]
        for one, other in combinations(written, 2):
            if one.container == other.container and other.name not in before[one.name]:
                yield (
                    f"{one.name} and {other.name} were written apart last, but container = "
                    f'"{one.container}" says that they share one today: change it once that '
                    "is deployed, and their wall counts as standing."
                )

    def findings(self) -> tuple[Finding, ...]:
        """Return what else an install of the containers would stumble over."""
        found: list[Finding] = []
        for resolved in self.resolved.values():
            active = resolved.world.active(resolved.group)
            found += unknown_extras(resolved.world.oracle, active, resolved.choice)
            found += to_build(resolved.world.oracle, resolved.choice)
        return tuple(dict.fromkeys(found))

    def undetermined(self) -> tuple[Undetermined, ...]:
        """Return what the containers' sets take on trust, and what could not be read."""
        found: dict[str, Undetermined] = {}
        for resolved in self.resolved.values():
            for component in resolved.group:
                for each in read(resolved.world, component).undetermined:
                    found.setdefault(f"{component} {each.subject}", each)
            for each in resolved.unread:
                found.setdefault(each.subject, each)
        unread = self.search.unread_files
        if unread:
            reason = next(iter(unread.values())).reason
            found["native"] = Undetermined(
                subject=f"native libraries of {len(unread)} wheels",
                reason=f"their lists of files could not be read (the first: {reason})",
                hint="walls between native libraries may be missing",
                harmless=not any(
                    may_hide_clash({name: each.of(name) for name in each.group}, unread)
                    for each in self.resolved.values()
                ),
            )
        return tuple(found.values())

    def added(self) -> int:
        """Return the bytes that one image for all would not have twice."""
        return sum(cost.added for cost in self.costs())

    def moved(self) -> set[str]:
        """Return a sentence for each major shift under the core or an owner's lock."""
        return {finding.message for each in self._shifts() for finding in each.findings}


def _merged(reasons: Iterable[Reasons]) -> list[Reasons]:
    """One entry for each set of components; the gravest findings first."""
    found: dict[Group, Reasons] = {}
    for each in reasons:
        first = found.get(each.components)
        found[each.components] = (
            each
            if first is None
            else replace(
                first,
                findings=tuple(dict.fromkeys((*first.findings, *each.findings))),
                heals=first.heals or each.heals,
                clash=first.clash or each.clash,
            )
        )
    return list(found.values())


def _wall_shift(finding: Finding) -> Finding:
    rule = RULES["wall-shift"]
    return replace(finding, rule=rule.id, severity=rule.severity)


def assemble(
    settings: IsolationSettings,
    search: Search,
    telling: Telling,
    answers: Sequence[WishAnswer],
    refused: Sequence[Finding],
) -> IsolationReport:
    """Assemble the report of a solution that was found."""
    places, division = search.places, telling.solution.division
    boundaries = telling.boundaries()
    containers = telling.containers()
    budget, over = connection_budget(settings, containers)
    unread = telling.undetermined()
    findings = (
        *places.impossible.values(),
        *refused,
        *dict.fromkeys(f for boundary in boundaries for f in boundary.reasons),
        *over,
        *telling.findings(),
        *(gap(each) for each in unread if not each.harmless),
    )
    return IsolationReport(
        version=__version__,
        target=places.worlds[places.main].target,
        components=tuple(places.known[c.name] for c in settings.settings.components),
        verdict=_verdict(unread, len(division.groups)),
        containers=containers,
        budget=budget,
        boundaries=boundaries,
        costs=telling.costs(),
        fewest=search.fewest().bound,
        exact=division.exact,
        ranked=telling.solution.compared,
        all_ranked=telling.solution.all_compared,
        impossible=tuple(places.impossible),
        wishes=tuple(answers),
        findings=findings,
        undetermined=unread,
        notes=tuple(telling.notes()),
        alone=search.alone,
    )


def _verdict(unread: Iterable[Undetermined], count: int) -> IsolationVerdict:
    if not all(each.harmless for each in unread):
        return "undetermined"
    return "one" if count == 1 else "several"
