"""Which Pythons each component may run on, and the worlds to resolve in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from depcheck.conflicts.enumerate import minimal_conflict
from depcheck.conflicts.explain import explain
from depcheck.conflicts.proof import Prover
from depcheck.isolation.python import other_pythons, python_wall
from depcheck.isolation.worlds import World
from depcheck.model.findings import Finding
from depcheck.model.requirement import Component
from depcheck.model.rules import RULES
from depcheck.model.settings import ComponentSettings
from depcheck.model.target import Target
from depcheck.resolve.oracle import Refutation

Build = Callable[[Sequence[ComponentSettings], Target], World]
TargetOf = Callable[[str], Target]


@dataclass(slots=True)
class Places:
    """Where components may run.

    ``worlds`` are by full Python version, the run's own first. ``allowed`` maps a component
    to the versions that it may run on, its own or the run's first; one that resolves for
    none of them is in ``impossible`` with its finding. ``moved`` are findings
    (``wall-python``) about those that cannot run on the run's Python. ``known`` has every
    component as it was read first, the impossible ones too.
    """

    main: str
    worlds: dict[str, World] = field(default_factory=dict)
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    impossible: dict[str, Finding] = field(default_factory=dict)
    moved: dict[str, Finding] = field(default_factory=dict)
    known: dict[str, Component] = field(default_factory=dict)

    def world(self, component: str) -> World:
        """Return the world that a component is looked at in by itself."""
        return self.worlds[self.allowed[component][0]]


def find_places(
    components: Sequence[ComponentSettings],
    target: Target,
    target_of: TargetOf,
    build: Build,
) -> Places:
    """Decide for each component which Pythons count, so that it resolves alone on the first.

    The core, and a component with a Python of its own, stay on theirs; any other one may
    run on the run's Python, on one that another component brings in, or, where it does not
    resolve on the run's, on the nearest one on which it does.
    """
    places = Places(target.python)
    own = {c.name: target_of(c.python) for c in components if c.python is not None}
    free = [c for c in components if c.name not in own and c.role != "core"]
    at_home = [c for c in components if own.get(c.name, target).python == target.python]
    places.worlds[target.python] = build(at_home, target)
    for other in {t.python: t for t in own.values() if t.python != target.python}.values():
        fixed = [c for c in components if c.name in own and own[c.name].python == other.python]
        places.worlds[other.python] = build([*fixed, *free], other)
    for component in components:
        mine = own.get(component.name, target)
        _place(places, component, mine, component in free, free, target_of, build)
    if places.impossible:
        # What they alone let in (a pre-release, a yanked release) is not for the others.
        rest = [c for c in components if c.name not in places.impossible]
        left = find_places(rest, target, target_of, build)
        return replace(
            left,
            impossible={**places.impossible, **left.impossible},
            known={**places.known, **left.known},
        )
    for component in free:
        name = component.name
        others = (p for p, world in places.worlds.items() if _stands(world, name))
        places.allowed[name] = tuple(dict.fromkeys((*places.allowed[name], *others)))
    return places


def _stands(world: World, name: str) -> bool:
    """Whether a component resolves by itself in a world."""
    return name in world.stated and not isinstance(world.complete({name}), Refutation)


def _place(
    places: Places,
    component: ComponentSettings,
    target: Target,
    is_free: bool,
    free: Sequence[ComponentSettings],
    target_of: TargetOf,
    build: Build,
) -> None:
    name, world = component.name, places.worlds[target.python]
    places.known[name] = read(world, name)
    answer = world.complete({name})
    if not isinstance(answer, Refutation):
        places.allowed[name] = (target.python,)
        if target.python != places.main:
            places.moved[name] = python_wall(name, places.main, target.python, None)
        return
    conflict = why_not(world, [name], answer)
    for python in _others(read(world, name), target):
        where = target_of(python)
        known = places.worlds.get(where.python)
        if known is not None and name in known.stated:
            trial = known
        else:
            trial = build(free if is_free else [component], where)
        if isinstance(trial.complete({name}), Refutation):
            continue
        found = trial.target.python
        if is_free:
            places.worlds.setdefault(found, trial)
            places.allowed[name] = (found,)
            places.moved[name] = python_wall(name, target.python, found, conflict)
        else:
            places.impossible[name] = _impossible(name, conflict, found)
        return
    places.impossible[name] = _impossible(name, conflict, "")


def _others(component: Component, target: Target) -> tuple[str, ...]:
    bound = component.requires_python
    return other_pythons(target, bound.specifier if bound else None)


def why_not(world: World, group: Sequence[str], answer: Refutation) -> Finding:
    """Return one minimal conflict of a group that was refuted, told as ``check`` tells it."""
    conflict = minimal_conflict(world.oracle, answer.core)
    roots = [root for root in world.roots(frozenset(group)) if root.selector in conflict]
    return explain(world.oracle, Prover(world.universe), roots)


def _impossible(name: str, conflict: Finding, found: str) -> Finding:
    rule = RULES["component-impossible"]
    remedy = conflict.remedy
    if found:
        minor = ".".join(found.split(".")[:2])
        remedy = f'It resolves for Python {minor}: set python = "{minor}" for it.'
    return replace(
        conflict,
        rule=rule.id,
        severity=rule.severity,
        message=f"{name} cannot be resolved even alone: {_lower(conflict.message)}",
        remedy=remedy,
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def read(world: World, name: str) -> Component:
    """Return a component as it was read for a world's target."""
    return next(component for component in world.components if component.name == name)
