"""``compose.yaml``: the services, each with its guard-rails (Compose Specification).

The text is made by hand, since no YAML writer keeps the comments, and each guard-rail carries
one. Fields of a service itself (``mem_limit``, ``cpus``, ``pids_limit``) are used instead of
``deploy.resources.limits``: a plain ``up`` honours them in docker compose 2 and in
docker-compose 1.29, which reads the latter only for a swarm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from depcheck.deployment import quoting
from depcheck.deployment.gateway import (
    CONFIGURATION,
    HEALTH_PORT,
    SERVICE,
    gateway_ports,
)
from depcheck.deployment.guardrails import SCRATCH, Guards, guardrails
from depcheck.deployment.names import service_name
from depcheck.deployment.plan import ImagePlan, Plan, ServicePlan
from depcheck.deployment.secrets import secret_names, secrets_block
from depcheck.errors import ConfigurationError

EDGE = "edge"
_MOUNTED = "/usr/local/etc/haproxy/haproxy.cfg"
_SCRATCH = {"core": 2**26, "ai": 2**28, "other": 2**26}
_MEMORY = {"core": 2**30, "ai": 2 * 2**30, "other": 2**29}
_PIDS = {"core": 256, "ai": 512, "other": 256}
_START = {"core": 30, "ai": 120, "other": 30}
_PLAIN_KEY = re.compile(r"[a-z][a-z0-9-]*")
_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

# No proxy from the environment is asked, and the image needs no curl.
_ASK = (
    "import http.client, sys; "
    'c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=4); '
    'c.request("GET", sys.argv[2]); sys.exit(c.getresponse().status >= 400)'
)
_CONNECT = (
    'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 4).close()'
)


def compose_file(plan: Plan) -> str:
    """Return the text of ``compose.yaml``: the same for the same plan.

    Raises ConfigurationError for a name, a command or a path that cannot be written as data.
    """
    _check(plan)
    ports = gateway_ports(plan)
    published = _published(plan.services)
    built: set[str] = set()
    services = []
    for service in plan.services:
        build = None if service.image in built else _image(plan, service.image)
        built.add(service.image)
        services.append(_service(plan, service, build, ports, published))
    if ports:
        services.append(_gateway(plan, ports))
    return "".join(
        (_head(plan), "services:\n", "\n".join(services), _networks(plan, ports),
         secrets_block(plan))
    )  # fmt: skip


def service_url(name: str) -> str:
    """Return the environment variable that tells a service's address (``RECOMMENDER_URL``)."""
    return f"{'_' if name[0].isdigit() else ''}{name.upper().replace('-', '_')}_URL"


def _check(plan: Plan) -> None:
    for name in (service.name for service in plan.services):
        if service_name(name) != name:
            raise ConfigurationError(f'"{name}" is no name of a service')
    secret_names(plan)


def image_name(plan: Plan, image: str) -> str:
    """Return the reference under which a container's image is built (``shop-web:local``)."""
    return quoting.image_reference(f"{plan.project}-{image}:local", f"the image of {image}")


def _head(plan: Plan) -> str:
    project = quoting.data(plan.project, "the project's name")
    notes = (
        "For docker compose 2. docker-compose 1.29 runs it too, which is why the project's name "
        "stands in the command instead of here.",
        "memswap_limit is memory and swap together: the same as mem_limit means no swap, since "
        "a service that swaps slows the whole host.",
        f"{SCRATCH} counts as memory. Nothing in it can be executed: a library that compiles "
        "while it runs needs `exec` instead of `noexec`.",
        "After a restart of the host, run `up` again, without --build: `on-failure` brings no "
        "service back then. A swarm reads deploy.restart_policy instead of restart; in compose "
        "it would replace it.",
        "Secrets are read from /run/secrets/NAME.",
    )
    told = "\n#\n".join(quoting.comment(note) for note in notes)
    return f"""\
# Written by depcheck isolate: the components in as few containers as work, and the guard-rails
# that keep a failing one from taking the core down.
#
#     docker compose --project-name {project} up --detach --build
#
{told}

"""


# A service


