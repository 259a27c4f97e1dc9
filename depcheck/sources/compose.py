"""Images of the services of compose files (Compose Specification)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from depcheck.errors import SourceError
from depcheck.model.parity import Named, Service
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.text import printable
from depcheck.sources.compose_files import Composed, found, origin_of, read_files
from depcheck.sources.files import Scope
from depcheck.sources.variables import MalformedError, UnsetError, interpolate
from depcheck.sources.yaml_text import List, Scalar, Table

_LIST_IT = "or list the service in the configuration"

Kind = Literal["docker", "registry"]


def read_compose(
    scope: Scope, paths: tuple[str, ...], *, kind: Kind, by: str = ""
) -> tuple[tuple[Service, ...], tuple[Undetermined, ...]]:
    """Return the services of compose files that are merged in their order.

    Paths are relative to the project root. Variables have the values of the ``.env``
    beside the first file, or their defaults; a service whose image needs another one is
    undetermined. Services of profiles that are not active are left out. ``kind`` is what
    images are named as, ``by`` the ``path:line`` that names the files. Raises SourceError.
    """
    composed = read_files(scope, paths, by=by)
    reader = _Reader(scope=scope, kind=kind, composed=composed)
    return reader.services(), (*composed.undetermined, *reader.undetermined)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What is known of a service: where its image stands, where it is built."""

    name: str
    image: Origin | None
    built: Origin | None
    profiles: tuple[str, ...]
    origin: Origin


@dataclass(slots=True, kw_only=True)
class _Reader:
    scope: Scope
    kind: Kind
    composed: Composed
    undetermined: list[Undetermined] = field(default_factory=list)

    def services(self) -> tuple[Service, ...]:
        """Return the services that would be started, in the order in which they are written."""
        active = set(self.composed.values.get("COMPOSE_PROFILES", "").split(","))
        services = []
        for name, table in self.composed.services.items():
            draft = self._draft(name, table)
            if draft.profiles and not {*draft.profiles, "*"} & active:
                self._inactive(draft)
            elif image := self._image(draft):
                services.append(Service(name=draft.name, replicas=(image,), origin=image.origin))
        return tuple(services)

    def _draft(self, name: str, table: Table) -> _Draft:
        listed = found(table, "profiles")
        items = listed.items if isinstance(listed, List) else ()
        return _Draft(
            name=name,
            image=self._statement(table, "image"),
            built=self._statement(table, "build"),
            profiles=tuple(item.text for item in items if isinstance(item, Scalar)),
            origin=origin_of(self.scope, table, printable(f"{name}:")),
        )

    def _statement(self, table: Table, key: str) -> Origin | None:
        value = found(table, key)
        if value is None:
            return None
        if key == "image" and not isinstance(value, Scalar):
            raise SourceError(f"{value.place}: image must be a text")
        return origin_of(self.scope, value, value.text if isinstance(value, Scalar) else "")

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
            value = interpolate(draft.image.text, self.composed.values).strip()
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
        project = self.composed.project or self.composed.values.get("COMPOSE_PROJECT_NAME", "")
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
