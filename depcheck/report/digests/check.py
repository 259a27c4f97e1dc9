"""A check's report digested, for the formats beside the terminal and JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from depcheck.model.findings import Finding, Rollback, Shift
from depcheck.model.report import Report
from depcheck.model.requirement import Component
from depcheck.model.review import Suppression
from depcheck.report.digest import Cell, Context, Digest, Entry, Place, Table, Tone
from depcheck.report.digests.evidence import forced_of, grade_of, known_of
from depcheck.report.digests.parts import (
    TONES,
    base_of,
    cures_of,
    entry_of,
    fitting,
    gaps_of,
    headline,
    home_of,
    lines,
    order,
    pairs,
    path_of,
    place_of,
    shown_context,
    status_cell,
    suppressed_of,
)
from depcheck.report.escape import one_line
from depcheck.report.status import FailOn, exit_status, is_failing, unchecked
from depcheck.report.text.check_picture import picture
from depcheck.report.text.check_shifts import key_of, weight
from depcheck.report.text.review_headline import opening
from depcheck.report.words import outcome_of, owners, plural, told_findings

_KINDS = ("conflict-", "shift-", "rollback")
_SHIFTS = ("component", "package", "before", "after", "grade", "forced", "what to do")
_BACKS = ("component", "package", "before", "after", "older", "better", "what to do")


def digest_check(report: Report, context: Context, *, fail_on: FailOn) -> Digest:
    """Return what every format tells of a check.

    Entries are in the order in which a reviewer wants them: what the change brings, its
    touched lines first; what it alters; what was there. Without a base the gravest first.
    """
    found = sorted(told_findings(report), key=_order)
    first = headline(lambda on: opening(on, report), context)
    tell = _teller(report, context)
    status = exit_status(report, fail_on)
    tone: Tone = "dark" if report.verdict == "undetermined" else first.tone
    return Digest(
        job="check",
        version=one_line(report.version),
        verdict=first.verdict,
        tone=fitting(tone, status),
        summary=first.summary,
        advice=first.advice,
        status=status,
        failing=sum(is_failing(finding, fail_on) for finding in report.findings),
        entries=tuple(tell(finding, None) for finding in found),
        fixed=_fixed(report, context),
        suppressed=suppressed_of(report.suppressed, tell),
        cures=cures_of(report.corrections, context),
        picture=picture(report),
        tables=_tables(report, found, tell, context),
        gaps=gaps_of(unchecked(report), context),
        notes=lines(report.notes),
        facts=_facts(report, context),
        base=base_of(report.base, context),
        home=home_of(report.components, context),
        context=shown_context(context),
    )


def _order(finding: Finding) -> tuple[object, ...]:
    kind = next((i for i, name in enumerate(_KINDS) if finding.rule.startswith(name)), len(_KINDS))
    shared = kind == 0 and len(owners(finding)) > 1  # nobody else mends what one has by itself
    shift = weight(finding) if isinstance(finding.evidence, Shift) else ()
    return *order(finding), kind, shared, *shift


# Entries


def _teller(report: Report, context: Context) -> Callable[[Finding, Suppression | None], Entry]:
    changes = report.base.changes if report.base else None
    backs = {key_of(f): f for f in report.findings if isinstance(f.evidence, Rollback)}

    def tell(finding: Finding, by: Suppression | None) -> Entry:
        back = backs.get(key_of(finding))
        known = known_of(finding, back, report.corrections, context)
        return entry_of(finding, context, known, changes=changes, by=by)

    return tell


def _fixed(report: Report, context: Context) -> tuple[Entry, ...]:
    gone = report.base.fixed if report.base else ()
    return tuple(
        entry_of(f, context, known_of(f, None, (), context)) for f in sorted(gone, key=_order)
    )


# Tables


def _tables(
    report: Report,
    found: Sequence[Finding],
    tell: Callable[[Finding, None], Entry],
    context: Context,
) -> tuple[Table, ...]:
    status = ("status",) if report.base else ()
    shifts, backs = [], []
    for finding in found:
        last = (status_cell(finding),) if status else ()
        match finding.evidence:
            case Shift() as shift:
                shifts.append((*_shift_cells(finding, shift, tell(finding, None), context), *last))
            case Rollback() as rollback:
                backs.append((*_back_cells(finding, rollback, tell(finding, None), context), *last))
    told = (
        Table(
            id="shifts",
            title="What moves",
            columns=(*_SHIFTS, *status),
            rows=tuple(shifts),
            repeats=True,
        ),
        Table(
            id="rollbacks",
            title="What is pushed back",
            columns=(*_BACKS, *status),
            rows=tuple(backs),
            repeats=True,
        ),
    )
    return tuple(table for table in told if table.rows)


def _shift_cells(
    finding: Finding, shift: Shift, entry: Entry, context: Context
) -> tuple[Cell, ...]:
    grade = ("major", "other", "minor", "patch").index(shift.grade)
    return (
        *_move_cells(finding, shift, entry, context),
        Cell(text=grade_of(shift), tone=TONES[finding.severity], sort=str(grade)),
        Cell(text={"yes": "forced", "no": "incidental"}.get(forced_of(shift), "")),
        _advice_cell(entry),
    )


def _back_cells(
    finding: Finding, rollback: Rollback, entry: Entry, context: Context
) -> tuple[Cell, ...]:
    older = "" if rollback.days is None else plural(rollback.days, "day")
    return (
        *_move_cells(finding, rollback, entry, context),
        Cell(text=older, tone=TONES[finding.severity], sort=f"{rollback.days or 0:08d}"),
        Cell(text=one_line(rollback.better or ""), code=True),
        _advice_cell(entry),
    )


def _move_cells(
    finding: Finding, move: Shift | Rollback, entry: Entry, context: Context
) -> tuple[Cell, ...]:
    place, lead = _line_of(move, entry, context)
    name, tone = one_line(move.name), TONES[finding.severity]
    return (
        Cell(text=one_line(move.component)),
        Cell(text=name, code=True, tone=tone, place=place, lead=lead),
        _version(move.before, "absent"),
        _version(move.after, "gone"),
    )


def _line_of(move: Shift | Rollback, entry: Entry, context: Context) -> tuple[Place | None, str]:
    """Return the line that asks for a project, or that of who brings it, said as such."""
    if move.direct is not None:
        return place_of(move.direct.origin, context), ""
    for step in move.chain:
        if step.origin is not None:
            place = place_of(step.origin, context)
            return place, f"brought in by {place.component}" if place.component else ""
    return (entry.places[0] if entry.places else None), ""


def _version(version: str | None, absent: str) -> Cell:
    return Cell(text=absent) if version is None else Cell(text=one_line(version), code=True)


def _advice_cell(entry: Entry) -> Cell:
    """Return what to do, or why nothing can be done."""
    facts = dict(entry.facts)
    return Cell(text=" ".join(entry.remedies) or facts.get("to keep it", ""))


# What was checked


def _facts(report: Report, context: Context) -> tuple[tuple[str, str], ...]:
    """Return the target, each component, the joint set, and where it was looked up."""
    target = report.target
    told = [("Python", f"{target.implementation} {target.python}"), ("platform", target.platform)]
    told += [(component.name, _of(report, component, context)) for component in report.components]
    if report.combined is not None and len(report.components) > 1:
        told.append(("together", plural(len(report.combined), "distribution")))
    told.append(("index", ", ".join(report.indexes)))
    told.append(("nothing newer than", report.exclude_newer or ""))
    told.append(("requests", str(report.requests)))
    told.append(("took", f"{report.seconds:.1f} s"))
    return pairs(told)


def _of(report: Report, component: Component, context: Context) -> str:
    asked = plural(len(component.requirements), "requirement")
    outcome = outcome_of(report, component)
    role = f"{component.role}, " if component.role != "other" else ""
    return f"{role}{path_of(component.source, context)[0]}, {asked}, {outcome}"
