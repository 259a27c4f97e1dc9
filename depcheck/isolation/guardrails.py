"""The guard-rails, one function each: what a service lacks of it, if anything.

What a limit is for stands in ``model/isolation_rules.py``; here is when it counts as there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from depcheck.model.findings import Severity
from depcheck.model.guarding import is_grave, is_socket
from depcheck.model.isolation import Guarded
from depcheck.model.requirement import Origin

_NUMBER = re.compile(r"[+-]?[0-9]+")  # as the engine reads one: +0 and 00 are root, too
LOOPBACK = ("127.", "[::1]", "localhost:", "::1:")
_SCRATCH = ("/tmp", "/var/tmp")  # noqa: S108 - paths in a container, nothing is made there
_NO_SCRATCH = ("/run", "/var/run", "/dev/shm")  # noqa: S108 - likewise
_HARMLESS_CAPABILITIES = frozenset(("NET_BIND_SERVICE",))
_ACCELERATORS = ("/dev/nvidia", "/dev/dri", "/dev/kfd", "/dev/accel", "nvidia.com/", "amd.com/")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_LIMITS = "deploy.resources.limits"
_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that is not as it should be.

    ``rail`` is the guard-rail (``memory``), ``says`` the sentence without its subject, ``why``
    the failure that it lets out, where that is not all that its rule says.
    ``set`` is the field with its value, ``also`` what has to stand at the top level of the
    file for it. ``at`` are the fields to look at: the first that is there counts, or ``each``
    that is; ``origins`` are places outside of the service. ``found`` is what stands there
    where not one field shows it. ``definite`` says that something wrong stands there, rather
    than that nothing is seen. ``drop`` says that ``set`` is to be taken out. ``remedy`` is
    what to do, where the fields do not say it.
    """

    rail: str
    says: str
    set: str
    also: str = ""
    at: tuple[str, ...] = ()
    each: bool = False
    origins: tuple[Origin, ...] = ()
    found: str = ""
    severity: Severity | None = None
    why: str = ""
    definite: bool = False
    drop: bool = False
    remedy: str = ""


def _memory(service: Guarded) -> Iterator[Lack]:
    at = ("mem_limit", f"{_LIMITS}.memory")
    if service.memory is None:
        yield Lack(rail="memory", says="has no memory limit", set="mem_limit: 2g", at=at)
    elif service.swap == -1:
        yield Lack(
            rail="memory",
            says="has a memory limit, but may swap without one",
            set=f"memswap_limit: {_size(service.memory)}",
            at=("memswap_limit", *at),
            found="memswap_limit: -1",
            severity="warning",
            definite=True,
        )
    elif service.swap is None or (service.origin is None and service.swap > service.memory):
        yield Lack(
            rail="memory",
            says="has a memory limit, but may swap as much again",
            set=f"memswap_limit: {_size(service.memory)}",
            at=("memswap_limit", *at),
            severity="note",
            why="A service that swaps slows the whole host.",
        )
    if service.oom_immune:
        yield Lack(
            rail="memory",
            says="is spared by the kernel where memory runs out",
            set=service.oom_immune,
            at=(service.oom_immune.partition(":")[0],),
            found=service.oom_immune,
            severity="warning",
            why="It hangs at its limit, or something else is ended in its place.",
            definite=True,
            drop=True,
        )


def _size(count: int) -> str:
    """Return a count of bytes as compose takes it."""
    for unit, power in (("g", 30), ("m", 20), ("k", 10)):
        if count % (1 << power) == 0:
            return f"{count >> power}{unit}"
    return str(count)


def _cpu(service: Guarded) -> Iterator[Lack]:
    if service.cpus is None:
        at = ("cpus", f"{_LIMITS}.cpus", "cpu_quota", "cpuset")
        yield Lack(rail="cpu", says="has no CPU limit", set="cpus: 2.0", at=at)


def _pids(service: Guarded) -> Iterator[Lack]:
    if service.pids is None:
        at = ("pids_limit", f"{_LIMITS}.pids")
        yield Lack(rail="pids", says="has no limit of processes", set="pids_limit: 256", at=at)


def _ports(service: Guarded) -> Iterator[Lack]:
    if not service.ports or service.network_mode in ("host", "none"):
        return
    local = all(port.startswith(LOOPBACK) for port in service.ports)
    yield Lack(
        rail="ports",
        says=f"publishes {few(service.ports)}" + (" on the host's loopback" if local else ""),
        set="ports",
        at=tuple(f"ports.{port}" for port in service.ports),
        each=True,
        found=f"ports: {few(service.ports)}",
        severity="warning" if local else None,
        definite=True,
        drop=True,
    )


