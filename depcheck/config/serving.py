"""How a component runs in a container: the keys of ``[components.NAME]`` that say so."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from depcheck.config.file import ConfigurationFile, Key
from depcheck.config.values import COMPONENT_NAME, is_image
from depcheck.model.settings import Serving
from depcheck.model.text import printable

SERVING_KEYS = {
    "base": "text",
    "code": "text",
    "command": "command",
    "port": "port",
    "health": "text",
    "replicas": "count",
    "memory": "memory",
    "cpus": "number",
    "pids": "count",
    "start-period": "seconds",
    "stop-grace": "seconds",
    "secrets": "texts",
    "pool": "count",
    "networks": "texts",
}
IMAGE_HINT = "write it like reg.example/python:3.12-slim, best with @sha256:…"
_MOST = {
    "replicas": (1000, "1000"),
    "memory": (64 << 40, "64t"),
    "cpus": (4096, "4096"),
    "pids": (1 << 22, "4194304, the most that Linux has"),
    "start-period": (86400, "24h"),
    "stop-grace": (86400, "24h"),
    "pool": (100_000, "100000"),
}
_LEAST_MEMORY = 6 << 20  # what Docker's engine takes at least
_NETWORK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")
_ENGINES_OWN = frozenset({"bridge", "default", "host", "none"})
# RFC 3986, section 3.3, and a query.
_HEALTH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,500}")


def serving(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> Serving:
    """Return what the values of a component's table say; what is wrong is noted in ``file``."""
    _check_image(file, (*at, "base"), values)
    _check_health(file, (*at, "health"), values)
    _check_secrets(file, (*at, "secrets"), values)
    _check_networks(file, (*at, "networks"), values)
    check_most(file, at, values, _MOST)
    if values.get("memory", _LEAST_MEMORY) < _LEAST_MEMORY:
        file.fault((*at, "memory"), "is below 6m, the least that an engine takes")
    for position, word in enumerate(values.get("command", ())):
        if not word.isprintable():
            file.fault((*at, "command", position), "holds a line break or a control character")
    given = {key.replace("-", "_"): values[key] for key in SERVING_KEYS if key in values}
    if "code" in given:
        given["code"] = _code(file, (*at, "code"), given["code"])
    return Serving(**given)


def check_most(
    file: ConfigurationFile,
    at: Key,
    values: Mapping[str, Any],
    most: Mapping[str, tuple[int, str]],
) -> None:
    """Note a fault for each value above the most (and how that is written) for its key.

    Nobody means such a number, and an engine or HAProxy refuses it later, or never ends.
    """
    for key, (limit, shown) in most.items():
        if values.get(key, 0) > limit:
            file.fault((*at, key), f"must be at most {shown}")


def _check_image(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> None:
    base = values.get("base")
    if base is not None and not is_image(base.replace("{python}", "3.12")):
        file.fault(at, f'"{printable(base)}" is no image', IMAGE_HINT)


def _check_health(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> None:
    health = values.get("health")
    if health is not None and not _HEALTH.fullmatch(health):
        file.fault(at, f'"{printable(health)}" is no path', 'write it like "/healthz"')


def _check_secrets(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> None:
    for position, name in enumerate(values.get("secrets", ())):
        if not COMPONENT_NAME.fullmatch(name):
            # What stands there may be a secret itself: it is not shown.
            file.fault(
                (*at, position),
                "names a secret with more than letters, digits, -, _ and .",
                "write names only: the values stay outside of the configuration",
            )


def _check_networks(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> None:
    for position, name in enumerate(values.get("networks", ())):
        if not _NETWORK.fullmatch(name):
            file.fault((*at, position), f'"{printable(name)}" is no name of a network')
        elif name in _ENGINES_OWN:
            file.fault(
                (*at, position),
                f'"{name}" is the engine\'s own, which has no names and no walls',
                "name a network that was made with `docker network create`",
            )


def _code(file: ConfigurationFile, at: Key, path: str) -> str | None:
    here = os.path.normpath(path) == "."
    if not path or not path.isprintable() or not (here or file.is_inside(path)):
        says = f'"{printable(path)}" leads out of the project' if path else "is empty"
        file.fault(at, says, "name a folder below the configuration's")
        return None
    return os.path.normpath(path).replace(os.sep, "/")
