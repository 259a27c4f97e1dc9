"""One division: reasons gathered, the partition found, its containers and walls told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from depcheck.deployment.names import service_name
from depcheck.isolation.feasibility import OracleJudge
from depcheck.isolation.native import native_clashes
from depcheck.isolation.partition import divide
from depcheck.isolation.preference import prefer
from depcheck.isolation.values import Bounds, Division, Group, NoDivision, Score
from depcheck.isolation.weight import size_of
from depcheck.model.catalog import Distribution, Unavailable
from depcheck.model.findings import Finding
from depcheck.model.isolation import IsolationSettings, Wish
from depcheck.model.observer import Observer
from depcheck.model.report import Picked
from depcheck.model.settings import ComponentSettings
from depcheck.model.walls import NativeClash
from depcheck.pipeline.containers import Resolved, Resolver, moved
from depcheck.pipeline.places import Places, read
from depcheck.pipeline.walls import Reasons, apart_reasons, gpu_needs, label_reasons, stack_reasons

_LONGEST_NAME = 40
_RESOLVED, _ADDED_UP = 60, 2000

NativeFiles = Mapping[str, "tuple[str, ...] | Unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A division under some wishes, with what it was compared with and what was given up."""

    division: Division
    wishes: tuple[Wish, ...]
    compared: int
    all_compared: bool

    @property
    def count(self) -> int:
        """How many containers there are."""
        return len(self.division.groups)


@dataclass(slots=True)
class Search:
    """Finds divisions under different wishes; what was learnt once is kept."""

    settings: IsolationSettings
    places: Places
    native_files: NativeReader
    observer: Observer
    names: tuple[str, ...] = ()
    judge: OracleJudge = field(init=False)
    resolver: Resolver = field(init=False)
    alone: dict[str, tuple[Picked, ...]] = field(default_factory=dict)
    on_gpu: frozenset[str] = frozenset()
    advised: list[Reasons] = field(default_factory=list)
    unread_files: dict[str, Unavailable] = field(default_factory=dict)
    _native: dict[Group, list[Reasons]] = field(default_factory=dict)
    _scores: dict[Group, Score] = field(default_factory=dict)

    def __post_init__(self) -> None:
        components = self.settings.settings.components
        ranked = sorted(components, key=lambda c: c.role != "core")
        self.names = tuple(c.name for c in ranked if c.name in self.places.allowed)
        self.judge = OracleJudge(self.places.worlds, self.places.allowed)
        self.resolver = Resolver(self.places.worlds, self.names)
        self.alone = {name: self.resolve(frozenset((name,))).picked for name in self.names}
        present = [c for c in components if c.name in self.places.allowed]
        needs = gpu_needs(present, self.alone)
        self.on_gpu = frozenset(needs)
        self.advised = [
            *label_reasons(present),
            *stack_reasons(present, self.alone, needs, self.settings.heavy),
        ]

    def fewest(self) -> Division:
        """Return the fewest groups that resolve, whatever is advised or wished."""
        found = divide(Bounds(names=self.names), self.judge)
        assert isinstance(found, Division), "nothing bounds it"
        return found

    def solve(self, wishes: Sequence[Wish], most: int | None) -> Solution | NoDivision:
        """Return the best division that keeps the wishes, at most ``most`` groups."""
        while True:
            bounds = self._bounds(wishes, most)
            found = divide(bounds, self.judge)
            if isinstance(found, NoDivision):
                return found
            previous = [frozenset(group) for group in self.settings.previous]
            ranked = prefer(
                found, bounds, self.judge, self._score, previous, calls=self._affordable()
            )
            if not self._learn(ranked.division.groups):
                return Solution(
                    division=ranked.division,
                    wishes=tuple(wishes),
                    compared=ranked.compared,
                    # Another choice of what to give up is another division of the same size.
                    all_compared=ranked.all_compared and not ranked.division.given_up,
                )

    def _affordable(self) -> int:
        """How many groups may be scored: each that has a lock in it has to be resolved."""
        locked = any(read(self.places.world(name), name).baseline for name in self.names)
        return _RESOLVED if locked else _ADDED_UP

    def _bounds(self, wishes: Sequence[Wish], most: int | None) -> Bounds:
        apart = apart_reasons(wish for wish in wishes if wish.kind == "apart")
        together = (wish for wish in wishes if wish.kind == "together")
        return Bounds(
            names=self.names,
            apart=tuple(dict.fromkeys(reasons.components for reasons in apart)),
            together=tuple(frozenset(wish.components) for wish in together),
            advised=tuple(reasons.advice(self.names[0]) for reasons in self.advised),
            most=most,
        )

    def resolve(self, group: Group) -> Resolved:
        """Return the set of a group that fits."""
        python = self.judge.python(group)
        assert python is not None, "only groups that fit are resolved"
        return self.resolver.resolve(group, python)

    def _score(self, group: Group) -> Score:
        """What a group costs: locked distributions moved (majors, others), bytes.

        Sizes are those of the members alone, a distribution counted once: exact sizes
        would need each group resolved.
        """
        if group not in self._scores:
            majors = others = 0
            locked = [n for n in group if read(self.places.world(n), n).baseline]
            if locked and len(group) > 1:
                resolved = self.resolve(group)
                for name in locked:
                    shifted = moved(resolved, read(resolved.world, name))
                    majors, others = majors + shifted[0], others + shifted[1]
            picks = {pick.name: pick for name in sorted(group) for pick in self.alone[name]}
            self._scores[group] = (majors, others, size_of(tuple(picks.values()))[0])
        return self._scores[group]

    def _learn(self, groups: Sequence[Group]) -> bool:
        """Look at the native code of groups; return whether there is advice that is new."""
        fresh = []
        for group in groups:
            if len(group) > 1:
                known = {(r.components, r.findings) for r in self.advised}
                fresh += [
                    r for r in self._clashing(group) if (r.components, r.findings) not in known
                ]
        self.advised += fresh
        return bool(fresh)

    def _clashing(self, group: Group) -> list[Reasons]:
        if group not in self._native:
            self.observer.stage("looking at native libraries")
            resolved = self.resolve(group)
            joint = {name: resolved.of(name) for name in sorted(group)}
            alone = {name: self.alone[name] for name in joint}
            picks = [*resolved.picked, *(pick for name in joint for pick in alone[name])]
            findings = native_clashes(alone, joint, self._files(picks))
            self._native[group] = [_native(finding) for finding in findings]
        return self._native[group]

    def _files(self, picks: Iterable[Picked]) -> dict[str, tuple[str, ...]]:
        wanted = {p.distributions[0].url: p.distributions[0] for p in picks if p.distributions}
        answers = self.native_files(tuple(wanted.values()))
        for url, answer in answers.items():
            if isinstance(answer, Unavailable):
                self.unread_files[url] = answer
        return {u: paths for u, paths in answers.items() if not isinstance(paths, Unavailable)}


