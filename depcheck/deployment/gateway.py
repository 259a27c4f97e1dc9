"""The gateway in front of an AI service: a configuration of HAProxy.

Each service has a gateway of its own. A shared one would be in the network of each, and lead
from one that was taken over to all the others.

Written for HAProxy 2.6 and later (its manual's sections are named in comments). Nothing in
it needs root, a writable file, or the AI service to be there when the gateway starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from depcheck.deployment import quoting
from depcheck.deployment.names import GATEWAY, gateway_name, service_name
from depcheck.deployment.plan import Plan, ServicePlan
from depcheck.errors import ConfigurationError
from depcheck.model.isolation import Gateway

HEALTH_PORT = 8404
PORT = 9001
"""Where a gateway listens for the core."""

_CHECK = 2  # seconds between two health checks of a service that is not well
_WELL = 60  # and of one that is: each check that passes forgets the failures before it
_PATIENCE = 5  # seconds for the answer to one
_RESOLVER = "127.0.0.11:53"  # the engine's name server on every network of its own

_HEAD = f"""\
# Written by depcheck isolate. It runs as any user, on a read-only root.

global
    # To the container's output: no log file that could fill a disk.
    log stdout format raw local0 info
    # Memory is used for each connection: past this many, new ones wait.
    maxconn 1000
    # The container may use half a CPU; HAProxy would start a thread for each of the host's.
    nbthread 1

# The engine's name server: a service that is replaced gets another address.
resolvers engine
    nameserver engine {_RESOLVER}
    resolve_retries 2
    timeout resolve 1s
    timeout retry 1s
    hold valid 2s
    hold obsolete 5s
    hold nx 5s
    hold refused 5s
    hold timeout 5s
    hold other 5s
"""

_HEALTH = f"""
# The gateway's own health check asks here. It says nothing about the services behind it:
# a dead AI must not get the gateway restarted.
frontend {GATEWAY}-health
    bind 127.0.0.1:{HEALTH_PORT}
    http-request return status 200 content-type application/json string '{{"status":"ok"}}' \
if {{ path /healthz }}
    http-request return status 404 content-type application/json string '{{"error":"not found"}}'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The gateway of one service: its ``name`` on the network, and its ``file``.

    The file is HAProxy's configuration, below the folder that is written.
    """

    name: str
    file: str

    @property
    def url(self) -> str:
        """Return where the core finds the service."""
        return f"http://{self.name}:{PORT}"


def fronts(plan: Plan) -> Mapping[str, Front]:
    """Return service → its gateway, for the guarded services that listen, in their order."""
    listening = [service.name for service in plan.services if service.guarded and service.port]
    if len(listening) == 1:
        return {listening[0]: Front(name=GATEWAY, file="gateway/haproxy.cfg")}
    return {name: Front(name=gateway_name(name), file=f"gateway/{name}.cfg") for name in listening}


def gateway_files(plan: Plan) -> Mapping[str, str]:
    """Return path → HAProxy's configuration, for each gateway.

    Raises ConfigurationError for a service or a health path that cannot be written as data.
    """
    members = {service.name: service for service in plan.services}
    return {
        front.file: "".join(
            (_HEAD, _defaults(plan.gateway), _HEALTH, _service(members[name], plan.gateway))
        )
        for name, front in fronts(plan).items()
    }


def _defaults(gateway: Gateway) -> str:
    return f"""
defaults
    mode http
    option dontlognull
    # A slow client must not hold one of the service's places: the request is read first.
    option http-buffer-request
    timeout http-request 5s
    timeout http-keep-alive 15s
    # A service that is gone is noticed at once, not after the system's two minutes.
    timeout connect 1s
    # A request waits this long for its turn, then gets 503: the core's workers do not pile up.
    timeout queue {gateway.queue}s
    # A hanging service is given up, with 504. A stream may take longer if it keeps coming.
    timeout server {gateway.timeout}s
    timeout check {_PATIENCE}s
    timeout client {gateway.timeout}s
    # Nothing is sent twice: an answer that failed may have had its effect.
    retries 0
{_answers(gateway)}"""


def _answers(gateway: Gateway) -> str:
    pause = f" hdr Retry-After {gateway.pause}"
    return "".join(
        f"    http-error status {status} content-type application/json "
        f'string \'{{"error":"{text}"}}\'{header}\n'
        for status, text, header in (
            (400, "bad request", ""),
            (408, "request too slow", ""),
            (500, "gateway failed", ""),
            (502, "bad answer", ""),
            (503, "unavailable", pause),
            (504, "no answer in time", ""),
        )
    )


def _service(service: ServicePlan, gateway: Gateway) -> str:
    if service_name(service.name) != service.name:
        raise ConfigurationError(f'"{service.name}" is no name of a service')
    return _frontend(service.name, gateway) + _backend(service, gateway)


def _frontend(name: str, gateway: Gateway) -> str:
    busy = _return(429, "too many requests", 1, f"sc0_gpc0_rate ge {gateway.rate}")
    return f"""
