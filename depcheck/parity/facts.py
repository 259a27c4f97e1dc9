"""Named values side by side: the system's, an image's configuration, a container's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Aspect, Fact
from depcheck.model.text import printable
from depcheck.parity.parts import Part
from depcheck.parity.telling import Teller, Value
from depcheck.parity.versions import numbers

_STEERING = frozenset(
    (
        "PATH",
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONPLATLIBDIR",
        "PYTHONUSERBASE",
        "PYTHONNOUSERSITE",
        "PYTHONSAFEPATH",
        "PYTHONSTARTUP",
        "PYTHONOPTIMIZE",
        "PYTHONEXECUTABLE",
        "VIRTUAL_ENV",
    )
)
"""Variables that decide which program and which code is loaded (beside ``LD_*``)."""

_NOTED = ("PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_PIP_", "PYTHON_GET_PIP", "GPG_KEY")
_NOTED_TOO = ("PYTHON_SETUPTOOLS_", "HOSTNAME", "container")
"""Variables in which base images note what they have: it is compared by itself."""


NO_USER = "root (none set)"
"""What runs where no user is set (OCI image-spec, config)."""

_ROOT = frozenset(("root", "0", "0:0", "root:root", "0:root", "root:0"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key stands for: its rule, and how a sentence names it."""

    rule: str
    words: str
    severity: Callable[[str, str, str], Severity] | None = None
    absent: str = "not set"


def variable_severity(name: str, left: str, right: str) -> Severity:
    """Return how much it matters that an environment variable differs."""
    if name in _STEERING or name.startswith("LD_"):
        return "error"
    return "note" if name.startswith((*_NOTED, *_NOTED_TOO)) else "warning"


def _another_series(name: str, left: str, right: str) -> Severity:
    return "warning" if numbers(left, 1) == numbers(right, 1) else "error"


def _another_family(name: str, left: str, right: str) -> Severity:
    families = [text.partition(" ")[0].rstrip("0123456789.-") for text in (left, right)]
    return "warning" if families[0] == families[1] else "error"


def _slight(name: str, left: str, right: str) -> Severity:
    return "note"


def _health_alone(name: str, left: str, right: str) -> Severity:
    """Return a note where only the remark in parentheses differs, and both run."""
    states = {text.partition(" ")[0] for text in (left, right)}
    return "note" if states == {"running"} else "warning"


def _grave(name: str, left: str, right: str) -> Severity:
    return "error"


def _new_roots(name: str, left: str, right: str) -> Severity:
    known = {"root", *left.split(", ")}
    return "warning" if known.issuperset(filter(None, right.split(", "))) else "error"


SYSTEM = {
    "os.id": Kind("system-release", "the OS", _grave),
    "os.version": Kind("system-release", "the OS release", _another_series),
    "os.name": Kind("system-release", "the name of the OS release", _slight),
    "libc": Kind("libc", "the C library", _another_family),
    "ca-bundle": Kind("ca-bundle", "the bundle of CA certificates"),
    "timezone": Kind("timezone", "the time zone"),
    "tzdata": Kind("tzdata", "the time-zone data"),
    "locale": Kind("locale", "the locale"),
    "superusers": Kind("system-superusers", "the list of accounts with uid 0", _new_roots),
    "users": Kind("system-users", "the set of user accounts"),
}
_SET_BY_HAND = ("the time zone", "the locale", "the list of accounts", "the set of user")
_SYSTEM_OTHER = Kind("system-other", "")

_IMAGE = {
    "architecture": Kind("image-architecture", "the architecture"),
    "os": Kind("image-architecture", "the operating system"),
    "variant": Kind("image-variant", "the variant of the architecture"),
    "entrypoint": Kind("image-entrypoint", "the entrypoint"),
    "command": Kind("image-command", "the command"),
    "workdir": Kind("image-workdir", "the working directory"),
    "user": Kind("image-user", "the user", absent=NO_USER),
    "port": Kind("image-port", "the exposed port"),
    "volume": Kind("image-volume", "the volume"),
    "healthcheck": Kind("image-healthcheck", "the health check"),
    "stopsignal": Kind("image-stopsignal", "the stop signal"),
    "label": Kind("image-label", "the label"),
    "env": Kind("image-environment", "the variable", variable_severity),
}
_IMAGE_OTHER = Kind("image-other", "the setting")

