"""Compose files as one model: merged as ``docker compose -f … -f …``, ``extends`` resolved.

The Compose Specification, "Merge" and "Extends", as far as what is read of a service needs
it. The process environment is never read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.text import did_you_mean, printable
from depcheck.sources.files import Scope, SourceFile, open_source
from depcheck.sources.variables import (
    MalformedError,
    UnsetError,
    interpolate,
    read_variables,
)
from depcheck.sources.yaml_text import LARGEST, List, Node, Scalar, Table, parse_yaml

_MOST_FILES = 50
_MOST_MERGED = 2_000_000
_DEEPEST = 20

_Deep = Mapping[str, "_Deep"]
_TABLES: _Deep = {
    "deploy": {"resources": {"limits": {}}, "restart_policy": {}},
    "healthcheck": {},
    "environment": {},
    "networks": {},
    "labels": {},
    "build": {},
}
"""Mappings of a service that are merged key by key; of others the last one counts."""

_LISTS = frozenset(("ports", "volumes", "tmpfs", "env_file", "secrets", "devices", "profiles")) | {
    "cap_add",
    "cap_drop",
    "security_opt",
    "volumes_from",
    "device_cgroup_rules",
    "group_add",
    "post_start",
    "pre_stop",
    "configs",
}
"""Lists of a service to which a later file adds; of others the last one counts."""

_TOP = ("networks", "volumes", "secrets", "configs")
_OPTIONS: _Deep = {"driver_opts": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What compose files say together.

    ``services`` are mappings that begin at the service's name. What is taken back
    (``!reset``) is still in them: read them with ``found``. ``values`` are the variables of
    ``.env``, ``folders`` where the relative paths of a file (as shown) start.
    """

    services: Mapping[str, Table]
    networks: Mapping[str, Node]
    volumes: Mapping[str, Node]
    secrets: Mapping[str, Node]
    configs: Mapping[str, Node]
    project: str
    values: Mapping[str, str]
    folders: Mapping[str, Path]
    undetermined: tuple[Undetermined, ...]


def read_files(scope: Scope, paths: tuple[str, ...], *, by: str = "") -> Composed:
    """Return compose files merged in their order; ``paths`` are relative to the project root.

    Variables have the values of the ``.env`` beside the first file. ``by`` is the
    ``path:line`` that names the files. Raises SourceError.
    """
    reader = _Reader(scope=scope, by=by, folder=Path(paths[0]).parent)
    reader.values.update(reader.variables())
    for path in paths:
        file = reader.open(Path(path), by)
        reader.folders[file.file.shown] = reader.folder
        reader.merge(file)
    return Composed(
        services=reader.services,
        networks=reader.top["networks"],
        volumes=reader.top["volumes"],
        secrets=reader.top["secrets"],
        configs=reader.top["configs"],
        project=reader.project,
        values=reader.values,
        folders=reader.folders,
        undetermined=tuple(reader.undetermined),
    )


def found(table: Table, key: str) -> Node | None:
    """Return what stands under a key, None for nothing or what was taken back."""
    node = table.items.get(key)
    if node is None or node.tag == "!reset" or is_null(node):
        return None
    return node


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.null


def origin_of(scope: Scope, node: Node, text: str) -> Origin:
    """Return where a node stands, with what is shown of it."""
    return Origin(component=scope.component, path=node.shown, line=node.line, text=text)


@dataclass(frozen=True, slots=True)
class _File:
    file: SourceFile
    services: Table
    root: Table


