"""The referee: every question about a small universe answered by trying everything.

It knows nothing of clauses and shares no code with what it judges. Versions are
compared by ``packaging`` alone; the search tries every admitted release of every
project that is reached, so it is for universes of about five projects.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from packaging.markers import Marker
from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from depcheck.model.findings import Edit, Statement
from depcheck.model.requirement import Component, PythonBound, Requirement, normalise
from depcheck.model.target import Target
from tests.support.memory import Projects, Release, requirement


@dataclass(frozen=True, slots=True)
class Need:
    """A project that has to be there, with extras, in a range."""

    name: str
    extras: tuple[str, ...]
    specifier: SpecifierSet


@dataclass(frozen=True, slots=True)
class Search:
    """Where a search stands: what is chosen, and which (name, extra) are active."""

    chosen: Mapping[str, str]
    active: frozenset[tuple[str, str]]


class Referee:
    """Judge what ``components`` can have together from ``projects``.

    Admission of pre-releases and yanked releases is decided once, over the
    requirements of all components, whatever subset is asked about later. With
    ``optimistic`` a release whose metadata is presumed or unavailable depends
    on nothing, and a ``broken`` project, whose page cannot be had, has every
    release that is asked for: what is unsatisfiable even then is proven.
    Otherwise a broken project has none.
    """

    def __init__(
        self,
        projects: Projects,
        components: Sequence[Component],
        target: Target,
        *,
        prereleases: bool = False,
        optimistic: bool = False,
        broken: Container[str] = (),
    ) -> None:
        self._projects = {
            normalise(name): releases for name, releases in projects.items() if name not in broken
        }
        self._broken = broken if optimistic else ()
        self._target = target
        self._prereleases = prereleases
        self._optimistic = optimistic
        self.statements = tuple(statements(components))
        roots = [s for s in self.statements if isinstance(s, Requirement)]
        self.admitted = {name: self._admitted(name, roots) for name in self._projects}
        self._needs: dict[tuple[str, str, str], tuple[Need, ...]] = {}

    # What may be chosen at all

    def _admitted(self, name: str, roots: Sequence[Requirement]) -> tuple[str, ...]:
        releases = self._projects[name]
        naming = [SpecifierSet(root.specifier) for root in roots if root.name == name]
        final = [version for version in releases if not Version(version).is_prerelease]
        early = self._prereleases or not final or any(map(mentions_prerelease, naming))
        return tuple(
            version
            for version in sorted(releases, key=Version, reverse=True)
            if (early or version in final)
            and (not releases[version].yanked or any(pins(s, version) for s in naming))
            and self._fits(name, version, releases[version])
        )

    def _fits(self, name: str, version: str, release: Release) -> bool:
        bound = SpecifierSet(release.requires_python or "")
        if not bound.contains(self._target.python, prereleases=True):
            return False
        tags = frozenset().union(*map(parse_tag, self._target.tags))
        files = [d.filename for d in release.distributions(name, version)]
        return any(not f.endswith(".whl") or parse_wheel_filename(f)[3] & tags for f in files)

    # The search

    def solutions(
        self, subset: Iterable[Statement], only: Mapping[str, tuple[str, ...]] | None = None
    ) -> Iterator[Mapping[str, str]]:
        """Yield every choice that satisfies ``subset`` and holds nothing superfluous.

        ``only`` limits the versions of some projects further.
        """
        limits = {name: list(versions) for name, versions in (only or {}).items()}
        needs = []
        for statement in subset:
            if isinstance(statement, PythonBound):
                if not contains(SpecifierSet(statement.specifier), self._target.python):
                    return
            elif self._applies(statement.marker):
                specifier = SpecifierSet(statement.specifier)
                if statement.kind == "constraint":
                    left = limits.get(statement.name, list(self.admitted.get(statement.name, ())))
                    limits[statement.name] = [v for v in left if contains(specifier, v)]
                else:
                    needs.append(Need(statement.name, statement.extras, specifier))
        yield from self._search(Search({}, frozenset()), tuple(needs), limits)

    def _search(
        self, at: Search, needs: tuple[Need, ...], limits: Mapping[str, list[str]]
    ) -> Iterator[Mapping[str, str]]:
        if not needs:
            yield at.chosen
            return
        need, rest = needs[0], needs[1:]
        if need.name in self._broken:
            yield from self._search(at, rest, limits)
            return
        if need.name in at.chosen:
            versions: Iterable[str] = (at.chosen[need.name],)
        else:
            versions = self.admitted.get(need.name, ())
        for version in versions:
            if contains(need.specifier, version) and version in limits.get(need.name, [version]):
                new = {(need.name, extra) for extra in ("", *need.extras)} - at.active
                after = Search({**at.chosen, need.name: version}, at.active | new)
                extras = sorted(extra for _, extra in new)
                more = (n for extra in extras for n in self.needs(need.name, version, extra))
                yield from self._search(after, (*rest, *more), limits)

    def needs(self, name: str, version: str, extra: str) -> tuple[Need, ...]:
        """Return what a release needs, with ``extra`` active (none where empty)."""
        key = (name, version, extra)
        if key not in self._needs:
            release = self._projects[name][version]
            unknown = bool(release.unavailable) or release.presumed
            texts = () if self._optimistic and unknown else release.requires
            parsed = [Parsed(text) for text in texts]
            self._needs[key] = tuple(
                Need(normalise(p.name), tuple(sorted(map(normalise, p.extras))), p.specifier)
                for p in parsed
                if self._applies(str(p.marker or ""), extra)
            )
        return self._needs[key]

    def _applies(self, marker: str, extra: str = "") -> bool:
        environment = {**self._target.environment, "extra": extra}
        return not marker or Marker(marker).evaluate(environment)

    # The questions

    def satisfiable(self, subset: Iterable[Statement] | None = None) -> bool:
        chosen = self.statements if subset is None else subset
        return any(True for _ in self.solutions(chosen))

    def possible(self, name: str, version: str | None) -> bool:
        """Say whether some solution of everything has ``name`` at ``version`` (None: absent)."""
        only = {name: () if version is None else (version,)}
        return any(s.get(name) == version for s in self.solutions(self.statements, only))

    def minimal_corrections(self) -> frozenset[frozenset[Statement]]:
        """Return every minimal set of statements without which the rest is satisfiable."""
        everything = frozenset(self.statements)
        found: list[frozenset[Statement]] = []
        for size in range(len(everything) + 1):
            for taken in map(frozenset, combinations(self.statements, size)):
                kept = [s for s in self.statements if s not in taken]
                if not any(known <= taken for known in found) and self.satisfiable(kept):
                    found.append(taken)
        return frozenset(found) - {frozenset()}

    def minimal_conflicts(self) -> frozenset[frozenset[Statement]]:
        """Return every minimal set of statements that nothing satisfies together.

        A set is satisfiable exactly if it misses some minimal correction whole.
        """
        corrections = self.minimal_corrections()
        found: list[frozenset[Statement]] = []
        for size in range(1, len(self.statements) + 1):
            for taken in map(frozenset, combinations(self.statements, size)):
                unsatisfiable = corrections and all(taken & c for c in corrections)
                if unsatisfiable and not any(known <= taken for known in found):
                    found.append(taken)
        return frozenset(found)

    def faults(
        self, picks: Mapping[str, str], subset: Iterable[Statement] | None = None
    ) -> list[str]:
        """Return what is wrong with ``picks`` as an answer to ``subset`` (default: everything)."""
        chosen = self.statements if subset is None else tuple(subset)
        wrong = [f"{n} {v} is not admitted" for n, v in picks.items() if v not in self._known(n)]
        reached: set[tuple[str, str]] = set()
        agenda: list[Need] = []
        for statement in chosen:
            if isinstance(statement, PythonBound):
                if not contains(SpecifierSet(statement.specifier), self._target.python):
                    wrong.append(f"Python {statement.specifier} is not kept")
            elif self._applies(statement.marker):
                specifier = SpecifierSet(statement.specifier)
                if statement.kind == "requirement":
                    agenda.append(Need(statement.name, statement.extras, specifier))
                elif not contains(specifier, picks.get(statement.name)):
                    wrong.append(f"constraint {statement} is not kept")
        while agenda and not wrong:
            need = agenda.pop()
            version = picks.get(need.name)
            if version is None or not contains(need.specifier, version):
                wrong.append(f"{need.name}{need.specifier} is not kept by {version}")
                break
            for extra in ("", *need.extras):
                if (need.name, extra) not in reached:
                    reached.add((need.name, extra))
                    agenda += self.needs(need.name, version, extra)
        if not wrong:
            wrong += [f"{n} is superfluous" for n in sorted(set(picks) - {n for n, _ in reached})]
        return wrong

    def _known(self, name: str) -> tuple[str, ...]:
        return self.admitted.get(name, ())


def statements(components: Iterable[Component]) -> Iterator[Statement]:
    """Yield what each component states, line by line."""
    for component in components:
        yield from component.requirements
        if component.requires_python is not None:
            yield component.requires_python


def contains(specifier: SpecifierSet, version: str | None) -> bool:
    return version is None or specifier.contains(version, prereleases=True)


def mentions_prerelease(specifiers: SpecifierSet) -> bool:
    return any(specifier.prereleases for specifier in specifiers)


def pins(specifiers: SpecifierSet, version: str) -> bool:
    return any(
        s.operator in ("==", "===") and not s.version.endswith(".*") and s.contains(version, True)
        for s in specifiers
    )


def edited(components: Iterable[Component], edits: Sequence[Edit]) -> tuple[Component, ...]:
    """Return the components with ``edits`` made to their lines."""
    after = {edit.origin: edit.after for edit in edits}
    return tuple(_edited(component, after) for component in components)


def _edited(component: Component, after: Mapping[object, str]) -> Component:
    bound = component.requires_python
    if bound is not None and bound.origin in after:
        text = after[bound.origin]
        bound = replace(bound, specifier=text) if text else None
    return replace(
        component,
        requires_python=bound,
        requirements=tuple(
            requirement(text, line.origin, constraint=line.kind == "constraint")
            for line in component.requirements
            if (text := after.get(line.origin, str(line)))
        ),
    )
