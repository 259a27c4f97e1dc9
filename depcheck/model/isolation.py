"""Components divided into containers: what was asked for, what came out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from depcheck.model.findings import Correction, Finding, Suppressed
from depcheck.model.report import Picked
from depcheck.model.requirement import Component, Origin, Undetermined
from depcheck.model.settings import Settings
from depcheck.model.target import Target
from depcheck.model.walls import Budget

GIGABYTE = 10**9


# What is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Components that somebody wants in one container, or apart from each other.

    ``together`` and ``apart`` bind; ``shares`` says that the components share data or a
    transaction in one process: a reason against a wall, told beside it. ``reason`` is in
    the team's words, maybe empty. ``origin`` is None for the command line.
    """

    kind: Literal["together", "apart", "shares"]
    components: tuple[str, ...]
    reason: str = ""
    origin: Origin | None = None

    def __str__(self) -> str:
        names = ",".join(self.components)
        return f"--{self.kind} {names}" if self.origin is None else f"{self.kind}: {names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database that several components connect to.

    ``max_connections`` is what the server allows, ``reserved`` what is kept for people and
    replication. ``variable`` is the environment variable that tells a container its pool.
    """

    max_connections: int
    reserved: int = 3
    variable: str = "DB_POOL_SIZE"
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What stands in front of an AI service. Times are in seconds.

    ``rate`` is requests per second from one address, ``concurrency`` how many requests the service
    answers at once, ``queue`` how long one may wait for its turn, ``timeout`` how long an
    answer may take, ``errors`` how many failures in a row open the circuit breaker and
    ``pause`` how long it stays open.
    """

    image: str = "haproxy:3.2"
    rate: int = 20
    concurrency: int = 8
    queue: int = 2
    timeout: int = 30
    errors: int = 5
    pause: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationSettings:
    """One ``isolate``.

    ``settings`` are those of a check: components, target, index. ``wishes`` stand in the
    configuration, ``asked`` on the command line (what-if). ``max_containers`` bounds the
    count; ``deny_new`` bounds it to what there is today. ``heavy`` (bytes of files to
    install) is what a component may bring beside the core's before a wall is advised.
    ``base`` is the base image of containers whose components name none, with ``{python}``
    for the version (``3.11``). ``previous`` is the partition of the last run.
    """

    settings: Settings
    wishes: tuple[Wish, ...] = ()
    asked: tuple[Wish, ...] = ()
    max_containers: int | None = None
    deny_new: bool = False
    heavy: int = GIGABYTE
    base: str = "python:{python}-slim"
    database: Database | None = None
    gateway: Gateway = Gateway()
    previous: tuple[tuple[str, ...], ...] = ()
    folder: Path | None = None


# What comes out: containers and walls

