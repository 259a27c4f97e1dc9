"""A report of any job, digested: what the formats beside the terminal and JSON tell.

Each job has a function ``Report → Digest`` (``digest_check``, …); each format is a function
``Digest → str``. A digest holds the text of strangers as it is: every format makes it inert
in its own way. Secrets in URLs are masked, and values that a report hides are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from depcheck.model.findings import Severity
from depcheck.model.report import Base
from depcheck.model.requirement import Undetermined
from depcheck.model.review import Novelty, Suppression

Job = Literal["check", "parity", "isolate", "audit"]

Tone = Literal["bad", "warn", "good", "dark", "plain"]
"""``dark``: not known; ``plain``: no judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a digest is made for.

    ``prefix`` (POSIX, ``shop/``, maybe empty) leads from the root of the repository (where
    there is none, from the current folder) to the project root. ``links`` is what a path in
    the repository is put after to open it (``https://git.example/owner/repo/blob/SHA/``),
    empty where nothing is known. ``docs`` is the address of the page of rules, empty
    likewise. ``command`` is what runs the same again on one's own machine, word by word.
    ``config`` is the configuration file (relative to the project root), empty without one.
    """

    prefix: str = ""
    links: str = ""
    docs: str = ""
    command: tuple[str, ...] = ()
    config: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look. ``path`` is relative to the root of the repository where ``inside``."""

    path: str
    line: int | None = None
    end: int | None = None
    text: str = ""
    component: str = ""
    inside: bool = True

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line to change; ``after`` is empty where it has to go."""

    place: Place
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A set of edits that heals, tried. ``remark`` is what it takes on trust, or what would
    heal where ``changes`` is empty."""

    changes: tuple[Change, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finding as every format tells it.

    ``title`` is the rule's. ``places``: the most useful first; where a change is judged,
    a line that it touches comes first. ``steps`` are the chain that proves it, a clause each.
    ``facts`` are further things to know by a word or two (``before``, ``brought in by``).
    ``remedies`` are what to do, a sentence each; ``changes`` the lines of the best cure that
    concern it, at its places first. ``package`` and ``components`` may be empty.
    ``fingerprint`` identifies it across runs and line numbers. ``novelty`` is None without
    a base. ``suppression`` is set of suppressed ones.
    """

    rule: str
    title: str
    severity: Severity
    message: str
    package: str = ""
    components: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    steps: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    remedies: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    fingerprint: str
    novelty: Novelty | None = None
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table. ``code`` is for names, versions and values; ``sort`` is what it is
    sorted by where that is not its text. ``lead`` says what ``place`` is to it
    (``brought in by web``), empty where it stands there itself."""

    text: str
    code: bool = False
    tone: Tone = "plain"
    place: Place | None = None
    lead: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to filter and sort. ``id`` is a word (``shifts``), ``note`` a sentence, maybe empty.

    ``repeats`` is True where its rows are findings, which are told as entries too.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A container, or a component that would share one: its name and what is in it."""

    name: str
    lines: tuple[str, ...] = ()
    core: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands between boxes: the reason of a wall (``demands`` by box name), or what one
    moves in another (``pyjwt 1.7.1 → 2.10.1``)."""

    kind: Literal["wall", "advice", "shift"]
    boxes: tuple[str, ...]
    demands: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    tone: Tone = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Boxes and what stands between them: a line for each reason, so that several may stand
    between the same boxes. ``text`` is the same drawn with characters, at most
    100 cells wide, for formats that cannot draw."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A whole report.

    ``verdict`` is the terminal's first word (``CONFLICT``), ``summary`` the rest of its first
    sentence, ``advice`` the sentences below it. ``status`` is the exit status that the run leaves
    with. ``failing`` counts the findings that make it 1, or would without ``--exit-zero``.
    ``entries`` are the findings, in the order in which a reader wants them: brought in by the
    change first, then the gravest. ``fixed`` are those of the base that are gone. ``cures`` are
    whole alternatives. ``gaps`` are what could not be checked. ``facts`` say what was checked
    (``Python``, ``web``), a line each. ``base`` is without its findings, its paths from the root
    of the repository. ``home`` is where in the repository a finding is shown that has no place
    there: the configuration file, else the first component's source; None where neither lies in it.
    """

    job: Job
    version: str
    verdict: str
    tone: Tone
    summary: str
    advice: tuple[str, ...] = ()
    status: int = 0
    failing: int = 0
    entries: tuple[Entry, ...] = ()
    fixed: tuple[Entry, ...] = ()
    suppressed: tuple[Entry, ...] = ()
    cures: tuple[Cure, ...] = ()
    picture: Picture | None = None
    tables: tuple[Table, ...] = ()
    gaps: tuple[Undetermined, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    base: Base | None = None
    home: Place | None = None
    context: Context = Context()
