"""A container's lock against its requirements, with nothing known beforehand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from depcheck.conflicts.enumerate import minimal_conflict
from depcheck.conflicts.explain import explain
from depcheck.conflicts.proof import Prover
from depcheck.errors import OutputError
from depcheck.isolation.worlds import World, build_world
from depcheck.model.catalog import Catalog
from depcheck.model.requirement import Component, Origin, Requirement, normalise
from depcheck.model.target import Target
from depcheck.model.text import printable
from depcheck.resolve.oracle import Completion, Refutation


def recheck(
    components: Sequence[Component],
    target: Target,
    catalog: Catalog,
    lock: str,
    path: str,
    *,
    prereleases: bool = False,
) -> tuple[bool | None, str]:
    """Say whether the pins of a lock satisfy all that the components and the pins require.

    A pinned file has to be at the index still, with the hash that the lock has.
    ``lock`` is the text of a ``pylock.toml``, ``path`` names it. Which pre-releases and yanked
    releases count is decided over these components alone. Returns False with the reason
    where a requirement does not hold or a distribution is lacking, None with the reason
    where something could not be read. Raises OutputError for a lock that is none.
    """
    pins = pins_of(lock, path)
    world = build_world(components, target, catalog, prereleases=prereleases)
    mine = [root for component in components for root in world.stated[component.name]]
    held = [world.universe.state(pins[name]) for name in sorted(pins)]
    world.oracle.meet(pins)
    answer = world.oracle.complete([root.selector for root in (*mine, *held)])
    if isinstance(answer, Refutation):
        return False, _refuted(world, answer)
    if faults := [*_lacking(answer, pins)]:
        return False, "; ".join(faults)
    unread = [
        *(f"{u.subject}: {u.reason}" for u in answer.unread),
        *(f"{u.subject}: {u.reason}" for c in components for u in c.undetermined if not u.harmless),
    ]
    return (None, "; ".join(map(printable, unread))) if unread else (True, "")


def pins_of(lock: str, path: str) -> Mapping[str, Requirement]:
    """Return normalised name → pin of a ``pylock.toml`` (PEP 751), with its files' hashes.

    A pin is a constraint, not a requirement: nothing is needed for being in the lock.
    """
    try:
        packages = tomllib.loads(lock)["packages"]
        pins = [_pin(package, path) for package in packages]
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError) as fault:
        raise OutputError(f"{printable(path)}: it is no lock: {printable(str(fault))}") from None
    return {pin.name: pin for pin in pins}


def _pin(package: Mapping[str, Any], path: str) -> Requirement:
    name, specifier = normalise(package["name"]), f"=={package['version']}"
    files = [*package.get("wheels", ()), *filter(None, (package.get("sdist"),))]
    hashes = {f"{kind}:{digest}" for file in files for kind, digest in file["hashes"].items()}
    return Requirement(
        name=name,
        specifier=specifier,
        origin=Origin(component="the lock", path=path, line=None, text=f"{name}{specifier}"),
        kind="constraint",
        hashes=tuple(sorted(hashes)),
    )


def _refuted(world: World, answer: Refutation) -> str:
    conflict = minimal_conflict(world.oracle, answer.core)
    roots = [root for root in world.universe.roots if root.selector in conflict]
    return explain(world.oracle, Prover(world.universe), roots).message


def _lacking(answer: Completion, pins: Iterable[str]) -> Iterator[str]:
    """What the requirements lead to and the lock lacks."""
    for name in sorted(answer.chosen.keys() - set(pins)):
        yield f"the lock lacks {name}"
