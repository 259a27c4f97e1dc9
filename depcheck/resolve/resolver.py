"""What an install would pick: resolvelib chooses, the oracle vetoes.

resolvelib is pip's own algorithm, and the preferences here are those that pip
documents, so that the picks are the ones an install would make. A candidate
that the oracle can prove to be a dead end is never offered; the result is
checked against the requirements before it is believed; and where resolvelib
gives up although the oracle knows a solution, that solution is used.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resolvelib import AbstractProvider, BaseReporter
from resolvelib.resolvers import Resolution, ResolverException

from depcheck.model.catalog import Unavailable
from depcheck.model.requirement import Requirement
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.oracle import Completion, Oracle, Refutation
from depcheck.resolve.ranges import Intervals, clauses, contains, intersect
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root

if TYPE_CHECKING:
    from depcheck.resolve.entry import Entry

_MOST_ROUNDS = 20_000
_PROMOTED_AFTER = 5  # conflicts; pip promotes names that keep appearing in them


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release with the extras that are asked of it."""

    name: str
    position: int
    extras: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A valid joint choice.

    ``chosen`` maps projects to positions. ``parents`` maps a project to the
    projects that require it (empty string: a statement). ``guided`` is False
    where resolvelib gave up and the oracle's completion stands in.
    """

    chosen: dict[str, int]
    extras: dict[str, frozenset[str]]
    parents: dict[str, frozenset[str]]
    unread: tuple[Unavailable, ...]
    guided: bool


class _Matches(Sequence[Candidate]):
    """Candidates in order of preference; vetoed only when they are offered."""

    def __init__(
        self, provider: _Provider, entry: Entry, positions: list[int], extras: frozenset[str]
    ) -> None:
        self._provider, self._entry = provider, entry
        self._positions, self._extras = positions, extras

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, index: Any) -> Any:
        return Candidate(self._entry.name, self._positions[index], self._extras)

    def __iter__(self) -> Iterator[Candidate]:
        for position in self._positions:
            candidate = Candidate(self._entry.name, position, self._extras)
            if self._provider.offers(candidate):
                yield candidate


class _Provider(AbstractProvider[Dependency, Candidate, str]):
    def __init__(self, oracle: Oracle, roots: Sequence[Root], held: Sequence[Literal]) -> None:
        self._oracle = oracle
        self._universe = oracle.universe
        self._assumed = [*(root.selector for root in roots), *held]
        self._limits = _limits(oracle, roots)
        self._order = _order(roots)
        self._conflicts: dict[str, int] = defaultdict(int)
        self.resolution: Resolution[Dependency, Candidate, str] | None = None

    def identify(self, requirement_or_candidate: Dependency | Candidate) -> str:
        return requirement_or_candidate.name

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Iterable[str]:
        causes = {
            named.name
            for cause in backtrack_causes
            for named in (cause.requirement, cause.parent)
            if named is not None
        }
        for name in causes:
            self._conflicts[name] += name not in resolutions
        names = list(identifiers)
        return (
            [name for name in names if name in causes]
            or [name for name in names if self._conflicts[name] >= _PROMOTED_AFTER]
            or names
        )

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Any:
        operators = [
            clause for each in information[identifier] for clause in clauses(each.requirement.specifier)
        ]
        exact = any(op[:2] == "==" and "*" not in version for op, version in operators)
        bounded = any(
            op in ("<", "<=", "~=") or (op == "==" and "*" in version) for op, version in operators
        )
        order = self._order.get(identifier, math.inf)
        return not exact, not bounded, order, not operators, identifier

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Dependency]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Sequence[Candidate]:
        entry = self._universe.entry(identifier)
        if entry.state == "unseen":
            self._oracle.meet([identifier])
        if entry.state == "unavailable":
            return [Candidate(identifier, -1, frozenset())]
        asked = list(requirements[identifier])
        runs = self._limits.get(identifier, ((0, len(entry.versions)),))
        for requirement in asked:
            runs = intersect(runs, entry.intervals(requirement.specifier))
        tried = {candidate.position for candidate in incompatibilities[identifier]}
        positions = [
            position
            for low, high in reversed(runs)
            for position in range(high - 1, low - 1, -1)
            if position not in tried and position not in entry.excluded
        ]
        extras = frozenset(extra for requirement in asked for extra in requirement.extras)
        return _Matches(self, entry, positions, extras)

    def offers(self, candidate: Candidate) -> bool:
        """Whether a candidate can be installed and is not a proven dead end."""
        entry = self._universe.entry(candidate.name)
        self._oracle.read(entry, candidate.position)
        if candidate.position in entry.excluded:
            return False
        return self._oracle.possible([*self._assumed, *self._pins(candidate)])

    def _pins(self, candidate: Candidate) -> Iterator[Literal]:
        """Assumptions for the candidate and the pins that are still required."""
        assert self.resolution is not None
        pins = {**self.resolution.state.mapping, candidate.name: candidate}
        for name in _reachable(self, self._order, pins):
            entry = self._universe.entry(name)
            if pins[name].position >= 0:
                yield from self._universe.at(entry, pins[name].position)

    def is_satisfied_by(self, requirement: Dependency, candidate: Candidate) -> bool:
        if candidate.position < 0:
            return True
        entry = self._universe.entry(candidate.name)
        return candidate.extras.issuperset(requirement.extras) and contains(
            entry.intervals(requirement.specifier), candidate.position
        )

    def get_dependencies(self, candidate: Candidate) -> list[Dependency]:
        if candidate.position < 0:
            return []
        entry = self._universe.entry(candidate.name)
        metadata = self._oracle.read(entry, candidate.position)
        if metadata is None:
            return []
        return [
            dependency
            for extra in ("", *sorted(candidate.extras))
            for dependency in self._universe.active(metadata, extra)
            if not dependency.url
        ]


def _reachable(
    provider: _Provider, roots: Iterable[str], pins: Mapping[str, Candidate]
) -> set[str]:
    """The pinned projects that a path of pinned releases leads to.

    resolvelib keeps pins that nothing requires any more; assuming them could
    veto what is possible.
    """
    seen: set[str] = set()
    ahead = [name for name in roots if name in pins]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += [d.name for d in provider.get_dependencies(pins[name]) if d.name in pins]
    return seen


def _asked(oracle: Oracle, roots: Iterable[Root], kind: str) -> Iterator[Requirement]:
    for root in roots:
        statement = root.statement
        if (
            isinstance(statement, Requirement)
            and statement.kind == kind
            and oracle.universe.markers.holds(statement.marker)
        ):
            yield statement


def _limits(oracle: Oracle, roots: Sequence[Root]) -> dict[str, Intervals]:
    limits: dict[str, Intervals] = {}
    for constraint in _asked(oracle, roots, "constraint"):
        entry = oracle.universe.entry(constraint.name)
        runs = entry.intervals(constraint.specifier)
        limits[entry.name] = intersect(limits.get(entry.name, runs), runs)
    return limits


def _order(roots: Sequence[Root]) -> dict[str, int]:
    order: dict[str, int] = {}
    for root in roots:
        if isinstance(root.statement, Requirement) and root.statement.kind == "requirement":
            order.setdefault(root.statement.name, len(order))
    return order


def resolve(
    oracle: Oracle, roots: Sequence[Root], held: Sequence[Literal] = ()
) -> Choice | Refutation:
    """Choose a release of every project that the roots lead to, as an install would.

    ``held`` are further assumptions (``Universe.hold``). Returns a checked
    choice, or the oracle's refutation.
    """
    completion = oracle.complete([*(root.selector for root in roots), *held])
    if isinstance(completion, Refutation):
        return completion
    oracle.meet(r.name for r in _asked(oracle, roots, "constraint"))
    provider = _Provider(oracle, roots, held)
    requirements = [
        Dependency(r.name, r.extras, r.specifier) for r in _asked(oracle, roots, "requirement")
    ]
    provider.resolution = Resolution(provider, BaseReporter())
    try:
        mapping = provider.resolution.resolve(requirements, max_rounds=_MOST_ROUNDS).mapping
    except (ResolverException, RecursionError):
        return _from_completion(provider, requirements, completion)
    found = _checked(provider, requirements, mapping)
    if found is None or not oracle.possible([*provider._assumed, *_exactly(oracle, found)]):
        return _from_completion(provider, requirements, completion)
    return found


def _exactly(oracle: Oracle, found: Choice) -> Iterator[Literal]:
    for name, position in found.chosen.items():
        yield from oracle.universe.at(oracle.universe.entry(name), position)


def _from_completion(
    provider: _Provider, requirements: Sequence[Dependency], completion: Completion
) -> Choice:
    mapping = {
        name: Candidate(name, position, completion.extras.get(name, frozenset()))
        for name, position in completion.chosen.items()
    }
    found = _checked(provider, requirements, mapping, guided=False)
    assert found is not None, "an oracle's completion satisfies every requirement"
    return found


def _checked(
    provider: _Provider,
    requirements: Sequence[Dependency],
    mapping: Mapping[str, Candidate],
    *,
    guided: bool = True,
) -> Choice | None:
    """The reachable part of a mapping, or None where a requirement fails in it."""
    universe = provider._universe
    parents: dict[str, set[str]] = defaultdict(set)
    extras: dict[str, set[str]] = defaultdict(set)
    unread: dict[str, Unavailable] = {}
    ahead = [("", requirement) for requirement in requirements]
    seen: set[tuple[str, Dependency]] = set()
    while ahead:
        parent, requirement = ahead.pop()
        if (parent, requirement) in seen:
            continue
        seen.add((parent, requirement))
        name = requirement.name
        entry = universe.entry(name)
        if entry.state == "unavailable":
            unread[name] = Unavailable(subject=name, reason=entry.unread_reason)
            continue
        candidate = mapping.get(name)
        if candidate is None or not contains(
            entry.intervals(requirement.specifier), candidate.position
        ):
            return None
        parents[name].add(parent)
        extras[name].update(requirement.extras)
        if candidate.position in entry.unread:
            subject = f"{name} {entry.versions[candidate.position]}"
            reason = entry.unread[candidate.position]
            unread[subject] = Unavailable(subject=subject, reason=reason)
        asked = Candidate(name, candidate.position, frozenset(requirement.extras))
        ahead += [(name, dependency) for dependency in provider.get_dependencies(asked)]
    return Choice(
        {name: mapping[name].position for name in parents},
        {name: frozenset(found) for name, found in extras.items()},
        {name: frozenset(found) for name, found in parents.items()},
        tuple(unread.values()),
        guided,
    )
