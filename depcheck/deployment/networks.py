"""The networks of a compose file: who shares one with whom."""

from __future__ import annotations

import re
from collections.abc import Collection

from depcheck.deployment import quoting
from depcheck.deployment.plan import Plan, ServicePlan
from depcheck.errors import ConfigurationError

EDGE = "edge"
INSIDE = "gateway"
"""The network of the core and the gateways; no AI service is in it."""

_PLAIN_KEY = re.compile(r"[a-z][a-z0-9-]*")
_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_NO_BRIDGE_ADDRESS = (
    "Without this the host has an address in the network, and whatever listens on all of the "
    "host's addresses can be reached from inside. An option of Docker's bridge: another engine "
    "may not know it."
)


def inner(service: str) -> str:
    """Return the network of a guarded service: it and its gateway are in it."""
    return f"{service}-internal"


def own_networks(service: ServicePlan, *, gateways: bool) -> tuple[str, ...]:
    """Return the networks of a service that are made here."""
    if service.guarded:
        return (inner(service.name),)
    return (EDGE, INSIDE) if gateways else (EDGE,)


def joined_networks(plan: Plan) -> tuple[str, ...]:
    """Return the existing networks that services join, each once, sorted.

    Raises ConfigurationError for one that is no name, or is called like one that is made.
    """
    made = {EDGE, INSIDE, *(inner(one.name) for one in plan.services if one.guarded)}
    found = {name: service.name for service in plan.services for name in service.networks}
    return tuple(_checked(name, found[name], made) for name in sorted(found))


def _checked(name: str, service: str, made: Collection[str]) -> str:
    if not _NAME.fullmatch(quoting.data(name, f"a network of {service}")):
        raise ConfigurationError(f'"{name}" cannot be the name of a network of {service}')
    if name in made:
        raise ConfigurationError(
            f'the network "{name}" of {service} is called like one that compose.yaml makes',
            hint="join it in compose.override.yaml, under another key with `name`",
        )
    return name


def networks_block(plan: Plan, *, gateways: bool) -> str:
    """Return the top-level ``networks``."""
    lines = [f"  {EDGE}:", "    driver: bridge"]
    if gateways:
        lines += _internal(INSIDE, "From the core to the gateways, each of which leads to one AI.")
    for service in plan.services:
        if service.guarded:
            lines += _internal(inner(service.name), _apart(service))
    for name in joined_networks(plan):
        lines += [
            quoting.comment("It is there already: `docker network create` makes it.", indent=2),
            f"  {key(name)}:",
            "    external: true",
        ]
    return "\n".join(("\nnetworks:", *lines)) + "\n"


def _apart(service: ServicePlan) -> str:
    told = (
        "A network of its own: through it, a service that was taken over reaches neither the "
        "core, nor another AI, nor the internet."
    )
    if not service.networks:
        return told
    return f"{told} What else it joins ({', '.join(service.networks)}) leads to all that is there."


def _internal(name: str, told: str) -> list[str]:
    return [
        quoting.comment(told, indent=2),
        f"  {key(name)}:",
        "    internal: true",
        "    driver_opts:",
        quoting.comment(_NO_BRIDGE_ADDRESS, indent=6),
        '      com.docker.network.bridge.inhibit_ipv4: "true"',
    ]


def key(name: str) -> str:
    """Return a name as a key of YAML, quoted where it could be taken for something else."""
    plain = _PLAIN_KEY.fullmatch(name) and name not in _YAML_WORDS
    return name if plain else quoting.yaml_scalar(name, "a name")