def _network(service: Guarded) -> Iterator[Lack]:
    inner = [name for name, internal in service.networks.items() if internal]
    new = _plain(f"{service.service}-internal", "inner")
    wanted = f"networks: [{', '.join(inner) or new}]"
    also = "" if inner else f"networks: {{{new}: {{internal: true}}}}"
    mode = service.network_mode
    at: tuple[str, ...] = ("network_mode",)
    if mode == "host":
        says, found = "is in the network of the host itself", "network_mode: host"
    elif mode and not service.networks:
        if mode == "none" or mode.startswith(("service:", "container:")):
            return
        says, found = f"is in the engine's network {mode}", f"network_mode: {mode}"
    elif outer := [name for name, internal in service.networks.items() if internal is False]:
        is_are = "is" if len(outer) == 1 else "are"
        says = f"is in {few(outer)}, which {is_are} not internal"
        found = f"networks: {few(outer)}"
        at = tuple(f"networks.{name}" for name in outer)
    else:
        return
    yield Lack(
        rail="network", says=says, set=wanted, also=also, at=at, each=True, found=found,
        definite=True,
    )  # fmt: skip


def _read_only(service: Guarded) -> Iterator[Lack]:
    if not service.read_only:
        says = "may write to its root file system"
        yield Lack(rail="read-only", says=says, set="read_only: true", at=("read_only",))


def _tmpfs(service: Guarded) -> Iterator[Lack]:
    scratch = [path for path in service.tmpfs if path.rstrip("/") not in _NO_SCRATCH]
    writable = [path for path in service.volumes if path.rstrip("/") in _SCRATCH]
    if service.read_only and not (scratch or writable):
        yield Lack(
            rail="tmpfs",
            says="has a read-only root and no scratch space",
            set='tmpfs: ["/tmp:size=64m"]',
            at=("tmpfs", "read_only"),
            found=f"tmpfs: {few(service.tmpfs)}" if service.tmpfs else "",
        )
    for path in service.unbounded:
        yield Lack(
            rail="tmpfs",
            says=f"has a tmpfs without a size at {path}",
            set=f'tmpfs: ["{path}:size=64m"]',
            at=(f"tmpfs.{path}",),
            found=f"tmpfs: {path}",
            why="Files in it count as memory, and fill it until the service is killed.",
            definite=True,
        )


def _capabilities(service: Guarded) -> Iterator[Lack]:
    if "ALL" not in service.dropped:
        yield Lack(
            rail="capabilities",
            says="keeps Linux capabilities",
            set="cap_drop: [ALL]",
            at=("cap_drop",),
            found=f"cap_drop: {few(service.dropped)}" if service.dropped else "",
        )
    added = [name for name in service.added if name not in _HARMLESS_CAPABILITIES]
    if added:
        yield Lack(
            rail="capabilities",
            says=f"is given {few(added)}",
            set="cap_add",
            at=tuple(f"cap_add.{name}" for name in added),
            each=True,
            found=f"cap_add: {few(added)}",
            definite=True,
            drop=True,
        )


def _privileges(service: Guarded) -> Iterator[Lack]:
    if service.privileged:
        yield _outright("is privileged", "privileged", "privileged: true")
    if not service.no_new_privileges:
        yield Lack(
            rail="privileges",
            says="may gain new privileges",
            set='security_opt: ["no-new-privileges:true"]',
            at=("security_opt",),
            definite=not service.unknown.get("privileges", "security_opt").startswith(
                "security_opt"
            ),
        )
    for name in service.host_namespaces:
        key = "userns_mode" if name == "userns" else name
        yield _outright(f"shares the host's {name} namespace", key, f"{key}: host")
    for path in service.binds:
        if is_socket(path):
            yield _outright("can give the engine orders", "volumes", path, f"volumes.{path}")
        elif is_grave(path):
            yield _outright(f"has {path} of the host", "volumes", path, f"volumes.{path}")
    for device in service.devices:
        if not device.startswith(_ACCELERATORS):
            says = f"has the device {device} of the host"
            yield _outright(says, "devices", device, f"devices.{device}")
    for option in service.unconfined:
        says = f"runs with {option}"
        yield _outright(says, "security_opt", option, f"security_opt.{option}")
    for field, says in service.escapes.items():
        kind, _, entry = field.partition(".")
        one_of_many = kind in ("volumes", "secrets", "configs")
        yield _outright(says, kind, entry, field) if one_of_many else _outright(says, field, field)


def _outright(says: str, field: str, found: str, entry: str = "") -> Lack:
    """Return the lack of what should not be there at all; ``entry`` is its own field."""
    wanted = field if found.startswith(field) else f"{found} in {field}"
    at = (entry, field) if entry else (field,)
    return Lack(
        rail="privileges", says=says, set=wanted, at=at, found=found, definite=True, drop=True
    )


