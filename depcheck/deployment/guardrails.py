"""The guard-rails of a service: one table of what is set and which failure it contains.

A guard-rail that ``--audit`` looks for carries the id of its rule, and the comment in the file
is that rule's own reason, so that the file and the audit say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from depcheck.deployment import quoting
from depcheck.model.isolation_rules import GUARDRAILS

RUN_AS = "10001:10001"
"""User and group of every container: a number, so that no file of accounts is needed."""

SCRATCH = "/tmp"  # noqa: S108 - a path inside of a container, on a tmpfs of its own

_WHY = {rule.id: rule.why for rule in GUARDRAILS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What one service is given, every value decided.

    Sizes are bytes, times seconds. ``probe`` is the health check in exec form, empty where
    the service listens nowhere. ``ports`` are published ones (``127.0.0.1:8000:8000``).
    ``networks`` are made for it, ``joined`` were there before.
    ``behind`` is what may reach the service and ``ai`` what it is, for the comments. ``first``
    says that it comes before the others where the host is short of something: the core and its
    gateway.
    """

    memory: int
    cpus: float
    pids: int
    scratch: int
    start_period: int
    stop_grace: int
    networks: tuple[str, ...]
    internal: bool
    joined: tuple[str, ...] = ()
    behind: str = ""
    probe: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    restart: str = "on-failure:5"
    secrets: tuple[str, ...] = ()
    ai: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """One guard-rail.

    ``name`` says what it is (``a memory limit``). ``field`` is the first field of the Compose
    Specification that sets it. ``contains`` is the failure that it keeps inside. ``lines``
    makes the YAML below a service, without the indentation; none where the service has no use
    for it. ``rule`` is its rule's id, empty where the audit has none. ``instead`` is the failure
    of a service that the rule's own words do not fit; ``remark`` is about this service alone.
    """

    name: str
    field: str
    contains: str
    lines: Callable[[Guards], tuple[str, ...]]
    rule: str = ""
    instead: Callable[[Guards], str] = lambda guards: ""
    remark: Callable[[Guards], str] = lambda guards: ""

    def text(self, guards: Guards) -> str:
        """Return the comment and the field, indented below a service, or nothing."""
        lines = self.lines(guards)
        if not lines:
            return ""
        why = self.instead(guards) or self.contains
        said = f"Without {self.name}: {why} {self.remark(guards)}".rstrip()
        told = quoting.comment(said, indent=4 + len(lines[0]) - len(lines[0].lstrip()))
        return "\n".join((told, *(f"    {line}" for line in lines))) + "\n"


def size(amount: int) -> str:
    """Return bytes as compose reads them: ``2g``, ``512m``, else the number itself."""
    for unit, letter in ((2**30, "g"), (2**20, "m"), (2**10, "k")):
        if amount and amount % unit == 0:
            return f"{amount // unit}{letter}"
    return str(amount)


def guardrails(guards: Guards) -> str:
    """Return the guard-rails of one service as YAML, each under its comment."""
    return "".join(rail.text(guards) for rail in RAILS)


def _rail(
    rule: str,
    name: str,
    field: str,
    lines: Callable[[Guards], tuple[str, ...]],
    *,
    instead: Callable[[Guards], str] = lambda guards: "",
    remark: Callable[[Guards], str] = lambda guards: "",
) -> Rail:
    rule = f"guardrail-{rule}"
    return Rail(
        name=name, field=field, rule=rule, contains=_WHY[rule], instead=instead, lines=lines,
        remark=remark,
    )  # fmt: skip


