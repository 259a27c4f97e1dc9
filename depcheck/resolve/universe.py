"""The part of the catalog that has been seen so far, as clauses.

A release whose metadata has not been seen depends on nothing here: so every
"unsatisfiable" is a proof whatever is still unseen, and every "satisfiable"
only a proposal to look at (``oracle``). docs/conflicts.md tells the encoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from depcheck.model.catalog import Metadata, Missing, Project, ProjectAnswer, Unavailable
from depcheck.model.findings import Statement
from depcheck.model.requirement import Requirement
from depcheck.model.target import Target
from depcheck.resolve.admission import Admission
from depcheck.resolve.dependencies import (
    Dependency,
    InvalidDependency,
    Markers,
    parse_dependency,
)
from depcheck.resolve.entry import Entry, Known
from depcheck.resolve.ranges import Interval
from depcheck.resolve.select import Selector, Unfit
from depcheck.resolve.solver import Literal, Solver

Clause = list[Literal]


@dataclass(frozen=True, slots=True)
class Group:
    """What a clause stands for, so that a proof can be told.

    ``kind``: ``order`` (the encoding itself), ``statement`` (a root), ``needs``
    (releases of ``project`` depend on ``other``), ``excluded`` (releases of
    ``project`` cannot be installed, ``other`` says why), ``missing``.
    """

    kind: str
    project: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Releases ``run`` of a project depend on something, maybe under an extra."""

    run: Interval
    extra: str
    dependency: Dependency
    presumed: bool


@dataclass(frozen=True, slots=True)
class Root:
    """A statement of a component under its selector; inactive ones have none."""

    statement: Statement
    component: str
    selector: Literal


@dataclass(slots=True)
class _Pending:
    prefix: Clause
    specifier: str
    group: Group
    hashes: tuple[str, ...]


ORDER = Group("order")


