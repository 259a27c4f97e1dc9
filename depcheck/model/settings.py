"""What a run was asked to do, from the command line and configuration together."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from depcheck.model.findings import Severity
from depcheck.model.requirement import Origin
from depcheck.model.review import Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a component runs in a container, as far as the configuration says.

    ``code`` is a folder relative to the project root, ``command`` what starts it,
    ``port`` what it listens on. ``health`` is a path (``/healthz``) that answers when it is
    well. ``memory`` is in bytes, times are in seconds. ``secrets`` are names; ``pool`` is
    how many database connections one replica wants. ``networks`` are existing networks of
    the engine that it joins beside those that are written.
    """

    base: str | None = None
    code: str | None = None
    command: tuple[str, ...] = ()
    port: int | None = None
    health: str | None = None
    replicas: int = 1
    memory: int | None = None
    cpus: float | None = None
    pids: int | None = None
    start_period: int | None = None
    stop_grace: int | None = None
    secrets: tuple[str, ...] = ()
    pool: int | None = None
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSettings:
    """A component as it was named: not read yet.

    ``source`` is a path relative to the project root, or ``env:PYTHON``.
    ``lock`` is a lock file that says what the component has when alone.
    ``extras`` and ``groups`` select optional dependencies of a pyproject.toml.
    ``origin`` is where the configuration names it, None for the command line.
    ``python`` is a version of its own. ``container`` is where it runs today; ``trust`` and
    ``release`` are labels: components with different ones are kept apart. ``gpu`` None
    means that what it installs tells. ``places`` are where single keys stand (``trust``).
    """

    name: str
    role: Literal["core", "ai", "other"] = "other"
    source: str
    lock: str | None = None
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    origin: Origin | None = None
    python: str | None = None
    container: str | None = None
    trust: str | None = None
    release: str | None = None
    gpu: bool | None = None
    serving: Serving = Serving()
    places: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """Where projects are looked up.

    ``index_url`` None means: what pip itself would use. ``offline`` answers from
    the cache alone. ``refresh`` asks again although the cache is fresh.
    ``exclude_newer`` (ISO 8601) hides files uploaded later. ``cache_dir`` None
    means the user's cache folder; ``no_cache`` keeps nothing.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    offline: bool = False
    refresh: bool = False
    exclude_newer: str | None = None
    cache_dir: Path | None = None
    no_cache: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One ``check``. ``root`` is the project root: nothing outside it is read.

    ``today`` decides which suppressions have expired; None means that none has.
    """

    root: Path
    components: tuple[ComponentSettings, ...]
    python: str | None = None
    platform: str | None = None
    index: IndexSettings = IndexSettings()
    prereleases: bool = False
    max_conflicts: int = 100
    fail_on: Severity | Literal["never"] = "warning"
    suppressions: tuple[Suppression, ...] = ()
    today: datetime.date | None = None
    config_path: Path | None = None
