"""Shifts and rollbacks in the terminal report."""

from __future__ import annotations

from collections.abc import Sequence, Set

from depcheck.model.findings import Finding, Rollback, Shift, Step
from depcheck.model.requirement import Origin
from depcheck.report.layout import Page, Span
from depcheck.report.words import change, commas, place, sentence

_GRADES = ("major", "other", "minor", "patch")
_LABEL = 10
_SHOWN = 10

Row = list[list[Span]]


def shifts(page: Page, findings: Sequence[Finding]) -> None:
    """Add the shifts: those that can break at length, the rest summed up."""
    if not findings:
        return
    page.heading("What moves")
    ordered = sorted(findings, key=_weight)
    several = len({f.evidence.component for f in findings if isinstance(f.evidence, Shift)}) > 1
    long = [f for f in ordered if page.verbose or f.severity != "note"]
    page.rows(
        [_row(page, finding, several) for finding in long],
        indent=2,
        details=[_facts(finding) for finding in long],
    )
    if not page.verbose:
        _summed(page, [f for f in ordered if f.severity == "note"], several)


def _weight(finding: Finding) -> tuple[int, int, int, str]:
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return (0, 0, 0, finding.message)
    severity = ("error", "warning", "note").index(finding.severity)
    grade = _GRADES.index(shift.grade) if _moved(shift) else len(_GRADES)
    return (severity, grade, 0 if shift.direct else 1, shift.name)


def _moved(shift: Shift) -> bool:
    return shift.direction in ("up", "down")


def _row(page: Page, finding: Finding, several: bool) -> Row:
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return [[], [], [Span(finding.message)]]
    words = []
    if _moved(shift):
        words = [shift.grade, *(["down"] if shift.direction == "down" else [])]
        words.append("forced" if shift.forced else "incidental")
    if several:
        words.append(f"under {shift.component}")
    return [
        [Span(shift.name, "bold yellow" if finding.severity != "note" else "bold", solid=True)],
        [Span(change(shift, page.marks), "bold", solid=True)],
        [Span(", ".join(words))],
    ]


def _facts(finding: Finding) -> list[Row]:
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return []
    rows = []
    if shift.direct is not None:
        rows.append(_fact("asked for", *_stand(shift.direct.origin)))
    if shift.locked is not None:
        rows.append(_fact("locked", *_stand(shift.locked.origin)))
    rows += _because(shift.chain)
    if shift.alone and not finding.remedy:
        rows.append(_fact("also", Span(f"resolving {shift.component} alone today moves it too")))
    rows += _hold(shift, finding.remedy)
    if finding.remedy:
        rows.append(_fact("what to do", Span(finding.remedy)))
    return rows


def _hold(shift: Shift, remedy: str) -> list[Row]:
    if shift.pin and shift.pin not in remedy:
        return [_fact("to keep it", Span("pin "), Span(shift.pin, "bold green", solid=True))]
    if shift.forced and _moved(shift):
        why = f"nothing does: no solution has {shift.before}"
        if shift.far:
            why = "only a set that pushes other packages far back could"
        return [_fact("to keep it", Span(why))]
    return []


def _fact(label: str, *spans: Span) -> Row:
    return [[Span(label.ljust(_LABEL), "dim")], list(spans)]


def _stand(origin: Origin) -> tuple[Span, ...]:
    return (place(origin), Span("  "), Span(origin.text, "bold"))


def _because(chain: Sequence[Step]) -> list[Row]:
    labels = ["because", *[""] * len(chain)]
    return [
        _fact(label, Span(sentence(step)), *_at(step))
        for label, step in zip(labels, chain, strict=False)
    ]


def _at(step: Step) -> tuple[Span, ...]:
    return (Span(" ("), place(step.origin), Span(")")) if step.origin else ()


def _summed(page: Page, findings: Sequence[Finding], several: bool) -> None:
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        shift = finding.evidence
        if isinstance(shift, Shift):
            moved = _moved(shift)
            kind = shift.grade if moved else shift.direction
            text = change(shift, page.marks) if moved else str(shift.after or shift.before)
            if shift.alone and shift.grade == "major":
                text += f" (also in {shift.component} alone: only its lock holds it)"
            component = shift.component if several else ""
            groups.setdefault((kind, component), []).append(f"{shift.name} {text}")
        else:
            page.say(finding.message, indent=2, hang=2)
    page.rows((_sum(kind, items) for kind, items in groups.items()), indent=2)


def _sum(kind: tuple[str, str], items: list[str]) -> Row:
    grade, component = kind
    label = f"{len(items)} {grade}" + (f", {component}" if component else "")
    if grade != "major" and len(items) > _SHOWN + 1:
        items = [*items[:_SHOWN], f"{len(items) - _SHOWN} more (--verbose)"]
    return [[Span(label, "bold")], commas(items)]


def rollbacks(page: Page, findings: Sequence[Finding], told: Sequence[Finding]) -> None:
    """Add the rollbacks: how far back, and whether a better set exists.

    The reasons of a shift that was ``told`` in full are not told again.
    """
    known = {f.evidence.chain for f in told if isinstance(f.evidence, Shift)}
    if findings:
        page.heading("What is pushed back")
    for finding in findings:
        page.say(finding.message, indent=2, hang=2)
        page.rows(_back(finding, known), indent=6)


def _back(finding: Finding, known: Set[tuple[Step, ...]]) -> list[Row]:
    rollback = finding.evidence
    rows = []
    if isinstance(rollback, Rollback):
        if rollback.direct is not None:
            rows.append(_fact("asked for", *_stand(rollback.direct.origin)))
        if rollback.chain not in known:
            rows += _because(rollback.chain)
        if not finding.remedy:
            rows.append(_better(rollback))
    if finding.remedy:
        rows.append(_fact("what to do", Span(finding.remedy)))
    return rows


def _better(rollback: Rollback) -> Row:
    if rollback.better is None:
        return _fact("better", Span(f"no solution has a newer {rollback.name}"))
    return _fact(
        "better",
        Span(f"{rollback.name} {rollback.better} is possible; pin "),
        *commas(rollback.pins, "bold green"),
    )
