"""``compose.yaml``: the services, each with its guard-rails (Compose Specification).

The text is made by hand, since no YAML writer keeps the comments, and each guard-rail carries
one. Fields of a service itself (``mem_limit``, ``cpus``, ``pids_limit``) are used instead of
``deploy.resources.limits``: a plain ``up`` honours them in docker compose 2 and in
docker-compose 1.29, which reads the latter only for a swarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depcheck.deployment import quoting
from depcheck.deployment.gateway import Front, fronts, gateway_files
from depcheck.deployment.gateway_service import gateway_service
from depcheck.deployment.guardrails import SCRATCH, Guards, guardrails
from depcheck.deployment.names import service_name
from depcheck.deployment.networks import joined_networks, key, networks_block, own_networks
from depcheck.deployment.plan import ImagePlan, Plan, ServicePlan
from depcheck.deployment.secrets import secret_names, secrets_block
from depcheck.errors import ConfigurationError

_SCRATCH = {"core": 2**26, "ai": 2**28, "other": 2**26}
_MEMORY = {"core": 2**30, "ai": 2 * 2**30, "other": 2**29}
_PIDS = {"core": 256, "ai": 512, "other": 256}
_START = {"core": 30, "ai": 120, "other": 30}

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
    ways = fronts(plan)
    published = _published(plan.services)
    built: set[str] = set()
    services = []
    for service in plan.services:
        build = None if service.image in built else _image(plan, service.image)
        built.add(service.image)
        services.append(_service(plan, service, build, ways, published))
    files = gateway_files(plan)
    services += [
        gateway_service(name, front, plan.gateway, files[front.file])
        for name, front in ways.items()
    ]
    return "".join(
        (
            _head(plan),
            "services:\n",
            "\n".join(services),
            networks_block(plan, gateways=bool(ways)),
            secrets_block(plan),
        )
    )


def service_url(name: str) -> str:
    """Return the environment variable that tells a service's address (``RECOMMENDER_URL``)."""
    return f"{'_' if name[0].isdigit() else ''}{name.upper().replace('-', '_')}_URL"


def _check(plan: Plan) -> None:
    for name in (service.name for service in plan.services):
        if service_name(name) != name:
            raise ConfigurationError(f'"{name}" is no name of a service')
    secret_names(plan)
    joined_networks(plan)
    _check_variable(plan)


def _check_variable(plan: Plan) -> None:
    """Raise ConfigurationError where the pool's variable is that of a service's address."""
    if plan.database is None:
        return
    for name in fronts(plan):
        if plan.database.variable == service_url(name):
            place = f"{plan.database.origin}: " if plan.database.origin else ""
            raise ConfigurationError(
                f"{place}database.variable is {plan.database.variable}, which tells the core "
                f"the address of {name}",
                hint="name another one, such as DB_POOL_SIZE",
            )


def default_memory(service: ServicePlan) -> int:
    """Return the limit in bytes of a service whose configuration says none."""
    return _MEMORY[service.role]


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
        "service back then. Until that is done the gateway answers the core with 503. A swarm "
        "reads deploy.restart_policy instead of restart; in compose it would replace it.",
        "Secrets are read from /run/secrets/NAME.",
        "Changes belong into compose.override.yaml beside this file: compose reads it, too, "
        "where no --file is given, and depcheck never touches it.",
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
    ways: Mapping[str, Front],
    published: Mapping[str, str],
) -> str:
    what = f"the command of {service.name}"
    command = f"    command: {quoting.yaml_words(service.command, what)}\n"
    if not service.command:
        command = f"{quoting.comment(_NO_COMMAND, indent=4)}\n"
    return "".join(
        (
            f"  {key(service.name)}:\n",
            quoting.comment(f"{service.role}: {', '.join(service.components)}", indent=4) + "\n",
            _built(plan, service, build),
            command,
            _deploy(service),
            _environment(plan, service, ways),
            _depends(service, ways),
            guardrails(_guards(plan, service, ways, published)),
        )
    )


_NO_COMMAND = (
    "No `command` is configured: what its base starts runs, which is an interpreter that ends at "
    "once where the base is Python's."
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


def _environment(plan: Plan, service: ServicePlan, ways: Mapping[str, Front]) -> str:
    lines = []
    if service.pool is not None and plan.database is not None:
        name = quoting.variable(plan.database.variable, "database.variable")
        lines += [quoting.comment(_pool(service), indent=6), f'      {name}: "{service.pool}"']
    if not service.guarded and ways:
        lines.append(quoting.comment("An AI is reached through its gateway alone.", indent=6))
        lines += [f'      {service_url(name)}: "{front.url}"' for name, front in ways.items()]
    return "\n".join(("    environment:", *lines)) + "\n" if lines else ""


def _pool(service: ServicePlan) -> str:
    each = f"each of the {service.replicas} replicas" if service.replicas > 1 else "it"
    return (
        "Without this budget: All pools together open more connections than the database "
        f"allows, and it refuses the core's logins. This is the most that {each} may open; the "
        "pool must not grow past it (SQLAlchemy: max_overflow=0). A deploy that starts new "
        "replicas before the old ones end needs the room twice."
    )


def _depends(service: ServicePlan, ways: Mapping[str, Front]) -> str:
    if service.guarded or not ways:
        return ""
    return (
        quoting.comment(
            "No depends_on: an AI that does not come up must not keep this from starting.",
            indent=4,
        )
        + "\n"
    )


def _guards(
    plan: Plan, service: ServicePlan, ways: Mapping[str, Front], published: Mapping[str, str]
) -> Guards:
    memory = service.memory or default_memory(service)
    return Guards(
        memory=memory,
        cpus=max(0.01, service.cpus or 1.0),  # Docker's least; 0.00 would be no limit
        pids=service.pids or _PIDS[service.role],
        # What lies there counts as memory: a full one must leave the service room to live.
        scratch=min(_SCRATCH[service.role], memory // 4),
        start_period=_or(service.start_period, _START[service.role]),
        # What the gateway waits for an answer, and a moment to end.
        stop_grace=_or(service.stop_grace, plan.gateway.timeout + 5 if service.guarded else 30),
        networks=own_networks(service, gateways=bool(ways)),
        joined=service.networks,
        internal=service.guarded,
        behind=ways[service.name].name if service.name in ways else "",
        probe=_probe(service),
        ports=(published[service.name],) if service.name in published else (),
        restart=_restart(service),
        secrets=service.secrets,
        ai=service.role == "ai",
        first=service.role == "core",
    )


def _restart(service: ServicePlan) -> str:
    if service.guarded:
        return "on-failure:5"
    return "unless-stopped" if service.command else "no"


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
        last = start + service.replicas - 1
        while last <= 65535 and not taken.isdisjoint(range(start, last + 1)):
            start, last = start + 1, last + 1
        if last > 65535:
            raise ConfigurationError(
                f"{service.name}: no {service.replicas} ports are free from {service.port} on"
            )
        taken.update(range(start, last + 1))
        host = str(start) if service.replicas == 1 else f"{start}-{last}"
        found[service.name] = f"127.0.0.1:{host}:{service.port}"
    return found
