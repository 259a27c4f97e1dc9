"""Guard-rails that services lack: one finding for each (``depcheck isolate --audit``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from depcheck.isolation.guardrails import RAILS, Lack
from depcheck.isolation.mending import mend
from depcheck.model.findings import Finding
from depcheck.model.isolation import Guarded
from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.walls import Guardrail

_RULES = {rule.id: rule for rule in GUARDRAILS}


def audit(services: Sequence[Guarded], judged: Collection[str]) -> list[Finding]:
    """Return what the ``judged`` services lack, in their order and that of the rules.

    A finding's location is the field that is wrong, else the service. Nothing is said of a
    guard-rail that cannot be told; ``untold`` says so. A service that shares the network of
    another has that one's networks and ports.
    """
    known = _in_files(services)
    return [
        _finding(service, lack)
        for service in services
        if service.service in judged
        for lack in _lacking(_with_network(service, known))
    ]


def untold(services: Sequence[Guarded], judged: Collection[str]) -> list[Undetermined]:
    """Return the guard-rails of the ``judged`` services that cannot be told, and why."""
    known = _in_files(services)
    found = []
    for service in services:
        if service.service in judged:
            whole = _with_network(service, known)
            found += [
                Undetermined(
                    subject=f"the guard-rail {rail} of {called(service)}",
                    reason=reason,
                    hint=_hint(service, rail),
                    origin=service.origin,
                )
                for rail, reason in _unknown(whole).items()
            ]
    return found


_HINTS = {
    "network": "audit the running container (container:NAME): the engine knows",
    "secrets": "name a file that is there, or audit the running container (container:NAME)",
}


def _hint(service: Guarded, rail: str) -> str:
    if service.origin is None:
        return "audit the container whose network it is"
    return _HINTS.get(rail, "set it in .env, or give it a default (${NAME:-…})")


def rails_kept(service: Guarded, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the guard-rails that stand, in the order of the rules.

    One that has nothing to guard (a start period where there is no health check) is not
    among them.
    """
    lacking = {
        finding.rule
        for finding in findings
        if isinstance(finding.evidence, Guardrail) and finding.evidence.service == called(service)
    }
    names = [rule.removeprefix("guardrail-") for rule in _RULES if rule not in lacking]
    idle = {"start-period": not service.health, "tmpfs": not service.read_only}
    return tuple(n for n in names if n not in _unknown(service) and not idle.get(n))


def called(service: Guarded) -> str:
    """Return what a service is called in findings: a container by its own name."""
    return service.service if service.origin else service.where.removeprefix("container ")


def _in_files(services: Sequence[Guarded]) -> Mapping[str, Guarded]:
    return {service.service: service for service in services if service.origin}


def _lacking(service: Guarded) -> Iterator[Lack]:
    """Yield what is lacking; where a rail cannot be told, only what is wrong for certain."""
    unknown = _unknown(service)
    for rail in RAILS:
        for lack in rail(service):
            if lack.definite or lack.rail not in unknown:
                yield lack


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
            found=places[0].text if places else lack.found,
            contains=contains,
            now=mending.now,
        ),
        remedy=mending.remedy,
    )


def _places(service: Guarded, lack: Lack) -> tuple[Origin, ...]:
    """Return where the field stands; of secrets, where each of them does."""
    there = [service.lines[path] for path in lack.at if path in service.lines]
    return tuple(there if lack.rail == "secrets" else there[:1])


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
    return replace(service, ports=ports, networks=lender.networks, network_mode=lender.network_mode)


def _unknown(service: Guarded) -> Mapping[str, str]:
    """Return the guard-rails that cannot be told, and why."""
    mode = service.network_mode
    unsure = [name for name, internal in service.networks.items() if internal is None]
    if mode.startswith(("service:", "container:")) and not service.networks:
        return {"network": f"it shares the network of {mode}", **service.unknown}
    if unsure:
        reason = f"nothing here says whether the network {unsure[0]} is internal"
        return {"network": reason, **service.unknown}
    return service.unknown
