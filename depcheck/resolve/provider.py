"""Preferences and candidates for resolvelib, vetoed by the oracle."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from resolvelib import AbstractProvider
from resolvelib.resolvers import Resolution, ResolverException

from depcheck.model.requirement import Requirement
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.oracle import Completion, Oracle
from depcheck.resolve.ranges import Intervals, clauses, contains, intersect
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root

if TYPE_CHECKING:
    from depcheck.resolve.entry import Entry

_PATIENCE = 32  # dead ends of one project in a row before it is chosen first
_PROMOTED_AFTER = 5  # conflicts; pip promotes names that keep appearing in them


class Ask(NamedTuple):
    """A requirement as resolvelib sees it: for a project, or for one extra of it.

    ``exact`` is a position where only one will do: an extra holds its project.
    """

    name: str
    extra: str
    specifier: str
    exact: int | None = None


class Candidate(NamedTuple):
    """A release, or one extra of it; position -1 where nothing could be read."""

    name: str
    extra: str
    position: int


_UNREAD = -1


def asks_of(dependency: Dependency) -> Iterator[Ask]:
    for extra in ("", *dependency.extras):
        yield Ask(dependency.name, extra, dependency.specifier)


class _Matches(Sequence[Candidate]):
    """Candidates in order of preference; vetoed only when they are offered."""

    def __init__(self, provider: Provider, entry: Entry, extra: str, positions: list[int]) -> None:
        self._provider, self._entry = provider, entry
        self._extra, self._positions = extra, positions

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, index: Any) -> Any:
        return Candidate(self._entry.name, self._extra, self._positions[index])

    def __iter__(self) -> Iterator[Candidate]:
        offered, vetoed = False, 0
        for index, position in enumerate(self._positions):
            candidate = Candidate(self._entry.name, self._extra, position)
            if self._provider.offers(candidate):
                offered = True
                yield candidate
            elif position not in self._entry.excluded:
                vetoed += 1
                self._provider.lose_patience(self._entry.name, vetoed)
                if vetoed & (vetoed - 1) == 0:  # look at 1, 2, 4, 8 … more at once
                    ahead = self._positions[index + 1 : index + 1 + vetoed]
                    self._provider.oracle.look_ahead(self._entry, ahead)
        if not offered:
            raise _DeadEnd  # resolvelib would take an empty round for a success


class _DeadEnd(ResolverException):
    """The pins leave nothing to offer, though each was possible when it was made."""


class OutOfPatience(ResolverException):
    """A project would fall through release after release under earlier pins."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Provider(AbstractProvider[Ask, Candidate, str]):
    """Preferences and candidates for resolvelib.

    ``assumed`` are the statements in force, ``witness`` is the last completion
    that was found for the pins.
    """

    def __init__(
        self,
        oracle: Oracle,
        roots: Sequence[Root],
        assumed: Sequence[Literal],
        witness: Completion,
        promoted: Sequence[str],
    ) -> None:
        self.oracle = oracle
        self.universe = oracle.universe
        self.assumed = assumed
        self.witness = witness
        self.promoted = promoted
        self._limits = _limits(oracle, roots)
        self._order = _order(roots)
        self._conflicts: dict[str, int] = defaultdict(int)
        self._dependencies: dict[Candidate, list[Ask]] = {}
        self.resolution: Resolution[Ask, Candidate, str] | None = None

    def identify(self, requirement_or_candidate: Ask | Candidate) -> str:
        return identifier_of(requirement_or_candidate.name, requirement_or_candidate.extra)

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> Iterable[str]:
        causes = {
            self.identify(named)
            for cause in backtrack_causes
            for named in (cause.requirement, cause.parent)
            if named is not None
        }
        for name in causes:
            self._conflicts[name] += name not in resolutions
        names = list(identifiers)
        return (
            [name for name in names if name in self.promoted]
            or [name for name in names if name in causes]
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
            clause
            for each in information[identifier]
            for clause in clauses(each.requirement.specifier)
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
        requirements: Mapping[str, Iterator[Ask]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Sequence[Candidate]:
        asked = list(requirements[identifier])  # none, where resolvelib has just taken them back
        name, _, extra = identifier.rstrip("]").partition("[")
        if extra:
            asked += requirements.get(name, ())
        entry = self.universe.entry(name)
        if entry.state == "unseen":
            self.oracle.meet([name])
        if entry.state == "unavailable":
            return [Candidate(name, extra, _UNREAD)]
        runs = self._limits.get(name, ((0, len(entry.versions)),))
        for ask in asked:
            runs = intersect(runs, _allowed(entry, ask))
        tried = {candidate.position for candidate in incompatibilities[identifier]}
        positions = [
            position
            for low, high in reversed(runs)
            for position in range(high - 1, low - 1, -1)
            if position not in tried and position not in entry.excluded
        ]
        return _Matches(self, entry, extra, self._installed_first(entry, positions))

    def _installed_first(self, entry: Entry, positions: list[int]) -> list[int]:
        """As pip does: what is installed stays, unless something asks otherwise."""
        version = self.universe.preferred.get(entry.name)
        runs = entry.intervals(f"=={version}") if version is not None else ()
        return sorted(positions, key=lambda p: not contains(runs, p)) if runs else positions

    def offers(self, candidate: Candidate) -> bool:
        """Whether a candidate fits the target and can be completed with the pins.

        Every pin was completable when it was made, so that nothing has to be
        taken back. A completion is good for as many pins as it agrees with.
        """
        entry = self.universe.entry(candidate.name)
        if candidate.position in entry.excluded:
            return False
        assert self.resolution is not None
        pins = {**self._still_fitting(candidate), self.identify(candidate): candidate}
        if self._agrees(pins):
            return True
        required = self._required(pins)
        return self._completes(pins) or (len(required) < len(pins) and self._completes(required))

    def _still_fitting(self, candidate: Candidate) -> dict[str, Candidate]:
        """The pins that the candidate's own requirements leave standing.

        resolvelib pins a project anew where a later candidate excludes its pin,
        so that such a pin is no reason for a veto.
        """
        assert self.resolution is not None
        pins = dict(self.resolution.state.mapping)
        for ask in self.get_dependencies(candidate):
            pin = pins.get(self.identify(ask))
            if pin is not None and not self.is_satisfied_by(ask, pin):
                del pins[self.identify(ask)]
        return pins

    def lose_patience(self, name: str, vetoed: int) -> None:
        """Raise OutOfPatience where too many releases in a row were dead ends."""
        if vetoed >= _PATIENCE and name not in self.promoted:
            raise OutOfPatience(name)

    def _agrees(self, pins: Mapping[str, Candidate]) -> bool:
        chosen = self.witness.chosen
        return all(
            position == _UNREAD or chosen.get(name) == position
            for name, _, position in pins.values()
        )

    def _completes(self, pins: Mapping[str, Candidate]) -> bool:
        answer = self.oracle.complete([*self.assumed, *self._literals(pins.values())])
        if isinstance(answer, Completion):
            self.witness = answer
            return True
        return False

    def is_valid(self, chosen: Mapping[str, int]) -> bool:
        """Whether the universe knows nothing against a choice of positions."""
        exactly = (Candidate(name, "", position) for name, position in chosen.items())
        return self.oracle.possible([*self.assumed, *self._literals(exactly)])

    def _literals(self, pins: Iterable[Candidate]) -> Iterator[Literal]:
        for name, _, position in pins:
            if position != _UNREAD:
                yield from self.universe.at(self.universe.entry(name), position)

    def _required(self, pins: Mapping[str, Candidate]) -> Mapping[str, Candidate]:
        """The pins that a path of pinned releases leads to.

        resolvelib keeps pins that nothing requires any more; assuming them could
        veto what is possible.
        """
        found: dict[str, Candidate] = {}
        ahead = [identifier for identifier in self._order if identifier in pins]
        while ahead:
            identifier = ahead.pop()
            if identifier not in found:
                found[identifier] = pins[identifier]
                needed = map(self.identify, self.get_dependencies(pins[identifier]))
                ahead += [name for name in needed if name in pins]
        return found

    def is_satisfied_by(self, requirement: Ask, candidate: Candidate) -> bool:
        if candidate.position == _UNREAD:
            return True
        entry = self.universe.entry(candidate.name)
        return contains(_allowed(entry, requirement), candidate.position)

    def get_dependencies(self, candidate: Candidate) -> list[Ask]:
        name, extra, position = candidate
        if position == _UNREAD:
            return []
        found = self._dependencies.get(candidate)
        if found is None:
            entry = self.universe.entry(name)
            self.oracle.read(entry, position)
            found = [Ask(name, "", "", position)] if extra else []
            for dependency in self.universe.dependencies(entry, position, extra):
                if not dependency.url:
                    found += asks_of(dependency)
            self._dependencies[candidate] = found
        return found


def identifier_of(name: str, extra: str) -> str:
    return f"{name}[{extra}]" if extra else name


def _allowed(entry: Entry, ask: Ask) -> Intervals:
    if ask.exact is not None:
        return ((ask.exact, ask.exact + 1),)
    return entry.intervals(ask.specifier)


def asked_for(oracle: Oracle, roots: Iterable[Root], kind: str) -> Iterator[Requirement]:
    for root in roots:
        statement = root.statement
        if (
            isinstance(statement, Requirement)
            and statement.kind == kind
            and oracle.universe.markers.holds(statement.marker)
        ):
            yield statement


def _limits(oracle: Oracle, roots: Sequence[Root]) -> dict[str, Intervals]:
    """What constraints and hashes leave of projects."""
    limits: dict[str, Intervals] = {}
    hashed = (r for r in asked_for(oracle, roots, "requirement") if r.hashes)
    for limit in (*asked_for(oracle, roots, "constraint"), *hashed):
        entry = oracle.universe.entry(limit.name)
        runs = entry.allowed(limit.specifier, limit.hashes)
        limits[entry.name] = intersect(limits.get(entry.name, runs), runs)
    return limits


def _order(roots: Sequence[Root]) -> dict[str, int]:
    order: dict[str, int] = {}
    for root in roots:
        if isinstance(root.statement, Requirement) and root.statement.kind == "requirement":
            for extra in ("", *root.statement.extras):
                order.setdefault(identifier_of(root.statement.name, extra), len(order))
    return order
