"""What the evidence of a check's findings tells, in a digest."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Conflict, Correction, Finding, Rollback, Shift
from depcheck.model.requirement import Origin
from depcheck.report.digest import Context
from depcheck.report.digests.parts import Known, cell_text, concerned, page
from depcheck.report.text.check_conflicts import clause, rests_on
from depcheck.report.text.check_shifts import Row, back_facts
from depcheck.report.text.check_shifts import facts as shift_facts
from depcheck.report.words import plural


def known_of(
    finding: Finding, back: Finding | None, corrections: Sequence[Correction], context: Context
) -> Known:
    """Return what the evidence of a conflict, a shift or a rollback tells.

    ``back`` is the rollback of the distribution that shifts, if there is one; the best of
    ``corrections`` has the lines to change.
    """
    match finding.evidence:
        case Conflict() as conflict:
            return _of_conflict(finding, conflict, corrections, context)
        case Shift() as shift:
            return _of_shift(finding, shift, back, context)
        case Rollback() as rollback:
            rows = back_facts(page(context), finding, frozenset())
            facts = [*_versions(rollback), *_older(rollback)]
            return _of_rows(finding, rows, facts)
    return Known()


def _of_conflict(
    finding: Finding, conflict: Conflict, corrections: Sequence[Correction], context: Context
) -> Known:
    origins = tuple(statement.origin for statement in conflict.statements)
    on = page(context)
    return Known(
        origins=origins,
        steps=tuple(cell_text(clause(on, step)) for step in conflict.steps),
        facts=(
            ("clash over", conflict.project),
            ("not proven", rests_on(conflict) if conflict.presumed else ""),
        ),
        changes=concerned(corrections, (*origins, *finding.locations), context),
    )


def _of_shift(finding: Finding, shift: Shift, back: Finding | None, context: Context) -> Known:
    facts = [*_versions(shift), ("grade", grade_of(shift)), ("forced", forced_of(shift))]
    if shift.chain:
        last = shift.chain[-1]
        facts.append(("brought in by", f"{last.subject} {last.versions}".strip()))
    if back is not None and isinstance(back.evidence, Rollback):
        facts += _older(back.evidence)
    return _of_rows(finding, shift_facts(page(context), finding, back), facts)


def _versions(move: Shift | Rollback) -> list[tuple[str, str]]:
    return [("before", move.before or "absent"), ("after", move.after or "gone")]


def _older(rollback: Rollback) -> list[tuple[str, str]]:
    return [("older", plural(rollback.days, "day"))] if rollback.days is not None else []


def grade_of(shift: Shift) -> str:
    """Return how far a shift goes: ``major, up``, ``added``."""
    if shift.direction in ("added", "gone"):
        return shift.direction
    return f"{shift.grade}, {shift.direction}"


def forced_of(shift: Shift) -> str:
    """Return whether nothing keeps the old version; empty where there is none to keep."""
    if shift.direction in ("added", "gone"):
        return ""
    return "yes" if shift.forced else "no"


def _of_rows(finding: Finding, rows: Sequence[Row], facts: Sequence[tuple[str, str]]) -> Known:
    """Return the rows of a terminal's table as chain, remedies and facts."""
    told: list[tuple[str, str]] = list(facts)
    steps, remedies, label = [], [], ""
    for row in rows:
        label = cell_text(row[0]) or label
        text = cell_text(row[-1])
        move = finding.evidence
        if label == "because":
            steps.append(text)
        elif label == "to keep it" and text.startswith("pin ") and isinstance(move, Shift):
            remedies.append(f"To keep {move.name} {move.before}, {text}.")
            told.append(("pin", move.pin))
        elif label in ("what to do", "better"):
            remedies.append(text if text.endswith((".", "?", "!")) else f"{text}.")
        else:
            told.append((label, text))
    origins = _direct(finding)
    return Known(origins=origins, steps=tuple(steps), facts=tuple(told), remedies=tuple(remedies))


def _direct(finding: Finding) -> tuple[Origin, ...]:
    """Return the lines of the component that a move is about, its chain's after them."""
    move = finding.evidence
    found = list(finding.locations)
    if isinstance(move, Shift | Rollback):
        found += [move.direct.origin] if move.direct else []
        found += [move.locked.origin] if isinstance(move, Shift) and move.locked else []
        found += [step.origin for step in move.chain if step.origin is not None]
    return tuple(found)
