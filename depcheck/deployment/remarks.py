"""What a person has to know of files that were written: what is not configured, and follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.deployment.compose import default_memory
from depcheck.deployment.guardrails import size
from depcheck.deployment.listening import kept_to_itself, other_port
from depcheck.deployment.plan import Plan, ServicePlan
from depcheck.model.text import printable


def remarks(plan: Plan) -> tuple[str, ...]:
    """Return a sentence or two for each kind of thing, the services of a kind in one."""
    kinds = (
        _no_core, _no_command, _not_listening, _unreachable, _other_port, _no_database, _together,
        _memory,
    )  # fmt: skip
    return tuple(remark for kind in kinds for remark in kind(plan.services))


def _no_core(services: Sequence[ServicePlan]) -> Iterator[str]:
    core = [service for service in services if service.role == "core"]
    if not core:
        yield (
            "No component is the core: nothing is published, and nobody reaches a service. Set "
            'role = "core" for the component that users reach.'
        )
    elif not any(service.port for service in core):
        yield (
            f"{_names(core)} {_has(core)} no `port`: nothing is published. Set port to what the "
            "core listens on."
        )


def _no_command(services: Sequence[ServicePlan]) -> Iterator[str]:
    idle = [service for service in services if not service.command]
    if idle:
        yield (
            f"{_names(idle)} {_has(idle)} no `command`: only what the base image starts runs. "
            'Set command = ["PROGRAM", "ARGUMENT"] for the component.'
        )


def _not_listening(services: Sequence[ServicePlan]) -> Iterator[str]:
    deaf = [service for service in services if service.role == "ai" and not service.port]
    if deaf:
        yield (
            f"{_names(deaf)} {_has(deaf)} no `port`: no gateway stands before it, nothing calls "
            "it, and it has no health check. Set port to what it listens on."
        )


def _unreachable(services: Sequence[ServicePlan]) -> Iterator[str]:
    found = []
    for service in services:
        local = kept_to_itself(service.command, service.port) if service.port else None
        if local:
            found.append(f"{service.name} ({local[0]}: {local[1]})")
    if found:
        yield (
            "By its command it listens on the container's loopback address alone, so that every "
            f"connection from outside is refused: {', '.join(found)}. Set what stands behind the "
            "colon in its `command`, unless a file or a variable says it."
        )


def _other_port(services: Sequence[ServicePlan]) -> Iterator[str]:
    told = ((one, other_port(one.command, one.port)) for one in services if one.port)
    found = [f"{one.name} ({port} instead of {one.port})" for one, port in told if port]
    if found:
        yield (
            f"By its command it listens on another port than its `port` says: {', '.join(found)}. "
            "Its health check fails, and nobody reaches it: make both the same."
        )


def _no_database(services: Sequence[ServicePlan]) -> Iterator[str]:
    alone = [one for one in services if one.guarded and one.pool and not one.networks]
    if alone:
        yield (
            f"{_names(alone)} {_has(alone)} a `pool`, but no way to a database: its network is "
            'internal. Set networks = ["NAME"] to an existing network that the database is in, '
            "or that leads to it."
        )


def _together(services: Sequence[ServicePlan]) -> Iterator[str]:
    members: dict[str, list[ServicePlan]] = {}
    for service in services:
        for name in service.networks:
            members.setdefault(name, []).append(service)
    shared = {
        name: both
        for name, both in members.items()
        if len(both) > 1 and any(one.guarded for one in both)
    }
    if shared:
        told = ", ".join(f"{_names(both)} in {name}" for name, both in shared.items())
        yield (
            f"Services reach each other past the gateway where they join one network: {told}. "
            "Give each a network of its own to what it needs, and let the database join them all."
        )


def _memory(services: Sequence[ServicePlan]) -> Iterator[str]:
    unsaid = [service for service in services if service.memory is None]
    if unsaid:
        limits = ", ".join(f"{one.name} {size(default_memory(one))}" for one in unsaid)
        yield (
            f"Without `memory` in the configuration the limit is a guess: {limits}. A service "
            "that needs more is killed: set what it needs."
        )


def _names(services: Iterable[ServicePlan]) -> str:
    *others, last = (_who(service) for service in services)
    return f"{', '.join(others)} and {last}" if others else last


def _who(service: ServicePlan) -> str:
    if service.components == (service.name,):
        return service.name
    return f"{service.name} ({printable(', '.join(service.components))})"


def _has(services: Sequence[ServicePlan]) -> str:
    return "has" if len(services) == 1 else "have"
