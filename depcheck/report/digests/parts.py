"""What the digests of all jobs share: sentences, places, entries and their order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from depcheck.errors import EXIT_CLEAN, EXIT_FINDINGS
from depcheck.model.findings import (
    SEVERITIES,
    Conflict,
    Correction,
    Edit,
    Finding,
    Severity,
    Suppressed,
)
from depcheck.model.identity import components, fingerprint, packages
from depcheck.model.report import Base
from depcheck.model.requirement import Component, Origin, Undetermined
from depcheck.model.review import LineRange, Novelty, Suppression
from depcheck.model.rules import RULES
from depcheck.report.digest import Cell, Change, Context, Cure, Entry, Place, Tone
from depcheck.report.escape import one_line
from depcheck.report.text.layout import Page, Span, Spans
from depcheck.report.words import once

Changes = Mapping[str, Sequence[LineRange]]

TONES: dict[Severity, Tone] = {"error": "bad", "warning": "warn", "note": "plain"}
STATUSES = {"new": "new", "changed": "changed", "known": "already there", "unknown": "not known"}

_COLOURS: dict[str, Tone] = {"red": "bad", "yellow": "warn", "green": "good"}
_WIDE = 1_000_000
_OWN_WORD = re.compile(r"(?:all|for|how|it|nothing|the|this|whether) ")
_DRIVE = re.compile(r"[^/]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The first lines of a report: its first words, the rest of that sentence, what follows.

    ``tone`` is the colour in which the terminal says the first words.
    """

    verdict: str
    summary: str
    advice: tuple[str, ...]
    tone: Tone = "plain"


def page(context: Context) -> Page:
    """Return a page on which nothing wraps and nothing is escaped: for its words alone."""
    return Page(width=_WIDE, verbose=True, prefix=context.prefix, raw=True)


def said(write: Callable[[Page], object], context: Context) -> tuple[str, ...]:
    """Return what ``write`` adds to a page, a sentence or paragraph each.

    Rows of a table are left out: a digest has them as data.
    """
    on = page(context)
    write(on)
    return tuple(_words(line) for line in on.lines if _is_sentence(line))


def headline(write: Callable[[Page], object], context: Context) -> Headline:
    """Return the first lines that ``write`` adds to a page, apart."""
    on = page(context)
    write(on)
    first, *rest = [line for line in on.lines if _is_sentence(line)]
    style = first[0].style
    verdict = list(takewhile(lambda span: span.style == style, first))
    summary = _words(first[len(verdict) :]).lstrip(": ")
    if summary.endswith(":") and rest:  # what it announces follows
        summary = f"{summary} {_words(rest.pop(0))}"
    return Headline(
        verdict=_words(verdict).rstrip(": "),
        summary=_begun(summary),
        advice=tuple(_ended(_words(line)) for line in rest),
        tone=next((tone for colour, tone in _COLOURS.items() if colour in style), "plain"),
    )


def fitting(tone: Tone, status: int) -> Tone:
    """Return a tone that does not say more than the exit status: no green where it is not 0."""
    if tone not in ("good", "plain") or status == EXIT_CLEAN:
        return tone
    return "warn" if status == EXIT_FINDINGS else "dark"


def _begun(text: str) -> str:
    """Return a sentence with a capital where its first word is one of ours, and no name."""
    return text[:1].upper() + text[1:] if _OWN_WORD.match(text) else text


def _is_sentence(line: Spans) -> bool:
    return bool(line) and not line[0].text.startswith(" ")


def _words(line: Iterable[Span]) -> str:
    return "".join(span.text for span in line)


def _ended(text: str) -> str:
    """Return a sentence that is not followed by what it announces."""
    return f"{text[:-1]}." if text.endswith(":") else text


def cell_text(spans: Spans) -> str:
    """Return what a cell of a page's row says, as one line."""
    return one_line(_words(spans)).strip()


# Places


def place_of(origin: Origin, context: Context) -> Place:
    """Return where an origin is from the root of the repository, if it is in it."""
    path, inside = path_of(origin.path, context)
    return Place(
        path=path,
        line=origin.line,
        end=origin.end,
        text=one_line(origin.text),
        component=one_line(origin.component),
        inside=inside,
    )


