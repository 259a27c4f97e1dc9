"""What is to be written: images, the services that run from them, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from depcheck.model.isolation import Container, Database, Gateway
from depcheck.model.walls import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """One image: a container of the recommendation, with what is copied into it.

    ``base`` is an image reference, by digest where the configuration gives one. ``code`` are
    folders relative to the project root (POSIX). ``folder`` is where its files go below the
    folder that is written (``web``).
    """

    container: Container
    base: str
    code: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        return self.container.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """One service: a component (or all of a container that start together) that runs.

    ``name`` is valid as a service name, ``image`` the name of its ImagePlan's container.
    ``memory`` is in bytes, times in seconds; None leaves the choice to the writer.
    ``guarded`` services stand behind the gateway, on an internal network, with all
    guard-rails; the core is reached from outside. ``pool`` is how many database connections
    a replica may open, None where it opens none or there is no budget. ``networks`` are
    existing ones that it joins beside its own.
    """

    name: str
    image: str
    components: tuple[str, ...]
    role: Literal["core", "ai", "other"]
    guarded: bool
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
    gpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is written. ``context`` leads from the folder written to the project root.

    It is POSIX and relative (``..``), and what a build sees. It is empty where no image copies
    code: then a build sees the folder written alone. ``here`` is the way back (``deploy``).
    """

    project: str
    images: tuple[ImagePlan, ...]
    services: tuple[ServicePlan, ...]
    gateway: Gateway
    database: Database | None = None
    budget: Budget | None = None
    context: str = ""
    here: str = ""
