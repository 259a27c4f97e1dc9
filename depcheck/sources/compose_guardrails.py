"""Guard-rails of the services of compose files, short and long forms (Compose Specification)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.guarding import GATEWAY_LABEL, UNCONFINED, passes_always
from depcheck.model.isolation import Guarded
from depcheck.model.requirement import Undetermined
from depcheck.model.text import did_you_mean, printable
from depcheck.sources.compose_environment import EnvFiles, plain_secrets
from depcheck.sources.compose_escapes import read_escapes
from depcheck.sources.compose_files import (
    as_table,
    found,
    is_null,
    origin_of,
    read_files,
)
from depcheck.sources.compose_mounts import read_mounts
from depcheck.sources.compose_proxies import read_proxies
from depcheck.sources.compose_service import Allowance, Fields
from depcheck.sources.compose_units import cpu_set, number, seconds, size, switch, whole
from depcheck.sources.files import Scope
from depcheck.sources.variables import UnsetError
from depcheck.sources.yaml_text import List, Node, Scalar, Table

_MOST_SERVICES = 1000
_USUAL_PERIOD = 100_000
_LIMITS = "deploy.resources.limits"
_SIZE = "a size like 2g or 512m"
_TIME = "a time like 1m30s"
_RESTART = re.compile(r"(no|always|unless-stopped|on-failure)(?::(\d{1,6}))?")
_CONDITIONS = {
    "none": "no", "no": "no", "on-failure": "on-failure", "any": "always", "always": "always",
    "unless-stopped": "unless-stopped",
}  # fmt: skip
_NAMESPACES = {
    "pid": "pid",
    "ipc": "ipc",
    "userns_mode": "userns",
    "uts": "uts",
    "cgroup": "cgroup",
}
_HOSTS = frozenset(("host", "bridge"))
"""Networks of the engine itself, which are not internal whatever the file says."""


def read_guarded(
    paths: Sequence[Path], *, root: Path
) -> tuple[tuple[Guarded, ...], tuple[Undetermined, ...]]:
    """Return what each service of compose files says about its guard-rails.

    The files are merged in their order, as ``docker compose -f a -f b`` does; paths are
    relative to ``root`` or below it. Services of every profile are in it: a profile is a way
    to start them. Variables have the values of ``.env`` or their defaults; what rests on
    another one is in ``unknown``. Raises SourceError (``path:line:``).
    """
    scope = Scope(component="", root=root, environment={})
    composed = read_files(scope, tuple(str(path) for path in paths))
    if len(composed.services) > _MOST_SERVICES:
        raise SourceError(f"{paths[0]}: more than {_MOST_SERVICES} services")
    allowance, files = Allowance(), EnvFiles(scope=scope)
    guarded = []
    for name, table in composed.services.items():
        fields = Fields(scope=scope, composed=composed, name=name, table=table, allowance=allowance)
        guarded.append(_guarded(fields, files))
    return tuple(guarded), composed.undetermined


def _guarded(fields: Fields, files: EnvFiles) -> Guarded:
    name = printable(fields.name)
    health, start_period, hollow = _health(fields)
    options = _security_options(fields)
    restart, attempts = _restart(fields)
    mounts = read_mounts(fields)
    return Guarded(
        service=name,
        where=fields.table.shown,
        origin=origin_of(fields.scope, fields.table, f"{name}:"),
        image=_image(fields),
        memory=_memory(fields),
        swap=_swap(fields),
        cpus=_cpus(fields),
        pids=_pids(fields),
        ports=_ports(fields),
        network_mode=fields.text("network_mode", "network") or "",
        networks=_networks(fields),
        read_only=fields.flag("read_only", "read-only"),
        tmpfs=mounts.tmpfs,
        unbounded=mounts.unbounded,
        volumes=mounts.volumes,
        binds=mounts.binds,
        devices=_devices(fields),
        dropped=_capabilities(fields, "cap_drop"),
        added=_capabilities(fields, "cap_add"),
        privileged=fields.flag("privileged", "privileges"),
        no_new_privileges=bool({"no-new-privileges", "no-new-privileges:true"} & set(options)),
        unconfined=tuple(each for each in options if each in UNCONFINED),
        user=fields.text("user", "user") or "",
        health=health,
        hollow_health=hollow,
        start_period=start_period,
        restart=restart,
        restart_attempts=attempts,
        secrets=_secrets(fields),
        plain_secrets=plain_secrets(fields, files),
        stop_grace=fields.value("stop_grace_period", "stop-grace", seconds, _TIME),
        host_namespaces=_host_namespaces(fields),
        gateway=_is_gateway(fields),
        escapes={**read_escapes(fields), **mounts.escapes},
        oom_immune=_oom_immune(fields),
        groups=tuple(text for _, text in fields.entries("group_add", "user")),
        proxies=read_proxies(fields, mounts),
        lines=fields.lines,
        unknown=fields.unknown,
        unknown_at=fields.unknown_at,
    )


def _image(fields: Fields) -> str:
    node = fields.node("image")
    return printable(node.text) if isinstance(node, Scalar) else ""


def _refuse_two(fields: Fields, one: str, other: str) -> None:
    """Refuse what compose refuses: a limit in both its forms that are not the same."""
    raise SourceError(
        f"{fields.lines[other]}: {other} and {one} ({fields.lines[one]}) set different limits",
        hint="keep one of them; compose does not start such a service",
    )


def _memory(fields: Fields) -> int | None:
    short = fields.value("mem_limit", "memory", size, _SIZE)
    long = fields.value(f"{_LIMITS}.memory", "memory", size, _SIZE)
    if short and long and short != long:
        _refuse_two(fields, "mem_limit", f"{_LIMITS}.memory")
    return long or short or None


def _swap(fields: Fields) -> int | None:
    def parse(text: str) -> int | None:
        return -1 if text.strip() == "-1" else size(text)

    return fields.value("memswap_limit", "memory", parse, f"{_SIZE}, or -1") or None


def _oom_immune(fields: Fields) -> str:
    """Return the field that keeps the kernel from ending a service whose memory runs out."""
    if fields.flag("oom_kill_disable", "memory"):
        return "oom_kill_disable: true"
    score = fields.value("oom_score_adj", "memory", whole, "a whole number")
    return f"oom_score_adj: {score}" if score is not None and score < 0 else ""


def _cpus(fields: Fields) -> float | None:
    short = fields.value("cpus", "cpu", number, "a number of CPUs like 1.5")
    long = fields.value(f"{_LIMITS}.cpus", "cpu", number, "a number of CPUs like 1.5")
    if short and long and short != long:
        _refuse_two(fields, "cpus", f"{_LIMITS}.cpus")
    return next((cpus for cpus in (long, short, _quota(fields)) if cpus and cpus > 0), None)


def _quota(fields: Fields) -> float | None:
    """Return the CPUs that a quota or a set of CPUs comes to."""

    def microseconds(text: str) -> float | None:
        plain = number(text)
        time = seconds(text)
        return plain if plain is not None else time and time * 1e6

    quota = fields.value("cpu_quota", "cpu", microseconds, "a number of microseconds")
    period = fields.value("cpu_period", "cpu", microseconds, "a number of microseconds")
    if quota and quota > 0:
        return quota / (period or _USUAL_PERIOD)
    return fields.value("cpuset", "cpu", cpu_set, "a set of CPUs like 0-3")


def _pids(fields: Fields) -> int | None:
    short = fields.value("pids_limit", "pids", whole, "a whole number")
    long = fields.value(f"{_LIMITS}.pids", "pids", whole, "a whole number")
    if short and long and short != long:
        _refuse_two(fields, "pids_limit", f"{_LIMITS}.pids")
    return next((pids for pids in (long, short) if pids and pids > 0), None)


def _ports(fields: Fields) -> tuple[str, ...]:
    """Return the published ports as written; one without a host's side gets any free port."""
    ports: list[str] = []
    for item, text in fields.entries("ports"):
        if isinstance(item, Table):
            keys = ("host_ip", "published", "target")
            text = ":".join(part for key in keys if (part := fields.part(item, key, "ports")))
        else:
            text = item.text if isinstance(item, Scalar) else text
        if not text:
            raise SourceError(f"{item.place}: a port needs a number", hint='write "8080:80"')
        if not ports:
            fields.note("ports", item, f"ports: {text}")
        fields.note(f"ports.{printable(text)}", item, f"ports: {text}")
        ports.append(printable(text))
    return tuple(ports)


