"""A container's own settings: those that differ from what an engine does by itself.

From ``HostConfig``, ``Mounts``, ``NetworkSettings`` and ``State`` of the Engine API's
answer about a container. What names one machine or one run (ids, addresses, host names)
is left out, and a compose project's prefix is taken off, so that two containers compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from depcheck.images.engine.answers import entry, number, objects, text, texts
from depcheck.model.inventory import Fact

PROJECT_LABEL = "com.docker.compose.project"
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_USUAL_SHARED_MEMORY = 64 << 20
_USUAL_PERIOD = 100_000
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_OF_ANOTHER = re.compile(r"container:.*", re.DOTALL)
_FLAGS = {
    "read-only-root": "ReadonlyRootfs",
    "privileged": "Privileged",
    "publish-all": "PublishAllPorts",
    "init": "Init",
    "auto-remove": "AutoRemove",
    "oom-kill-disable": "OomKillDisable",
}
_TEXTS = {
    "cpuset": ("CpusetCpus", ()),
    "ipc": ("IpcMode", ("private", "shareable")),
    "pid": ("PidMode", ()),
    "userns": ("UsernsMode", ()),
    "uts": ("UTSMode", ()),
    "runtime": ("Runtime", ("runc", "crun", "oci", "io.containerd.runc.v2")),
}
_LISTS = {"dns": "Dns", "extra-hosts": "ExtraHosts", "group-add": "GroupAdd"}


def runtime_facts(inspected: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the settings of a container (``GET /containers/{id}/json``), by name.

    Names are as in Inventory (``memory``, ``restart``, ``port.8080/tcp``, ``mount./data``).
    """
    host = entry(inspected, "HostConfig")
    labels = entry(entry(inspected, "Config"), "Labels")
    project = labels.get(PROJECT_LABEL)
    prefix = f"{project}_" if isinstance(project, str) and project else ""
    pairs = [
        *_limits(host),
        *_switches(host),
        *_privileges(host),
        *_ports(host),
        *_mounts(inspected, host, prefix),
        *_networks(inspected, prefix),
        *_logging(host),
        *_hardware(host),
        *_state(inspected),
    ]
    return {
        name: Fact(value=value, secret=name.startswith(("log-opt.", "sysctl.")))
        for name, value in sorted(pairs)
        if value
    }


