"""Audit: the guard-rails that services lack (``depcheck isolate --audit``). Nothing prints."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from depcheck import __version__
from depcheck.errors import UsageError
from depcheck.isolation.audit import audit as lacking
from depcheck.isolation.audit import called, rails_idle, rails_kept, untold
from depcheck.isolation.gateways import gateways_of, is_gateway
from depcheck.model.findings import Finding
from depcheck.model.gaps import gap
from depcheck.model.identity import components as of_finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.observer import Observer
from depcheck.model.requirement import Origin, Undetermined, normalise
from depcheck.model.review import Suppression
from depcheck.model.rules import ISOLATION_RULES
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import did_you_mean, printable
from depcheck.review.suppress import suppress

_CONTAINER, _PROJECT = "container:", "project:"
_RULES = {name: rule for name, rule in ISOLATION_RULES.items() if name.startswith("guardrail-")}


def audit(
    named: Sequence[str],
    *,
    root: Path,
    components: Sequence[ComponentSettings] = (),
    services: Sequence[str] = (),
    suppressions: Sequence[Suppression] = (),
    today: datetime.date | None = None,
    environ: Mapping[str, str],
    observer: Observer,
) -> AuditReport:
    """Read what is ``named`` and report which guard-rails its AI components lack.

    Each of ``named`` is a compose file or its folder (several files are merged in their order;
    one alone by its usual name brings its override along, as in compose), ``container:NAME``
    or ``project:NAME`` (a compose project's running containers). Judged are the ``services``
    named; else those that are an AI component of the configuration (``components``), by its
    name or its ``container``, and its other components that run outside of the core's
    container; else, where nothing tells, all but the configured core and gateways. Where only
    containers are named, one by one, each is judged. What ``suppressions`` accept is set
    apart; ``today`` tells which of them have expired.
    ``environ`` is what the engine is found by. Raises DepcheckError for what cannot be read.
    """
    started = time.perf_counter()
    live = [each for each in named if each.startswith((_CONTAINER, _PROJECT))]
    files = _files(named, root)
    found, undetermined, added = _of_files(files, root, observer)
    running, around = _of_engine(live, environ, observer)
    every = (*found, *running)
    if not every and not undetermined:
        raise UsageError(f"{_shown(named)} has no services", hint="is it the right file?")
    choice = _choose(every, components, services, one_by_one=_are_containers(named))
    judged = tuple(replace(each, ai=each.service in choice.judged) for each in every)
    findings = tuple(lacking(judged, choice.judged, around))
    beside = (*judged, *around)
    gaps = (*undetermined, *untold(judged, choice.judged), *choice.missing)
    sort = partial(suppress, rules=_RULES, today=today, named=_owners(every, components))
    told = sort((*findings, *(gap(each) for each in gaps if not each.harmless)), suppressions)
    return AuditReport(
        version=__version__,
        audited=_shown((*files, *added, *live)),
        services=judged,
        because=choice.because,
        kept={called(each): rails_kept(each, findings, beside) for each in judged if each.ai},
        idle={called(each): rails_idle(each, findings, beside) for each in judged if each.ai},
        # An audit lists what it could not tell beside the findings, not among them.
        findings=(*(each for each in told.live if each.rule in _RULES), *told.about),
        suppressed=told.suppressed,
        undetermined=gaps,
        notes=(*_read_too(added), *_gateways_read(judged, beside)),
        seconds=time.perf_counter() - started,
    )


def _owners(
    every: Sequence[Guarded], components: Sequence[ComponentSettings]
) -> Callable[[Finding], Collection[str]]:
    """Return what tells the components of a finding: a service is one by the names of both."""
    named: dict[str, set[str]] = {}
    for component in components:
        services = _that_are(every, component)
        for each in every:
            if each.service in services:
                named.setdefault(each.service, set()).add(component.name)
                named.setdefault(called(each), set()).add(component.name)

    def owners(finding: Finding) -> Collection[str]:
        # A guard-rail that cannot be told names its service last (isolation/audit.py, untold).
        told = of_finding(finding) or (finding.subject.rpartition(" of ")[2],)
        return {*told, *(owner for name in told for owner in named.get(name, ()))}

    return owners


def _are_containers(named: Sequence[str]) -> bool:
    return all(each.startswith(_CONTAINER) for each in named)


def _files(named: Sequence[str], root: Path) -> list[str]:
    """Return the compose files that are named, of a folder the one in it."""
    names = [each for each in named if not each.startswith((_CONTAINER, _PROJECT))]
    if not names:
        return []
    from depcheck.sources.compose_named import file_of

    return [file_of(each, root) for each in names]


def _shown(named: Sequence[str]) -> str:
    return ", ".join(printable(each) for each in named)


def _of_files(
    files: Sequence[str], root: Path, observer: Observer
) -> tuple[tuple[Guarded, ...], tuple[Undetermined, ...], tuple[str, ...]]:
    """Return the services of compose files, and which files were read beside those named."""
    if not files:
        return (), (), ()
    from depcheck.sources.compose_named import named_files

    observer.stage(f"reading {_shown(files)}")
    chosen = named_files([Path(os.path.abspath(root / each)) for each in files], root)
    services, undetermined = _services(chosen.files, root)
    unsure = tuple(replace(u, origin=_below(root, u.origin)) for u in chosen.undetermined)
    added = tuple(_relative(path, root) for path in chosen.added)
    return services, (*undetermined, *unsure), added


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _below(root: Path, origin: Origin | None) -> Origin | None:
    return None if origin is None else replace(origin, path=_relative(Path(origin.path), root))


def _services(
    paths: Sequence[Path], root: Path
) -> tuple[tuple[Guarded, ...], tuple[Undetermined, ...]]:
    """Return the services of compose files, which may lie outside of the project."""
    from depcheck.sources.compose_guardrails import read_guarded

    if all(path.is_relative_to(root) for path in paths):
        return read_guarded([path.relative_to(root) for path in paths], root=root)
    # Named by a person: it is read where it is, and what it extends beside it.
    folder = Path(os.path.commonpath([path.parent for path in paths]))
    found, undetermined = read_guarded([path.relative_to(folder) for path in paths], root=folder)
    return (
        tuple(_found_in(folder, each) for each in found),
        tuple(replace(each, origin=_in(folder, each.origin)) for each in undetermined),
    )


def _found_in(folder: Path, service: Guarded) -> Guarded:
    """Return a service whose file lies outside of the project, told by its whole path."""
    return replace(
        service,
        where=str(folder / service.where),
        origin=_in(folder, service.origin),
        lines={field: _at(folder, origin) for field, origin in service.lines.items()},
        unknown_at={rail: _at(folder, origin) for rail, origin in service.unknown_at.items()},
        proxies=tuple(replace(each, origin=_at(folder, each.origin)) for each in service.proxies),
    )


def _in(folder: Path, origin: Origin | None) -> Origin | None:
    return None if origin is None else _at(folder, origin)


def _at(folder: Path, origin: Origin) -> Origin:
    return replace(origin, path=(folder / origin.path).as_posix())


def _of_engine(
    live: Sequence[str], environ: Mapping[str, str], observer: Observer
) -> tuple[tuple[Guarded, ...], tuple[Guarded, ...]]:
    """Return the containers that are named, or that run for a project, and their neighbours."""
    if not live:
        return (), ()
    from depcheck.images.engine import Engines, containers_of_project
    from depcheck.images.engine.guardrails import guarded_container, neighbours

    with Engines(environ) as engines:
        names: list[str] = []
        for each in live:
            kind, _, name = each.partition(":")
            if not name:
                raise UsageError(f'"{printable(each)}" names no {kind}')
            if f"{kind}:" == _CONTAINER:
                names.append(name)
            else:
                of_project = containers_of_project(name, engines=engines, observer=observer)
                names += [container for group in of_project.values() for container in group]
        engine = engines.get()
        found = tuple(guarded_container(engine, name) for name in dict.fromkeys(names))
        return found, neighbours(engine, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Which services are judged and why; ``missing`` are AI components that none of them is."""

    judged: frozenset[str]
    because: str
    missing: tuple[Undetermined, ...] = ()


def _choose(
    every: Sequence[Guarded],
    components: Sequence[ComponentSettings],
    services: Sequence[str],
    *,
    one_by_one: bool,
) -> _Choice:
    if services:
        return _asked(every, services)
    if one_by_one:
        names = frozenset(each.service for each in every)
        return _Choice(judged=names, because="A container that is named is judged.")
    ai = [each for each in components if each.role == "ai"]
    judged = {name for each in ai for name in _that_are(every, each)}
    if not judged:
        return _all(every, components, ai)
    others = _outside(every, components) - judged
    missing = [each for each in ai if not _that_are(every, each)]
    return _Choice(
        judged=frozenset(judged | others),
        because=_why_configured(others),
        missing=tuple(_missing(each) for each in missing),
    )


def _why_configured(others: Collection[str]) -> str:
    if not others:
        return "They are the AI components of the configuration."
    named = ", ".join(sorted(others))
    return (
        "They are the AI components of the configuration, and those of its other components "
        f"that run outside of the core's container ({named})."
    )


def _outside(every: Sequence[Guarded], components: Sequence[ComponentSettings]) -> set[str]:
    """Return the services of components that are neither the core nor in its container.

    In its container is what runs from its image. Without a core nobody is outside of it.
    """
    if not any(each.role == "core" for each in components):
        return set()
    core = {n for each in components if each.role == "core" for n in _that_are(every, each)}
    images = {each.image for each in every if each.service in core and each.image}
    others = {n for each in components if each.role == "other" for n in _that_are(every, each)}
    shared = {each.service for each in every if each.image in images}
    return others - core - shared


def _asked(every: Sequence[Guarded], services: Sequence[str]) -> _Choice:
    known = {name: each.service for each in every for name in (called(each), each.service)}
    for name in services:
        if name not in known:
            raise UsageError(
                f"no service is called {printable(name)}",
                hint=did_you_mean(name, known) or f"there are {', '.join(sorted(known)[:20])}",
            )
    judged = frozenset(known[name] for name in services)
    return _Choice(judged=judged, because="They were named with --service.")


def _all(
    every: Sequence[Guarded],
    components: Sequence[ComponentSettings],
    ai: Sequence[ComponentSettings],
) -> _Choice:
    """Judge all but the core and gateways: a guess at which is an AI component could miss one."""
    core = {n for each in components if each.role == "core" for n in _that_are(every, each)}
    gateways = {each.service for each in every if is_gateway(each)} - core
    names = frozenset(each.service for each in every) - core - gateways
    why = "Nothing says which services are AI components"
    if ai:
        configured = ", ".join(each.name for each in ai)
        why = f"None of these services is an AI component of the configuration ({configured})"
    kinds = (("the core", core), ("what is a gateway", gateways))
    spared = [f"{what} ({', '.join(sorted(which))})" for what, which in kinds if which]
    left = f" but {' and '.join(spared)}" if spared else ""
    return _Choice(
        judged=names,
        because=f"{why}, so all{left} were judged; --service NAME says which.",
    )


def _that_are(every: Iterable[Guarded], component: ComponentSettings) -> Collection[str]:
    """Return the services that are a component, by its name or that of its container."""
    wanted = {normalise(name) for name in (component.name, component.container) if name}
    return {
        each.service
        for each in every
        if {normalise(each.service), normalise(called(each))} & wanted
    }


def _missing(component: ComponentSettings) -> Undetermined:
    return Undetermined(
        subject=f"the AI component {component.name}",
        reason="no service here has its name or that of its container",
        hint=f'set container = "SERVICE" in [components.{component.name}], '
        "or say with --service which to judge",
        origin=component.origin,
    )


def _read_too(added: Sequence[str]) -> tuple[str, ...]:
    """Return that an override was read: compose takes it along where nobody says -f."""
    return tuple(
        f"{printable(name)} was read too, as compose does where it runs without -f; for another "
        "choice name each file (--audit FILE)."
        for name in added
    )


def _gateways_read(judged: Sequence[Guarded], every: Sequence[Guarded]) -> tuple[str, ...]:
    """Return how far the gateways before the judged services were looked into."""
    gateways = {called(g): g for each in judged if each.ai for g in gateways_of(each, every)}
    looked = [
        name for name, each in gateways.items() if any(not file.fault for file in each.proxies)
    ]
    unseen = [name for name in gateways if name not in looked]
    notes = []
    if looked:
        notes.append(
            f"Of {', '.join(looked)} the configuration was read by its words alone (a rate limit, "
            "a cap, time-outs, a circuit breaker); whether its numbers suit was not looked at."
        )
    if unseen:
        notes.append(
            f"What {', '.join(unseen)} is told to do was not looked at: whether it has a rate "
            "limit, a cap, time-outs and a circuit breaker is not known."
        )
    return tuple(notes)
