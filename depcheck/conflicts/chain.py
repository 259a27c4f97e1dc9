"""The walk from the statements of a conflict to where they clash."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from depcheck.conflicts.lines import Line, Part, runs_of
from depcheck.conflicts.wording import fold, positions_of, union
from depcheck.model.findings import Statement, Step
from depcheck.model.requirement import Requirement
from depcheck.resolve.ranges import Intervals, intersect
from depcheck.resolve.universe import Group, Need, Universe

_MOST_LINES = 2  # reasons told one by one before they are summed up


@dataclass(slots=True)
class Chain:
    """The walk from the statements to the clash.

    ``windows`` are the releases of a project that are still open when the walk comes to it:
    a guess where not all releases before it lead there. A ``proven`` conflict is told without
    any presumed metadata. ``order`` are the groups as they are met.
    """

    universe: Universe
    groups: tuple[Group, ...]
    proven: bool
    windows: dict[str, Intervals] = field(default_factory=dict)
    order: list[Group] = field(default_factory=list)

    def follow(self, statements: Sequence[Statement]) -> None:
        ahead: deque[str] = deque()
        for statement in statements:
            if isinstance(statement, Requirement):
                entry = self.universe.entry(statement.name)
                self._narrow(statement.name, entry.allowed(statement.specifier, statement.hashes))
                ahead.append(statement.name)
        while ahead:
            name = ahead.popleft()
            for group in self.groups:
                if group.project == name and group not in self.order:
                    self.order.append(group)
                    if group.kind == "needs":
                        self._lead_on(group)
                        ahead.append(group.other)

    def _lead_on(self, group: Group) -> None:
        other = self.universe.entry(group.other)
        if other.state == "known":
            texts = (need.dependency.specifier for need in self.needs(group))
            self._narrow(group.other, union(other.intervals(text) for text in texts))

    def _narrow(self, name: str, intervals: Intervals) -> None:
        known = self.windows.get(name)
        self.windows[name] = intervals if known is None else intersect(known, intervals)

    def widen(self) -> None:
        """Forget which releases are open: whatever is said of any release may be told."""
        self.windows.clear()

    def _open(self, name: str) -> Intervals:
        entry = self.universe.entry(name)
        return self.windows.get(name, ((0, len(entry.versions)),))

    def needs(self, group: Group) -> list[Need]:
        """What the releases that are still open say of another project."""
        window = self.usable(group.project)
        return [
            need
            for need in self.universe.needs[group]
            if any(_in(need, p) for p in window) and not (need.presumed and self.proven)
        ]

    def usable(self, name: str) -> list[int]:
        """The releases that are still open and can be installed."""
        excluded = self.universe.entry(name).excluded
        return [p for p in positions_of(self._open(name)) if p not in excluded]

    def ruled_out(self, group: Group) -> Iterator[Line]:
        """What cannot be chosen at all: a project that is not there, releases that do not fit."""
        name = group.project
        entry = self.universe.entry(name)
        if group.kind == "missing":
            missing = entry.state == "missing"
            verb, text = (
                ("is", "on no index") if missing else ("has", "no release that may be used")
            )
            yield Line(Step(subject=name, verb=verb, object=text), name, ())
            return
        window = positions_of(self._open(name))
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
            step = Step(
                subject=name,
                versions=fold(entry.versions, told, range(len(entry.versions))),
                count=len(set(told)),
                verb=verb,
                object=rest,
            )
            yield Line(step, name, tuple(Part(run) for run in runs_of(told)))


def _in(need: Need, position: int) -> bool:
    return need.run[0] <= position < need.run[1]


def statement_step(statement: Statement) -> Step:
    """The first link of a chain: what a person wrote."""
    if isinstance(statement, Requirement):
        verb = "limits" if statement.kind == "constraint" else "needs"
        text = str(statement)
    else:
        verb, text = "needs", f"Python {statement.specifier}"
    component = statement.origin.component
    return Step(subject=component, verb=verb, object=text, origin=statement.origin)
