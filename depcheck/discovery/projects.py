"""What the head of a ``pyproject.toml`` tells: is it a component, and what could be chosen?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from depcheck.discovery.reading import read_toml, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A ``pyproject.toml``: ``declares`` says whether it has requirements that can be read.

    ``optional`` says whether it has none but in extras or groups, ``computed`` whether a build
    backend would have to compute them. ``extras`` and
    ``groups`` are its own. ``members`` are the patterns of a uv workspace.
    """

    name: str = ""
    declares: bool = False
    optional: bool = False
    computed: bool = False
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


def read_project(path: Path, root: Path) -> Project:
    """Return what a ``pyproject.toml`` tells; one that is broken tells nothing."""
    data = read_toml(path, root)
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    name = project.get("name", poetry.get("name"))
    computed = _is_computed(data, project)
    declares = not computed and _declares(project, poetry)
    extras = _names(table(project, "optional-dependencies"), table(poetry, "extras"))
    groups = _names(table(data, "dependency-groups"), table(poetry, "group"))
    return Project(
        name=name if isinstance(name, str) else "",
        declares=declares,
        optional=bool(project and (extras or groups)) and not (declares or computed),
        computed=computed,
        extras=extras,
        groups=groups,
        members=_texts(table(data, "tool", "uv", "workspace").get("members")),
    )


def _declares(project: Mapping[str, Any], poetry: Mapping[str, Any]) -> bool:
    return bool(
        project.get("dependencies")
        or poetry.get("dependencies")
        or "dependencies" in _texts(project.get("dynamic"))
    )


def _is_computed(data: Mapping[str, Any], project: Mapping[str, Any]) -> bool:
    dynamic = _texts(project.get("dynamic"))
    named = table(data, "tool", "setuptools", "dynamic", "dependencies")
    poetry = table(data, "tool", "poetry", "dependencies")
    return "dependencies" in dynamic and "file" not in named and not poetry


def _names(*tables: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted({name for each in tables for name in each if name.isprintable()}))


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def is_member(folder: str, members: tuple[str, ...]) -> bool:
    """Tell whether a folder, relative to a workspace, is one of its members."""
    return any(fnmatchcase(folder, pattern.strip("/")) for pattern in members)
