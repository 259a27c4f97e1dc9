"""What a check finds, as data. Formats are functions over it (``report/``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from depcheck.model.inventory import Aspect, Provenance
from depcheck.model.requirement import Origin, Pin, PythonBound, Requirement
from depcheck.model.review import Novelty, Suppression
from depcheck.model.walls import (
    Budget,
    GpuNeed,
    Guardrail,
    Labels,
    NativeClash,
    PythonNeed,
    Weight,
)

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")

Statement = Requirement | PythonBound
"""What a person wrote and can change: an element of conflicts and corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of a chain of releases, from a requirement to the clash.

    ``subject`` is who says it: a component for a requirement, a project for a
    dependency. ``versions`` are the releases concerned, folded into ranges
    (``0.3.0 to 1.5.0``), empty for a component. ``verb`` and ``object`` end the
    sentence (``needs`` ``pydantic>=2.7.4``). ``count`` is how many releases the
    range folds. ``presumed`` marks what rests on an sdist's egg-info.
    """

    subject: str
    versions: str = ""
    count: int = 0
    verb: str
    object: str
    origin: Origin | None = None
    presumed: bool = False

    def __str__(self) -> str:
        return " ".join(
            word for word in (self.subject, self.versions, self.verb, self.object) if word
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A minimal set of statements that no choice of releases satisfies together.

    Take any one away and the rest is satisfiable. ``project`` is where the
    chain ends (``pydantic``). ``presumed`` names the releases on whose presumed
    metadata the proof rests; empty where it is proven.
    """

    statements: tuple[Statement, ...]
    project: str
    steps: tuple[Step, ...]
    presumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One line changed. ``after`` is empty where the line has to go."""

    origin: Origin
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A smallest set of edits after which everything resolves.

    ``statements`` are what has to change. ``edits`` are the lines as proposed,
    re-solved together; empty where no edit of these lines heals, and then
    ``remark`` says what would. Beside edits, ``remark`` says what they take on
    trust or need built, and what falls far back. ``picks`` is what the edited projects resolve to.
    """

    statements: tuple[Statement, ...]
    edits: tuple[Edit, ...]
    picks: tuple[tuple[str, str], ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A distribution whose version under ``component`` changes in company.

    ``before`` is None where it is added, ``after`` None where it is gone.
    ``grade`` is the first part of the version that differs. ``forced`` is True
    if no solution keeps the old version, or (``far``) at most one that pushes
    another project back by dozens of releases; ``sought`` is False where it would take too
    much reading to tell whether there is one. Where one keeps it, ``pin`` is the requirement
    that does. ``direct`` is the statement of the component that names the project, if one
    does. ``chain`` tells who brings the new version. ``alone`` is True where resolving the
    component alone today moves it too, so that only its lock has held it back.
    ``price`` is what this one pin would push back, each as
    ``langchain 0.2.17 → 0.0.27``; empty where it pushes nothing back.
    """

    name: str
    component: str
    before: str | None
    after: str | None
    direction: Literal["up", "down", "added", "gone"]
    grade: Literal["major", "minor", "patch", "other"]
    forced: bool
    far: bool = False
    sought: bool = True
    pin: str = ""
    direct: Requirement | None = None
    locked: Pin | None = None
    chain: tuple[Step, ...] = ()
    alone: bool = False
    price: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """A distribution that the combination pushes far back.

    ``days`` is how much older the upload is, where upload times are known.
    ``better`` is the newest version that some solution has, None where this one
    is the best; ``pins`` are the requirements that lead there, re-solved.
    """

    name: str
    component: str
    before: str
    after: str
    days: int | None
    better: str | None = None
    pins: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()
    direct: Requirement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference between two inventories.

    ``name`` is what differs (a distribution, ``env.PATH``, a path). ``left`` and
    ``right`` are the values, None where a side has none. Where ``hidden`` is True
    the values themselves are left out and the texts only say that there is one.
    ``place`` is where (an environment's prefix), ``service`` whose. ``left_by`` and
    ``right_by`` are the build steps that brought the values in, as far as known.
    ``paths`` are the files concerned. ``replica`` is which of several is meant, empty for
    the first.
    """

    aspect: Aspect
    name: str
    left: str | None
    right: str | None
    hidden: bool = False
    place: str = ""
    service: str = ""
    left_by: Provenance | None = None
    right_by: Provenance | None = None
    paths: tuple[str, ...] = ()
    replica: str = ""


Wall = PythonNeed | NativeClash | Weight | GpuNeed | Labels
"""Why components must not share, beside a conflict or a shift."""

Evidence = Conflict | Shift | Rollback | Drift | Wall | Budget | Guardrail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to tell, under a stable rule id.

    ``rule`` is an id of ``model/rules.py``. ``message`` is one sentence in plain
    text. ``locations`` are where to look, the most useful first. ``remedy`` is
    what to do, empty where nothing is known. ``package`` is the distribution that it is
    about where the evidence does not say (normalised), and ``subject`` what else it is about,
    a word or a few (an extra, what could not be checked). ``novelty`` is None without a base.
    """

    rule: str
    severity: Severity
    message: str
    locations: tuple[Origin, ...] = ()
    evidence: Evidence = None
    remedy: str = ""
    package: str = ""
    subject: str = ""
    novelty: Novelty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A finding that the configuration suppresses, and the entry that does."""

    finding: Finding
    by: Suppression
