"""``pyproject.toml``: PEP 621 dependencies and extras, PEP 735 groups, Poetry's tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from depcheck.errors import SourceError
from depcheck.model.requirement import (
    Origin,
    PythonBound,
    Requirement,
    Undetermined,
    normalise,
)
from depcheck.model.text import printable, redact
from depcheck.model.toml_text import Path, TomlDocument, parse_toml
from depcheck.sources.files import Content, Faults, SourceFile
from depcheck.sources.requirement import MalformedError, parse_requirement, unknown

_UV_SOURCES = {
    "git": "a git repository",
    "url": "a URL",
    "path": "a path",
    "workspace": "the workspace",
}


@dataclass(slots=True)
class Draft:
    """A TOML file while it is read: what was found in it, and what is wrong with it."""

    file: SourceFile
    document: TomlDocument
    faults: Faults = field(default_factory=Faults)
    found: list[Requirement] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    requires_python: PythonBound | None = None

    def place(self, path: Path) -> str:
        line = self.document.line(*path)
        return self.file.shown if line is None else f"{self.file.shown}:{line}"

    def fault(self, path: Path, message: str, hint: str = "") -> None:
        self.faults.add(self.place(path), message, hint)

    def origin(self, path: Path, text: str) -> Origin:
        end = self.document.end(*path)
        return self.file.origin(self.document.line(*path), redact(text), end)

    def table(self, *path: str) -> Mapping[str, Any]:
        """Return the table at ``path``, empty where there is none; other things are faults."""
        value: Mapping[str, Any] = self.document.data
        for depth, key in enumerate(path, 1):
            inner = value.get(key, {})
            if not isinstance(inner, Mapping):
                self.fault(path[:depth], f"{printable('.'.join(path[:depth]))} must be a table")
                return {}
            value = inner
        return value

    def texts(self, value: object, path: Path) -> list[str]:
        """Return a list of texts; anything else is a fault."""
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self.fault(path, f"{printable('.'.join(map(str, path)))} must be a list of texts")
        return []

    def bound(self, value: object, path: Path) -> None:
        """Note ``requires-python``."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            specifier = str(SpecifierSet(value)) if isinstance(value, str) else None
        except InvalidSpecifier:
            specifier = None
        if specifier is None:
            shown = printable(str(value))
            hint = 'write it like requires-python = ">=3.11"'
            self.fault(path, f'requires-python "{shown}" is not a range of versions', hint)
            return
        origin = self.origin(path, self.document.written(*path))
        self.requires_python = PythonBound(specifier=specifier, origin=origin)

    def content(self) -> Content:
        """Return what was found; raises SourceError with everything that is wrong."""
        self.faults.check()
        return Content(
            requirements=tuple(self.found),
            requires_python=self.requires_python,
            undetermined=tuple(dict.fromkeys(self.undetermined)),
        )


def read_pyproject(file: SourceFile, extras: tuple[str, ...], groups: tuple[str, ...]) -> Content:
    """Return what a project requires, with the ``extras`` and ``groups`` that are named.

    Raises SourceError with all that is wrong.
    """
    draft = Draft(file, parse_toml(file.text, where=file.shown, error=SourceError))
    reader = _Reader(draft)
    project = draft.table("project")
    if draft.table("tool", "poetry") and "dependencies" not in project:
        from depcheck.sources.poetry import read_poetry

        own = {normalise(name) for name in draft.table("project", "optional-dependencies")}
        read_poetry(draft, tuple(extra for extra in extras if normalise(extra) not in own))
        reader.extras(tuple(extra for extra in extras if normalise(extra) in own), [])
    elif project:
        reader.project(project, extras)
    elif not (groups and "dependency-groups" in draft.document.data):
        draft.faults.check()
        raise SourceError(
            f"{file.shown}: it declares no dependencies: it has no [project] table",
            hint="add [project] with dependencies, or name a requirements file",
        )
    reader.groups(groups)
    _note_uv(draft)
    return draft.content()


def _note_uv(draft: Draft) -> None:
    """Note what only uv follows: the answer does not rest on it."""
    for key in ("constraint-dependencies", "override-dependencies"):
        if key in draft.table("tool", "uv"):
            origin = draft.origin(("tool", "uv", key), key)
            reason = f"only uv follows [tool.uv] {key}; it is left out here"
            draft.undetermined.append(
                Undetermined(subject=key, reason=reason, origin=origin, harmless=True)
            )


