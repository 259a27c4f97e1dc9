"""Why components must not share: clashes, labels, weights and native code made into walls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from depcheck.conflicts.closeness import by_closeness
from depcheck.conflicts.corrections import correct
from depcheck.conflicts.enumerate import Selectors, enumerate_minimal
from depcheck.conflicts.explain import explain
from depcheck.conflicts.proof import Prover
from depcheck.isolation.gpu import gpu_need, gpu_wall
from depcheck.isolation.python import python_wall
from depcheck.isolation.values import Advice, Group
from depcheck.isolation.weight import heavy
from depcheck.isolation.worlds import World
from depcheck.model.findings import Conflict, Correction, Finding
from depcheck.model.isolation import Wish
from depcheck.model.report import Picked
from depcheck.model.requirement import Requirement
from depcheck.model.rules import RULES
from depcheck.model.settings import ComponentSettings
from depcheck.model.walls import GpuNeed, Labels
from depcheck.pipeline.places import Places, why_not
from depcheck.resolve.oracle import Refutation
from depcheck.resolve.universe import Root

WEIGHTS = {
    "wall-trust": 1000,
    "wall-native": 300,
    "wall-release": 100,
    "wall-gpu": 30,
    "wall-heavy": 10,
}
"""How grave it is to give up an advised wall where a wish or a bound leaves no room."""

_MOST_CORRECTIONS = 20
_MOST_EXPLAINED = 6
"""Clashes for which every minimal conflict and its edits are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Reasons that hold for one minimal set of components, and the edits that would heal."""

    components: Group
    findings: tuple[Finding, ...]
    heals: tuple[Correction, ...] = ()
    clash: bool = False

    @property
    def weight(self) -> int:
        return max((WEIGHTS.get(f.rule, 0) for f in self.findings), default=0)

    def advice(self, core: str) -> Advice:
        """Return it as advice to the division; of two alike the core's is kept."""
        weight = 10 * self.weight + (core in self.components)
        return Advice(components=self.components, weight=weight)


def label_reasons(components: Sequence[ComponentSettings]) -> list[Reasons]:
    """Return a wall for each two components with different levels of trust or rhythms."""
    found = []
    for one, other in combinations(components, 2):
        findings = [
            _labelled(kind, one, other, first, second)
            for kind, first, second in (
                ("trust", one.trust, other.trust),
                ("release", one.release, other.release),
            )
            if first is not None and second is not None and first != second
        ]
        if findings:
            pair = frozenset((one.name, other.name))
            found.append(Reasons(components=pair, findings=tuple(findings)))
    return found


def _labelled(
    kind: str, one: ComponentSettings, other: ComponentSettings, first: str, second: str
) -> Finding:
    rule = RULES[f"wall-{kind}"]
    words = {"trust": "trust", "release": "a release rhythm of"}[kind]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f'{one.name} has {words} "{first}" and {other.name} "{second}", as configured.',
        locations=tuple(c.places[kind] for c in (one, other) if kind in c.places),
        evidence=Labels(
            kind="trust" if kind == "trust" else "release",
            values=((one.name, first), (other.name, second)),
        ),
    )


def apart_reasons(wishes: Iterable[Wish]) -> list[Reasons]:
    """Return a wall for each two components that a wish keeps apart."""
    rule = RULES["wall-apart"]
    found = []
    for wish in wishes:
        for one, other in combinations(wish.components, 2):
            because = f": {wish.reason}" if wish.reason else ""
            finding = Finding(
                rule=rule.id,
                severity=rule.severity,
                message=f"{one} and {other} are kept apart by the team{because}.",
                locations=() if wish.origin is None else (wish.origin,),
                evidence=Labels(kind="apart", values=((one, wish.reason), (other, wish.reason))),
            )
            found.append(Reasons(components=frozenset((one, other)), findings=(finding,)))
    return found


def gpu_needs(
    components: Sequence[ComponentSettings], alone: Mapping[str, Sequence[Picked]]
) -> dict[str, GpuNeed]:
    """Return the components that compute on a GPU, as configured or by what they install."""
    needs = ((c.name, gpu_need(c.name, alone[c.name], c.gpu)) for c in components)
    return {name: need for name, need in needs if need is not None}