def _service(
    plan: Plan,
    service: ServicePlan,
    build: ImagePlan | None,
    ports: Mapping[str, int],
    published: Mapping[str, str],
) -> str:
    what = f"the command of {service.name}"
    command = f"    command: {quoting.yaml_words(service.command, what)}\n"
    if not service.command:
        command = "    # No command is configured: the image starts nothing by itself.\n"
    return "".join(
        (
            f"  {_key(service.name)}:\n",
            quoting.comment(f"{service.role}: {', '.join(service.components)}", indent=4) + "\n",
            _built(plan, service, build),
            command,
            _deploy(service),
            _environment(plan, service, ports),
            _depends(service, ports),
            guardrails(_guards(plan, service, ports, published)),
        )
    )


def _built(plan: Plan, service: ServicePlan, image: ImagePlan | None) -> str:
    name = image_name(plan, service.image)
    told = quoting.comment(
        "Built here, never fetched: a registry may have the same name.", indent=4
    )
    lines = [told, f"    image: {quoting.yaml_scalar(name, 'an image')}", "    pull_policy: never"]
    if image is not None:
        context, dockerfile = _places(plan, image)
        lines += ["    build:", f"      context: {context}", f"      dockerfile: {dockerfile}"]
    return "\n".join(lines) + "\n"


def _places(plan: Plan, image: ImagePlan) -> tuple[str, str]:
    dockerfile = "/".join(part for part in (plan.here, image.folder, "Dockerfile") if part)
    return _path(plan.context or "."), _path(dockerfile)


def _path(text: str) -> str:
    return quoting.yaml_scalar(text, "a path of the written folder")


def _image(plan: Plan, name: str) -> ImagePlan:
    return next(image for image in plan.images if image.folder == name)


def _deploy(service: ServicePlan) -> str:
    lines = []
    if service.replicas > 1:
        lines.append(f"      replicas: {service.replicas}")
    if service.gpu:
        lines += [
            "      resources:", "        reservations:", "          devices:",
            "            - driver: nvidia", "              count: 1",
            '              capabilities: ["gpu"]',
        ]  # fmt: skip
    return "\n".join(("    deploy:", *lines)) + "\n" if lines else ""


def _environment(plan: Plan, service: ServicePlan, ports: Mapping[str, int]) -> str:
    lines = []
    if service.pool is not None and plan.database is not None:
        name = quoting.variable(plan.database.variable, "database.variable")
        lines += [quoting.comment(_pool(service), indent=6), f'      {name}: "{service.pool}"']
    if not service.guarded and ports:
        lines.append(quoting.comment("The AI is reached through the gateway alone.", indent=6))
        lines += [f"      {name}: {url}" for name, url in _urls(ports).items()]
    return "\n".join(("    environment:", *lines)) + "\n" if lines else ""


def _pool(service: ServicePlan) -> str:
    each = f"each of the {service.replicas} replicas" if service.replicas > 1 else "it"
    return (
        "Without this budget: All pools together open more connections than the database "
        f"allows, and it refuses the core's logins. This is the most that {each} may open; the "
        "pool must not grow past it (SQLAlchemy: max_overflow=0). A deploy that starts new "
        "replicas before the old ones end needs the room twice."
    )


def _urls(ports: Mapping[str, int]) -> Mapping[str, str]:
    return {service_url(name): f'"http://{SERVICE}:{port}"' for name, port in ports.items()}


def _depends(service: ServicePlan, ports: Mapping[str, int]) -> str:
    if service.guarded or not ports:
        return ""
    return (
        quoting.comment(
            "No depends_on: an AI that does not come up must not keep this from starting.",
            indent=4,
        )
        + "\n"
    )