@dataclass(slots=True)
class _Reader:
    draft: Draft
    sources: Mapping[str, Any] = field(init=False)
    name: str = field(init=False)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.name = normalise(str(self.draft.table("project").get("name", "")))
        sources = self.draft.table("tool", "uv", "sources")
        self.sources = {normalise(name): source for name, source in sources.items()}

    def project(self, project: Mapping[str, Any], extras: tuple[str, ...]) -> None:
        if "requires-python" in project:
            self.draft.bound(project["requires-python"], ("project", "requires-python"))
        dynamic = self.draft.texts(project.get("dynamic", []), ("project", "dynamic"))
        if "dependencies" in dynamic:
            self._dynamic("dependencies", ("dependencies",))
        self._list(project.get("dependencies", []), ("project", "dependencies"), "")
        self.extras(extras, dynamic)

    def extras(self, extras: tuple[str, ...], dynamic: list[str]) -> None:
        for extra in extras:
            self._extra(extra, "", dynamic, None)

    def groups(self, groups: tuple[str, ...]) -> None:
        """Add dependency groups, Poetry's where the standard table has none of the name."""
        standard = {normalise(key) for key in self.draft.table("dependency-groups")}
        for group in groups:
            if normalise(group) in standard or not self.draft.table("tool", "poetry"):
                self._group(group, (), None)
            else:
                from depcheck.sources.poetry import read_poetry_group

                read_poetry_group(self.draft, group)

    def _list(self, value: object, path: Path, marker: str) -> None:
        for index, text in enumerate(self.draft.texts(value, path)):
            self._add(text, (*path, index), marker)

    def _add(self, text: str, path: Path, marker: str) -> None:
        origin = self.draft.origin(path, " ".join(text.split()))
        try:
            found = parse_requirement(text.strip(), origin=origin)
        except MalformedError as fault:
            self.draft.fault(path, fault.message, fault.hint)
            return
        if isinstance(found, Undetermined):
            self.draft.undetermined.append(found)
        elif self.name and found.name == self.name:
            both = both_markers(found.marker, marker)
            for extra in found.extras:
                self._extra(extra, both, [], path)
        else:
            found = replace(found, marker=both_markers(found.marker, marker))
            self._sourced(found)

    def _sourced(self, found: Requirement) -> None:
        """Note a requirement, which uv may be told to take from elsewhere than an index."""
        source = self.sources.get(found.name)
        entries = source if isinstance(source, list) else [source]
        kinds = [
            kind
            for entry in entries
            if isinstance(entry, Mapping)
            for key, kind in _UV_SOURCES.items()
            if entry.get(key)
        ]
        if not kinds:
            self.draft.found.append(found)
            return
        self.draft.undetermined.append(
            Undetermined(
                subject=found.origin.text,
                reason=f"[tool.uv.sources] takes it from {kinds[0]}, never fetched or built",
                origin=found.origin,
            )
        )

    def _extra(self, extra: str, marker: str, dynamic: list[str], at: Path | None) -> None:
        """Add an extra's requirements; ``at`` is the requirement that names it."""
        if (normalise(extra), marker) in self.seen:
            return
        self.seen.add((normalise(extra), marker))
        table = self.draft.table("project", "optional-dependencies")
        key = next((key for key in table if normalise(key) == normalise(extra)), None)
        if key is not None:
            self._list(table[key], ("project", "optional-dependencies", key), marker)
        elif "optional-dependencies" in dynamic:
            self._dynamic(f"optional-dependencies.{extra}", ("optional-dependencies", extra))
        else:
            message, hint = unknown("extra", extra, tuple(table))
            self.draft.fault(at or ("project", "optional-dependencies"), message, hint)

    def _dynamic(self, what: str, path: tuple[str, ...]) -> None:
        """Read what setuptools takes from requirements files; anything else is undetermined."""
        at = ("tool", "setuptools", "dynamic", *path)
        value = self.draft.table(*at).get("file")
        files = [value] if isinstance(value, str) else value
        if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
            origin = self.draft.origin(("project", "dynamic"), f'dynamic = ["{path[0]}"]')
            self.draft.undetermined.append(
                Undetermined(
                    subject=what,
                    reason="a build backend computes it, and none is ever run",
                    hint="name a lock or a requirements file as the source instead",
                    origin=origin,
                )
            )
            return
        from depcheck.sources.requirements_file import read_requirements

        file = self.draft.file
        for name in files:
            try:
                content = read_requirements(file.scope, file.path.parent / name)
            except SourceError as fault:
                self.draft.faults.add_error(fault)
                continue
            self.draft.found += content.requirements
            self.draft.undetermined += content.undetermined

    def _group(self, group: str, chain: tuple[str, ...], at: Path | None) -> None:
        """Add a dependency group (PEP 735); ``at`` is the include that names it."""
        table = self.draft.table("dependency-groups")
        keys = [key for key in table if normalise(key) == normalise(group)]
        if not keys:
            message, hint = unknown("group", group, tuple(table))
            self.draft.fault(at or ("dependency-groups",), message, hint)
        elif normalise(group) in chain:
            names = " -> ".join(map(printable, (*chain, normalise(group))))
            self.draft.fault(at or (), f"groups include each other: {names}")
        elif len(keys) > 1:
            names = " and ".join(map(printable, keys))
            self.draft.fault(("dependency-groups", keys[1]), f"{names} are one group's name")
        else:
            self._group_items(table[keys[0]], keys[0], (*chain, normalise(group)))

    def _group_items(self, items: object, key: str, chain: tuple[str, ...]) -> None:
        path: Path = ("dependency-groups", key)
        if not isinstance(items, list):
            self.draft.fault(path, f"the group {printable(key)} must be a list")
            return
        for index, item in enumerate(items):
            match item:
                case str():
                    self._add(item, (*path, index), "")
                case {"include-group": str() as included, **rest} if not rest:
                    self._group(included, chain, (*path, index))
                case _:
                    self.draft.fault(
                        (*path, index),
                        "an item of a group is a requirement or an include",
                        'write { include-group = "name" }',
                    )


def both_markers(one: str, other: str) -> str:
    """Return the marker that holds where both hold; an empty one always holds."""
    if not one or not other or one == other:
        return one or other
    wrapped = (f"({m})" if re.search(r"\bor\b", m) else m for m in (one, other))
    return " and ".join(wrapped)