def _networks(fields: Fields) -> dict[str, bool | None]:
    """Return the service's networks, and whether each is internal."""
    node = fields.node("networks")
    if fields.node("network_mode") is not None and fields.text("network_mode", "network") != "":
        return {}
    table = as_table(node) if node is not None else None
    if node is not None and table is None:
        raise SourceError(f"{node.place}: networks must be a list or a mapping")
    names = list(table.items) if table and table.items else ["default"]
    fields.allowance.take(fields.table, len(names), "".join(names))
    if table:
        _note_networks(fields, table)
    return {printable(name): _internal(fields, name) for name in names}


def _note_networks(fields: Fields, table: Table) -> None:
    for name, entry in table.items.items():
        at = replace(entry, line=table.lines.get(name, entry.line))
        fields.note(f"networks.{printable(name)}", at, f"networks: {name}")


def _internal(fields: Fields, name: str) -> bool | None:
    known = fields.composed.networks
    if name not in known:
        if name == "default":
            return False
        raise SourceError(
            f"{fields.lines['networks']}: the network {printable(name)} is not defined",
            hint=did_you_mean(name, known) or "name it in networks at the top level",
        )
    node = known[name]
    if is_null(node) or node.tag == "!reset":
        return False
    if not isinstance(node, Table):
        raise SourceError(f"{node.place}: the network {printable(name)} must be a mapping")
    if _is_of_the_engine(fields, node):
        return False
    external = found(node, "external")
    if isinstance(external, Table) or (external and _switch(fields, external, "external")):
        return None
    internal = found(node, "internal")
    return False if internal is None else _switch(fields, internal, "internal")


