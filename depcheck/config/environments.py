"""Named environments in a configuration: ``[environments.staging]``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, cast

from depcheck.config.file import ConfigurationFile, Key
from depcheck.config.sides import parse_named
from depcheck.config.values import COMPONENT_NAME
from depcheck.errors import UsageError
from depcheck.model.parity import EnvironmentSettings, Named, Service
from depcheck.model.text import printable

_KEYS = {
    "services": "table",
    "compose": "paths",
    "kubernetes": "paths",
    "project": "text",
    "via": "text",
}
_SERVICE_KEYS = {"image": "text", "replicas": "texts"}
_SOURCES = ("services", "compose", "kubernetes", "project")
_VIA = ("docker", "registry")
_NAMED_WITH = "is named with letters, digits, -, _ and ."
_IN_TREE = ("lock", "sbom")


def environments(
    file: ConfigurationFile, table: Mapping[str, Any]
) -> dict[str, EnvironmentSettings]:
    """Return the environments of ``table`` by name; what is wrong is noted in ``file``."""
    return {
        name: found for name, value in table.items() if (found := _environment(file, name, value))
    }


def _environment(file: ConfigurationFile, name: str, value: object) -> EnvironmentSettings | None:
    at: Key = ("environments", name)
    if not COMPONENT_NAME.fullmatch(name):
        file.fault(at, f"an environment {_NAMED_WITH}")
        return None
    values = file.values(value, at, _KEYS)
    via = file.choice(values, (*at, "via"), _VIA, "docker")
    if isinstance(value, Mapping) and not any(value.get(key) for key in _SOURCES):
        hint = f'add services.web = "docker:shop:{name}", compose = "compose.yaml" or project'
        file.fault(at, "has no services", hint)
    tables: Mapping[str, Any] = values.get("services", {})
    services = [_service(file, (*at, "services", key), tables[key]) for key in tables]
    return EnvironmentSettings(
        name=name,
        services=tuple(service for service in services if service),
        compose=_inside(file, (*at, "compose"), values),
        kubernetes=_inside(file, (*at, "kubernetes"), values),
        project=values.get("project") or None,
        via=cast(Literal["docker", "registry"], via),
        origin=file.origin(name, at),
    )


def _service(file: ConfigurationFile, at: Key, value: object) -> Service | None:
    name = str(at[-1])
    if not COMPONENT_NAME.fullmatch(name):
        file.fault(at, f"a service {_NAMED_WITH}")
        return None
    if isinstance(value, str):
        replicas = [_named(file, at, name, value)]
    elif isinstance(value, list):
        replicas = _replicas(file, at, name, {"replicas": value})
    else:
        replicas = _replicas(file, at, name, value)
    found = tuple(replica for replica in replicas if replica)
    return Service(name=name, replicas=found, origin=file.origin(name, at)) if found else None


def _replicas(file: ConfigurationFile, at: Key, name: str, value: object) -> list[Named | None]:
    """Return what a service's table names: one image, or its replicas."""
    values = file.values(value, at, _SERVICE_KEYS)
    if "image" in values and "replicas" in values:
        file.fault(at, "has both an image and replicas", "keep one of the two")
        return []
    if "image" in values:
        return [_named(file, (*at, "image"), name, values["image"])]
    if not values.get("replicas") and isinstance(value, Mapping) and not value.get("image"):
        file.fault(at, "has no image", f'add image = "docker:{name}:staging" or replicas = […]')
    texts = enumerate(values.get("replicas", ()))
    return [_named(file, (*at, "replicas", position), name, text) for position, text in texts]


def _named(file: ConfigurationFile, at: Key, service: str, text: str) -> Named | None:
    try:
        named = parse_named(text, file.path.parent, file.origin(service, at))
    except UsageError as error:
        file.fault(at, error.message, error.hint)
        return None
    if named.kind in _IN_TREE and not file.is_inside(named.value):
        file.fault(at, f'"{printable(text)}" leads out of the project')
        return None
    return named


def _inside(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return paths relative to the project root; one that leads out of it is a fault."""
    paths = values.get(str(at[-1]), ())
    for path in paths:
        if not path or not file.is_inside(path):
            file.fault(at, f'"{printable(path)}" leads out of the project' if path else "is empty")
    return tuple(os.path.normpath(path).replace(os.sep, "/") for path in paths)