@dataclass(slots=True, kw_only=True)
class _Reader:
    scope: Scope
    by: str
    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    services: dict[str, Table] = field(default_factory=dict)
    top: dict[str, dict[str, Node]] = field(default_factory=lambda: {key: {} for key in _TOP})
    undetermined: list[Undetermined] = field(default_factory=list)
    project: str = ""
    files: dict[str, _File] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    merged: int = 0

    def variables(self) -> Mapping[str, str]:
        path = self.folder / ".env"
        if not os.path.lexists(self.scope.root / path):
            return {}
        return read_variables(open_source(self.scope, path, by=self.by, largest=LARGEST).text)

    def open(self, path: Path, by: str) -> _File:
        """Return a compose file. Raises SourceError where it is none."""
        real = os.path.realpath(self.scope.root / path)
        if real not in self.files:
            if len(self.files) >= _MOST_FILES:
                raise SourceError(f"{by}: more than {_MOST_FILES} compose files")
            file = self._parsed(open_source(self.scope, path, by=by, largest=LARGEST))
            self.folders.setdefault(file.file.shown, path.parent)
            self.files[real] = file
        return self.files[real]

    def _parsed(self, file: SourceFile) -> _File:
        documents = parse_yaml(file.text, shown=file.shown)
        root = documents[0] if documents else Table(items={}, line=1, shown=file.shown)
        if len(documents) > 1 or not isinstance(root, Table):
            raise SourceError(f"{file.shown}: a compose file is one mapping, with services in it")
        if "kind" in root.items and "apiVersion" in root.items:
            raise SourceError(
                f"{file.shown}: this is a Kubernetes manifest, not a compose file",
                hint="name it as kubernetes",
            )
        return _File(file, _mapping(root, "services"), root)

    def merge(self, file: _File) -> None:
        """Lay the services of a file, and what they share, over what is known."""
        self._named(file)
        self._include(file)
        for key, known in self.top.items():
            for name, node in _mapping(file.root, key).items.items():
                known[name] = self._over(known.get(name), node, _OPTIONS, joined=False)
        for name, node in file.services.items.items():
            if node.tag == "!reset":
                self.services.pop(name, None)
                continue
            service = self._service(file, name, node, ())
            before = self.services.get(name)
            self.services[name] = (
                self._laid_over(before, service, _TABLES) if before and not node.tag else service
            )

    def _include(self, file: _File) -> None:
        if include := file.root.items.get("include"):
            self.undetermined.append(
                Undetermined(
                    subject=f"include in {file.file.shown}",
                    reason="files that a compose file includes are not read",
                    hint="name them too, beside this one",
                    origin=file.file.origin(include.line, "include"),
                )
            )

    def _named(self, file: _File) -> None:
        node = file.root.items.get("name")
        if isinstance(node, Scalar) and not node.null:
            try:
                self.project = interpolate(node.text, self.values)
            except (UnsetError, MalformedError):
                self.project = ""

    def _service(self, file: _File, name: str, node: Node, chain: tuple[str, ...]) -> Table:
        """Return a service of a file, with what it extends; ``chain`` is what led here."""
        line = file.services.lines.get(name, node.line)
        if is_null(node):
            return Table(items={}, line=line, shown=node.shown)
        if not isinstance(node, Table):
            raise SourceError(f"{node.place}: the service {printable(name)} must be a mapping")
        service = replace(node, line=line)
        extends = found(node, "extends")
        if extends is None:
            return service
        base = self._base(file, extends, (*chain, f"{file.file.shown}: {name}"))
        return self._laid_over(base, service, _TABLES)

    def _base(self, file: _File, extends: Node, chain: tuple[str, ...]) -> Table:
        """Return the service that ``extends`` names; its profiles are not inherited."""
        place = extends.place
        if len(chain) > _DEEPEST or chain[-1] in chain[:-1]:
            raise SourceError(f"{place}: services extend each other in a ring")
        keys = extends.items if isinstance(extends, Table) else {"service": extends}
        service, other = keys.get("service"), keys.get("file")
        if not isinstance(service, Scalar) or isinstance(other, Table | List):
            raise SourceError(f"{place}: extends names a service, and a file if it is elsewhere")
        if isinstance(other, Scalar):
            named = self._literal(other.text, place)
            file = self.open(file.file.path.parent / named, place)
        node = file.services.items.get(service.text)
        if node is None:
            raise SourceError(
                f"{place}: {file.file.shown} has no service {printable(service.text)}",
                hint=did_you_mean(service.text, file.services.items),
            )
        base = self._service(file, service.text, node, chain)
        items = {key: item for key, item in base.items.items() if key != "profiles"}
        return replace(base, items=items)

    def _literal(self, text: str, place: str) -> str:
        try:
            return interpolate(text, self.values)
        except UnsetError as fault:
            reason = f"the variable {fault.name} has no value here"
            raise SourceError(f"{place}: {reason}", hint="set it in .env") from None
        except MalformedError as fault:
            raise SourceError(f"{place}: {fault}") from None

    def _laid_over(self, base: Table, over: Table, deep: _Deep) -> Table:
        """Return a mapping with what it lacks of ``base``."""
        self._count(over, len(base.items) + len(over.items))
        items = dict(base.items)
        for key, node in over.items.items():
            joined = deep is _TABLES and key in _LISTS
            items[key] = self._over(items.get(key), node, deep.get(key), joined=joined)
        return replace(over, items=items, tag=over.tag or base.tag)

    def _over(self, base: Node | None, over: Node, deep: _Deep | None, *, joined: bool) -> Node:
        if base is None or over.tag in ("!reset", "!override") or base.tag == "!reset":
            return over
        if is_null(over) or is_null(base):
            return base if is_null(over) else over
        if joined:
            items = (*as_list(base), *as_list(over))
            self._count(over, len(items))
            return List(items=items, line=over.line, shown=over.shown, tag=base.tag)
        if deep is not None and (one := as_table(base)) and (other := as_table(over)):
            return self._laid_over(one, other, deep)
        return over

    def _count(self, node: Node, more: int) -> None:
        """Keep files whose services extend each other's long lists from filling the memory."""
        self.merged += more
        if self.merged > _MOST_MERGED:
            raise SourceError(f"{node.place}: files and extended services bring in too much")


def _mapping(root: Table, key: str) -> Table:
    node = found(root, key)
    if node is None:
        return Table(items={}, line=root.line, shown=root.shown)
    if not isinstance(node, Table):
        raise SourceError(f"{node.place}: {key} must be a mapping")
    return node


def as_list(node: Node) -> tuple[Node, ...]:
    """Return the entries of a list; a single value counts as a list of one."""
    return node.items if isinstance(node, List) else (node,)


def as_table(node: Node) -> Table | None:
    """Return a mapping, or a list of ``name`` and ``name=value`` as one; None for a text."""
    if isinstance(node, Table):
        return node
    if not isinstance(node, List):
        return None
    items: dict[str, Node] = {}
    for item in node.items:
        if isinstance(item, Scalar):
            name, equals, value = item.text.partition("=")
            items[name] = replace(item, text=value, null=not equals)
    return Table(items=items, line=node.line, shown=node.shown, tag=node.tag)
