"""Two environments side by side: what was named, what differs, and what is expected to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Aspect, Identity
from depcheck.model.requirement import Origin, Undetermined

SideKind = Literal["docker", "container", "registry", "oci", "archive", "env", "lock", "sbom"]
SIDE_KINDS: tuple[SideKind, ...] = (
    "docker",
    "container",
    "registry",
    "oci",
    "archive",
    "env",
    "lock",
    "sbom",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One thing that gives an inventory, as it was named: ``docker:shop:staging``.

    ``value`` is what stands after the colon: an image or container name, a path
    (absolute), an interpreter. ``written`` is the whole as a person wrote it, where
    that reads otherwise. ``origin`` is where a file names it.
    """

    kind: SideKind
    value: str
    written: str = ""
    origin: Origin | None = None

    def __str__(self) -> str:
        return self.written or f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of an environment. ``replicas`` are what runs it, often just one."""

    name: str
    replicas: tuple[Named, ...]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSettings:
    """A named environment: services listed, and files or a project to read more from.

    ``compose`` and ``kubernetes`` are paths relative to the project root.
    ``project`` is a compose project whose running containers are the replicas.
    ``via`` says where the images that files name are looked for.
    """

    name: str
    services: tuple[Service, ...] = ()
    compose: tuple[str, ...] = ()
    kubernetes: tuple[str, ...] = ()
    project: str | None = None
    via: Literal["docker", "registry"] = "docker"
    origin: Origin | None = None


Side = Named | EnvironmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A difference that is expected: one entry of the policy.

    ``rule`` and ``name`` are shell-style patterns over a finding's rule id and the
    name of what differs, ``value`` over the value of ``side`` (``any``: of either);
    None matches everything. ``service`` limits it to one service. After ``expires``
    it no longer counts. ``origin`` is its place in the configuration.
    """

    rule: str | None = None
    name: str | None = None
    side: Literal["left", "right", "any"] = "any"
    value: str | None = None
    service: str | None = None
    reason: str
    owner: str = ""
    expires: datetime.date | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParitySettings:
    """One ``parity``. ``left`` is what was tested, ``right`` what runs.

    ``root`` is the project root. ``platform`` (``linux/arm64``) chooses from an
    index of several. ``insecure_registries`` are hosts spoken to without TLS or
    without a valid certificate. ``today`` decides what has expired.
    """

    root: Path
    left: Side
    right: Side
    platform: str | None = None
    files: bool = False
    show_values: bool = False
    rollback: bool = False
    expected: tuple[Expected, ...] = ()
    insecure_registries: tuple[str, ...] = ()
    cache_dir: Path | None = None
    no_cache: bool = False
    fail_on: Severity | Literal["never"] = "warning"
    today: datetime.date
    config_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """How the layers of one pair were come by, and what that moved.

    ``way`` is ``registry``, ``engine``, ``layout``, ``archive``, ``cache`` or empty
    where nothing had to be read; ``size`` is bytes read, ``layers`` how many layers,
    ``what`` a few words (``2 differing layers``, ``manifests and configurations``).
    """

    way: str
    what: str
    layers: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One aspect of a pair: how many units are the same and how many differ.

    ``same`` is None where only what differs was read (the rest lies in shared layers).
    """

    aspect: Aspect
    same: int | None
    different: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSide:
    """A side of a pair as it was read. ``what`` sums it up in a few words."""

    named: str
    identity: Identity = field(default_factory=Identity)
    layers: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two things compared: of one service (its name), or the only pair (empty).

    ``left`` or ``right`` is None where a service stands on one side only, or could
    not be read. ``shared`` counts the lower layers that both have. ``compared``
    has a summary for each aspect that both sides speak of; ``left_out`` are the
    aspects that only one side speaks of. ``replica`` is the replica that stands against
    the first one of the other side, empty for the first of both.
    """

    service: str = ""
    replica: str = ""
    left: ReadSide | None
    right: ReadSide | None
    shared: int = 0
    compared: tuple[Summary, ...] = ()
    left_out: tuple[Aspect, ...] = ()
    traffic: tuple[Traffic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """A finding that the policy expects."""

    finding: Finding
    by: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """How to get back to what the right side ran.

    ``reference`` is by digest; ``available`` says whether the registry still has
    it, None where that could not be asked (``remark`` says why). ``pins`` are
    ``name==version`` of the right side for every distribution that differs,
    ``packages`` the same for OS packages (``name=version``). ``caution`` says what the
    reference does not bring back.
    """

    service: str = ""
    reference: str = ""
    available: bool | None = None
    remark: str = ""
    caution: str = ""
    pins: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


ParityVerdict = Literal["identical", "expected", "drift", "undetermined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityReport:
    """What ``parity`` answers.

    ``verdict``: ``drift`` (something differs that the policy does not expect),
    ``undetermined`` (nothing known to differ, but something could not be read),
    ``expected`` (only expected differences), ``identical``. ``findings`` are the
    unexpected ones, the gravest first; ``excused`` those that the policy expects.
    """

    version: str
    left: str
    right: str
    verdict: ParityVerdict
    pairs: tuple[Pair, ...] = ()
    findings: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()
    ways_back: tuple[WayBack, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
