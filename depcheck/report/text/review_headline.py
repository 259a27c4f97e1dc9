"""The first lines of a check's report that judges a change: what the change brings."""

from __future__ import annotations

from depcheck.model.report import Base, Report
from depcheck.report.review_words import Sorted, brings, kinds, sort, there_before
from depcheck.report.status import is_covered
from depcheck.report.text.check_headline import (
    advice,
    clash,
    first_cure,
    grave_moves,
    headline,
    moves_told,
)
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import commas, everyone, told_findings


def opening(page: Page, report: Report) -> None:
    """Add the verdict in a line or two: of the whole, or of what a change brings to it."""
    base = report.base
    if base is None:
        headline(page, report)
    elif base.verdict is None:
        headline(page, report)
        unknown = "What of it this change brings is not known"
        page.say(Span(f"{unknown}: {base.named} could not be analysed.", "yellow"))
    elif report.verdict == "undetermined":
        headline(page, report)
        _aside(page, sort(told_findings(report)), base)
    else:
        _judged(page, report, base)
        if not is_covered(report):
            page.say(Span("Not everything could be checked; see the end of this report.", "yellow"))


def _aside(page: Page, found: Sorted, base: Base) -> None:
    """Add what the change brings, where the verdict is about something else."""
    if found.brought:
        page.say(Span(f"This change {brings(found)}.", "yellow"))
    if base.fixed:
        page.say(f"It fixes {kinds(base.fixed)}.")


def _judged(page: Page, report: Report, base: Base) -> None:
    found = sort(told_findings(report))
    if found.brought:
        _brought(page, report, found)
        if found.rest:
            page.say(f"{_capital(there_before(found.rest, found.brought))}.")
        if base.fixed:
            page.say(f"It fixes {kinds(base.fixed)}.")
    elif base.fixed and any(finding.severity != "note" for finding in base.fixed):
        _fixed(page, report, found, base)
    elif found.rest:
        _nothing_grave(page, found)
    else:
        headline(page, report)


def _nothing_grave(page: Page, found: Sorted) -> None:
    told = there_before(found.rest)
    if not found.small:
        page.say(Span("NOTHING NEW: ", "bold cyan"), Span(f"{told}.", "bold"))
        return
    brought = f"this change brings only {kinds(found.small)}; "
    page.say(Span("NOTHING GRAVE: ", "bold cyan"), Span(f"{brought}{told}.", "bold"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _brought(page: Page, report: Report, found: Sorted) -> None:
    conflicts = [f for f in found.brought if f.rule.startswith("conflict-")]
    moves = grave_moves(found.brought, report)
    if conflicts:
        told = f"this change {brings(found)}: {clash(report, conflicts, count=False)}."
        page.say(Span("CONFLICT: ", "bold red"), Span(told, "bold"))
        first_cure(page, report)
    elif moves:
        others = [f for f in found.brought if f.evidence not in moves]
        more = f", and brings {kinds(others)}" if others else ""
        page.say(
            Span("SHIFTS: ", "bold yellow"),
            Span("this change moves ", "bold"),
            *commas(moves_told(page, report, moves), "bold"),
            Span(f"{more}.", "bold"),
        )
        page.say(advice(page, report, moves))
    else:
        grave = any(finding.severity == "error" for finding in found.brought)
        style = "bold red" if grave else "bold yellow"
        page.say(Span("NEW FINDINGS: ", style), Span(f"this change {brings(found)}.", "bold"))


def _fixed(page: Page, report: Report, found: Sorted, base: Base) -> None:
    told = f"this change fixes {kinds(base.fixed)}; "
    if found.rest:
        told += there_before(found.rest, base.fixed)
    elif report.verdict == "conflict":
        told += "what is left is suppressed"
    elif len(report.components) > 1:
        told += f"{everyone(report)} resolve together"
    else:
        told += f"{everyone(report)} resolves"
    small = f" This change also brings {kinds(found.small)}." if found.small else ""
    page.say(Span("FIXED: ", "bold green"), Span(f"{told}.{small}", "bold"))
