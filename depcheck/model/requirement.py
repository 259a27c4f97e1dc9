"""Requirements, and where each of them stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_SEPARATORS = re.compile(r"[-_.]+")


def normalise(name: str) -> str:
    """Return the normalised form of a project or extra name (PEP 503, PEP 685)."""
    return _SEPARATORS.sub("-", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a statement stands: never lost on the way to a report.

    ``path`` is relative to the project root (POSIX form) where the file lies
    below it. ``line`` counts from 1 and is None where a source has no lines
    (an interpreter). ``text`` is the statement as written, without comments.
    ``end`` is the last line of a statement that goes over several, else None.
    """

    component: str
    path: str
    line: int | None
    text: str
    end: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One PEP 508 requirement by name, with its origin.

    ``name`` and ``extras`` are normalised; ``specifier`` and ``marker`` are
    text, empty where there is none. A constraint (``-c``) limits the version
    of a project without asking for it. ``hashes`` are the ``algorithm:digest``
    values that the line allows, empty where any file may be used.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    origin: Origin
    kind: Literal["requirement", "constraint"] = "requirement"
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifier}{marker}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonBound:
    """The Python versions a component allows (``requires-python``)."""

    specifier: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """Something that could not be checked, and why; it is never dropped.

    ``subject`` names it (a requirement's text, ``project version``, a URL with
    its secrets taken out). ``hint`` says how to mend it, and may be empty.
    ``harmless`` is True where no verdict can depend on it. ``origin`` is the first line that
    asks for it, ``others`` are those of further components.
    """

    subject: str
    reason: str
    hint: str = ""
    origin: Origin | None = None
    others: tuple[Origin, ...] = ()
    harmless: bool = False

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every line known to ask for it, one for each component."""
        return () if self.origin is None else (self.origin, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """An exact version that a lock or an environment holds for a project."""

    name: str
    version: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A named set of requirements with an owner.

    ``role`` is ``core`` for the side that must not be moved. ``baseline`` holds
    what the component has when alone, where a lock or an environment says so;
    it is empty where only resolving can tell. ``source`` is what was named.
    """

    name: str
    role: Literal["core", "ai", "other"] = "other"
    source: str
    requirements: tuple[Requirement, ...] = ()
    requires_python: PythonBound | None = None
    baseline: tuple[Pin, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
