"""Services of compose files (Compose Specification), merged as ``docker compose -f … -f …``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from depcheck.errors import SourceError
from depcheck.model.parity import Named, Service
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
_DEEPEST = 20
_LIST_IT = "or list the service in the configuration"

Kind = Literal["docker", "registry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What is known of a service: where its image stands, where it is built.

    ``cleared`` are the keys that it takes back from what it is laid over (``!reset``).
    """

    name: str
    image: Origin | None = None
    built: Origin | None = None
    profiles: tuple[str, ...] = ()
    cleared: frozenset[str] = frozenset()
    origin: Origin

    def over(self, base: _Draft) -> _Draft:
        """Return ``base`` with what this one says instead."""
        return replace(
            self,
            image=self.image or (None if "image" in self.cleared else base.image),
            built=self.built or (None if "build" in self.cleared else base.built),
            profiles=self.profiles or base.profiles,
        )


@dataclass(frozen=True, slots=True)
class _File:
    file: SourceFile
    services: Mapping[str, Node]
    root: Table

    def place(self, node: Node) -> str:
        return f"{self.file.shown}:{node.line}"


def read_compose(
    scope: Scope, paths: tuple[str, ...], *, kind: Kind, by: str = ""
) -> tuple[tuple[Service, ...], tuple[Undetermined, ...]]:
    """Return the services of compose files that are merged in their order.

    Paths are relative to the project root. Variables have the values of the ``.env``
    beside the first file, or their defaults; a service whose image needs another one is
    undetermined. Services of profiles that are not active are left out. ``kind`` is what
    images are named as, ``by`` the ``path:line`` that names the files. Raises SourceError.
    """
    reader = _Reader(scope=scope, kind=kind, by=by, folder=Path(paths[0]).parent)
    reader.values.update(reader.variables())
    for path in paths:
        reader.merge(reader.open(Path(path), by))
    return reader.services(), tuple(reader.undetermined)


