"""What the company of the other components moves under one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from depcheck.conflicts.compare import Chains, direct_requirement, grade
from depcheck.conflicts.trial import stated
from depcheck.model.findings import Finding, Severity, Shift
from depcheck.model.requirement import Component, Origin, Requirement, normalise
from depcheck.model.rules import RULES
from depcheck.resolve.oracle import Completion, Far, Oracle, Refutation
from depcheck.resolve.ranges import parse_version, positions
from depcheck.resolve.universe import Root


def find_shifts(
    oracle: Oracle,
    roots: Sequence[Root],
    component: Component,
    alone: Mapping[str, str],
    combined: Mapping[str, str],
    chains: Chains,
) -> list[Finding]:
    """One finding for each distribution that is not what ``component`` has alone.

    ``alone`` and ``combined`` map projects to versions. Where the component has
    a baseline (a lock, an environment), that is what it has.
    """
    search = _Shifts(oracle, roots, component, alone, combined, chains)
    names = sorted(search.before.keys() | combined.keys())
    found = [search.shift(name) for name in names if search.moved(name)]
    return [_finding(component, shift, search.off_offer(shift)) for shift in found]


class _Shifts:
    def __init__(
        self,
        oracle: Oracle,
        roots: Sequence[Root],
        component: Component,
        alone: Mapping[str, str],
        combined: Mapping[str, str],
        chains: Chains,
    ) -> None:
        self._oracle, self._roots, self._component = oracle, roots, component
        self._alone, self._combined, self._chains = alone, combined, chains
        self._others = [r.component for r in roots if r.component != component.name]
        self._locked = {normalise(pin.name): pin for pin in component.baseline}
        self.before = {n: p.version for n, p in self._locked.items()} or dict(alone)

    def moved(self, name: str) -> bool:
        before, after = self.before.get(name), self._combined.get(name)
        if before is None or after is None:
            return before != after
        return parse_version(before) != parse_version(after)

    def shift(self, name: str) -> Shift:
        before, after = self.before.get(name), self._combined.get(name)
        moved = before is not None and after is not None
        keeping = self._keep(name, before) if before is not None and moved else None
        forced = moved and not isinstance(keeping, Completion)
        alone = self._moves_alone(name, after)
        movers = [self._component.name] if alone and not forced else self._others
        return Shift(
            name=name,
            component=self._component.name,
            before=before,
            after=after,
            direction=_direction(before, after),
            grade=grade(before, after) if before and after else "other",
            forced=forced,
            far=forced and not isinstance(keeping, Refutation),
            sought=not forced or keeping is not None,
            pin="" if forced or before is None or after is None else f"{name}=={before}",
            direct=direct_requirement(self._roots, self._component.name, name),
            locked=self._locked.get(name),
            chain=self._chains.to(name, before, prefer=movers) if after else (),
            alone=alone,
        )

    def _moves_alone(self, name: str, after: str | None) -> bool:
        """Whether the component by itself, resolved today, has the new version too."""
        alone = self._alone.get(name)
        if not self._locked or alone is None or after is None:
            return bool(self._locked) and alone == after
        return parse_version(alone) == parse_version(after)

    def off_offer(self, shift: Shift) -> str:
        """Why the old version cannot be had at all, empty where it is on offer."""
        entry = self._oracle.universe.entry(shift.name)
        project, before = entry.project, shift.before
        if project is None or before is None or entry.intervals(f"=={before}"):
            return ""
        for position, _ in positions(f"=={before}", project.versions):
            if position in project.yanked:
                return f"{before} was yanked, and no line pins it"
            return f"{before} is a pre-release, and no line opts in"
        return f"no index offers {before} any more"

    def _keep(self, name: str, version: str) -> Completion | Refutation | Far | None:
        """Try a pin of the old version beside all that is stated (``complete_nearby``)."""
        if not self._oracle.universe.entry(name).intervals(f"=={version}"):
            return Refutation(frozenset())
        pin = f"=={version}"
        origin = Origin(component=self._component.name, path="", line=None, text=f"{name}{pin}")
        with stated(self._oracle, Requirement(name=name, specifier=pin, origin=origin)) as root:
            return self._oracle.complete_nearby([r.selector for r in (*self._roots, root)])


def _direction(before: str | None, after: str | None) -> Literal["up", "down", "added", "gone"]:
    if before is None:
        return "added"
    if after is None:
        return "gone"
    return "up" if parse_version(after) > parse_version(before) else "down"


def _finding(component: Component, shift: Shift, off_offer: str) -> Finding:
    if shift.direction in ("added", "gone"):
        rule = f"shift-{shift.direction}"
    else:
        rule = f"shift-{'patch' if shift.grade == 'other' else shift.grade}"
    old_news = shift.alone and not shift.forced and shift.direct is None
    severity: Severity = "note" if old_news else RULES[rule].severity
    origins = [shift.direct.origin] if shift.direct else []
    origins += [step.origin for step in shift.chain if step.origin is not None]
    origins += [shift.locked.origin] if shift.locked else []
    return Finding(
        rule=rule,
        severity=severity,
        message=_message(component, shift, off_offer),
        locations=tuple(dict.fromkeys(origins)),
        evidence=shift,
        remedy=_remedy(shift),
    )


def _message(component: Component, shift: Shift, off_offer: str) -> str:
    if shift.direction == "added":
        return f"{shift.name} {shift.after} comes into {component.name}'s environment."
    if shift.direction == "gone":
        return f"{shift.name} {shift.before} goes from {component.name}'s environment."
    how = "incidental: a pin keeps the old version"
    if not shift.sought:
        how = (
            "forced: whether any set keeps the old version was not searched for, "
            "at best one that pushes others far back"
        )
    elif shift.far:
        how = "forced: only a set that pushes others far back keeps the old version"
    elif shift.forced:
        how = f"forced: {off_offer or 'no solution keeps the old version'}"
    return (
        f"{shift.name} moves {shift.direction} from {shift.before} to {shift.after} "
        f"under {component.name} ({shift.grade}, {how})."
    )


def _remedy(shift: Shift) -> str:
    if shift.direction in ("added", "gone"):
        return ""
    only = f"resolving {shift.component} alone today moves it too: only its lock holds it back"
    if not shift.forced:
        return f"Pin {shift.pin} to keep it{f' ({only})' if shift.alone else ''}."
    ready = f"Make {shift.component} ready for {shift.name} {shift.after}"
    return f"{ready} ({only})." if shift.alone else f"{ready}, or keep the components apart."
