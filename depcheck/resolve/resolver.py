"""What an install would pick: resolvelib chooses, the oracle vetoes.

resolvelib is pip's own algorithm, and the preferences are those that pip
documents, so that the picks are the ones an install would make. A candidate
that the oracle can prove to be a dead end is never offered; the result is
checked against the requirements before it is believed; and where resolvelib
gives up although the oracle knows a solution, that solution is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from resolvelib import BaseReporter
from resolvelib.resolvers import Resolution, ResolverException

from depcheck.model.catalog import Unavailable
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.oracle import Oracle, Refutation
from depcheck.resolve.provider import (
    Ask,
    Candidate,
    OutOfPatience,
    Provider,
    asked_for,
    asks_of,
    identifier_of,
)
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root

_MOST_ROUNDS = 5_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A valid joint choice.

    ``chosen`` maps projects to positions. ``parents`` maps a project to the
    projects that require it (empty string: a statement). ``guided`` is False
    where resolvelib gave up and the oracle's completion stands in. ``promoted``
    are projects that had to be chosen out of order, because in the order of the
    lines they would have fallen through release after release.
    """

    chosen: dict[str, int]
    extras: dict[str, frozenset[str]]
    parents: dict[str, frozenset[str]]
    unread: tuple[Unavailable, ...]
    guided: bool
    promoted: tuple[str, ...] = ()


def resolve(
    oracle: Oracle, roots: Sequence[Root], held: Sequence[Literal] = ()
) -> Choice | Refutation:
    """Choose a release of every project that the roots lead to, as an install would.

    ``held`` are further assumptions (``Universe.hold``). Returns a checked
    choice, or the oracle's refutation.
    """
    assumed = [*_in_force(oracle, roots), *held]
    completion = oracle.complete(assumed)
    if isinstance(completion, Refutation):
        return completion
    oracle.meet(r.name for r in asked_for(oracle, roots, "constraint"))
    requirements = [
        ask
        for r in asked_for(oracle, roots, "requirement")
        for ask in asks_of(Dependency(r.name, r.extras, r.specifier))
    ]
    promoted: list[str] = []
    while True:
        provider = Provider(oracle, roots, assumed, completion, promoted)
        try:
            return _run(provider, requirements)
        except OutOfPatience as impatience:
            promoted.append(impatience.name)


def _run(provider: Provider, requirements: Sequence[Ask]) -> Choice:
    provider.resolution = Resolution(provider, BaseReporter())
    try:
        state = provider.resolution.resolve(requirements, max_rounds=_MOST_ROUNDS)
    except OutOfPatience:
        raise
    except (ResolverException, RecursionError):
        return _from_completion(provider, requirements)
    found = _checked(provider, requirements, state.mapping)
    if found is None or not provider.is_valid(found.chosen):
        return _from_completion(provider, requirements)
    return found


def _in_force(oracle: Oracle, roots: Sequence[Root]) -> Iterator[Literal]:
    """The selectors of the roots, and those of all other statements switched off."""
    chosen = {root.selector for root in roots}
    for root in oracle.universe.roots:
        yield root.selector if root.selector in chosen else -root.selector


def _from_completion(provider: Provider, requirements: Sequence[Ask]) -> Choice:
    completion = provider.witness
    mapping = {
        identifier_of(name, extra): Candidate(name, extra, position)
        for name, position in completion.chosen.items()
        for extra in ("", *completion.extras.get(name, ()))
    }
    found = _checked(provider, requirements, mapping, guided=False)
    assert found is not None, "an oracle's completion satisfies every requirement"
    return found


def _checked(
    provider: Provider,
    requirements: Sequence[Ask],
    mapping: Mapping[str, Candidate],
    *,
    guided: bool = True,
) -> Choice | None:
    """The reachable part of a mapping, or None where a requirement fails in it."""
    parents: dict[str, set[str]] = defaultdict(set)
    extras: dict[str, set[str]] = defaultdict(set)
    unread: dict[str, Unavailable] = {}
    ahead = [("", ask) for ask in requirements]
    seen: set[tuple[str, Ask]] = set()
    while ahead:
        parent, ask = ahead.pop()
        if (parent, ask) in seen:
            continue
        seen.add((parent, ask))
        entry = provider.universe.entry(ask.name)
        if entry.state == "unavailable":
            unread[ask.name] = Unavailable(subject=ask.name, reason=entry.unread_reason)
            continue
        candidate = mapping.get(identifier_of(ask.name, ask.extra))
        if candidate is None or not provider.is_satisfied_by(ask, candidate):
            return None
        if parent != ask.name:
            parents[ask.name].add(parent)
        if ask.extra:
            extras[ask.name].add(ask.extra)
        reason = entry.unread.get(candidate.position)
        if reason is not None:
            subject = f"{ask.name} {entry.versions[candidate.position]}"
            unread[subject] = Unavailable(subject=subject, reason=reason)
        ahead += [(ask.name, needed) for needed in provider.get_dependencies(candidate)]
    return Choice(
        {name: mapping[name].position for name in parents},
        {name: frozenset(found) for name, found in extras.items()},
        {name: frozenset(found) for name, found in parents.items()},
        tuple(unread.values()),
        guided,
        tuple(provider.promoted),
    )
