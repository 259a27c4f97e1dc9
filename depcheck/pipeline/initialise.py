"""``init``: what a repository holds, found by its files and read as a check would read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from depcheck.discovery.candidates import candidates
from depcheck.discovery.docker import compose_files
from depcheck.discovery.proposing import propose
from depcheck.discovery.roles import has_ai
from depcheck.discovery.values import Building, Candidate, Discovery, Mention, Reading, Tree
from depcheck.discovery.walk import walk
from depcheck.errors import SourceError
from depcheck.model.requirement import Component
from depcheck.model.settings import ComponentSettings
from depcheck.model.target import Target
from depcheck.sources import lock_reader, read_component
from depcheck.sources.compose_builds import read_builds
from depcheck.sources.requirements_file import exact_version
from depcheck.sources.target import build_target

_MOST_PARTS = 20


def discover(root: Path) -> Discovery:
    """Return the components below ``root`` and what else a configuration is drafted from.

    Nothing is executed and nothing outside of ``root`` is read. What cannot be read is a
    mention, never an error.
    """
    tree = walk(root)
    found = candidates(tree, root)
    target = build_target(None, None)
    readings = [_read(candidate, root, target) for candidate in found.found]
    readings += _of_extras(readings, root, target)
    buildings, unread = _buildings(tree, root)
    discovery = propose(root, tree, found, readings, buildings)
    return replace(discovery, mentions=(*discovery.mentions, *unread))


def _read(candidate: Candidate, root: Path, target: Target) -> Reading:
    """Read a candidate; a lock that is none is left away."""
    try:
        component = _component(candidate, None, root, target)
    except SourceError as fault:
        return Reading(
            candidate=candidate, fault=f"cannot be read: {fault.message.splitlines()[0]}"
        )
    names = [r.name for r in component.requirements if r.kind == "requirement"]
    bound = component.requires_python
    return Reading(
        candidate=_noted(_with_lock(candidate, root, target), component),
        names=tuple(dict.fromkeys(names or [pin.name for pin in component.baseline])),
        python=bound.specifier if bound else "",
    )


def _component(candidate: Candidate, lock: str | None, root: Path, target: Target) -> Component:
    settings = ComponentSettings(
        name="found",
        source=candidate.source,
        lock=lock,
        extras=candidate.extras,
        groups=candidate.groups,
    )
    return read_component(settings, root=root, target=target)


def _with_lock(candidate: Candidate, root: Path, target: Target) -> Candidate:
    if candidate.lock is None or _is_lock(candidate, candidate.lock, root, target):
        return candidate
    remark = f"{candidate.lock} stands beside it, and does not pin every version: it is no lock"
    return replace(candidate, lock=None, remarks=(*candidate.remarks, remark))


def _is_lock(candidate: Candidate, lock: str, root: Path, target: Target) -> bool:
    try:
        _component(candidate, lock, root, target)
        if lock_reader(Path(lock)):
            return True
        listed = replace(candidate, source=lock, extras=(), groups=())
        requirements = _component(listed, None, root, target).requirements
        return all(exact_version(requirement.specifier) for requirement in requirements)
    except SourceError:
        return False


def _noted(candidate: Candidate, component: Component) -> Candidate:
    """Return a candidate with a remark where a check of it would not be whole."""
    gaps = [each for each in component.undetermined if not each.harmless]
    if not gaps:
        return candidate
    remark = f"{len(gaps)} of what it requires cannot be checked: depcheck check tells why"
    return replace(candidate, remarks=(*candidate.remarks, remark))


def _of_extras(readings: Sequence[Reading], root: Path, target: Target) -> list[Reading]:
    """Return the extras and groups that bring AI to the only component, each as its own."""
    sound = [reading for reading in readings if not reading.fault]
    if len(sound) != 1 or has_ai(sound[0]):
        return []
    base = replace(sound[0].candidate, more_extras=(), more_groups=())
    remark = "{} of {}: is the core moved where it is installed too?"
    extra, group = (remark.format(kind, base.source) for kind in ("An extra", "A group"))
    parts = [
        replace(base, name=f"{base.name}-{name}", extras=(name,), remarks=(extra,))
        for name in sound[0].candidate.more_extras[:_MOST_PARTS]
    ]
    parts += [
        replace(base, name=f"{base.name}-{name}", groups=(name,), remarks=(group,))
        for name in sound[0].candidate.more_groups[:_MOST_PARTS]
    ]
    read = (_read(part, root, target) for part in parts)
    return [reading for reading in read if not reading.fault and has_ai(reading)]


def _buildings(tree: Tree, root: Path) -> tuple[tuple[Building, ...], tuple[Mention, ...]]:
    """Return what compose files build, and those that cannot be read."""
    found: list[Building] = []
    unread: list[Mention] = []
    for path in compose_files(tree):
        try:
            found += _of_compose(path, root)
        except SourceError as fault:
            why = f"cannot be read: {fault.message.splitlines()[0]}"
            unread.append(Mention(path=path, why=why))
    return tuple(found), tuple(unread)


def _of_compose(path: str, root: Path) -> Iterator[Building]:
    for service, context, dockerfile in read_builds(Path(path), root=root):
        if service.strip() and service.isprintable():
            yield Building(service=service[:100], context=context, dockerfile=dockerfile, file=path)
