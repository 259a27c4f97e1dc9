"""Containers of an engine, running or stopped: image, writable layer and own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from depcheck.errors import ImageError, UsageError
from depcheck.images.engine.client import Engine, Engines
from depcheck.images.engine.images import image_configuration, image_id, image_identity
from depcheck.images.engine.runtime import PROJECT_LABEL, runtime_facts
from depcheck.images.engine.save import engine_backing
from depcheck.images.engine.writable import writable_layer
from depcheck.images.platforms import spelled
from depcheck.images.values import Image, Opened
from depcheck.model.inventory import Fact, Provenance
from depcheck.model.observer import Observer
from depcheck.model.text import printable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
SERVICE_LABEL = "com.docker.compose.service"
_ONE_OFF_LABEL = "com.docker.compose.oneoff"
# What of its image a container can have otherwise. Exposed ports and volumes are told by
# its published ports and mounts, and its labels are the tools' that run it.
_OWN = ("Env", "Cmd", "Entrypoint", "WorkingDir", "User", "Healthcheck", "StopSignal", "Shell")


def open_container(value: str, *, engines: Engines, observer: Observer) -> Opened:
    """Return a container by name or id (``container:shop-web-1``), running or stopped.

    ``settings`` are the image's with what the container has instead (environment,
    command, user, ...), ``runtime`` its own, ``top`` what it has changed. Nothing is run
    in it. Raises ImageError where the engine, the container or its image cannot be had,
    UsageError where ``value`` is no name.
    """
    refuse_bad_name(value)
    engine = engines.get()
    observer.stage(f"asking the engine for container {printable(value)}")
    inspected = engine.container(value)
    of_image = _image_of(engine, inspected, value)
    config = {**(of_image.get("Config") or {}), **_own_settings(inspected)}
    configuration = image_configuration(engine, of_image, value, config=config)
    of_its_image = image_configuration(engine, of_image, value).settings
    identity = image_identity(engine, of_image, configuration)
    container = str(inspected.get("Id") or value)
    image = Image(
        identity=replace(identity, container=container),
        layers=configuration.layers,
        settings=_marked(configuration.settings, of_its_image),
        path=configuration.path,
        command=configuration.command,
        top=writable_layer(engine, container, _mounted(inspected), observer),
        runtime=runtime_facts(inspected),
    )
    return Opened(image, (engine_backing(engine, (image_id(of_image),)),))


def refuse_bad_name(value: str) -> None:
    """Raise UsageError for what can be neither name nor id of a container."""
    if not _NAME.fullmatch(value):
        raise UsageError(f'"{printable(value)}" is no name of a container')


def containers_of_project(
    project: str, *, engines: Engines, observer: Observer
) -> Mapping[str, tuple[str, ...]]:
    """Return the names of a compose project's running containers, by service, sorted.

    One-off containers (``compose run``) are left out. Raises ImageError where the engine
    cannot be asked or nothing of the project runs.
    """
    engine = engines.get()
    observer.stage(f"asking the engine for the containers of {printable(project)}")
    services: dict[str, list[str]] = {}
    for container in engine.containers((f"{PROJECT_LABEL}={project}", SERVICE_LABEL)):
        labels, names = container.get("Labels") or {}, container.get("Names") or []
        service = labels.get(SERVICE_LABEL)
        if service and names and labels.get(_ONE_OFF_LABEL) != "True":
            services.setdefault(service, []).append(min(names, key=len).lstrip("/"))
    if not services:
        raise ImageError(
            f"no running containers of project {printable(project)} "
            f"in the engine at {engine.endpoint.shown}",
            hint="docker compose ls shows the projects that run",
        )
    return {service: tuple(sorted(services[service])) for service in sorted(services)}


def _image_of(engine: Engine, inspected: Mapping[str, Any], value: str) -> dict[str, Any]:
    image = inspected.get("Image")
    if not isinstance(image, str) or not image:
        raise ImageError(f"the engine does not tell what image container {printable(value)} has")
    try:
        return engine.image(image, _platform(inspected))
    except ImageError as failure:
        if "has no image" not in failure.message:
            raise
        named = (inspected.get("Config") or {}).get("Image")
        called = f" ({printable(named)})" if isinstance(named, str) and named != image else ""
        raise ImageError(
            f"container {printable(value)} has the image {printable(image)}{called}, "
            "which has been removed from the engine",
            hint="pull or load that image again: without it nothing says what lies under "
            "the container's own changes",
        ) from failure


def _platform(inspected: Mapping[str, Any]) -> str:
    """Return the platform of a container's image, where an engine with several tells it."""
    described = inspected.get("ImageManifestDescriptor")
    platform = described.get("platform") if isinstance(described, dict) else None
    if not isinstance(platform, dict):
        return ""
    return spelled(*(str(platform.get(key) or "") for key in ("os", "architecture", "variant")))


def _own_settings(inspected: Mapping[str, Any]) -> dict[str, Any]:
    config = inspected.get("Config") or {}
    return {key: config[key] for key in _OWN if key in config}


def _marked(own: Mapping[str, Fact], images: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return a container's settings; what its image has not is brought by the container."""
    container = Provenance(layer=0)
    return {
        key: fact if images.get(key) == fact else replace(fact, brought=container)
        for key, fact in own.items()
    }


def _mounted(inspected: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths (relative) where volumes, binds and other file systems are mounted."""
    mounts = [mount.get("Destination") for mount in inspected.get("Mounts") or ()]
    mounts += (inspected.get("HostConfig") or {}).get("Tmpfs") or ()
    return frozenset(each.strip("/") for each in mounts if isinstance(each, str))