def _guards(
    plan: Plan, service: ServicePlan, ports: Mapping[str, int], published: Mapping[str, str]
) -> Guards:
    open_to = (EDGE, SERVICE) if ports else (EDGE,)
    memory = service.memory or _MEMORY[service.role]
    return Guards(
        memory=memory,
        cpus=max(0.01, service.cpus or 1.0),  # Docker's least; 0.00 would be no limit
        pids=service.pids or _PIDS[service.role],
        # What lies there counts as memory: a full one must leave the service room to live.
        scratch=min(_SCRATCH[service.role], memory // 4),
        start_period=_or(service.start_period, _START[service.role]),
        # What the gateway waits for an answer, and a moment to end.
        stop_grace=_or(service.stop_grace, plan.gateway.timeout + 5 if service.guarded else 30),
        networks=(_inner(service.name),) if service.guarded else open_to,
        internal=service.guarded,
        behind="the gateway" if service.name in ports else "",
        probe=_probe(service),
        ports=(published[service.name],) if service.name in published else (),
        restart="on-failure:5" if service.guarded else "unless-stopped",
        secrets=service.secrets,
        ai=service.role == "ai",
        first=service.role == "core",
    )


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _probe(service: ServicePlan) -> tuple[str, ...]:
    if service.port is None:
        return ()
    if service.health is None:
        return ("python", "-c", _CONNECT, str(service.port))
    return ("python", "-c", _ASK, str(service.port), service.health)


def _published(services: Sequence[ServicePlan]) -> Mapping[str, str]:
    """Return core service → its published port, a range where it has replicas.

    The replicas of a service share no port of the host, nor do two services.
    """
    taken: set[int] = set()
    found = {}
    for service in services:
        if service.role != "core" or service.guarded or service.port is None:
            continue
        start = service.port
        while taken & set(range(start, start + service.replicas)):
            start += 1
        last = start + service.replicas - 1
        if last > 65535:
            raise ConfigurationError(
                f"{service.name}: no {service.replicas} ports are free from {service.port} on"
            )
        taken.update(range(start, last + 1))
        host = str(start) if service.replicas == 1 else f"{start}-{last}"
        found[service.name] = f"127.0.0.1:{host}:{service.port}"
    return found


# What stands around the services


def _gateway(plan: Plan, ports: Mapping[str, int]) -> str:
    image = quoting.image_reference(plan.gateway.image, "gateway.image")
    guards = Guards(
        memory=2**28,
        cpus=0.5,
        pids=64,
        scratch=2**20,
        start_period=5,
        stop_grace=plan.gateway.timeout + 5,
        networks=(SERVICE, *map(_inner, ports)),
        internal=True,
        probe=_GATEWAY_PROBE,
        first=True,
    )
    return "".join(
        (
            f"  {SERVICE}:\n",
            quoting.comment("The only way from the core to the AI: see its file.", indent=4),
            f"\n    image: {quoting.yaml_scalar(image, 'gateway.image')}\n",
            f'    command: ["haproxy", "-f", "{_MOUNTED}"]\n',
            quoting.comment("It ends when the requests under way have their answers.", indent=4),
            "\n    stop_signal: SIGUSR1\n",
            "    volumes:\n",
            f"      - ./{CONFIGURATION}:{_MOUNTED}:ro\n",
            guardrails(guards),
        )
    )


# The image has bash or, being small, busybox's wget.
_URL = f"http://127.0.0.1:{HEALTH_PORT}/healthz"
_GATEWAY_PROBE = (
    "sh",
    "-c",
    f"wget -q -O /dev/null {_URL} 2>/dev/null || "
    f"exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/{HEALTH_PORT} && "
    'printf "GET /healthz HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q " 200 " <&3\'',
)


def _networks(plan: Plan, ports: Mapping[str, int]) -> str:
    lines = [f"  {EDGE}:", "    driver: bridge"]
    if ports:
        lines += _internal(SERVICE, "From the core to the gateway.")
    for service in plan.services:
        if service.guarded:
            lines += _internal(
                _inner(service.name),
                "A network of its own: a service that was taken over reaches neither the core, "
                "nor another AI, nor the internet.",
            )
    return "\n".join(("\nnetworks:", *lines)) + "\n"


def _internal(name: str, told: str) -> list[str]:
    return [
        quoting.comment(told, indent=2),
        f"  {_key(name)}:",
        "    internal: true",
        "    driver_opts:",
        quoting.comment(_NO_BRIDGE_ADDRESS, indent=6),
        '      com.docker.network.bridge.inhibit_ipv4: "true"',
    ]


_NO_BRIDGE_ADDRESS = (
    "Without this the host has an address in the network, and whatever listens on all of the "
    "host's addresses can be reached from inside. An option of Docker's bridge: another engine "
    "may not know it."
)


def _inner(name: str) -> str:
    return f"{name}-internal"


def _key(name: str) -> str:
    plain = _PLAIN_KEY.fullmatch(name) and name not in _YAML_WORDS
    return name if plain else quoting.yaml_scalar(name, "a name")