class NativeReader:
    """Asks a catalog for native files; one that cannot tell (a test's) tells nothing."""

    def __init__(self, catalog: object) -> None:
        self._ask = getattr(catalog, "native_files", None)

    def __call__(self, files: Sequence[Distribution]) -> NativeFiles:
        return self._ask(files) if self._ask is not None else {}


def _native(finding: Finding) -> Reasons:
    clash = finding.evidence
    assert isinstance(clash, NativeClash)
    pair = frozenset((clash.left.component, clash.right.component))
    return Reasons(components=pair, findings=(finding,))


def container_names(groups: Sequence[Group], settings: IsolationSettings) -> dict[Group, str]:
    """Return a valid name for each group: where its components run today, else its core's.

    Raises ConfigurationError where a name cannot be made valid.
    """
    components = settings.settings.components
    names: dict[Group, str] = {}
    for group in groups:
        members = [c for c in components if c.name in group]
        for candidate in _candidates(members):
            name = service_name(candidate)
            if name not in names.values():
                names[group] = name
                break
    return names


def _candidates(members: Sequence[ComponentSettings]) -> Iterator[str]:
    """Names for a container, the best first; one of them is its own."""
    today = list(dict.fromkeys(c.container for c in members if c.container))
    if len(today) == 1:
        yield today[0]
    yield from (c.name for c in members if c.role == "core")
    every = "-".join(c.name for c in members)
    yield every if len(every) <= _LONGEST_NAME else f"{members[0].name}-and-more"
    yield from (c.name for c in members)
    for number in count(2):
        yield f"{members[0].name}-{number}"