Strength = Literal["environment", "container", "service"]
"""``environment``: a virtual environment or process of its own on one host is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """Components that share one image.

    ``name`` is valid as a service and an image name. ``picked`` is its whole set of
    distributions (its lock), ``size`` the bytes of the files that an install takes,
    ``unsized`` the distributions whose size no index tells. ``gpu`` says that it needs one.
    ``role`` is that of the gravest component in it (core, then ai).
    """

    name: str
    components: tuple[str, ...]
    target: Target
    role: Literal["core", "ai", "other"] = "other"
    picked: tuple[Picked, ...] = ()
    size: int = 0
    unsized: tuple[str, ...] = ()
    gpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A wall between components that must not all share an environment.

    ``components`` is minimal: any part of them may share as far as this wall's reasons go.
    ``containers`` are where they stand, in the same order. ``decisive`` walls shape the
    partition; others are only advised (they stand where something else raised them).
    ``because`` says why this ``strength``. ``heals`` are edits after which all components of
    these containers could share one; ``against`` are reasons not to raise the wall, a
    sentence each.
    """

    components: tuple[str, ...]
    containers: tuple[str, ...]
    reasons: tuple[Finding, ...]
    strength: Strength
    because: str
    decisive: bool = True
    heals: tuple[Correction, ...] = ()
    against: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the partition has the wall."""
        return len(set(self.containers)) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one container more costs: bytes that one image for all would not have twice."""

    container: str
    size: int
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WishAnswer:
    """What a wish leads to.

    ``asked`` is the wish as written (``--together web,recommender``). ``containers`` is the
    count with it, ``without`` the count of the recommendation without it. ``gives_up`` are
    sentences about advised walls that it overrides, ``spares`` about what no longer moves
    under anybody with it. Where it is impossible, ``because`` are the findings that stand in
    its way.
    """

    asked: str
    origin: Origin | None = None
    possible: bool
    containers: int | None
    without: int
    added: int = 0
    gives_up: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    because: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One step of a proof. ``passed`` is None where it could not be tried (``detail`` says why)."""

    container: str
    step: Literal["resolve", "build", "pip check"]
    passed: bool | None
    detail: str = ""
    seconds: float = 0.0


IsolationVerdict = Literal["one", "several", "undetermined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationReport:
    """What ``isolate`` answers.

    ``containers`` are the recommendation: the core's first. ``fewest`` is the proven lower
    bound on containers in which everything resolves (the other walls left out), and
    ``exact`` says that the count of the recommendation is proven to be the smallest that
    keeps all its walls. ``ranked`` says how many partitions of that size were compared,
    and ``all_ranked`` whether these are all. ``impossible`` are components that resolve for
    no Python even alone: they are in no container. ``next_steps`` are what a person does next,
    where files were written or could not be, a phrase or command each. ``exclude_newer`` is
    as in a check's report. ``suppressed`` are not among ``findings``; those that are reasons
    of walls stay there, and do not count.
    """

    version: str
    target: Target
    components: tuple[Component, ...]
    indexes: tuple[str, ...] = ()
    exclude_newer: str | None = None
    verdict: IsolationVerdict
    containers: tuple[Container, ...]
    boundaries: tuple[Boundary, ...] = ()
    costs: tuple[Cost, ...] = ()
    fewest: int = 1
    exact: bool = True
    ranked: int = 1
    all_ranked: bool = True
    impossible: tuple[str, ...] = ()
    wishes: tuple[WishAnswer, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    budget: Budget | None = None
    verified: tuple[Verified, ...] = ()
    written: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    alone: Mapping[str, tuple[Picked, ...]] = field(default_factory=dict)


# Guard-rails of what runs or is written in a compose file


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyFile:
    """A configuration of HAProxy: ``lacking`` are the guards of which it has no words.

    ``fault`` says why it could not be read.
    """

    origin: Origin
    lacking: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """What one service says about its guard-rails; None: it says nothing.

    ``where`` is what to change: ``compose.yaml`` or ``container shop-ai-1``. ``lines`` maps
    a field (``mem_limit``, ``deploy.resources.limits.memory``, ``ports``) to where it stands.
    Sizes are bytes, times seconds. ``ports`` are published ones as written. ``networks`` maps
    a network to whether it is internal (None: not known). ``tmpfs`` and ``volumes`` are
    writable places. ``plain_secrets`` are names of environment variables that hold what looks
    like a secret (never the value). ``swap`` is memory and swap together, -1 for no limit.
    ``devices`` are those of the host, ``binds`` paths of the host that are mounted.
    ``unknown`` maps a guard-rail (``memory``) to why it cannot be told what stands there, and
    ``unknown_at`` to the field that it rests on. One entry of a list has its line, too
    (``volumes./etc``, ``ports.80:80``, ``networks.back``, ``environment.API_KEY``).
    ``unbounded`` are those of ``tmpfs`` without a size, ``unconfined`` security options that
    switch a confinement off (``seccomp:unconfined``). ``hollow_health`` is what makes the
    health check pass whatever the service does (``… || true``), empty where it asks
    something. ``gateway`` says that a label (``depcheck.gateway``) declares it to be one.
    ``escapes`` maps a field that gives the host away (``use_api_socket``) to what the service
    then is or can, a sentence without its subject. ``oom_immune`` is the field that keeps the
    kernel from ending it. ``groups`` are more groups that it runs in. ``proxies`` are the
    files of HAProxy that are mounted into it.
    """

    service: str
    where: str
    origin: Origin | None = None
    lines: Mapping[str, Origin] = field(default_factory=dict)
    ai: bool = False
    image: str = ""
    memory: int | None = None
    swap: int | None = None
    cpus: float | None = None
    pids: int | None = None
    ports: tuple[str, ...] = ()
    network_mode: str = ""
    networks: Mapping[str, bool | None] = field(default_factory=dict)
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    privileged: bool = False
    no_new_privileges: bool = False
    user: str = ""
    health: bool | None = None
    start_period: float | None = None
    restart: str = ""
    restart_attempts: int | None = None
    secrets: tuple[str, ...] = ()
    plain_secrets: tuple[str, ...] = ()
    stop_grace: float | None = None
    host_namespaces: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    unknown_at: Mapping[str, Origin] = field(default_factory=dict)
    unbounded: tuple[str, ...] = ()
    unconfined: tuple[str, ...] = ()
    hollow_health: str = ""
    gateway: bool = False
    escapes: Mapping[str, str] = field(default_factory=dict)
    oom_immune: str = ""
    groups: tuple[str, ...] = ()
    proxies: tuple[ProxyFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What ``isolate --audit`` answers. ``services`` are all, those with ``ai`` were judged.

    ``because`` is a sentence that says why these. ``kept`` are the guard-rails that stand,
    by the service's name, or the container's, ``idle`` likewise those that have nothing to
    guard (a gateway for a service that nobody calls).
    """

    version: str
    audited: str
    services: tuple[Guarded, ...]
    because: str = ""
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    idle: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
