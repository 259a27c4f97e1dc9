"""The components of a configuration: ``[components.NAME]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from depcheck.config.file import ConfigurationFile, Key
from depcheck.config.serving import SERVING_KEYS, serving
from depcheck.config.values import COMPONENT_NAME, ROLES, Role
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import printable

_KEYS = {
    "source": "text",
    "role": "text",
    "lock": "text",
    "extras": "texts",
    "groups": "texts",
    "python": "text",
    "container": "text",
    "trust": "text",
    "release": "text",
    "gpu": "switch",
    **SERVING_KEYS,
}
_PLACED = ("python", "container", "trust", "release", "gpu", "pool")
_PYTHON = re.compile(r"3\.[0-9]{1,2}(\.[0-9]{1,2})?")


def components(file: ConfigurationFile, tables: Mapping[str, Any]) -> tuple[ComponentSettings, ...]:
    """Return the components of ``tables`` in order; what is wrong is noted in ``file``."""
    found = (_component(file, name, value) for name, value in tables.items())
    return tuple(component for component in found if component)


def _component(file: ConfigurationFile, name: str, value: object) -> ComponentSettings | None:
    key = ("components", name)
    bare = isinstance(value, str)
    value = {"source": value} if bare else value
    if not isinstance(value, Mapping):
        file.fault(key, "must be a source or a table with a source")
        return None
    if not COMPONENT_NAME.fullmatch(name):
        file.fault(key, "a component is named with letters, digits, -, _ and .")
        return None
    values = file.values(value, key, _KEYS)
    if not values.get("source") and value.get("source", "") == "":
        file.fault(key, "has no source", f'add source = "{name}/requirements.txt"')
    _check_labels(file, key, values)
    role = file.choice(values, (*key, "role"), ROLES, "other")
    return ComponentSettings(
        name=name,
        role=cast(Role, role),
        source=values.get("source", ""),
        lock=values.get("lock"),
        extras=values.get("extras", ()),
        groups=values.get("groups", ()),
        origin=file.origin(name, key if bare else (*key, "source")),
        python=values.get("python"),
        container=values.get("container"),
        trust=values.get("trust"),
        release=values.get("release"),
        gpu=values.get("gpu"),
        serving=serving(file, key, values),
        places={each: file.origin(name, (*key, each)) for each in _PLACED if each in values},
    )


def _check_labels(file: ConfigurationFile, at: Key, values: Mapping[str, Any]) -> None:
    python = values.get("python")
    if python is not None and not _PYTHON.fullmatch(python):
        file.fault(
            (*at, "python"), f'"{printable(python)}" is not a version', 'write it like "3.12"'
        )
    for label in ("container", "trust", "release"):
        value = values.get(label, "x")
        if not value.strip() or not value.isprintable():
            file.fault((*at, label), "must be a word or two on one line")
