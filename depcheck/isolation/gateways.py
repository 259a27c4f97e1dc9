"""Whether a gateway stands between a service and those that share a network with it.

What is seen is who shares a network, and what looks like a gateway: an image that is a proxy,
a service called ``gateway``, or a label. What the proxy is told to do is not judged: of a
file of HAProxy that is mounted, the words for a guard are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from depcheck.isolation.guardrails import LOOPBACK, Lack, few
from depcheck.model.guarding import GATEWAY_LABEL
from depcheck.model.isolation import Guarded
from depcheck.model.proxy_words import WORDS
from depcheck.model.requirement import Origin

_KIND = r"(?:-(?:alpine|debian|ubuntu|slim|unprivileged|distroless|contrib))*"
_PROXIES = re.compile(
    rf"(?:haproxy|nginx|openresty|envoy|traefik|caddy|kong|apisix){_KIND}", re.IGNORECASE
)
_STORES = re.compile(
    r"(?:postgres|postgresql|postgis|pgvector|mysql|mariadb|mongo|mongodb|redis|valkey|memcached|"
    r"rabbitmq|kafka|nats|minio|elasticsearch|opensearch|qdrant|weaviate|milvus|chroma)"
    rf"{_KIND}",
    re.IGNORECASE,
)
_MOST = 10
_NAMES = frozenset(("gateway", "api-gateway", "ai-gateway"))


def is_gateway(service: Guarded) -> bool:
    """Return whether a service is known as a gateway by its label, name or image."""
    name = service.service.lower().replace("_", "-")
    named = name in _NAMES or name.startswith("gateway-")
    return service.gateway or named or _is_image_of(_PROXIES, service.image)


def has_gateway(service: Guarded, every: Sequence[Guarded]) -> bool:
    """Return whether one of ``every`` is a gateway that shares a network with the service."""
    return bool(gateways_of(service, every))


def gateways_of(service: Guarded, every: Sequence[Guarded]) -> list[Guarded]:
    """Return the gateways among ``every`` that share a network with the service."""
    return [each for each in _peers(service, every) if is_gateway(each)]


def beside(service: Guarded, every: Sequence[Guarded]) -> Iterator[Lack]:
    """Yield the ways to a service that lead past a gateway; ``every`` has the service, too."""
    if not service.networks or _is_store(service):
        return
    peers = _peers(service, every)
    gateways = [each for each in peers if is_gateway(each)]
    callers = [each for each in peers if not is_gateway(each) and not _is_store(each)]
    for gateway in gateways:
        yield from _published(service, gateway)
        yield from _wordless(service, gateway)
    if gateways and callers:
        yield _past(service, gateways[0], callers)
    elif callers:
        yield _direct(service, callers)
    elif not gateways and (service.ports or (service.health and not peers)):
        yield _alone(service)  # without a health check it may be a job that nobody calls


def _past(service: Guarded, gateway: Guarded, callers: Sequence[Guarded]) -> Lack:
    shared = _shared(service, callers[0])
    names = few([each.service for each in callers])
    network = f"networks.{shared[0]}"
    return Lack(
        rail="gateway",
        says=f"shares {_networks(service, callers)} with {names}, past {gateway.service}",
        set=f"{names} in {network}",
        found=f"{names} in {network}",
        origins=_lines(service, callers),
        definite=True,
        drop=True,
        remedy=f"take {names} out of {network}, and have what calls {service.service} share a "
        f"network with {gateway.service} alone",
    )


def _direct(service: Guarded, callers: Sequence[Guarded]) -> Lack:
    names = few([each.service for each in callers])
    return Lack(
        rail="gateway",
        says=f"shares {_networks(service, callers)} with {names}, and no gateway stands between",
        set=f"a gateway between {names} and it",
        found=f"{names} in {few(_shared(service, callers[0]))}",
        origins=_lines(service, callers),
        remedy=_put_one(service, names),
    )


def _alone(service: Guarded) -> Lack:
    remedy = _put_one(service, "what calls it")
    wanted = "a gateway before it"
    if service.ports:
        says = "is published with no gateway before it"
        return Lack(rail="gateway", says=says, set=wanted, remedy=remedy)
    return Lack(
        rail="gateway",
        says="shares a network with nobody, a gateway neither",
        set=wanted,
        severity="note",
        why="What is to call it gets no answer.",
        remedy=remedy,
    )


def _published(service: Guarded, gateway: Guarded) -> Iterator[Lack]:
    if not gateway.ports:
        return
    at = tuple(gateway.lines[f"ports.{p}"] for p in gateway.ports if f"ports.{p}" in gateway.lines)
    local = all(port.startswith(LOOPBACK) for port in gateway.ports)
    yield Lack(
        rail="gateway",
        says=f"is behind {gateway.service}, which publishes {few(gateway.ports)}"
        + (" on the host's loopback" if local else ""),
        set=f"ports in {gateway.service}",
        found=f"ports of {gateway.service}: {few(gateway.ports)}",
        origins=at,
        severity="note" if local else None,
        why="Who reaches the host may reach it through the gateway.",
        definite=True,
        drop=True,
        remedy=f"take ports out of {gateway.service}: what calls {service.service} shares an "
        f"internal network with {gateway.service}; have another proxy let callers in from outside",
    )


def _wordless(service: Guarded, gateway: Guarded) -> Iterator[Lack]:
    """Yield the guards that no file of the gateway has words for."""
    files = [each for each in gateway.proxies if not each.fault]
    absent = [guard for guard in WORDS if files and all(guard in f.lacking for f in files)]
    if not absent:
        return
    paths = few([each.origin.path for each in files])
    yield Lack(
        rail="gateway",
        says=f"is behind {gateway.service}, whose {paths} has no words for {few(absent)}",
        set=f"{few(absent)} in {paths}",
        found=f"no words for {few(absent)}",
        origins=tuple(each.origin for each in files),
        definite=True,
        remedy=f"give {paths} what it lacks: {'; '.join(WORDS[guard] for guard in absent)}",
    )


def unread(service: Guarded, every: Sequence[Guarded]) -> str:
    """Return why the configuration of a gateway before a service is not known, if so."""
    faults = (f.fault for each in gateways_of(service, every) for f in each.proxies if f.fault)
    return next(faults, "")


def _put_one(service: Guarded, callers: str) -> str:
    return (
        f"put a gateway (a proxy with a rate limit, time-outs and a circuit breaker) in an "
        f"internal network with {service.service} alone, and in another one with {callers}; "
        "depcheck isolate --write writes such a one. One that is not recognised says so with "
        f'the label {GATEWAY_LABEL}: "true"'
    )


def _networks(service: Guarded, peers: Sequence[Guarded]) -> str:
    named = peers[:_MOST]
    names = dict.fromkeys(name for each in named for name in _shared(service, each))
    return ("networks " if len(names) > 1 else "the network ") + few(list(names))


def _lines(service: Guarded, peers: Sequence[Guarded]) -> tuple[Origin, ...]:
    """Return where the first peers join a network of the service, else where they stand."""
    found = []
    for peer in peers[:_MOST]:
        at = [peer.lines.get(f"networks.{name}") for name in _shared(service, peer)]
        found += [each for each in (*at, peer.origin) if each is not None][:1]
    return tuple(found)


def _peers(service: Guarded, every: Sequence[Guarded]) -> list[Guarded]:
    """Return the others in its networks: names in files and those of an engine differ."""
    return [
        each
        for each in every
        if each.service != service.service
        and (each.origin is None) == (service.origin is None)
        and not service.networks.keys().isdisjoint(each.networks.keys())
    ]


def _shared(service: Guarded, other: Guarded) -> list[str]:
    return [name for name in service.networks if name in other.networks]


def _is_store(service: Guarded) -> bool:
    """Return whether a service is a database, a queue or the like: these call nobody."""
    return _is_image_of(_STORES, service.image)


@lru_cache(maxsize=4096)
def _is_image_of(programs: re.Pattern[str], image: str) -> bool:
    """Return whether the last part of an image's name, without tag and digest, is a program."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return programs.fullmatch(name) is not None