@dataclass(slots=True, kw_only=True)
class _Reader:
    scope: Scope
    kind: Kind
    by: str
    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, _Draft] = field(default_factory=dict)
    undetermined: list[Undetermined] = field(default_factory=list)
    project: str = ""
    files: dict[str, _File] = field(default_factory=dict)

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
            self.files[real] = self._parsed(open_source(self.scope, path, by=by, largest=LARGEST))
        return self.files[real]

    def _parsed(self, file: SourceFile) -> _File:
        documents = parse_yaml(file.text, shown=file.shown)
        root = documents[0] if documents else Table(items={}, line=1)
        if len(documents) > 1 or not isinstance(root, Table):
            raise SourceError(f"{file.shown}: a compose file is one mapping, with services in it")
        services = root.items.get("services", Table(items={}, line=root.line))
        if isinstance(services, Scalar) and services.null:
            services = Table(items={}, line=services.line)
        if not isinstance(services, Table):
            raise SourceError(f"{file.shown}:{services.line}: services must be a mapping")
        if "kind" in root.items and "apiVersion" in root.items:
            raise SourceError(
                f"{file.shown}: this is a Kubernetes manifest, not a compose file",
                hint="name it as kubernetes",
            )
        return _File(file, services.items, root)

    def merge(self, file: _File) -> None:
        """Lay the services of a file over what is known."""
        self._named(file)
        if include := file.root.items.get("include"):
            self.undetermined.append(
                Undetermined(
                    subject=f"include in {file.file.shown}",
                    reason="files that a compose file includes are not read",
                    hint="name them too, as files of this environment",
                    origin=file.file.origin(include.line, "include"),
                )
            )
        for name, node in file.services.items():
            before = self.drafts.get(name)
            if node.tag == "!reset":
                self.drafts.pop(name, None)
                continue
            draft = self._draft(file, name, node, ())
            self.drafts[name] = draft.over(before) if before and not node.tag else draft

    def _named(self, file: _File) -> None:
        node = file.root.items.get("name")
        if isinstance(node, Scalar) and not node.null:
            try:
                self.project = interpolate(node.text, self.values)
            except (UnsetError, MalformedError):
                self.project = ""

    def _draft(self, file: _File, name: str, node: Node, chain: tuple[str, ...]) -> _Draft:
        """Return a service of a file, with what it extends; ``chain`` is what led here."""
        place = file.place(node)
        if isinstance(node, Scalar) and node.null:
            node = Table(items={}, line=node.line)
        if not isinstance(node, Table):
            raise SourceError(f"{place}: the service {printable(name)} must be a mapping")
        draft = _Draft(
            name=name,
            image=self._statement(file, node, "image"),
            built=self._statement(file, node, "build"),
            profiles=self._profiles(file, node),
            cleared=frozenset(key for key, item in node.items.items() if item.tag == "!reset"),
            origin=file.file.origin(node.line, printable(f"{name}:")),
        )
        extends = node.items.get("extends")
        if extends is None:
            return draft
        base = self._base(file, extends, (*chain, f"{file.file.shown}: {name}"))
        return draft.over(replace(base, profiles=()))

    def _statement(self, file: _File, node: Table, key: str) -> Origin | None:
        value = node.items.get(key)
        if value is None or value.tag == "!reset" or (isinstance(value, Scalar) and value.null):
            return None
        if key == "image" and not isinstance(value, Scalar):
            raise SourceError(f"{file.place(value)}: image must be a text")
        text = value.text if isinstance(value, Scalar) else ""
        return file.file.origin(value.line, text)

    def _profiles(self, file: _File, node: Table) -> tuple[str, ...]:
        listed = node.items.get("profiles")
        if not isinstance(listed, List):
            return ()
        return tuple(item.text for item in listed.items if isinstance(item, Scalar))

    def _base(self, file: _File, extends: Node, chain: tuple[str, ...]) -> _Draft:
        place = file.place(extends)
        if len(chain) > _DEEPEST or chain[-1] in chain[:-1]:
            raise SourceError(f"{place}: services extend each other in a ring")
        keys = extends.items if isinstance(extends, Table) else {"service": extends}
        service, other = keys.get("service"), keys.get("file")
        if not isinstance(service, Scalar) or isinstance(other, Table | List):
            raise SourceError(f"{place}: extends names a service, and a file if it is elsewhere")
        if isinstance(other, Scalar):
            named = self._literal(other.text, place)
            file = self.open(file.file.path.parent / named, place)
        node = file.services.get(service.text)
        if node is None:
            raise SourceError(
                f"{place}: {file.file.shown} has no service {printable(service.text)}",
                hint=did_you_mean(service.text, file.services),
            )
        return self._draft(file, service.text, node, chain)

    def _literal(self, text: str, place: str) -> str:
        try:
            return interpolate(text, self.values)
        except UnsetError as fault:
            reason = f"the variable {fault.name} has no value here"
            raise SourceError(f"{place}: {reason}", hint="set it in .env") from None
        except MalformedError as fault:
            raise SourceError(f"{place}: {fault}") from None

    def services(self) -> tuple[Service, ...]:
        """Return the services that would be started, in the order in which they are written."""
        active = set(self.values.get("COMPOSE_PROFILES", "").split(","))
        found = []
        for draft in self.drafts.values():
            if draft.profiles and not {*draft.profiles, "*"} & active:
                self._inactive(draft)
            elif image := self._image(draft):
                found.append(Service(name=draft.name, replicas=(image,), origin=image.origin))
        return tuple(found)

    def _inactive(self, draft: _Draft) -> None:
        self.undetermined.append(
            Undetermined(
                subject=f"the service {printable(draft.name)}",
                reason=f"it starts only with the profile {printable(', '.join(draft.profiles))}",
                hint="list it in the configuration if it runs, or set COMPOSE_PROFILES in .env",
                origin=draft.origin,
                harmless=True,
            )
        )

    def _image(self, draft: _Draft) -> Named | None:
        if draft.image is None:
            return self._built(draft)
        try:
            value = interpolate(draft.image.text, self.values).strip()
        except UnsetError as fault:
            self._unknown(
                draft,
                draft.image,
                f"its image needs the variable {fault.name}, which is not taken from the process",
                f"set it in .env, give it a default (${{{fault.name}:-…}}), {_LIST_IT}",
            )
            return None
        except MalformedError as fault:
            raise SourceError(f"{draft.image}: {fault}") from None
        if not value or any(char.isspace() for char in value):
            raise SourceError(f'{draft.image}: "{printable(value)}" is no image')
        return Named(kind=self.kind, value=value, origin=self._shown(draft.image, "image"))

    def _built(self, draft: _Draft) -> Named | None:
        project = self.project or self.values.get("COMPOSE_PROJECT_NAME", "")
        if draft.built is None:
            self._unknown(
                draft, draft.origin, "it has neither an image nor a build", f"add one, {_LIST_IT}"
            )
        elif self.kind == "registry" or not project:
            why = "it is built, and names no image"
            self._unknown(draft, draft.built, why, f"name the image that is built, {_LIST_IT}")
        else:
            origin = self._shown(draft.built, "build")
            return Named(kind=self.kind, value=f"{project}-{draft.name}", origin=origin)
        return None

    def _unknown(self, draft: _Draft, origin: Origin, reason: str, hint: str) -> None:
        self.undetermined.append(
            Undetermined(
                subject=f"the service {printable(draft.name)}",
                reason=reason,
                hint=hint,
                origin=self._shown(origin, "image" if draft.image else "build")
                if draft.image or draft.built
                else origin,
            )
        )

    def _shown(self, origin: Origin, key: str) -> Origin:
        return replace(origin, text=printable(f"{key}: {origin.text}".rstrip()))
