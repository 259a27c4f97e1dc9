"""How two versions of a distribution differ, and which chain brings the new one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from depcheck.model.findings import Step
from depcheck.model.requirement import Requirement
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.ranges import contains, parse_version, positions
from depcheck.resolve.resolver import Choice
from depcheck.resolve.universe import Root

Grade = Literal["major", "minor", "patch", "other"]


def grade(before: str, after: str) -> Grade:
    """The first part of the release number that differs (epoch counts as major)."""
    old, new = parse_version(before), parse_version(after)
    parts = [(old.epoch, new.epoch)]
    width = max(len(old.release), len(new.release), 3)
    padded = [v.release + (0,) * (width - len(v.release)) for v in (old, new)]
    parts += list(zip(*padded, strict=True))
    names: tuple[Grade, ...] = ("major", "major", "minor", "patch")
    for index, (a, b) in enumerate(parts):
        if a != b:
            return names[min(index, 3)]
    return "other"


def direct_requirement(roots: Sequence[Root], component: str, name: str) -> Requirement | None:
    """The first line of a component that asks for a project by name."""
    for root in roots:
        statement = root.statement
        if (
            root.component == component
            and isinstance(statement, Requirement)
            and statement.name == name
            and statement.kind == "requirement"
        ):
            return statement
    return None


class Chains:
    """Paths of requirements through a resolved set."""

    def __init__(self, oracle: Oracle, roots: Sequence[Root], choice: Choice) -> None:
        self._oracle, self._roots, self._choice = oracle, roots, choice

    def to(self, name: str, before: str | None, *, prefer: Sequence[str]) -> tuple[Step, ...]:
        """The shortest path to who does not accept ``before`` (or asks at all).

        Paths from the components in ``prefer`` come first.
        """
        for ruling_out in (True, False) if before is not None else (False,):
            for components in (set(prefer), None):
                path = self._path(name, before if ruling_out else None, components)
                if path:
                    return path
            if ruling_out and before is not None:
                path = self._hindered(name, before, prefer)
                if path:
                    return path
        return ()

    def _hindered(self, name: str, before: str, prefer: Sequence[str]) -> tuple[Step, ...]:
        """What the old release needs and cannot have, and who is in its way."""
        entry = self._oracle.universe.entry(name)
        for position, _ in entry.intervals(f"=={before}"):
            if position not in entry.known:
                continue
            for needed in self._oracle.universe.dependencies(entry, position):
                if needed.name in self._choice.chosen and not _accepts(
                    needed.specifier, self._version(needed.name)
                ):
                    step = Step(
                        subject=name, versions=before, count=1, verb="needs", object=str(needed)
                    )
                    return (step, *self._demand(needed, prefer))
        return ()

    def _demand(self, needed: Dependency, prefer: Sequence[str]) -> tuple[Step, ...]:
        """The shortest path to who does not accept the newest release in a range (or asks)."""
        entry = self._oracle.universe.entry(needed.name)
        for _, high in reversed(entry.intervals(needed.specifier)):
            for components in (set(prefer), None):
                path = self._path(needed.name, entry.versions[high - 1], components)
                if path:
                    return path
        return self._path(needed.name, None, None)

    def _path(self, name: str, before: str | None, components: set[str] | None) -> tuple[Step, ...]:
        ahead: deque[tuple[str, tuple[Step, ...]]] = deque()
        for statement in self._statements(components):
            step = Step(
                subject=statement.origin.component,
                verb="limits" if statement.kind == "constraint" else "needs",
                object=str(statement),
                origin=statement.origin,
            )
            if statement.name == name and not _accepts(statement.specifier, before):
                return (step,)
            if statement.name in self._choice.chosen and statement.kind == "requirement":
                ahead.append((statement.name, (step,)))
        seen: set[str] = set()
        while ahead:
            parent, path = ahead.popleft()
            if parent in seen:
                continue
            seen.add(parent)
            for dependency, presumed in self._dependencies(parent):
                step = Step(
                    subject=parent,
                    versions=self._version(parent),
                    count=1,
                    verb="needs",
                    object=str(dependency),
                    presumed=presumed,
                )
                if dependency.name == name and not _accepts(dependency.specifier, before):
                    return (*path, step)
                ahead.append((dependency.name, (*path, step)))
        return ()

    def _statements(self, components: set[str] | None) -> Iterator[Requirement]:
        for root in self._roots:
            statement = root.statement
            if isinstance(statement, Requirement) and (
                components is None or root.component in components
            ):
                yield statement

    def _version(self, name: str) -> str:
        return self._oracle.universe.entry(name).versions[self._choice.chosen[name]]

    def _dependencies(self, name: str) -> Iterator[tuple[Dependency, bool]]:
        position = self._choice.chosen.get(name)
        entry = self._oracle.universe.entry(name)
        known = entry.known.get(position) if position is not None else None
        if position is None or known is None:
            return
        for extra in ("", *sorted(self._choice.extras.get(name, ()))):
            for dependency in self._oracle.universe.dependencies(entry, position, extra):
                yield dependency, known.metadata.presumed


def _accepts(specifier: str, version: str | None) -> bool:
    return version is not None and contains(positions(specifier, (version,)), 0)


def versions_of(oracle: Oracle, choice: Choice) -> Mapping[str, str]:
    """Project names to the versions that a choice picks."""
    return {
        name: oracle.universe.entry(name).versions[position]
        for name, position in choice.chosen.items()
    }
