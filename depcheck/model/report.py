"""The whole answer: findings, and what was checked and what could not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from depcheck.model.catalog import Distribution
from depcheck.model.findings import Correction, Finding, Suppressed
from depcheck.model.requirement import Component, Undetermined
from depcheck.model.review import LineRange
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
class Base:
    """What a report was compared with: a revision, or a report of an earlier run.

    ``named`` is as given (``main``, ``earlier.json``), ``revision`` the full hash of the commit
    that was analysed, empty for a report. ``verdict`` is that of the base, None where it
    could not be analysed, and then ``fault`` says why. ``fixed`` are findings that only the
    base has. ``changes`` maps a path (as origins have it) to the lines that the change
    touches, empty for a report. ``configuration`` says whose was used; ``altered`` are
    sentences about what the change does to the configuration, which does not count in this
    run where it is the base's. ``notes`` say what the comparison cannot know.
    """

    named: str
    revision: str = ""
    verdict: Verdict | None = None
    fault: str = ""
    fixed: tuple[Finding, ...] = ()
    changes: Mapping[str, tuple[LineRange, ...]] = field(default_factory=dict)
    configuration: Literal["base", "head", "none"] = "head"
    altered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    ``exclude_newer`` (ISO 8601) is from when on uploads were passed over, None for never.
    ``suppressed`` are not among ``findings``; the verdict counts them, since it says what
    is. ``base`` is None where nothing was compared.
    """

    version: str
    target: Target
    components: tuple[Component, ...]
    indexes: tuple[str, ...]
    exclude_newer: str | None = None
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    base: Base | None = None
    corrections: tuple[Correction, ...] = ()
    keep: tuple[str, ...] = ()
    alone: Mapping[str, tuple[Picked, ...]] = field(default_factory=dict)
    combined: tuple[Picked, ...] | None = None
    undetermined: tuple[Undetermined, ...] = ()
    complete: bool = True
    notes: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
