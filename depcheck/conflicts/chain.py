"""The walk from the statements of a conflict to where they clash."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from depcheck.conflicts.wording import as_specifier, fold, positions_of, union
from depcheck.model.findings import Statement, Step
from depcheck.model.requirement import Requirement
from depcheck.resolve.entry import Entry
from depcheck.resolve.ranges import Intervals, intersect
from depcheck.resolve.universe import Group, Need, Universe

_MOST_LINES = 2  # lines told for one dependency before they are summed up


@dataclass(slots=True)
class Chain:
    """The walk from the statements to the clash.

    ``windows`` are the releases of a project that are still open when the walk
    comes to it. A ``proven`` conflict is told without any presumed metadata.
    """

    universe: Universe
    groups: tuple[Group, ...]
    proven: bool
    windows: dict[str, Intervals] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    presumed: set[str] = field(default_factory=set)

    def follow(self, statements: Sequence[Statement]) -> None:
        ahead: deque[str] = deque()
        for statement in statements:
            self.steps.append(_statement_step(statement))
            if isinstance(statement, Requirement):
                entry = self.universe.entry(statement.name)
                self._narrow(statement.name, entry.allowed(statement.specifier, statement.hashes))
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
        for run, detail in self.universe.unfit[group]:
            for position in range(*run):
                if position in window:
                    by_reason.setdefault(entry.excluded.get(position, detail), []).append(position)
        if len(by_reason) > _MOST_LINES:
            every = sorted({p for told in by_reason.values() for p in told})
            by_reason = {f"cannot be installed on {self.universe.target}": every}
        for detail, told in by_reason.items():
            verb, _, rest = detail.partition(" ")
            self._step(group.project, told, window, verb, rest, presumed=False)

    def _open(self, name: str) -> Intervals:
        entry = self.universe.entry(name)
        return self.windows.get(name, ((0, len(entry.versions)),))

    def needs(self, group: Group) -> list[Need]:
        """What the releases that are still open say of another project."""
        window = self._usable(group.project)
        return [
            need
            for need in self.universe.needs[group]
            if any(_in(need, p) for p in window) and not (need.presumed and self.proven)
        ]

    def _usable(self, name: str) -> list[int]:
        excluded = self.universe.entry(name).excluded
        return [p for p in positions_of(self._open(name)) if p not in excluded]

    def _tell_needs(self, group: Group) -> None:
        entry = self.universe.entry(group.project)
        window = self._usable(group.project)
        needs = self.needs(group)
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
            if all(_asks_for_its_own(entry, need) for need in needs):
                by_object = {f"{group.other} of the same version": every}
            else:
                by_object = {f"{group.other}{as_specifier(reach, other.versions)}": every}
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


def _asks_for_its_own(entry: Entry, need: Need) -> bool:
    """Whether a release asks for exactly its own version, as a family in lockstep does."""
    return need.dependency.specifier == f"=={entry.versions[need.run[0]]}"


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