@dataclass(slots=True)
class Universe:
    """Projects, releases and dependencies as clauses, growing as they are seen.

    ``preferred`` are versions that an install would leave where they are, since
    they are installed. ``log`` keeps every clause with its group; ``needs`` and ``unfit`` keep what
    the groups say in terms of releases. ``presumption`` is the selector of all
    clauses that rest on an sdist's unpromised metadata.
    """

    target: Target
    admission: Admission
    solver: Solver = field(default_factory=Solver)
    preferred: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    roots: list[Root] = field(default_factory=list)
    log: list[tuple[Group, Clause]] = field(default_factory=list)
    needs: dict[Group, list[Need]] = field(default_factory=dict)
    unfit: dict[Group, list[tuple[Interval, str]]] = field(default_factory=dict)
    markers: Markers = field(init=False)
    selector: Selector = field(init=False)
    presumption: Literal = field(init=False)
    _pending: dict[str, list[_Pending]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.markers = Markers(self.target.environment)
        self.selector = Selector(self.target)
        self.presumption = self.solver.variable()

    # Statements

    def state(self, statement: Statement) -> Root:
        """Add a root statement under a selector of its own.

        A requirement whose marker is false for the target gets a selector
        that nothing contradicts. Raises InvalidDependency for a bad marker.
        """
        selector = self.solver.variable(prefer=True)
        root = Root(statement, statement.origin.component, selector)
        self.roots.append(root)
        group = Group("statement")
        if not isinstance(statement, Requirement):
            if not self.selector.allows(statement.specifier):
                self._add(group, [-selector])
        elif self.markers.holds(statement.marker):
            self.require(
                [-selector],
                Dependency(statement.name, statement.extras, statement.specifier),
                group,
                constraint=statement.kind == "constraint",
                hashes=statement.hashes,
            )
        return root

    def retract(self, root: Root) -> None:
        """Take a statement back for good."""
        self.roots.remove(root)
        self._add(Group("statement"), [-root.selector])

    def hold(self, name: str, run: Interval) -> list[Literal]:
        """Assumptions that keep a project, if it is chosen at all, within ``run``.

        Returns literals to assume; the project need not be selected.
        """
        entry = self.entries[name]
        guard = self.solver.variable(prefer=False)
        for tail in self._within(entry, (run,)):
            self._add(ORDER, [-guard, -entry.selected, *tail])
        return [guard]

    def avoid(self, name: str, positions: Iterable[int]) -> Literal:
        """A literal to assume where none of these releases of a project may be chosen."""
        entry = self.entries[name]
        guard = self.solver.variable(prefer=False)
        for position in positions:
            self._add(ORDER, [-guard, *self.not_within(entry, (position, position + 1))])
        return guard

    def require(
        self,
        prefix: Clause,
        dependency: Dependency,
        group: Group,
        *,
        constraint: bool = False,
        hashes: tuple[str, ...] = (),
    ) -> None:
        """Add "prefix or the dependency holds"; a direct reference only selects."""
        entry = self.entry(dependency.name)
        if constraint:
            prefix = [*prefix, -entry.selected]
        else:
            self._add(group, [*prefix, entry.selected])
            for extra in dependency.extras:
                self._add(group, [*prefix, self.with_extra(entry, extra)])
        if entry.state == "known":
            for tail in self._within(entry, entry.allowed(dependency.specifier, hashes)):
                self._add(group, [*prefix, *tail])
        elif entry.state == "unseen":
            pending = self._pending.setdefault(entry.name, [])
            pending.append(_Pending(prefix, dependency.specifier, group, hashes))

    # What arrives

    def entry(self, name: str) -> Entry:
        entry = self.entries.get(name)
        if entry is None:
            entry = self.entries[name] = Entry(name, self.solver.variable(prefer=False))
        return entry

    def wishes(self, name: str) -> tuple[str, ...]:
        """The specifiers that wait for a project's page."""
        return tuple(p.specifier for p in self._pending.get(name, ()))

    def meet(self, name: str, answer: ProjectAnswer) -> None:
        """Take in a project's page, or that it cannot be had."""
        entry = self.entry(name)
        if entry.state != "unseen":
            return
        pending = self._pending.pop(name, [])
        match answer:
            case Project():
                self._admit(entry, answer, pending)
            case Missing():
                entry.state = "missing"
                self._add(Group("missing", name), [-entry.selected])
            case Unavailable():
                entry.state = "unavailable"
                entry.unread_reason = answer.reason

    def _admit(self, entry: Entry, project: Project, pending: list[_Pending]) -> None:
        entry.state, entry.project = "known", project
        entry.raw = tuple(self.admission.admitted(project))
        entry.versions = tuple(project.versions[i] for i in entry.raw)
        if not entry.versions:
            self._add(Group("missing", entry.name), [-entry.selected])
        for wait in pending:
            for tail in self._within(entry, entry.allowed(wait.specifier, wait.hashes)):
                self._add(wait.group, [*wait.prefix, *tail])

    def exclude(self, entry: Entry, position: int, unfit: Unfit) -> None:
        """Rule out a release, and its neighbours that fail for the same reason."""
        low = high = position
        entry.excluded[position] = unfit.detail
        while low > 0 and self._fails_alike(entry, low - 1, unfit):
            low -= 1
        while high + 1 < len(entry.versions) and self._fails_alike(entry, high + 1, unfit):
            high += 1
        group = Group("excluded", entry.name, unfit.reason)
        self.unfit.setdefault(group, []).append(((low, high + 1), unfit.detail))
        self._add(group, self.not_within(entry, (low, high + 1)))

    def _fails_alike(self, entry: Entry, position: int, unfit: Unfit) -> bool:
        if position in entry.excluded or position in entry.known:
            return False
        verdict = self.selector.choose(entry.files(position))
        if not isinstance(verdict, Unfit) or verdict.reason != unfit.reason:
            return False
        entry.excluded[position] = verdict.detail
        return True

    def learn(self, entry: Entry, arrived: dict[int, Known]) -> None:
        """Take in the metadata of releases; equal neighbours share clauses."""
        usable: dict[int, Known] = {}
        for position, known in arrived.items():
            reason = self._unusable(known.metadata)
            if reason is not None:
                entry.excluded[position] = reason.detail
                group = Group("excluded", entry.name, reason.reason)
                run = (position, position + 1)
                self.unfit.setdefault(group, []).append((run, reason.detail))
                self._add(group, self.not_within(entry, run))
            else:
                usable[position] = known
        entry.known.update(usable)
        self._spell_out(entry, usable, ("", *entry.extras))

    def _unusable(self, metadata: Metadata) -> Unfit | None:
        if not self.selector.allows(metadata.requires_python):
            return Unfit("python", f"needs Python {metadata.requires_python}")
        try:
            for text in metadata.requires_dist:
                self.markers.holds(parse_dependency(text).marker)
        except InvalidDependency as error:
            return Unfit("metadata", f"has invalid metadata: {error}")
        return None

    def _spell_out(self, entry: Entry, releases: dict[int, Known], extras: Sequence[str]) -> None:
        for extra in extras:
            runs: dict[tuple[Dependency, bool], list[Interval]] = {}
            for position in sorted(releases):
                presumed = releases[position].metadata.presumed
                for dependency in self.dependencies(entry, position, extra):
                    spans = runs.setdefault((dependency, presumed), [])
                    if spans and spans[-1][1] == position:
                        spans[-1] = (spans[-1][0], position + 1)
                    elif not spans or spans[-1][1] < position:
                        spans.append((position, position + 1))
            for (dependency, presumed), spans in runs.items():
                for run in spans:
                    self._depend(entry, Need(run, extra, dependency, presumed))

    def dependencies(self, entry: Entry, position: int, extra: str = "") -> tuple[Dependency, ...]:
        """What a known release asks for: without an extra, or only with ``extra``."""
        found = entry.dependencies.get((position, extra))
        if found is None:
            known = entry.known.get(position)
            texts = known.metadata.requires_dist if known is not None else ()
            found = tuple(d for d in map(parse_dependency, texts) if self._asks(d, extra))
            entry.dependencies[position, extra] = found
        return found

    def _asks(self, dependency: Dependency, extra: str) -> bool:
        plain = self.markers.holds(dependency.marker)
        return plain if not extra else not plain and self.markers.holds(dependency.marker, extra)

    def _depend(self, entry: Entry, need: Need) -> None:
        dependency = need.dependency
        group = Group("needs", entry.name, dependency.name)
        self.needs.setdefault(group, []).append(need)
        if dependency.url:
            return
        prefix = self.not_within(entry, need.run)
        if need.extra:
            prefix.append(-entry.extras[need.extra])
        if need.presumed:
            prefix.append(-self.presumption)
        self.require(prefix, dependency, group)

    def with_extra(self, entry: Entry, extra: str) -> Literal:
        """The variable that says "the project is chosen with this extra"."""
        variable = entry.extras.get(extra)
        if variable is None:
            variable = entry.extras[extra] = self.solver.variable(prefer=False)
            self._add(ORDER, [-variable, entry.selected])
            self._spell_out(entry, entry.known, (extra,))
        return variable

    # Literals

    def not_within(self, entry: Entry, run: Interval) -> Clause:
        """A clause that says "the project is not chosen within ``run``"."""
        low, high = (self._cut(entry, cut) for cut in run)
        assert low is not None
        return [-low] if high is None else [-low, high]

    def at(self, entry: Entry, position: int) -> list[Literal]:
        """Assumptions that choose exactly this release."""
        low, high = self._cut(entry, position), self._cut(entry, position + 1)
        assert low is not None
        return [low] if high is None else [low, -high]

    def at_least(self, entry: Entry, position: int) -> Literal:
        """The literal that chooses this release or a newer one."""
        literal = self._cut(entry, position)
        assert literal is not None
        return literal

    def _within(self, entry: Entry, intervals: Sequence[Interval]) -> list[Clause]:
        """Clauses that say "if chosen, the release is within ``intervals``"."""
        if not intervals:
            return [[]]
        tails: list[Clause] = []
        low = self._cut(entry, intervals[0][0])
        if intervals[0][0] > 0 and low is not None:
            tails.append([low])
        for (_, end), (start, _) in pairwise(intervals):
            below, above = self._cut(entry, end), self._cut(entry, start)
            assert below is not None
            assert above is not None
            tails.append([-below, above])
        high = self._cut(entry, intervals[-1][1])
        if high is not None:
            tails.append([-high])
        return tails

    def _cut(self, entry: Entry, cut: int) -> Literal | None:
        order: list[Clause] = []
        literal = entry.at_least(cut, self.solver, order)
        for clause in order:
            self._add(ORDER, clause)
        return literal

    def _add(self, group: Group, clause: Clause) -> None:
        self.log.append((group, clause))
        self.solver.add(clause)
