"""A conflict told as a chain of releases, and filed under its rule."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from depcheck.conflicts.proof import Prover
from depcheck.conflicts.wording import as_specifier, fold, listed, positions_of, union
from depcheck.model.findings import Conflict, Finding, Statement, Step
from depcheck.model.requirement import Requirement
from depcheck.model.rules import RULES
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.ranges import Intervals, intersect, positions
from depcheck.resolve.universe import Group, Need, Root, Universe

_MOST_LINES = 2  # lines told for one dependency before they are summed up

_EXCLUSIONS = {
    "python": "conflict-python",
    "platform": "conflict-platform",
    "no-file": "conflict-platform",
    "metadata": "conflict-missing-release",
}


@dataclass(slots=True)
class _Chain:
    """The walk from the statements to the clash.

    ``windows`` are the releases of a project that are still open when the walk
    comes to it.
    """

    universe: Universe
    groups: tuple[Group, ...]
    windows: dict[str, Intervals] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    presumed: set[str] = field(default_factory=set)

    def follow(self, statements: Sequence[Statement]) -> None:
        ahead: deque[str] = deque()
        for statement in statements:
            self.steps.append(_statement_step(statement))
            if isinstance(statement, Requirement):
                self._narrow(statement.name, self._intervals(statement.name, statement.specifier))
                ahead.append(statement.name)
        told: set[Group] = set()
        while ahead:
            name = ahead.popleft()
            for group in self.groups:
                if group.project == name and group not in told:
                    told.add(group)
                    ahead.extend(self._tell(group))

    def _intervals(self, name: str, specifier: str) -> Intervals:
        return self.universe.entry(name).intervals(specifier)

    def _narrow(self, name: str, intervals: Intervals) -> None:
        known = self.windows.get(name)
        self.windows[name] = intervals if known is None else intersect(known, intervals)

    def _tell(self, group: Group) -> Iterator[str]:
        if group.kind == "excluded":
            self._tell_exclusion(group)
        elif group.kind == "missing":
            self._tell_missing(group)
        else:
            self._tell_needs(group)
            yield group.other

    def _tell_missing(self, group: Group) -> None:
        if self.universe.entry(group.project).state == "missing":
            self.steps.append(Step(subject=group.project, verb="is", object="on no index"))
        else:
            self.steps.append(
                Step(subject=group.project, verb="has", object="no release that may be used")
            )

    def _tell_exclusion(self, group: Group) -> None:
        entry = self.universe.entry(group.project)
        window = positions_of(self._open(group.project))
        by_reason: dict[str, list[int]] = {}
        for position in window:
            detail = entry.excluded.get(position)
            if detail is not None:
                by_reason.setdefault(detail, []).append(position)
        for detail, told in _summed(by_reason):
            verb, _, rest = detail.partition(" ")
            self._step(group.project, told, window, verb, rest, presumed=False)

    def _open(self, name: str) -> Intervals:
        entry = self.universe.entry(name)
        return self.windows.get(name, ((0, len(entry.versions)),))

    def _tell_needs(self, group: Group) -> None:
        entry = self.universe.entry(group.project)
        window = [p for p in positions_of(self._open(group.project)) if p not in entry.excluded]
        needs = [n for n in self.universe.needs[group] if any(_in(n, p) for p in window)]
        by_object: dict[str, list[int]] = {}
        presumed = False
        for need in needs:
            told = [p for p in window if _in(need, p)]
            by_object.setdefault(str(need.dependency), []).extend(told)
            if need.presumed:
                presumed = True
                self.presumed.update(f"{entry.name} {entry.versions[p]}" for p in told)
        other = self.universe.entry(group.other)
        reach = union(self._intervals(group.other, n.dependency.specifier) for n in needs)
        if len(by_object) > _MOST_LINES:
            every = sorted({p for told in by_object.values() for p in told})
            hull = f"{group.other}{as_specifier(reach, other.versions)}"
            by_object = {hull: every}
        for text, told in by_object.items():
            self._step(group.project, told, window, "needs", text, presumed=presumed)
        if other.state == "known":
            self._narrow(group.other, reach)

    def _step(
        self,
        name: str,
        told: Sequence[int],
        window: Sequence[int],
        verb: str,
        text: str,
        *,
        presumed: bool,
    ) -> None:
        versions = self.universe.entry(name).versions
        self.steps.append(
            Step(
                subject=name,
                versions=fold(versions, told, window),
                count=len(set(told)),
                verb=verb,
                object=text,
                presumed=presumed,
            )
        )


def _summed(by_reason: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    if len(by_reason) <= _MOST_LINES:
        return list(by_reason.items())
    first = next(iter(by_reason))
    every = sorted({p for told in by_reason.values() for p in told})
    return [(f"{first} (and {len(by_reason) - 1} other reasons)", every)]


def _in(need: Need, position: int) -> bool:
    return need.run[0] <= position < need.run[1]


def _statement_step(statement: Statement) -> Step:
    if isinstance(statement, Requirement):
        verb = "limits" if statement.kind == "constraint" else "needs"
        text = str(statement)
    else:
        verb, text = "needs", f"Python {statement.specifier}"
    component = statement.origin.component
    return Step(subject=component, verb=verb, object=text, origin=statement.origin)


def explain(oracle: Oracle, prover: Prover, roots: Sequence[Root]) -> Finding:
    """Tell a minimal conflict, given by its root statements, as a finding."""
    universe = oracle.universe
    selectors = [root.selector for root in roots]
    statements = tuple(root.statement for root in roots)
    groups = prover.groups(selectors)
    chain = _Chain(universe, groups)
    chain.follow(statements)
    project = _clash(chain, statements)
    presumed = () if oracle.proven(selectors) else tuple(sorted(chain.presumed)) or (project,)
    conflict = Conflict(
        statements=statements, project=project, steps=tuple(chain.steps), presumed=presumed
    )
    rule = _rule(universe, groups, statements)
    return Finding(
        rule=rule,
        severity=RULES[rule].severity,
        message=_message(universe, rule, conflict),
        locations=tuple(s.origin for s in statements),
        evidence=conflict,
    )


def _clash(chain: _Chain, statements: Sequence[Statement]) -> str:
    """The project on which the demands meet: asked for most often, deepest last."""
    asked: dict[str, int] = {}
    for statement in statements:
        if isinstance(statement, Requirement):
            asked[statement.name] = asked.get(statement.name, 0) + 1
    for group in chain.groups:
        name = group.other if group.kind == "needs" else group.project
        asked[name] = asked.get(name, 0) + 1
    empty = [name for name in asked if name in chain.windows and not chain.windows[name]]
    pool = empty or list(asked)
    return max(pool, key=lambda name: (asked[name], list(asked).index(name)), default="Python")


def _rule(universe: Universe, groups: Sequence[Group], statements: Sequence[Statement]) -> str:
    kinds = {group.kind for group in groups}
    if any(not isinstance(s, Requirement) for s in statements):
        return "conflict-python"
    missing = next((g.project for g in groups if g.kind == "missing"), None)
    if missing is not None:
        return _missing_rule(universe, missing, "")
    if len(statements) == 1 and "needs" not in kinds:
        if groups:
            return _EXCLUSIONS[groups[0].other]
        statement = statements[0]
        assert isinstance(statement, Requirement)
        return _missing_rule(universe, statement.name, statement.specifier)
    if len(statements) > 2:
        return "conflict-many"
    if len(statements) == 1 and kinds == {"needs"} and _dead_end(universe, groups):
        return _missing_rule(universe, *_dead_end(universe, groups))
    if "excluded" in kinds and len(statements) == 1:
        return _EXCLUSIONS[next(g.other for g in groups if g.kind == "excluded")]
    return "conflict-transitive" if groups else "conflict-direct"


def _dead_end(universe: Universe, groups: Sequence[Group]) -> tuple[str, str] | tuple[()]:
    """A dependency that no release satisfies, if the chain ends in one."""
    for group in groups:
        for need in universe.needs[group]:
            entry = universe.entry(group.other)
            if entry.state == "known" and not entry.intervals(need.dependency.specifier):
                return group.other, need.dependency.specifier
    return ()


def _missing_rule(universe: Universe, name: str, specifier: str) -> str:
    project = universe.entry(name).project
    if project is None:
        return "conflict-missing-project"
    admitted = set(universe.entry(name).raw)
    barred = [
        position
        for position in positions_of(positions(specifier, project.versions))
        if position not in admitted
    ]
    if not barred:
        return "conflict-missing-release"
    if any(position not in project.yanked for position in barred):
        return "conflict-prerelease"
    return "conflict-yanked"


def _message(universe: Universe, rule: str, conflict: Conflict) -> str:
    parts = [_told(s) for s in conflict.statements]
    project = conflict.project
    match rule:
        case "conflict-direct":
            return f"No release of {project} satisfies {listed(parts)}."
        case "conflict-missing-project":
            return f"No index knows {project}, which {listed(parts)} lead{_s(parts)} to."
        case "conflict-missing-release":
            return f"{listed(parts)} ask{_s(parts)} for a release of {project} that does not exist."
        case "conflict-prerelease":
            return f"Only pre-releases of {project} match {listed(parts)}, and no line opts in."
        case "conflict-yanked":
            return f"Every release of {project} that matches {listed(parts)} was yanked."
        case "conflict-platform":
            where = universe.target.platform
            return f"{listed(parts)} lead{_s(parts)} to {project}, which has no file for {where}."
        case "conflict-python":
            return f"{listed(parts)} rule{_s(parts)} out Python {universe.target.python}."
        case "conflict-many":
            return f"{listed(parts)} cannot hold together, though any smaller set can."
        case _:
            if len(parts) == 1:
                return f"{parts[0]} cannot be satisfied: its dependencies clash over {project}."
            return f"{listed(parts)} cannot hold together: they clash over {project}."


def _s(parts: Sequence[str]) -> str:
    return "s" if len(parts) == 1 else ""


def _told(statement: Statement) -> str:
    if isinstance(statement, Requirement):
        return f"{statement.origin.component}'s {statement}"
    return f"{statement.origin.component}'s requires-python {statement.specifier}"
