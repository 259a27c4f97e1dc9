"""The first lines of the terminal report: the verdict, and what to do."""

from __future__ import annotations

from depcheck.model.findings import Conflict, Evidence, Finding, Rollback, Shift
from depcheck.model.report import Report
from depcheck.report.layout import Page, Span
from depcheck.report.status import is_covered, unchecked
from depcheck.report.words import change, commas, edited, everyone, listed, place, plural

_SHOWN = 4


def headline(page: Page, report: Report) -> None:
    """Add the verdict in a line or two, then what to do about it."""
    match report.verdict:
        case "conflict":
            _conflict(page, report)
        case "undetermined":
            _undetermined(page, report)
        case "shifts":
            _shifts(page, report)
        case "compatible":
            _compatible(page, report)
    if report.verdict != "undetermined" and not is_covered(report):
        page.say(Span("Not everything could be checked; see the end of this report.", "yellow"))


def _conflict(page: Page, report: Report) -> None:
    found = [f for f in report.findings if f.rule.startswith("conflict-")]
    count = plural(len(found), "conflict")
    lonely = _lonely(found)
    if lonely:
        page.say(
            Span("CONFLICT: ", "bold red"),
            Span(f"{lonely} cannot be installed, not even alone: {count}.", "bold"),
        )
    else:
        page.say(
            Span("CONFLICT: ", "bold red"),
            Span(f"{everyone(report)} cannot share one environment: {count}.", "bold"),
        )
    _first_cure(page, report)


def _lonely(found: list[Finding]) -> str:
    """Return the one component that every conflict is about, if there is one."""
    owners = {
        statement.origin.component
        for finding in found
        if isinstance(finding.evidence, Conflict)
        for statement in finding.evidence.statements
    } or {origin.component for finding in found for origin in finding.locations}
    return owners.pop() if len(owners) == 1 else ""


def _first_cure(page: Page, report: Report) -> None:
    healing = [c for c in report.corrections if c.edits]
    if not healing:
        if report.corrections:
            page.say("No edit of the lines heals it; see what would, below.")
        elif not any(finding.remedy for finding in report.findings):
            page.say("No edit is known that heals it: keep the components apart.")
        return
    best = healing[0]
    others = len(report.corrections) - 1
    more = f" (or {plural(others, 'other way', 'other ways')}, below)" if others else ""
    page.say(f"To heal it, change {plural(len(best.edits), 'line')}{more}:")
    page.rows([[[place(e.origin)], edited(e, page.marks)] for e in best.edits], indent=2)


def _undetermined(page: Page, report: Report) -> None:
    page.say(
        Span("UNDETERMINED: ", "bold yellow"),
        Span(f"whether {everyone(report)} can share one environment is not known.", "bold"),
    )
    missing = [entry for entry in unchecked(report) if not entry.harmless]
    page.say(
        f"{plural(len(missing), 'thing')} that the answer rests on could not be checked; "
        "what, and how to mend it, stands below."
    )
    if report.combined is not None:
        told = _told(page, report)
        page.say(
            "As far as it could be checked they resolve together",
            *([Span(", but this moves "), *commas(told)] if told else []),
            Span("."),
        )


def _shifts(page: Page, report: Report) -> None:
    told = _told(page, report)
    names = everyone(report)
    if not told:
        page.say(
            Span("SHIFTS: ", "bold green"),
            Span(f"{names} resolve together; what moves is small.", "bold"),
        )
        return
    page.say(
        Span("SHIFTS: ", "bold yellow"),
        Span(f"{names} resolve together, but this moves ", "bold"),
        *commas(told, "bold"),
        Span(".", "bold"),
    )
    page.say(_advice(report))


def _told(page: Page, report: Report) -> list[str]:
    """Return the grave moves, a few in full: ``pyjwt 1.7.1 → 2.10.1``."""
    told: dict[str, str] = {}
    for evidence in _grave(report):
        match evidence:
            case Shift():
                told[evidence.name] = f"{evidence.name} {change(evidence, page.marks)}"
            case Rollback():
                fall = f"{evidence.before} {page.marks.arrow} {evidence.after}"
                told.setdefault(evidence.name, f"{evidence.name} {fall}")
    names = list(told.values())
    if len(names) <= _SHOWN:
        return names
    return [*names[: _SHOWN - 1], f"{len(names) - _SHOWN + 1} more"]


def _grave(report: Report) -> list[Evidence]:
    return [finding.evidence for finding in report.findings if finding.severity != "note"]


def _advice(report: Report) -> str:
    grave = _grave(report)
    pins = [e.pin for e in grave if isinstance(e, Shift) and e.pin]
    pins += [pin for e in grave if isinstance(e, Rollback) and e.better for pin in e.pins]
    forced = [e.name for e in grave if isinstance(e, Shift) and e.forced]
    advice = ""
    if pins:
        advice = f"To keep what you have, pin {listed(list(dict.fromkeys(pins)))}. "
    if forced:
        advice += (
            f"Nothing keeps the old {listed(forced)}: make sure of the new version before you "
            "deploy, or keep the components apart."
        )
    return advice or "What to do about it stands below."


def _compatible(page: Page, report: Report) -> None:
    count = f" in {plural(len(report.combined), 'distribution')}" if report.combined else ""
    page.say(
        Span("COMPATIBLE: ", "bold green"),
        Span(f"{everyone(report)} resolve together{count}, and nothing moves.", "bold"),
    )