def path_of(path: str, context: Context) -> tuple[str, bool]:
    """Return a path from the root of the repository, and whether it lies inside.

    An absolute path, an interpreter (``env:…``), a URL, and what climbs out do not.
    """
    shown = one_line(path)
    # An address that is normalised no longer shows where its password is.
    if not path or "://" in path or path.startswith(("/", "\\")) or _DRIVE.match(path):
        return shown, False
    joined = posixpath.normpath(posixpath.join(context.prefix, shown))
    if joined == ".." or joined.startswith("../"):
        return shown, False
    return joined, True


def home_of(components: Iterable[Component], context: Context) -> Place | None:
    """Return the configuration file, else the first source of a component, the core's first.

    None where nothing of that lies in the repository.
    """
    path, inside = path_of(context.config, context)
    if inside:
        return Place(path=path)
    for component in sorted(components, key=lambda component: component.role != "core"):
        path, inside = path_of(component.source, context)
        if inside:
            return Place(path=path, component=one_line(component.name))
    return None


def shown_context(context: Context) -> Context:
    """Return a context whose command has no secrets: an index can be named with a password."""
    return replace(context, command=lines(context.command))


def is_touched(origin: Origin, changes: Changes) -> bool:
    """Return whether a change touches a line of what stands at ``origin``."""
    if origin.line is None:
        return False
    last = origin.end or origin.line
    ranges = changes.get(origin.path, ())
    return any(first <= last and origin.line <= end for first, end in ranges)


def _seen(origin: Origin, context: Context) -> Origin:
    """Return an origin as it is from the root of the repository, each text on one line."""
    place = place_of(origin, context)
    return replace(origin, path=place.path, text=place.text, component=place.component)


def gap_of(entry: Undetermined, context: Context) -> Undetermined:
    """Return what could not be checked, its path from the root of the repository."""
    origin = entry.origin
    if origin is not None:
        origin = _seen(origin, context)
    return Undetermined(
        subject=one_line(entry.subject),
        reason=one_line(entry.reason),
        hint=one_line(entry.hint),
        origin=origin,
        harmless=entry.harmless,
    )


def gaps_of(entries: Iterable[Undetermined], context: Context) -> tuple[Undetermined, ...]:
    """Return what could not be checked, what the verdict rests on first."""
    return tuple(gap_of(e, context) for e in sorted(entries, key=lambda e: e.harmless))


def lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text on one line, its secrets masked."""
    return tuple(one_line(text) for text in texts)


def pairs(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return facts that say something, each on one line."""
    return tuple((one_line(name), one_line(text)) for name, text in facts if text)


# Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a job knows of a finding beside the finding: the fields of an ``Entry``."""

    origins: tuple[Origin, ...] = ()
    steps: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    remedies: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


_NOTHING = Known()


def entry_of(
    finding: Finding,
    context: Context,
    known: Known = _NOTHING,
    *,
    changes: Changes | None = None,
    by: Suppression | None = None,
) -> Entry:
    """Return a finding as every format tells it.

    ``changes`` are the lines that a change touches, ``by`` what suppresses the finding.
    """
    origins = dict.fromkeys((*known.origins, *finding.locations))
    touched = changes or {}
    ordered = sorted(origins, key=lambda origin: not is_touched(origin, touched))
    rule = RULES.get(finding.rule)
    return Entry(
        rule=one_line(finding.rule),
        title=rule.title if rule else one_line(finding.rule),
        severity=finding.severity,
        message=one_line(finding.message),
        package=one_line(_package(finding)),
        components=lines(components(finding)),
        places=_merged(place_of(origin, context) for origin in ordered),
        steps=lines(known.steps),
        facts=pairs(known.facts),
        remedies=lines(dict.fromkeys(known.remedies or filter(None, [finding.remedy]))),
        changes=known.changes,
        fingerprint=fingerprint(finding),
        novelty=_novelty(finding.novelty),
        suppression=None if by is None else _suppression(by, context),
    )