RUNTIME = {
    "memory": Kind("runtime-memory", "the memory limit"),
    "memory-reservation": Kind("runtime-memory", "the memory reservation"),
    "memory-swap": Kind("runtime-memory", "the limit of memory and swap"),
    "cpus": Kind("runtime-cpus", "the CPU limit"),
    "cpu-shares": Kind("runtime-cpus", "the share of CPUs"),
    "cpuset": Kind("runtime-cpus", "the set of CPUs"),
    "pids": Kind("runtime-limits", "the limit of processes"),
    "shm-size": Kind("runtime-limits", "the size of /dev/shm"),
    "oom-score-adj": Kind("runtime-limits", "the out-of-memory score"),
    "oom-kill-disable": Kind("runtime-limits", "the exemption from out-of-memory kills"),
    "ulimit": Kind("runtime-limits", "the limit"),
    "sysctl": Kind("runtime-limits", "the kernel setting"),
    "restart": Kind("runtime-restart", "the restart policy"),
    "auto-remove": Kind("runtime-restart", "the removal at its end"),
    "user": Kind("runtime-user", "the container's user", absent=NO_USER),
    "group-add": Kind("runtime-user", "the set of further groups"),
    "read-only-root": Kind("runtime-read-only", "the read-only root"),
    "cap-add": Kind("runtime-capabilities", "the set of added capabilities"),
    "cap-drop": Kind("runtime-capabilities", "the set of dropped capabilities"),
    "privileged": Kind("runtime-privileges", "the privileged mode"),
    "security-opt": Kind("runtime-privileges", "the set of security options"),
    "userns": Kind("runtime-privileges", "the user namespace"),
    "pid": Kind("runtime-namespaces", "the namespace of processes"),
    "ipc": Kind("runtime-namespaces", "the namespace of shared memory"),
    "uts": Kind("runtime-namespaces", "the namespace of host names"),
    "port": Kind("runtime-ports", "the published port"),
    "publish-all": Kind("runtime-ports", "the publishing of all ports"),
    "mount": Kind("runtime-mounts", "the mount"),
    "network": Kind("runtime-networks", "the network"),
    "network-mode": Kind("runtime-networks", "the network mode"),
    "dns": Kind("runtime-networks", "the set of name servers"),
    "extra-hosts": Kind("runtime-networks", "the set of further hosts"),
    "device": Kind("runtime-devices", "the device"),
    "gpus": Kind("runtime-devices", "the set of GPUs"),
    "init": Kind("runtime-process", "the init process"),
    "runtime": Kind("runtime-process", "the container runtime"),
    "log-driver": Kind("runtime-logging", "the log driver"),
    "log-opt": Kind("runtime-logging", "the log option"),
    "state": Kind("runtime-state", "the state", _health_alone),
    "env": Kind("runtime-environment", "the container's variable", variable_severity),
}
"""By the keys that containers' settings have (images/engine/runtime.py), and two of an image's
that a container can have otherwise: ``env`` and ``user``."""
_RUNTIME_OTHER = Kind("runtime-other", "the container's")

Table = tuple[Aspect, Mapping[str, Kind], Kind]
SYSTEM_TABLE: Table = ("system", SYSTEM, _SYSTEM_OTHER)
IMAGE_TABLE: Table = ("settings", _IMAGE, _IMAGE_OTHER)
RUNTIME_TABLE: Table = ("runtime", RUNTIME, _RUNTIME_OTHER)


LINEAGE = frozenset(("base", "created"))
"""Keys of an image's configuration that tell where it comes from: told with its layers."""


def compare_facts(
    teller: Teller, table: Table, left: Mapping[str, Fact], right: Mapping[str, Fact]
) -> Part:
    """Compare two sets of named values."""
    keys = sorted((left.keys() | right.keys()) - LINEAGE)
    findings = tuple(
        _tell(teller, table, key, left.get(key), right.get(key))
        for key in keys
        if _value(left.get(key)) != _value(right.get(key))
        and not (key == "user" and _is_root(left.get(key)) and _is_root(right.get(key)))
    )
    return Part(findings=findings, same=len(keys) - len(findings), different=len(findings))


def _is_root(fact: Fact | None) -> bool:
    return fact is None or fact.value in _ROOT


def compare_settings(
    teller: Teller, left: Mapping[str, Fact], right: Mapping[str, Fact], *, containers: bool
) -> Part:
    """Compare two images' configurations, or those of ``containers`` of them.

    Variables and users are told as the containers' where both sides are containers, and
    where one was set for a container (its provenance is the writable layer).
    """
    own = {
        key
        for key in left.keys() | right.keys()
        if (key == "user" or key.startswith("env."))
        and (containers or _of_container(left.get(key), right.get(key)))
    }
    parts = [
        compare_facts(
            teller,
            table,
            *({k: f for k, f in side.items() if (k in own) is is_own} for side in (left, right)),
        )
        for table, is_own in ((RUNTIME_TABLE, True), (IMAGE_TABLE, False))
    ]
    return Part(
        findings=tuple(finding for part in parts for finding in part.findings),
        same=sum(part.same for part in parts),
        different=sum(part.different for part in parts),
    )


def _value(fact: Fact | None) -> str | None:
    return None if fact is None else fact.value


def _tell(teller: Teller, table: Table, key: str, left: Fact | None, right: Fact | None) -> Finding:
    aspect, kinds, other = table
    kind, name = _kind(kinds, other, key)
    texts = [_value(fact) or "" for fact in (left, right)]
    # A port is its own value: to name it once is enough.
    subject = f"{kind.words} {'' if name in texts else name}".strip()
    return teller.tell(
        kind.rule,
        aspect,
        key,
        Value.of(left) if left else None,
        Value.of(right) if right else None,
        subject=subject,
        absent=kind.absent,
        severity=kind.severity(name, *texts) if kind.severity else None,
        remedy=_remedy(teller, aspect, key, f"{kind.words} {name}".strip(), left),
    )


def _of_container(left: Fact | None, right: Fact | None) -> bool:
    return any(fact and fact.brought and fact.brought.layer == 0 for fact in (left, right))


def _kind(kinds: Mapping[str, Kind], other: Kind, key: str) -> tuple[Kind, str]:
    """Return what a key stands for, and the name in it (``env.PATH``: ``PATH``)."""
    if key in kinds:
        return kinds[key], ""
    group, _, name = key.partition(".")
    if name and group in kinds:
        return kinds[group], name
    return other, key


def _remedy(teller: Teller, aspect: Aspect, key: str, what: str, left: Fact | None) -> str:
    if key == "state":
        return printable(f"see in the logs of {teller.right} why it does not run as in the test")
    if aspect == "runtime":
        return printable(f"start {teller.right} with {key} as in the test, or test as it is there")
    if aspect == "system" and not what.startswith(_SET_BY_HAND):
        return printable(f"build {teller.right} on the base and the packages that were tested")
    if left is None:
        return printable(f"take {what} out of {teller.right}, or test with it")
    return printable(f"set {what} in {teller.right} as it was tested")