def stack_reasons(
    components: Sequence[ComponentSettings],
    alone: Mapping[str, Sequence[Picked]],
    needs: Mapping[str, GpuNeed],
    threshold: int,
) -> list[Reasons]:
    """Return the walls that a GPU or a heavy stack raises between the core and others."""
    core = next((c.name for c in components if c.role == "core"), None)
    others = [c.name for c in components if c.name != core]
    found = [
        Reasons(components=pair, findings=(finding,))
        for finding, pair in gpu_wall(needs, core, others)
    ]
    if core is not None:
        for name in others:
            finding = heavy(name, core, alone[core], alone[name], threshold)
            if finding is not None:
                found.append(Reasons(components=frozenset((core, name)), findings=(finding,)))
    return found


def clash_reasons(
    clashes: Sequence[Group],
    places: Places,
    limit: int,
    order: Sequence[str],
    merged: Callable[[Group], Group | None] = lambda clash: None,
) -> list[Reasons]:
    """Return each set of components that no Python has a joint solution for, explained.

    ``limit`` bounds the conflicts listed of one set. ``order`` is that of the components.
    ``merged`` gives all components of the containers that a clash keeps apart: edits are
    looked for after which these share one; None where other walls keep them apart anyway.
    """
    thorough = len(clashes) <= _MOST_EXPLAINED
    ranked = sorted(clashes, key=lambda clash: sorted(order.index(name) for name in clash))
    return [
        _clash(
            [name for name in order if name in clash],
            places,
            limit if thorough else 0,
            merged(clash) if thorough else None,
        )
        for clash in ranked
    ]


def _clash(names: Sequence[str], places: Places, limit: int, merged: Group | None) -> Reasons:
    clash = frozenset(names)
    common = _common(places, names)
    if not common:
        findings = [places.moved[name] for name in names if name in places.moved]
        if not findings:
            first, second = names[0], names[1]
            findings = [
                python_wall(second, places.allowed[first][0], places.allowed[second][0], None)
            ]
        return Reasons(components=clash, findings=tuple(findings), clash=True)
    world = places.worlds[common[0]]
    if not limit:
        answer = world.complete(clash)
        assert isinstance(answer, Refutation), "a clash was refuted before"
        return Reasons(
            components=clash, findings=(_wall(why_not(world, names, answer)),), clash=True
        )
    roots = world.roots(clash)
    found = enumerate_minimal(world.oracle, [root.selector for root in roots], limit)
    heals: tuple[Correction, ...] = ()
    if merged is not None and any(python in common for python in _common(places, sorted(merged))):
        heals = _heals(world, merged, found.corrections if merged == clash else None)
    return Reasons(
        components=clash,
        findings=tuple(_wall(finding) for finding in _explained(world, roots, found.conflicts)),
        heals=heals,
        clash=True,
    )


def _common(places: Places, names: Iterable[str]) -> list[str]:
    every = list(names)
    return [
        python for python in places.worlds if all(python in places.allowed[name] for name in every)
    ]


def _explained(
    world: World, roots: Sequence[Root], conflicts: Iterable[Selectors]
) -> list[Finding]:
    """Return minimal conflicts as findings: those of few lines first, then by place."""
    prover = Prover(world.universe)
    findings = [
        explain(world.oracle, prover, [r for r in roots if r.selector in conflict])
        for conflict in conflicts
    ]
    places = {root.statement.origin: index for index, root in enumerate(roots)}
    return sorted(findings, key=lambda f: (len(f.locations), *(places[o] for o in f.locations)))


def _heals(
    world: World, merged: Group, known: Sequence[Selectors] | None
) -> tuple[Correction, ...]:
    """Return edits after which all of ``merged`` share one environment, the closest first."""
    roots = world.roots(merged)
    if known is None:
        selectors = [root.selector for root in roots]
        known = enumerate_minimal(world.oracle, selectors, _MOST_CORRECTIONS).corrections
    found = [correct(world.oracle, roots, each) for each in sorted(known, key=len)[:6]]
    cores = {component.name for component in world.components if component.role == "core"}
    return tuple(c for c in by_closeness(world.oracle, found, cores, roots) if c.edits)[:3]


def _wall(finding: Finding) -> Finding:
    rule = RULES["wall-conflict"]
    return replace(finding, rule=rule.id, severity=rule.severity)


def projects_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the projects that conflicts are about: where they end, and what their lines name."""
    found: set[str] = set()
    for finding in findings:
        if isinstance(finding.evidence, Conflict):
            found.add(finding.evidence.project)
            statements = finding.evidence.statements
            found |= {s.name for s in statements if isinstance(s, Requirement)}
    return frozenset(found)
