"""Evidence of ``isolate``: why a wall stands, and which guard-rail is lacking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonNeed:
    """A component that needs another Python than the rest.

    ``wanted`` is the version asked for (``3.12``), ``found`` one that it resolves for,
    empty where there is none among those tried. ``because`` is a sentence with the proof.
    """

    component: str
    wanted: str
    found: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeUse:
    """One side of a clash: who brings which library. ``path`` is in the wheel, maybe empty."""

    component: str
    distribution: str
    version: str
    library: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeClash:
    """Two builds of native code that would end up in one process.

    ``kind``: ``cuda``, ``cudnn``, ``nccl`` (two majors), ``openmp`` (two runtimes),
    ``library`` (two files that answer to one name).
    """

    kind: Literal["cuda", "cudnn", "nccl", "openmp", "library"]
    name: str
    left: NativeUse
    right: NativeUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A heavy stack: bytes of files to install that a component brings beside the core's.

    ``added`` is what the core's image would grow by, ``core`` what it has alone;
    ``largest`` are the heaviest distributions, each with its bytes.
    """

    component: str
    added: int
    core: int
    largest: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuNeed:
    """A component that computes on a GPU: as configured, or by what it installs."""

    component: str
    configured: bool
    distributions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Components that the configuration sets apart by a label (``trust`` or ``release``)."""

    kind: Literal["trust", "release", "apart"]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolShare:
    """Connections of one component: ``wanted`` and ``pool`` are per replica."""

    component: str
    container: str
    replicas: int
    wanted: int
    pool: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Connections of all components against what the database allows."""

    max_connections: int
    reserved: int
    variable: str
    shares: tuple[PoolShare, ...]

    @property
    def wanted(self) -> int:
        """The sum over all replicas of what is configured."""
        return sum(share.wanted * share.replicas for share in self.shares)

    @property
    def given(self) -> int:
        """The sum over all replicas of what may be used."""
        return sum(share.pool * share.replicas for share in self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """One guard-rail that a service lacks.

    ``name`` is the guard-rail (``memory``), ``set`` the field to set with a value
    (``mem_limit: 2g``), ``found`` what stands there, empty for nothing, ``contains`` the
    failure that it keeps inside. ``now`` are options of ``docker update`` that set it while
    the container runs, empty where there are none. ``also`` is what has to stand at the top
    level of the compose file for it (``networks: {inner: {internal: true}}``), maybe empty.
    """

    service: str
    name: str
    set: str
    found: str
    contains: str
    now: str = ""
    also: str = ""