def _is_of_the_engine(fields: Fields, node: Table) -> bool:
    """Return whether a network is the host's own, by its driver or by its name."""
    external = found(node, "external")
    name = fields.part(node, "name", "networks")
    if isinstance(external, Table):
        name = fields.part(external, "name", "networks")
    return name in _HOSTS or fields.part(node, "driver", "networks") == "host"


def _switch(fields: Fields, node: Node, key: str) -> bool | None:
    """Return a switch of a network, None where it rests on a variable without a value."""
    if isinstance(node, Scalar):
        try:
            text = fields.filled(node)
        except UnsetError:
            return None
        if (value := switch(text)) is not None:
            return value
    raise SourceError(f"{node.place}: {key} of a network is true or false")


def _capabilities(fields: Fields, key: str) -> tuple[str, ...]:
    names = []
    for item, text in fields.entries(key, "capabilities"):
        names.append(printable(text.upper().removeprefix("CAP_")))
        fields.note(f"{key}.{names[-1]}", item, f"{key}: {text}")
    return tuple(names)


def _security_options(fields: Fields) -> tuple[str, ...]:
    """Return the options with a colon before their values."""
    options = []
    for item, text in fields.entries("security_opt", "privileges"):
        options.append(printable(text.replace("=", ":", 1)))
        fields.note(f"security_opt.{options[-1]}", item, f"security_opt: {text}")
    return tuple(options)


def _is_gateway(fields: Fields) -> bool:
    node = fields.node("labels")
    table = as_table(node) if node is not None else None
    label = table.items.get(GATEWAY_LABEL) if table else None
    return isinstance(label, Scalar) and switch(fields.loose(label, "labels")) is True


def _devices(fields: Fields) -> tuple[str, ...]:
    devices = []
    for item, text in fields.entries("devices", "privileges"):
        source = fields.part(item, "source", "devices") if isinstance(item, Table) else text
        devices.append(printable(source.partition(":")[0]))
        fields.note(f"devices.{devices[-1]}", item, f"devices: {source}")
    return tuple(devices)


def _host_namespaces(fields: Fields) -> tuple[str, ...]:
    return tuple(
        name for key, name in _NAMESPACES.items() if fields.text(key, "privileges") == "host"
    )


def _health(fields: Fields) -> tuple[bool | None, float | None, str]:
    """Return whether there is a health check (None: not said), its start period, and what
    makes it pass in any case."""
    if fields.node("healthcheck") is None:
        return None, None, ""
    period = fields.value("healthcheck.start_period", "start-period", seconds, _TIME)
    if fields.flag("healthcheck.disable", "health"):
        return False, period, ""
    test = _words(fields, fields.node("healthcheck.test"))
    if test[:1] == ("NONE",):
        return False, period, ""
    hollow = passes_always(test)
    if hollow and (node := fields.node("healthcheck.test")):
        fields.note("healthcheck.test", node, f"test: {hollow}")
    return (True if test else None), period, hollow


def _words(fields: Fields, test: Node | None) -> tuple[str, ...]:
    """Return a health check as the engine has it; a plain text is for a shell."""
    if isinstance(test, Scalar):
        return ("CMD-SHELL", fields.loose(test, "healthcheck.test")) if test.text else ()
    if not isinstance(test, List):
        return ()
    fields.allowance.take(test, len(test.items))
    return tuple(
        fields.loose(item, "healthcheck.test") if isinstance(item, Scalar) else ""
        for item in test.items
    )


def _restart(fields: Fields) -> tuple[str, int | None]:
    """Return the policy and how often it is tried; ``deploy`` beats ``restart``."""
    plain = fields.value("restart", "restart", _RESTART.fullmatch, "no, always or on-failure:5")
    if fields.node("deploy.restart_policy") is None:
        return (plain[1], int(plain[2]) if plain[2] else None) if plain else ("", None)
    condition = fields.value(
        "deploy.restart_policy.condition", "restart", _CONDITIONS.get, "none, on-failure or any"
    )
    attempts = fields.value(
        "deploy.restart_policy.max_attempts", "restart", whole, "a whole number"
    )
    return condition or "always", attempts


def _secrets(fields: Fields) -> tuple[str, ...]:
    return tuple(
        printable(fields.part(item, "source", "secrets") if isinstance(item, Table) else text)
        for item, text in fields.entries("secrets")
    )
