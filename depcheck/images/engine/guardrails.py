"""Guard-rails of containers as an engine holds them (Docker Engine API, container inspect)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from depcheck.images.engine.answers import entry, number, objects, text, texts
from depcheck.images.engine.client import Engine
from depcheck.images.engine.containers import SERVICE_LABEL, refuse_bad_name
from depcheck.model.guarding import (
    GATEWAY_LABEL,
    UNCONFINED,
    is_grave,
    is_sized,
    is_socket,
    passes_always,
)
from depcheck.model.isolation import Guarded
from depcheck.model.secret_names import holds_secret
from depcheck.model.text import printable

_USUAL_PERIOD = 100_000
_SECRETS = "/run/secrets/"
_ID = re.compile(r"[0-9a-f]{64}")  # others in a network are a swarm's endpoints
# Not that of cgroups: with the first version of them the host's is what an engine gives.
_NAMESPACES = {"PidMode": "pid", "IpcMode": "ipc", "UsernsMode": "userns", "UTSMode": "uts"}


def guarded_container(engine: Engine, name: str) -> Guarded:
    """Return what a container (name or id, running or stopped) says about its guard-rails.

    Health check and user are those of its image where it has none of its own: the engine
    tells both as one. The service is that of a compose project, else the container's name.
    Raises ImageError where the engine does not answer or has no such container, UsageError
    where ``name`` cannot be one.
    """
    refuse_bad_name(name)
    inspected = engine.container(name)
    host, config = entry(inspected, "HostConfig"), entry(inspected, "Config")
    health, start_period = _health(config)
    policy = entry(host, "RestartPolicy")
    memory = number(host, "Memory")
    called = text(inspected, "Name").lstrip("/") or name
    mode = text(host, "NetworkMode")
    options = [each.replace("=", ":", 1) for each in texts(host, "SecurityOpt")]
    return Guarded(
        service=printable(text(entry(config, "Labels"), SERVICE_LABEL) or called),
        where=f"container {printable(called)}",
        image=printable(text(config, "Image")),
        memory=memory or None,
        swap=number(host, "MemorySwap") or None,
        cpus=_cpus(host),
        pids=max(0, number(host, "PidsLimit")) or None,
        ports=_ports(host),
        network_mode=mode if mode in ("host", "none") or mode.startswith("container:") else "",
        networks=_networks(engine, inspected, mode),
        read_only=host.get("ReadonlyRootfs") is True,
        tmpfs=tuple(_tmpfs(inspected, host)),
        unbounded=tuple(path for path, sized in _tmpfs(inspected, host).items() if not sized),
        volumes=_volumes(inspected),
        binds=_binds(engine, inspected),
        devices=tuple(text(each, "PathOnHost") for each in objects(host, "Devices")),
        dropped=_capabilities(host, "CapDrop"),
        added=_capabilities(host, "CapAdd"),
        privileged=host.get("Privileged") is True,
        no_new_privileges=bool({"no-new-privileges", "no-new-privileges:true"} & set(options)),
        unconfined=tuple(each for each in options if each in UNCONFINED),
        user=text(config, "User"),
        health=health,
        hollow_health=passes_always(texts(entry(config, "Healthcheck"), "Test")),
        start_period=start_period,
        restart=text(policy, "Name") or "no",
        restart_attempts=number(policy, "MaximumRetryCount") or None,
        secrets=_secrets(inspected),
        plain_secrets=_plain_secrets(config),
        stop_grace=_stop_grace(config),
        host_namespaces=tuple(
            name for key, name in _NAMESPACES.items() if text(host, key) == "host"
        ),
        gateway=text(entry(config, "Labels"), GATEWAY_LABEL).lower() == "true",
        escapes=_escapes(host),
        oom_immune=_oom_immune(host),
        groups=tuple(texts(host, "GroupAdd")),
    )


def neighbours(engine: Engine, containers: Sequence[Guarded]) -> tuple[Guarded, ...]:
    """Return the other running containers in the networks of ``containers``.

    The engine's own network (``bridge``) is left out: whoever is in it is open to the host.
    Raises ImageError where the engine does not answer.
    """
    known = {each.where.removeprefix("container ") for each in containers}
    networks = dict.fromkeys(name for each in containers for name in each.networks)
    names: dict[str, None] = {}
    for network in networks:
        there = None if network == "bridge" else engine.network(network)
        members = entry(there or {}, "Containers")
        names.update((text(entry(members, key), "Name"), None) for key in members if _is_id(key))
    return tuple(guarded_container(engine, name) for name in names if name not in known)


def _is_id(key: str) -> bool:
    return _ID.fullmatch(key) is not None


def _cpus(host: Mapping[str, Any]) -> float | None:
    if (nano := number(host, "NanoCpus")) > 0:
        return nano / 1e9
    if (quota := number(host, "CpuQuota")) > 0:
        return quota / (number(host, "CpuPeriod") or _USUAL_PERIOD)
    ranges = [part.split("-") for part in text(host, "CpusetCpus").split(",") if part]
    return sum(int(each[-1]) - int(each[0]) + 1 for each in ranges) or None


def _ports(host: Mapping[str, Any]) -> tuple[str, ...]:
    """Return published ports as ``docker run -p`` takes them."""
    ports: list[str] = []
    for port, bindings in entry(host, "PortBindings").items():
        listed: list[Mapping[str, Any]] = [
            each for each in bindings or () if isinstance(each, dict)
        ]
        for binding in listed or [{}]:
            parts = (text(binding, "HostIp"), text(binding, "HostPort"), port)
            ports.append(printable(":".join(part for part in parts if part)))
    if host.get("PublishAllPorts") is True:
        ports.append("all that the image exposes")
    return tuple(ports)


def _networks(engine: Engine, inspected: Mapping[str, Any], mode: str) -> dict[str, bool | None]:
    if mode in ("host", "none"):
        return {}
    names = entry(entry(inspected, "NetworkSettings"), "Networks")
    return {printable(name): _internal(engine, name) for name in names}


def _internal(engine: Engine, name: str) -> bool | None:
    """Return whether a network is internal, None where it has gone since."""
    if name == "bridge":  # the engine's own, which it may have been told to do without
        return False
    found = engine.network(name)
    return None if found is None else found.get("Internal") is True


def _tmpfs(inspected: Mapping[str, Any], host: Mapping[str, Any]) -> dict[str, bool]:
    """Return each tmpfs, and whether it has a size."""
    sizes = {
        text(each, "Target"): number(entry(each, "TmpfsOptions"), "SizeBytes") > 0
        for each in objects(host, "Mounts")
    }
    found = {
        text(each, "Destination"): sizes.get(text(each, "Destination"), False)
        for each in objects(inspected, "Mounts")
        if text(each, "Type") == "tmpfs"
    }
    for path, options in entry(host, "Tmpfs").items():
        found[path] = is_sized(options) if isinstance(options, str) else False
    return {printable(path): sized for path, sized in found.items()}


def _volumes(inspected: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        printable(text(each, "Destination"))
        for each in objects(inspected, "Mounts")
        if each.get("RW") is not False and text(each, "Type") != "tmpfs"
    )


def _binds(engine: Engine, inspected: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of the host that are mounted, those that a volume is made of too."""
    found = []
    for each in objects(inspected, "Mounts"):
        kind, source, target = (text(each, key) for key in ("Type", "Source", "Destination"))
        if kind == "volume":
            found.append(_device(engine, text(each, "Name")))
        elif kind == "bind" and (not target.startswith(_SECRETS) or is_grave(source)):
            found.append(target if is_socket(target) else source)
    return tuple(printable(path) for path in found if path)


