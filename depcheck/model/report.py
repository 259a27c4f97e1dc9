"""The whole answer: findings, and what was checked and what could not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from depcheck.model.catalog import Distribution
from depcheck.model.findings import Correction, Finding
from depcheck.model.requirement import Component, Undetermined
from depcheck.model.target import Target

Verdict = Literal["compatible", "shifts", "conflict", "undetermined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A release that a resolution picked.

    ``by`` are the projects that require it, empty for those that only a
    component asks for. ``distributions`` are the files that fit the target,
    the preferred first. ``requires_dist`` is its metadata's, as far as known.
    """

    name: str
    version: str
    extras: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``check`` answers.

    ``verdict``: ``conflict`` (no joint set exists), ``undetermined`` (something
    that the answer rests on could not be checked), ``shifts`` (a set exists and
    moves something), ``compatible``. ``alone`` maps a component to what it
    resolves to by itself (absent where it cannot be resolved); ``combined`` is
    the joint set, None where there is none. ``corrections`` are whole
    alternatives, the closest first. ``complete`` is False where the listing of
    conflicts was cut short (``notes`` says why). ``keep`` are the pins that keep
    what the core has, verified together: they resolve and push nothing back.
    """

    version: str
    target: Target
    components: tuple[Component, ...]
    indexes: tuple[str, ...]
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    corrections: tuple[Correction, ...] = ()
    keep: tuple[str, ...] = ()
    alone: Mapping[str, tuple[Picked, ...]] = field(default_factory=dict)
    combined: tuple[Picked, ...] | None = None
    undetermined: tuple[Undetermined, ...] = ()
    complete: bool = True
    notes: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