def _user(service: Guarded) -> Iterator[Lack]:
    wanted, at = 'user: "10001:10001"', ("user",)
    user, colon, group = service.user.partition(":")
    number = int(user) if _NUMBER.fullmatch(user) else None
    if number == 0 or user == "root" or (colon and not user):
        yield Lack(
            rail="user", says="runs as root", set=wanted, at=at, found=service.user, definite=True
        )
    elif number is not None:
        yield from _group((group, *service.groups), service.user)
    elif user:
        says = "runs as a user by name, which its image may give any number"
        yield Lack(
            rail="user", says=says, set=wanted, at=at, found=service.user, severity="note",
            definite=True,
        )  # fmt: skip
    else:
        in_file = service.origin is not None
        says = "does not say as whom it runs (its image may)" if in_file else "runs as root"
        yield Lack(rail="user", says=says, set=wanted, at=at)


def _group(groups: Sequence[str], user: str) -> Iterator[Lack]:
    if any(g == "root" or (_NUMBER.fullmatch(g) and int(g) == 0) for g in groups):
        yield Lack(
            rail="user",
            says="runs in the group of root",
            set='user: "10001:10001"',
            at=("user", "group_add"),
            found=user,
            severity="note",
            why="Files that the group of root may change, it may change.",
            definite=True,
        )


def _health(service: Guarded) -> Iterator[Lack]:
    wanted = "healthcheck: {test: [CMD, …], start_period: 60s}"
    at = ("healthcheck.disable", "healthcheck.test", "healthcheck")
    if service.health is False:
        says = "has its health check switched off"
        yield Lack(rail="health", says=says, set=wanted, at=at, found="off", definite=True)
    elif service.health is None:
        unseen = " (one in its image is not seen here)" if service.origin is not None else ""
        yield Lack(rail="health", says=f"has no health check{unseen}", set=wanted, at=at)
    elif service.hollow_health:
        yield Lack(
            rail="health",
            says=f"has a health check that always passes ({service.hollow_health})",
            set=wanted,
            at=at[1:],
            found=f"test: {service.hollow_health}",
            definite=True,
        )


def _start_period(service: Guarded) -> Iterator[Lack]:
    if service.health and not service.start_period:
        yield Lack(
            rail="start-period",
            says="has a health check without a start period",
            set="healthcheck.start_period: 60s",
            at=("healthcheck.start_period", "healthcheck"),
        )


def _restart(service: Guarded) -> Iterator[Lack]:
    policy, attempts = service.restart, service.restart_attempts
    at = ("deploy.restart_policy.condition", "deploy.restart_policy", "restart")
    if policy in ("", "no"):
        says, why = "is not restarted after a crash", "It stays away after one failure."
    elif not attempts:
        says, why = "is restarted without end", "It burns the host in a loop of crashes."
    else:
        return
    yield Lack(
        rail="restart", says=says, why=why, set="restart: on-failure:5", at=at,
        found=f"restart: {policy}" if policy else "", definite=bool(policy),
    )  # fmt: skip


def _secrets(service: Guarded) -> Iterator[Lack]:
    if names := service.plain_secrets:
        files = list(dict.fromkeys(_plain(name.lower(), "secret") for name in names))
        paths = ", ".join(f"{name}: {{file: ./secrets/{name}}}" for name in files)
        yield Lack(
            rail="secrets",
            says=f"has {few(names)} in its environment",
            set=f"secrets: [{', '.join(files)}]",
            also=f"secrets: {{{paths}}}",
            at=tuple(f"environment.{name}" for name in names),
            each=True,
            found=f"environment: {few(names)}",
            definite=True,
        )


def _stop_grace(service: Guarded) -> Iterator[Lack]:
    if not service.stop_grace:
        yield Lack(
            rail="stop-grace",
            says="does not say how long it needs to end",
            set="stop_grace_period: 30s",
            at=("stop_grace_period",),
        )


def _plain(name: str, otherwise: str) -> str:
    """Return a name that stands in YAML as it is, and another for one that does not."""
    return name if _PLAIN.fullmatch(name) else otherwise


def few(names: tuple[str, ...] | list[str]) -> str:
    """Return names with commas between them, the rest of many as a count."""
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more} more" if more > 0 else "")


RAILS: tuple[Callable[[Guarded], Iterator[Lack]], ...] = (
    _memory, _cpu, _pids, _ports, _network, _read_only, _tmpfs, _capabilities, _privileges,
    _user, _health, _start_period, _restart, _secrets, _stop_grace,
)  # fmt: skip
"""In the order of the rules; that of gateways, which looks at others too, is in gateways.py."""