def _device(engine: Engine, name: str) -> str:
    """Return the path of the host that a volume is made of, empty for one of its own."""
    volume = engine.volume(name) if name else None
    options = entry(volume or {}, "Options")
    layers = [word.split("=", 1)[1] for word in text(options, "o").split(",") if "dir=/" in word]
    device = layers[0].partition(":")[0] if layers else text(options, "device")
    return device if device.startswith("/") else ""


def _escapes(host: Mapping[str, Any]) -> dict[str, str]:
    rules = texts(host, "DeviceCgroupRules")
    says = f"may use devices of the host ({printable(', '.join(rules))})"
    return {"device_cgroup_rules": says} if rules else {}


def _oom_immune(host: Mapping[str, Any]) -> str:
    if host.get("OomKillDisable") is True:
        return "oom_kill_disable: true"
    score = number(host, "OomScoreAdj")
    return f"oom_score_adj: {score}" if score < 0 else ""


def _secrets(inspected: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the secrets: compose and Swarm mount them below ``/run/secrets``."""
    paths = [text(each, "Destination") for each in objects(inspected, "Mounts")]
    return tuple(
        printable(path.removeprefix(_SECRETS)) for path in paths if path.startswith(_SECRETS)
    )


def _plain_secrets(config: Mapping[str, Any]) -> tuple[str, ...]:
    parts = [each.partition("=") for each in texts(config, "Env")]
    return tuple(printable(name) for name, _, value in parts if holds_secret(name, value))


def _capabilities(host: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(printable(each.upper().removeprefix("CAP_")) for each in texts(host, key))


def _health(config: Mapping[str, Any]) -> tuple[bool | None, float | None]:
    check = entry(config, "Healthcheck")
    test = texts(check, "Test")
    if not test:
        return None, None
    return test[0] != "NONE", number(check, "StartPeriod") / 1e9


def _stop_grace(config: Mapping[str, Any]) -> float | None:
    return float(number(config, "StopTimeout")) if config.get("StopTimeout") is not None else None
