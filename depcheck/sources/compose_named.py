"""Which compose files count where one is named: its override, as compose reads it.

Compose reads ``compose.override.yaml`` beside ``compose.yaml`` where nobody names files, and
instead of both what ``COMPOSE_FILE`` names.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.text import printable
from depcheck.sources.files import Scope, open_source
from depcheck.sources.variables import MalformedError, UnsetError, interpolate, variable_lines
from depcheck.sources.yaml_text import LARGEST

USUAL = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""Names that compose looks for itself, in its order."""

_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The ``files`` that count, those that were ``added``, and what could not be told."""

    files: tuple[Path, ...]
    added: tuple[Path, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()


def named_files(files: Sequence[Path], root: Path) -> Named:
    """Return the files that count where ``files`` (absolute) are named.

    ``.env`` is read within ``root``, or within its folder where the file lies elsewhere.
    One alone by its usual name brings its override along. What ``COMPOSE_FILE`` in ``.env``
    names in its place is not followed: that is told. Raises SourceError.
    """
    if len(files) != 1:
        return Named(files=tuple(files))
    (file,) = files
    written = _compose_file(file.parent, root if file.is_relative_to(root) else file.parent)
    if written is not None:
        value, origin = written
        if value is not None and _paths(value, file.parent) == [file]:
            return Named(files=(file,))
        return Named(files=(file,), undetermined=(_told(file, origin),))
    if file.name not in USUAL:
        return Named(files=(file,))
    override = next((file.parent / n for n in _OVERRIDES if (file.parent / n).is_file()), None)
    added = () if override is None else (override,)
    return Named(files=(file, *added), added=added)


def _compose_file(folder: Path, root: Path) -> tuple[str | None, Origin] | None:
    """Return ``COMPOSE_FILE`` of ``.env`` and where it stands; its value may not be known."""
    if not os.path.lexists(folder / ".env"):
        return None
    scope = Scope(component="", root=root, environment={})
    file = open_source(scope, folder.relative_to(root) / ".env", largest=LARGEST)
    found = [each for each in variable_lines(file.text) if each[1] == "COMPOSE_FILE"]
    if not found:
        return None
    line, _, value, literal = found[-1]
    if not value:
        return None
    origin = Origin(
        component="", path=str(folder / ".env"), line=line, text=f"COMPOSE_FILE={printable(value)}"
    )
    try:
        return (value if literal else interpolate(value, {})), origin
    except (UnsetError, MalformedError):
        return None, origin


def _paths(value: str, folder: Path) -> list[Path]:
    return [Path(os.path.abspath(folder / each)) for each in value.split(":") if each]


def _told(file: Path, origin: Origin) -> Undetermined:
    return Undetermined(
        subject=f"the files beside {printable(file.name)}",
        reason="COMPOSE_FILE in .env names the files that compose reads, others than this alone",
        hint="name each of them (--audit FILE --audit FILE), in that order",
        origin=origin,
    )


def file_of(named: str, root: Path) -> str:
    """Return a file as it is named; of a folder, the one that compose finds in it.

    Raises SourceError for a folder without one.
    """
    folder = root / named
    if not os.path.isdir(folder):
        return named
    for name in USUAL:
        if (folder / name).is_file():
            return (Path(named) / name).as_posix()
    raise SourceError(
        f"{printable(named)}: a folder without a compose file",
        hint=f"name the file, such as {USUAL[0]}",
    )
