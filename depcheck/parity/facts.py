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


@dataclass(frozen=True, slots=True)
class Kind:
    """What a key stands for: its rule, and how a sentence names it."""

    rule: str
    words: str
    severity: Callable[[str, str, str], Severity] | None = None


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


def _grave(name: str, left: str, right: str) -> Severity:
    return "error"


SYSTEM = {
    "os.id": Kind("system-release", "the OS", _grave),
    "os.version": Kind("system-release", "the OS release", _another_series),
    "os.name": Kind("system-release", "the name of the OS release", _slight),
    "libc": Kind("libc", "the C library", _another_family),
    "ca-bundle": Kind("ca-bundle", "the bundle of CA certificates"),
    "timezone": Kind("timezone", "the time zone"),
    "tzdata": Kind("tzdata", "the time-zone data"),
    "locale": Kind("locale", "the locale"),
    "users": Kind("system-users", "the set of user accounts"),
}
_SYSTEM_OTHER = Kind("system-other", "")

_IMAGE = {
    "architecture": Kind("image-architecture", "the architecture"),
    "os": Kind("image-architecture", "the operating system"),
    "variant": Kind("image-variant", "the variant of the architecture"),
    "entrypoint": Kind("image-entrypoint", "the entrypoint"),
    "command": Kind("image-command", "the command"),
    "workdir": Kind("image-workdir", "the working directory"),
    "user": Kind("image-user", "the user"),
    "port": Kind("image-port", "the exposed port"),
    "volume": Kind("image-volume", "the volume"),
    "healthcheck": Kind("image-healthcheck", "the health check"),
    "stopsignal": Kind("image-stopsignal", "the stop signal"),
    "label": Kind("image-label", "the label"),
    "env": Kind("image-environment", "the variable", variable_severity),
}
_IMAGE_OTHER = Kind("image-other", "the setting")

_RUNTIME = {
    "memory": Kind("runtime-memory", "the memory limit"),
    "cpus": Kind("runtime-cpus", "the CPU limit"),
    "restart": Kind("runtime-restart", "the restart policy"),
    "user": Kind("runtime-user", "the container's user"),
    "read-only": Kind("runtime-read-only", "the read-only root"),
    "capability": Kind("runtime-capabilities", "the capability"),
    "capabilities": Kind("runtime-capabilities", "the set of capabilities"),
    "port": Kind("runtime-ports", "the published port"),
    "mount": Kind("runtime-mounts", "the mount"),
    "network": Kind("runtime-networks", "the network"),
    "env": Kind("runtime-environment", "the container's variable", variable_severity),
}
_RUNTIME_OTHER = Kind("runtime-other", "the container's")

Table = tuple[Aspect, Mapping[str, Kind], Kind]
SYSTEM_TABLE: Table = ("system", SYSTEM, _SYSTEM_OTHER)
IMAGE_TABLE: Table = ("settings", _IMAGE, _IMAGE_OTHER)
RUNTIME_TABLE: Table = ("runtime", _RUNTIME, _RUNTIME_OTHER)


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
    )
    return Part(findings=findings, same=len(keys) - len(findings), different=len(findings))


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
        absent="not set",
        severity=kind.severity(name, *texts) if kind.severity else None,
        remedy=_remedy(teller, aspect, f"{kind.words} {name}".strip(), left),
    )


def _kind(kinds: Mapping[str, Kind], other: Kind, key: str) -> tuple[Kind, str]:
    """Return what a key stands for, and the name in it (``env.PATH``: ``PATH``)."""
    if key in kinds:
        return kinds[key], ""
    group, _, name = key.partition(".")
    if name and group in kinds:
        return kinds[group], name
    return other, key


def _remedy(teller: Teller, aspect: Aspect, what: str, left: Fact | None) -> str:
    if aspect == "system":
        return printable(f"build {teller.right} on the base and the packages that were tested")
    if left is None:
        return printable(f"take {what} out of {teller.right}, or test with it")
    return printable(f"set {what} in {teller.right} as it was tested")
