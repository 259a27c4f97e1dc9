"""What is found in a repository, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files of a repository that may tell something.

    ``files`` maps folders (POSIX, relative, the root is empty) to the names in them.
    ``complete`` is False where the walk was cut short, ``odd`` counts the folders that were
    not entered since their names hold control characters.
    """

    files: Mapping[str, tuple[str, ...]]
    complete: bool = True
    odd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A file that is no component, and why: told in a comment."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A component that a file declares, not read yet.

    ``source`` and ``lock`` are paths (POSIX, relative to the root), ``folder`` is where its
    code is. ``name`` is what it would be called. ``extras`` and ``groups`` are chosen ones,
    ``more_extras`` and ``more_groups`` those that could be. ``remarks`` are sentences for the
    comment above it.
    """

    name: str
    folder: str
    source: str
    lock: str | None = None
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    more_extras: tuple[str, ...] = ()
    more_groups: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What the names of files and the heads of ``pyproject.toml`` files tell."""

    found: tuple[Candidate, ...]
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A candidate as the sources read it: the projects that it requires (normalised), its
    ``requires-python``, or in ``fault`` why it cannot be used."""

    candidate: Candidate
    names: tuple[str, ...] = ()
    python: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A service of a compose file that is built here.

    ``context`` and ``dockerfile`` are paths relative to the root.
    """

    service: str
    context: str
    dockerfile: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A value and what it was read from (``web/Dockerfile:1``)."""

    value: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A component for the configuration. ``because`` are sentences for the comment above it.

    ``python`` is what it is deployed or developed on, ``least`` the least that it allows.
    """

    candidate: Candidate
    name: str
    role: Literal["core", "ai", "other"]
    because: tuple[str, ...] = ()
    container: Guess | None = None
    python: Guess | None = None
    least: Guess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """Everything that the configuration is drafted from.

    ``composes`` are compose files, ``notes`` sentences about the search itself.
    """

    proposals: tuple[Proposal, ...]
    mentions: tuple[Mention, ...] = ()
    python: Guess | None = None
    platform: Guess | None = None
    composes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