frontend {name}
    bind :{PORT}
    log global
    option httplog
    # Rate limit. Too many requests from one address (a loop in one replica of the core) get 429
    # and never reach the service. Only those that were let in are counted: so many pass each
    # second, however many more are asked for.
    stick-table type ipv6 size 10k expire 10s store gpc0_rate(1s)
    http-request track-sc0 src
{busy}
    http-request sc-inc-gpc0(0)
    default_backend {name}
"""


def _return(status: int, text: str, after: int, condition: str) -> str:
    return (
        f"    http-request return status {status} content-type application/json "
        f'string \'{{"error":"{text}"}}\' hdr Retry-After {after} if {{ {condition} }}'
    )


def _backend(service: ServicePlan, gateway: Gateway) -> str:
    each = max(1, gateway.concurrency // service.replicas)
    full = _return(503, "busy", max(1, gateway.queue), f"queue ge {4 * gateway.concurrency}")
    return f"""
backend {service.name}
    # A queue that only grows answers nobody in time: past this length, 503 at once.
{full}
{_check(service)}{_redispatch(service)}\
    # maxconn: more requests at once than it bears make the service slow for all, or run out of
    # memory. Of {gateway.concurrency} for the service, each replica gets its part.
    # observe, error-limit, on-error: the circuit breaker. {gateway.errors} failures in a row (5xx,
    # no answer) open it: requests fail at once instead of waiting for what will not come.
    # inter: checks are rare while all is well, since one that passes forgets the failures.
    # fall: a service that is only busy, for as long as an answer may take, is not taken for dead.
    # fastinter, rise: it closes when health checks have passed for {gateway.pause} s on end.
    # slowstart: then few requests are let in at first, so that a service that has just come up
    # is not run over.
    # init-addr none: the gateway starts though the service is not there yet.
{_server(service, gateway, each)}"""


def _check(service: ServicePlan) -> str:
    if service.health is None:
        return "    # No health path is configured: a check only connects.\n"
    if not service.health.startswith("/"):
        raise ConfigurationError(
            f'the health path of {service.name} does not begin with "/"', hint="write /healthz"
        )
    path = quoting.haproxy_word(service.health, f"the health path of {service.name}")
    return (
        "    # A process that hangs still takes connections: it is asked for an answer.\n"
        "    option httpchk\n"
        f"    http-check send meth GET uri {path} ver HTTP/1.1 hdr Host {service.name}\n"
        "    http-check expect status 200-399\n"
    )


def _redispatch(service: ServicePlan) -> str:
    if service.replicas == 1:
        return ""
    return (
        "    # A connection that one replica refuses goes to another: nothing has been sent yet.\n"
        "    retries 2\n"
        "    retry-on conn-failure\n"
        "    option redispatch 1\n"
        "    balance leastconn\n"
    )


def _server(service: ServicePlan, gateway: Gateway, each: int) -> str:
    well, again = max(_WELL, 2 * gateway.timeout), min(_CHECK, gateway.pause)
    rise = -(-gateway.pause // again) + 1
    fall = max(3, -(-gateway.timeout // _PATIENCE))
    start = (
        f"server {service.name}"
        if service.replicas == 1
        else f"server-template {service.name}- {service.replicas}"
    )
    words = (
        f"{start} {service.name}:{service.port}",
        "resolvers engine init-addr none resolve-prefer ipv4",
        f"maxconn {each}",
        f"check inter {well}s fastinter {again}s downinter {again}s fall {fall} rise {rise}",
        f"observe layer7 error-limit {gateway.errors} on-error mark-down",
        f"slowstart {gateway.pause}s",
    )
    return "    " + " ".join(words) + "\n"
