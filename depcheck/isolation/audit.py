"""Guard-rails that services lack: one finding for each (``depcheck isolate --audit``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from depcheck.isolation.gateways import beside, has_gateway, unread
from depcheck.isolation.guardrails import RAILS, Lack
from depcheck.isolation.mending import mend
from depcheck.model.findings import Finding
from depcheck.model.isolation import Guarded
from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.walls import Guardrail

_RULES = {rule.id: rule for rule in GUARDRAILS}
_ORDER = {rule.removeprefix("guardrail-"): number for number, rule in enumerate(_RULES)}


def audit(
    services: Sequence[Guarded], judged: Collection[str], around: Sequence[Guarded] = ()
) -> list[Finding]:
    """Return what the ``judged`` services lack, in their order and that of the rules.

    A finding's location is the field that is wrong, else the service. Nothing is said of a
    guard-rail that cannot be told; ``untold`` says so. A service that shares the network of
    another has that one's networks and ports. ``around`` are those that were not asked about
    and share a network with one that was.
    """
    whole = _whole(services)
    every = (*whole, *around)
    return [
        _finding(service, lack)
        for service in whole
        if service.service in judged
        for lack in _lacking(service, every)
    ]


def untold(services: Sequence[Guarded], judged: Collection[str]) -> list[Undetermined]:
    """Return the guard-rails of the ``judged`` services that cannot be told, and why."""
    return [
        Undetermined(
            subject=f"the guard-rail {rail} of {called(service)}",
            reason=reason,
            hint=_hint(service, rail, reason),
            origin=service.unknown_at.get(rail) or _network_line(service, rail) or service.origin,
        )
        for service in _whole(services)
        if service.service in judged
        for rail, reason in _unknown(service, services).items()
    ]


def _network_line(service: Guarded, rail: str) -> Origin | None:
    """Return where a network stands of which it is not known who is in it."""
    if rail not in ("network", "gateway"):
        return None
    unsure = [name for name, internal in service.networks.items() if internal is None]
    lines = (service.lines.get(f"networks.{name}") for name in unsure)
    return next((line for line in lines if line), None)


_LENT = ("ports", "networks")
_ENGINE = "audit the running container (container:NAME): the engine knows"
_HINTS = {
    "rests on": "set it in .env, or give it a default (${NAME:-…})",
    "nothing here says": _ENGINE,
    "env_file": f"name a file that is there, or {_ENGINE}",
}
"""What to do, by words of the reason."""


def _hint(service: Guarded, rail: str, reason: str) -> str:
    if service.origin is None:
        return "audit the container whose network it is"
    found = (hint for words, hint in _HINTS.items() if words in reason)
    return next(found, _READABLE if rail == "gateway" else _ENGINE)


_READABLE = "what a gateway is told has to lie there, below the project, as a text"


def rails_kept(
    service: Guarded, findings: Sequence[Finding], every: Sequence[Guarded] = ()
) -> tuple[str, ...]:
    """Return the guard-rails that stand, in the order of the rules.

    One that has nothing to guard (a start period where there is no health check) is not
    among them, nor a gateway where none of ``every`` is one.
    """
    return _standing(service, findings, every, idle=False)


def rails_idle(
    service: Guarded, findings: Sequence[Finding], every: Sequence[Guarded] = ()
) -> tuple[str, ...]:
    """Return the guard-rails that are neither lacking nor have something to guard."""
    return _standing(service, findings, every, idle=True)


def _standing(
    service: Guarded, findings: Sequence[Finding], every: Sequence[Guarded], *, idle: bool
) -> tuple[str, ...]:
    lacking = {
        finding.rule
        for finding in findings
        if isinstance(finding.evidence, Guardrail) and finding.evidence.service == called(service)
    }
    names = [rule.removeprefix("guardrail-") for rule in _RULES if rule not in lacking]
    nothing_there = {
        "start-period": not service.health,
        "tmpfs": not service.read_only,
        "gateway": not has_gateway(service, every),
    }
    unknown = _unknown(service, every)
    told = [name for name in names if name not in unknown]
    return tuple(name for name in told if nothing_there.get(name, False) == idle)


def called(service: Guarded) -> str:
    """Return what a service is called in findings: a container by its own name."""
    return service.service if service.origin else service.where.removeprefix("container ")


def _whole(services: Sequence[Guarded]) -> list[Guarded]:
    """Return services with the networks and ports that they have from others."""
    known = {service.service: service for service in services if service.origin}
    return [_with_network(service, known) for service in services]


def _lacking(service: Guarded, every: Sequence[Guarded]) -> list[Lack]:
    """Return what is lacking; where a rail cannot be told, only what is wrong for certain."""
    unknown = _unknown(service, every)
    found = [lack for rail in RAILS for lack in rail(service)]
    found += beside(service, every)
    found.sort(key=lambda lack: _ORDER[lack.rail])
    return [lack for lack in found if lack.definite or lack.rail not in unknown]


def _finding(service: Guarded, lack: Lack) -> Finding:
    rule = _RULES[f"guardrail-{lack.rail}"]
    places = _places(service, lack)
    mending = mend(service, lack)
    contains = lack.why or rule.why
    return Finding(
        rule=rule.id,
        severity=lack.severity or rule.severity,
        message=f"{called(service)} {lack.says}: {contains[:1].lower()}{contains[1:]}",
        locations=places or ((service.origin,) if service.origin else ()),
        evidence=Guardrail(
            service=called(service),
            name=lack.rail,
            set=mending.set,
            found=_found(service, lack),
            contains=contains,
            now=mending.now,
            also=mending.also,
        ),
        remedy=mending.remedy,
    )


def _places(service: Guarded, lack: Lack) -> tuple[Origin, ...]:
    """Return where the field stands, or each of them; one line once."""
    there = _there(service, lack)
    found = lack.origins or (there if lack.each else there[:1])
    lines: dict[tuple[str, int | None], Origin] = {}
    for place in found:
        lines.setdefault((place.path, place.line), place)
    return tuple(lines.values())


def _found(service: Guarded, lack: Lack) -> str:
    """Return what stands there: the very entry, or several in short."""
    there = _there(service, lack)
    several = lack.each and len(there) > 1
    return there[0].text if there and not several else lack.found


def _there(service: Guarded, lack: Lack) -> list[Origin]:
    return [service.lines[path] for path in lack.at if path in service.lines]


def _with_network(service: Guarded, known: Mapping[str, Guarded]) -> Guarded:
    """Return a service with the networks and ports of the one whose network it shares."""
    ports, lender = service.ports, service
    for _ in range(len(known)):
        mode, _, name = lender.network_mode.partition(":")
        if mode != "service" or name not in known:
            break
        lender = known[name]
        ports += lender.ports
    if lender is service:
        return service
    lent = {path: at for path, at in lender.lines.items() if path.startswith(_LENT)}
    return replace(
        service,
        ports=ports,
        networks=lender.networks,
        network_mode=lender.network_mode,
        lines={**service.lines, **lent},
    )


def _unknown(service: Guarded, every: Sequence[Guarded]) -> Mapping[str, str]:
    """Return the guard-rails that cannot be told, and why."""
    mode = service.network_mode
    unsure = [name for name, internal in service.networks.items() if internal is None]
    fault = unread(service, every)
    known = {**({"gateway": fault} if fault else {}), **service.unknown}
    if mode.startswith(("service:", "container:")) and not service.networks:
        return {"network": f"it shares the network of {mode}", **known}
    if unsure:
        internal = f"nothing here says whether the network {unsure[0]} is internal"
        others = f"nothing here says who else is in the network {unsure[0]}"
        return {"network": internal, "gateway": others, **known}
    return known