def _limits(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    memory, swap = number(host, "Memory"), number(host, "MemorySwap")
    yield "memory", _size(memory)
    yield "memory-reservation", _size(number(host, "MemoryReservation"))
    if swap != 2 * memory:  # what an engine makes of none
        yield "memory-swap", "unlimited" if swap < 0 else _size(swap)
    yield "cpus", _cpus(host)
    shares = number(host, "CpuShares")
    yield "cpu-shares", str(shares) if shares not in (0, 1024) else ""
    pids = number(host, "PidsLimit")
    yield "pids", str(pids) if pids > 0 else ""
    shared = number(host, "ShmSize")
    yield "shm-size", _size(shared) if shared != _USUAL_SHARED_MEMORY else ""
    score = number(host, "OomScoreAdj")
    yield "oom-score-adj", str(score) if score else ""
    for limit in objects(host, "Ulimits"):
        soft, hard = number(limit, "Soft"), number(limit, "Hard")
        yield f"ulimit.{limit.get('Name')}", f"{soft}:{hard}"


def _cpus(host: Mapping[str, Any]) -> str:
    nano, quota = number(host, "NanoCpus"), number(host, "CpuQuota")
    if nano > 0:
        return f"{nano / 1e9:g}"
    return f"{quota / (number(host, 'CpuPeriod') or _USUAL_PERIOD):g}" if quota > 0 else ""


def _switches(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    policy = entry(host, "RestartPolicy")
    name, count = policy.get("Name") or "no", number(policy, "MaximumRetryCount")
    if name != "no":
        yield "restart", f"{name}:{count}" if count else str(name)
    for key, field in _FLAGS.items():
        yield key, "true" if host.get(field) is True else ""
    for key, (field, usual) in _TEXTS.items():
        value = text(host, field)
        yield key, "" if value in usual else _OF_ANOTHER.sub("of another container", value)
    for key, field in _LISTS.items():
        yield key, ", ".join(sorted(texts(host, field)))


def _privileges(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, field in (("cap-add", "CapAdd"), ("cap-drop", "CapDrop")):
        yield key, ", ".join(sorted(n.upper().removeprefix("CAP_") for n in texts(host, field)))
    options = texts(host, "SecurityOpt")
    if host.get("Privileged") is True or "host" in (host.get("PidMode"), host.get("IpcMode")):
        options = [each for each in options if each != "label=disable"]  # the engine's own
    yield "security-opt", ", ".join(sorted(map(_profile, options)))
    for name, value in entry(host, "Sysctls").items():
        yield f"sysctl.{name}", str(value)


def _profile(option: str) -> str:
    """Return a security option; a profile that was given as a whole by its digest."""
    name, _, value = option.partition("=")
    if not value.lstrip().startswith("{"):
        return option
    return f"{name}=sha256:{hashlib.sha256(value.encode()).hexdigest()[:12]}"


def _ports(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for port, bindings in entry(host, "PortBindings").items():
        listed = [each for each in bindings or () if isinstance(each, dict)]
        yield f"port.{port}", ", ".join(sorted(map(_binding, listed)))


def _binding(binding: Mapping[str, Any]) -> str:
    address, port = text(binding, "HostIp"), text(binding, "HostPort")
    port = "any free port" if port in ("", "0") else port
    if address in ("", "0.0.0.0"):  # noqa: S104 - compared with, nothing is bound
        return port
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _mounts(
    inspected: Mapping[str, Any], host: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, str]]:
    for mount in objects(inspected, "Mounts"):
        kind, name = text(mount, "Type"), text(mount, "Name").removeprefix(prefix)
        source = name if kind == "volume" else text(mount, "Source")
        if kind == "volume" and _ANONYMOUS.fullmatch(source):
            source = "without a name"
        mode = "ro" if mount.get("RW") is False else "rw"
        yield (
            f"mount.{text(mount, 'Destination')}",
            " ".join(part for part in (kind or "bind", source, mode) if part),
        )
    for path, options in entry(host, "Tmpfs").items():
        yield f"mount.{path}", f"tmpfs {options}".strip()


def _networks(inspected: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    mode = text(entry(inspected, "HostConfig"), "NetworkMode")
    if _OF_ANOTHER.fullmatch(mode):
        yield "network-mode", "of another container"
    for name, settings in entry(entry(inspected, "NetworkSettings"), "Networks").items():
        fixed = entry(settings, "IPAMConfig") if isinstance(settings, dict) else {}
        addresses = [text(fixed, key) for key in ("IPv4Address", "IPv6Address")]
        shown = ", ".join(address for address in addresses if address)
        yield f"network.{name.removeprefix(prefix)}", shown or "attached"


def _logging(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    logging = entry(host, "LogConfig")
    yield "log-driver", text(logging, "Type")
    for name, value in entry(logging, "Config").items():
        yield f"log-opt.{name}", str(value)


def _hardware(host: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for device in objects(host, "Devices"):
        source, permissions = text(device, "PathOnHost"), text(device, "CgroupPermissions")
        yield f"device.{text(device, 'PathInContainer')}", f"{source} {permissions}".strip()
    yield "gpus", "; ".join(sorted(map(_request, objects(host, "DeviceRequests"))))


def _request(request: Mapping[str, Any]) -> str:
    identifiers, count = texts(request, "DeviceIDs"), number(request, "Count")
    which = ", ".join(sorted(identifiers)) or ("all" if count < 0 else str(count))
    wanted = request.get("Capabilities") or ()
    able = sorted({str(name) for group in wanted for name in group or ()})
    return " ".join(part for part in (text(request, "Driver"), which, "+".join(able)) if part)


def _state(inspected: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    state = entry(inspected, "State")
    status, remarks = text(state, "Status"), []
    if status in ("exited", "dead", "restarting"):
        remarks.append(f"status {number(state, 'ExitCode')}")
        remarks += ["out of memory"] if state.get("OOMKilled") is True else []
    health = text(entry(state, "Health"), "Status")
    remarks += [health] if status == "running" and health not in ("", "none") else []
    yield "state", f"{status} ({', '.join(remarks)})" if remarks else status


def _size(count: int) -> str:
    """Return a count of bytes exactly, in the largest unit that it is a multiple of."""
    if count <= 0:
        return ""
    unit = 0
    while count % 1024 == 0 and unit < len(_UNITS) - 1:
        count, unit = count // 1024, unit + 1
    return f"{count} {_UNITS[unit]}"