def _merged(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return each line once, with all components that have it."""
    lines: dict[Place, dict[str, None]] = {}
    for place in places:
        lines.setdefault(replace(place, component=""), {})[place.component] = None
    return tuple(
        replace(place, component=", ".join(filter(None, names))) for place, names in lines.items()
    )


def _package(finding: Finding) -> str:
    """Return the distribution that a finding is about: of a conflict, the one it is over."""
    found = packages(finding)
    if isinstance(finding.evidence, Conflict) and finding.evidence.project in found:
        return finding.evidence.project
    return found[0] if found else ""


def _novelty(novelty: Novelty | None) -> Novelty | None:
    return None if novelty is None else replace(novelty, was=one_line(novelty.was))


def _suppression(by: Suppression, context: Context) -> Suppression:
    origin = by.origin
    if origin is not None:
        origin = _seen(origin, context)
    return replace(
        by,
        rule=one_line(by.rule),
        package=None if by.package is None else one_line(by.package),
        component=None if by.component is None else one_line(by.component),
        reason=one_line(by.reason),
        owner=one_line(by.owner),
        origin=origin,
    )


def suppressed_of(
    entries: Iterable[Suppressed], tell: Callable[[Finding, Suppression], Entry]
) -> tuple[Entry, ...]:
    """Return suppressed findings, told by ``tell``."""
    return tuple(tell(entry.finding, entry.by) for entry in entries)


def base_of(base: Base | None, context: Context) -> Base | None:
    """Return what was compared with, on one line each; its findings are the digest's.

    Paths of changes are from the root of the repository.
    """
    if base is None:
        return None
    return replace(
        base,
        changes={path_of(path, context)[0]: lines for path, lines in base.changes.items()},
        named=one_line(base.named),
        fault=one_line(base.fault),
        fixed=(),
        altered=lines(base.altered),
        notes=lines(base.notes),
    )


def order(finding: Finding) -> tuple[int, bool, bool, int]:
    """Return what a reader wants first: brought by the change, no note, on its lines, grave."""
    severity = SEVERITIES.index(finding.severity)
    novelty = finding.novelty
    if novelty is None:
        return 0, severity == 0, False, -severity
    rank = 0 if novelty.brought else 2 if novelty.status == "known" else 1
    return rank, severity == 0, not novelty.touched, -severity


def status_cell(finding: Finding) -> Cell:
    """Return whether the change brought a finding, for a table."""
    novelty = finding.novelty
    if novelty is None:
        return Cell(text="")
    tone: Tone = "bad" if novelty.brought and finding.severity == "error" else "plain"
    if novelty.brought and finding.severity == "warning":
        tone = "warn"
    word = "worse" if novelty.worse else STATUSES[novelty.status]
    return Cell(text=word, tone=tone)


def severity_cell(severity: Severity) -> Cell:
    """Return a severity for a table, sorted by how grave it is."""
    return Cell(text=severity, tone=TONES[severity], sort=str(SEVERITIES[::-1].index(severity)))


# Cures


def change_of(edit: Edit, context: Context) -> Change:
    """Return a line to change."""
    return Change(
        place=place_of(edit.origin, context),
        before=one_line(edit.before),
        after=one_line(edit.after),
    )


def cures_of(corrections: Iterable[Correction], context: Context) -> tuple[Cure, ...]:
    """Return sets of edits that heal, each once."""
    return tuple(
        dict.fromkeys(
            Cure(
                changes=tuple(change_of(edit, context) for edit in once(told.edits)),
                remark=one_line(told.remark),
            )
            for told in corrections
        )
    )


def concerned(
    corrections: Sequence[Correction], origins: Iterable[Origin], context: Context
) -> tuple[Change, ...]:
    """Return the edits of the best correction at these places."""
    best = next((told.edits for told in corrections if told.edits), ())
    at = list(dict.fromkeys(origins))
    edits = sorted((e for e in best if e.origin in at), key=lambda e: at.index(e.origin))
    return tuple(change_of(edit, context) for edit in once(edits))