def _listed(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{field}:", *(f"  - {value}" for value in values)) if values else ()


def _quoted(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return _listed(field, tuple(quoting.yaml_scalar(value, field) for value in values))


def _key(name: str) -> str:
    return quoting.yaml_scalar(name, "a network")


def _memory(guards: Guards) -> tuple[str, ...]:
    limit = size(guards.memory)
    return (f"mem_limit: {limit}", f"memswap_limit: {limit}")


def _health(guards: Guards) -> tuple[str, ...]:
    if not guards.probe:
        return ()
    return (
        "healthcheck:",
        f"  test: {quoting.yaml_words(('CMD', *guards.probe), 'the health check')}",
        "  interval: 10s",
        "  timeout: 5s",
        "  retries: 3",
    )


def _start_period(guards: Guards) -> tuple[str, ...]:
    return (f"  start_period: {guards.start_period}s",) if guards.probe else ()


def _restart(guards: Guards) -> tuple[str, ...]:
    return ('restart: "no"' if guards.restart == "no" else f"restart: {guards.restart}",)


def _endless(guards: Guards) -> str:
    if guards.restart == "no":
        return "What ends at once is started without end. Here not at all, until it has a command."
    if guards.restart != "unless-stopped":
        return ""
    if guards.internal:
        return (
            "It stays away after one failure. Here without end, as the core: when that comes "
            "back after a restart of the host it finds 503 at once, and no name without an address."
        )
    return (
        "It stays away after one failure. Here without end, since nothing answers without it; "
        "the engine waits longer after each crash."
    )


def _network(guards: Guards) -> str:
    if not guards.internal or guards.first:
        return ""
    inner = guards.networks[0]
    said = f"In {inner}, only {guards.behind} reaches it." if guards.behind else ""
    if guards.joined:
        more = (
            f"What is in {', '.join(guards.joined)} reaches it, and is reached by it; so is the "
            "internet, unless that network is internal, too."
        )
    else:
        more = (
            "There is no way out either: a database or a queue that it needs stands in a network "
            "that it has to join (`networks` in the configuration), and a model in the image."
        )
    return f"{said} {more}".strip()


def _ports(guards: Guards) -> tuple[str, ...]:
    # Quoted, since YAML 1.1 takes 22:22 for a number with base 60.
    return _listed("ports", tuple(f"'{port}'" for port in guards.ports))


def _user(guards: Guards) -> tuple[str, ...]:
    return (f'user: "{RUN_AS}"',)


def _scratch(guards: Guards) -> tuple[str, ...]:
    options = "mode=1777,noexec,nosuid,nodev"
    return _listed("tmpfs", (f'"{SCRATCH}:size={size(guards.scratch)},{options}"',))


RAILS = (
    _rail(
        "memory", "a memory limit", "mem_limit", _memory,
        instead=lambda guards: "" if guards.ai else "A leak makes the kernel kill what it likes.",
    ),
    Rail(
        name="a mark for the kernel", field="oom_score_adj",
        contains="Where the host itself runs out of memory, the core may be killed first.",
        lines=lambda guards: () if guards.first else ("oom_score_adj: 500",),
    ),
    _rail(
        "cpu", "a CPU limit", "cpus", lambda guards: (f"cpus: {guards.cpus:.2f}",),
        instead=lambda guards: ""
        if guards.ai else "A loop takes the CPUs of everything else on the host.",
    ),
    Rail(
        name="a larger share", field="cpu_shares",
        contains="Where all CPUs are busy, this waits as long as any other.",
        lines=lambda guards: ("cpu_shares: 2048",) if guards.first else (),
    ),
    _rail("pids", "a limit of processes", "pids_limit",
          lambda guards: (f"pids_limit: {guards.pids}",)),
    Rail(
        name="the loopback address", field="ports",
        contains="A published port passes by the host's firewall. What ends TLS on the host "
        "stands before it; 0.0.0.0 opens it to all.",
        lines=_ports,
    ),
    _rail(
        "network", "networks of its own", "networks",
        lambda guards: _listed("networks", (*guards.networks, *map(_key, guards.joined))),
        remark=_network,
    ),
    _rail("read-only", "a read-only root", "read_only", lambda guards: ("read_only: true",)),
    _rail("tmpfs", "scratch space of a bounded size", "tmpfs", _scratch),
    _rail("capabilities", "dropped capabilities", "cap_drop",
          lambda guards: _listed("cap_drop", ("ALL",))),
    _rail("privileges", "this", "security_opt",
          lambda guards: _listed("security_opt", ("no-new-privileges:true",))),
    _rail("user", "a user of its own", "user", _user),
    _rail("health", "a health check", "healthcheck", _health),
    _rail("start-period", "a start period", "healthcheck.start_period", _start_period),
    _rail("restart", "bounded restarts", "restart", _restart, instead=_endless),
    _rail(
        "secrets", "secrets as files", "secrets", lambda guards: _quoted("secrets", guards.secrets)
    ),
    _rail("stop-grace", "a stop grace period", "stop_grace_period",
          lambda guards: (f"stop_grace_period: {guards.stop_grace}s",)),
    Rail(
        name="an init process", field="init",
        contains="Ended processes that nobody waits for use up the limit, and a signal to stop "
        "may not arrive.",
        lines=lambda guards: ("init: true",),
    ),
    Rail(
        name="a bounded log", field="logging",
        contains="A service that logs in a loop fills the host's disk.",
        lines=lambda guards: (
            "logging:", "  driver: json-file", "  options:",
            '    max-size: "10m"', '    max-file: "3"',
        ),
    ),
)  # fmt: skip
