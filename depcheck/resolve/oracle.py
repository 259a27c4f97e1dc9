"""Answers whether a set of statements can be completed to a full choice.

Lazy refinement (docs/conflicts.md): ask the solver over what has been seen; an
"unsatisfiable" is final. A "satisfiable" proposes releases: those that have not
been looked at are fetched, what they say becomes clauses, and the solver is
asked again, until a proposal rests on nothing unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from depcheck.errors import IndexFailure
from depcheck.model.catalog import (
    Catalog,
    Metadata,
    MetadataAnswer,
    MetadataWanted,
    ProjectWanted,
    Unavailable,
)
from depcheck.model.requirement import Requirement
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.entry import Entry, Known
from depcheck.resolve.hopes import Hopes
from depcheck.resolve.ranges import contains
from depcheck.resolve.select import Unfit
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root, Universe

_LARGEST_BATCH = 64
_FAR = 64  # releases; a fall through more than that is no solution "nearby"
_SPARE = 512  # releases that are read, in one run, to learn whether there is one at all


@dataclass(frozen=True, slots=True)
class Completion:
    """A full choice: ``chosen`` maps projects to positions, ``extras`` to extras.

    ``satisfied`` are the selectors that the choice satisfies, the assumed ones
    and others. ``unread`` are releases and projects that it takes on trust.
    """

    chosen: dict[str, int]
    extras: dict[str, frozenset[str]]
    satisfied: frozenset[Literal]
    unread: tuple[Unavailable, ...]


@dataclass(frozen=True, slots=True)
class Refutation:
    """No choice exists; ``core`` is a part of the assumptions that suffices."""

    core: frozenset[Literal]


@dataclass(frozen=True, slots=True)
class Far:
    """A choice exists, but none nearby: a project has to fall far for it."""


@dataclass(slots=True)
class _Walk:
    """One proposal, followed from the roots.

    ``looked`` counts, over all proposals to one question, how often a release
    of a project had to be looked at.
    """

    looked: dict[str, int]
    chosen: dict[str, int] = field(default_factory=dict)
    extras: dict[str, set[str]] = field(default_factory=dict)
    unread: dict[str, Unavailable] = field(default_factory=dict)
    wishes: list[ProjectWanted | MetadataWanted] = field(default_factory=list)
    stale: bool = False


class Oracle:
    """A SAT solver over the universe that fetches what its answers rest on."""

    def __init__(self, universe: Universe, catalog: Catalog) -> None:
        self.universe = universe
        self._catalog = catalog
        self._where: dict[str, dict[str, int]] = {}
        self._aside: set[MetadataWanted] = set()
        self._heat: dict[str, int] = {}
        self._spare = _SPARE

    # Questions

    def complete(self, assumptions: Iterable[Literal]) -> Completion | Refutation:
        """Complete the assumed statements to a full choice, or refute them."""
        answer = self._complete(assumptions, falling=True)
        assert isinstance(answer, Completion | Refutation)
        return answer

    def complete_nearby(
        self, assumptions: Iterable[Literal]
    ) -> Completion | Refutation | Far | None:
        """Like ``complete``, but Far where only a far fall is left.

        That is: a project with more than 64 older releases has to fall through them. None
        where it would take more reading to tell than one run spares for such questions:
        ``complete`` would read thousands of releases to find a solution that nobody wants.
        """
        return self._complete(assumptions, falling=False)

    def _complete(
        self, assumptions: Iterable[Literal], *, falling: bool
    ) -> Completion | Refutation | Far | None:
        assumed = [self.universe.presumption, *assumptions]
        hopes, looked = Hopes(), dict[str, int]()
        far = False
        while True:
            if not self.universe.solver.solve([*assumed, *hopes.literals]):
                core = self.universe.solver.core()
                depth = hopes.give_up(core)
                if depth is not None:
                    far = far or (not falling and depth > _FAR)
                    continue
                return Refutation(core - {self.universe.presumption})
            model = self.universe.solver.model()
            satisfied = frozenset(r.selector for r in self.universe.roots if r.selector in model)
            roots = [r for r in self.universe.roots if r.selector in satisfied]
            walk = self._walk(model, roots, looked)
            if not walk.wishes and not walk.stale:
                if far and hopes.deepest_fall(walk.chosen) > _FAR:
                    return Far()
                return Completion(
                    walk.chosen,
                    {name: frozenset(extras) for name, extras in walk.extras.items()},
                    satisfied,
                    tuple(walk.unread.values()),
                )
            if far:
                self._spare -= len(walk.wishes)
                if self._spare < 0:
                    return None
            self.fetch(walk.wishes)
            self._hope(hopes, walk)

    def _hope(self, hopes: Hopes, walk: _Walk) -> None:
        """Where a project falls release by release, hope that it need not."""
        for wanted in walk.wishes:
            if isinstance(wanted, MetadataWanted) and wanted.name in walk.chosen:
                highest = hopes.fell(wanted.name, walk.chosen[wanted.name])
                if highest is not None:
                    entry = self.universe.entry(wanted.name)
                    hopes.add(self.universe.at_least(entry, highest), highest)

    def possible(self, assumptions: Sequence[Literal]) -> bool:
        """Whether what has been seen so far leaves the assumptions open."""
        return self.universe.solver.solve([self.universe.presumption, *assumptions])

    def proven(self, assumptions: Sequence[Literal]) -> bool:
        """Whether a refutation stands without any presumed metadata."""
        return not self.universe.solver.solve([-self.universe.presumption, *assumptions])

    # Proposals

    def _walk(
        self, model: frozenset[Literal], roots: Iterable[Root], looked: dict[str, int]
    ) -> _Walk:
        walk = _Walk(looked)
        ahead: list[tuple[str, str]] = []
        for root in roots:
            statement = root.statement
            if (
                isinstance(statement, Requirement)
                and statement.kind == "requirement"
                and self.universe.markers.holds(statement.marker)
            ):
                ahead += [(statement.name, extra) for extra in ("", *statement.extras)]
        seen: set[tuple[str, str]] = set()
        while ahead:
            step = ahead.pop()
            if step not in seen:
                seen.add(step)
                ahead += self._visit(walk, model, *step)
        return walk

    def _visit(
        self, walk: _Walk, model: frozenset[Literal], name: str, extra: str
    ) -> Iterator[tuple[str, str]]:
        entry = self.universe.entry(name)
        if entry.state == "unseen":
            walk.wishes.append(ProjectWanted(name))
            return
        if entry.state == "unavailable":
            walk.unread[name] = Unavailable(subject=name, reason=entry.unread_reason)
            return
        position = walk.chosen.get(name)
        if position is None:
            position = walk.chosen[name] = entry.chosen(model)
        if extra:
            walk.extras.setdefault(name, set()).add(extra)
        if position in entry.unread:
            subject = f"{name} {entry.versions[position]}"
            walk.unread[subject] = Unavailable(subject=subject, reason=entry.unread[position])
            return
        if position not in entry.known:
            self._look_at(walk, entry, position)
            return
        for dependency in self.universe.dependencies(entry, position, extra):
            if dependency.url:
                subject = f"{name} {entry.versions[position]}"
                reason = f"requires {dependency.name} from a URL, which is never fetched"
                walk.unread[subject] = Unavailable(subject=subject, reason=reason)
                continue
            for wanted in ("", *dependency.extras):
                yield dependency.name, wanted

    def _look_at(self, walk: _Walk, entry: Entry, position: int) -> None:
        """Rule the release out if no file fits, else wish for its metadata.

        Where one release after another has failed, older neighbours are asked
        for along with it, in batches that grow with every look that this question
        took, and start larger for a project that many questions fought over.
        """
        looked = walk.looked[entry.name] = walk.looked.get(entry.name, 0) + 1
        heat = self._heat[entry.name] = self._heat.get(entry.name, 0) + 1
        batch = min(2 ** (looked - 1 + min(heat // 4, 4)), _LARGEST_BATCH)
        lowest = max((cut for cut in entry.cuts if cut <= position), default=0)
        for candidate in range(position, max(position - batch, lowest - 1, -1), -1):
            if candidate in entry.known or candidate in entry.excluded:
                continue
            wanted = self.wish(entry, candidate)
            if wanted is None:
                walk.stale = walk.stale or candidate == position
                continue
            walk.wishes.append(wanted)
            if candidate != position:
                self._aside.add(wanted)

    def wish(self, entry: Entry, position: int) -> MetadataWanted | None:
        """The wish for a release's metadata; None where no file of it fits."""
        choice = self.universe.selector.choose(entry.files(position))
        if isinstance(choice, Unfit):
            if position not in entry.excluded:
                self.universe.exclude(entry, position, choice)
            return None
        version = entry.versions[position]
        self._where.setdefault(entry.name, {})[version] = position
        return MetadataWanted(entry.name, version, choice)

    # Fetching

    def read(self, entry: Entry, position: int) -> Metadata | None:
        """A release's metadata, fetched where needed; None where it has none."""
        if position not in entry.known and position not in entry.unread:
            wanted = self.wish(entry, position)
            if wanted is not None:
                self.fetch([wanted])
        known = entry.known.get(position)
        return known.metadata if known is not None else None

    def meet(self, names: Iterable[str]) -> None:
        """Fetch the pages of projects that have not been seen."""
        self.fetch([ProjectWanted(n) for n in names if self.universe.entry(n).state == "unseen"])

    def look_ahead(self, entry: Entry, positions: Iterable[int]) -> None:
        """Fetch the metadata of releases that may be tried next."""
        unseen = [p for p in positions if p not in entry.known and p not in entry.unread]
        wishes = [w for w in (self.wish(entry, position) for position in unseen) if w is not None]
        self._aside.update(wishes)
        self.fetch(wishes)

    def fetch(self, wishes: Iterable[ProjectWanted | MetadataWanted]) -> None:
        """Fetch what is wished for, and on the way what it will lead to.

        What was wished for on the side (older neighbours) leads nowhere yet. Raises
        IndexFailure where a wish stays without an answer: to ask again would never end.
        """
        wished = tuple(wishes)
        for wanted in wished:
            self._catalog.want(wanted)
        self._take_in()
        for wanted in wished:
            if not self._is_answered(wanted):
                raise IndexFailure(
                    f"the index client gave no answer about {_subject(wanted)}",
                    hint="this is a fault in depcheck: please report it",
                )

    def _is_answered(self, wanted: ProjectWanted | MetadataWanted) -> bool:
        entry = self.universe.entry(wanted.name)
        if isinstance(wanted, ProjectWanted):
            return entry.state != "unseen"
        position = self._where[wanted.name][wanted.version]
        return any(position in known for known in (entry.known, entry.unread, entry.excluded))

    def _take_in(self) -> None:
        """Take in answers until none is open."""
        while True:
            arrived: dict[str, dict[int, Known]] = {}
            leading: list[MetadataWanted] = []
            empty = True
            for wanted, answer in self._catalog.arrivals():
                empty = False
                if isinstance(wanted, ProjectWanted):
                    assert not isinstance(answer, Metadata)
                    specifiers = self.universe.wishes(wanted.name)
                    self.universe.meet(wanted.name, answer)
                    self._lead_on(self.universe.entry(wanted.name), specifiers)
                else:
                    assert isinstance(answer, Metadata | Unavailable)
                    self._file(arrived, wanted, answer)
                    if wanted not in self._aside:
                        leading.append(wanted)
            if empty:
                return
            for name, releases in arrived.items():
                self.universe.learn(self.universe.entry(name), releases)
            for wanted in leading:
                self._follow(wanted)

    def _file(
        self,
        arrived: dict[str, dict[int, Known]],
        wanted: MetadataWanted,
        answer: MetadataAnswer,
    ) -> None:
        entry = self.universe.entry(wanted.name)
        position = self._where[wanted.name][wanted.version]
        if isinstance(answer, Unavailable):
            entry.unread[position] = answer.reason
        elif position not in entry.known:
            arrived.setdefault(wanted.name, {})[position] = Known(wanted.distribution, answer)

    def _lead_on(self, entry: Entry, specifiers: Sequence[str]) -> None:
        """A page has come: wish at once for the release that will be proposed."""
        position = self._newest(entry, specifiers)
        while position is not None and position not in entry.known:
            wanted = self.wish(entry, position)
            if wanted is not None:
                self._catalog.want(wanted)
                return
            position = self._newest(entry, specifiers)

    def _newest(self, entry: Entry, specifiers: Sequence[str]) -> int | None:
        runs = [entry.intervals(specifier) for specifier in specifiers]
        for position in range(len(entry.versions) - 1, -1, -1):
            if position not in entry.excluded and all(contains(run, position) for run in runs):
                return position
        return None

    def _follow(self, wanted: MetadataWanted) -> None:
        entry = self.universe.entry(wanted.name)
        position = self._where[wanted.name][wanted.version]
        for extra in ("", *entry.extras):
            for dependency in self.universe.dependencies(entry, position, extra):
                self._prepare(dependency)

    def _prepare(self, dependency: Dependency) -> None:
        if dependency.url:
            return
        entry = self.universe.entry(dependency.name)
        if entry.state == "unseen":
            self._catalog.want(ProjectWanted(dependency.name))


def _subject(wanted: ProjectWanted | MetadataWanted) -> str:
    if isinstance(wanted, ProjectWanted):
        return wanted.name
    return f"{wanted.name} {wanted.version}"
