"""What the text of a check says of a change: what was there before, what is fixed, the base."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.model.report import Base, Report
from depcheck.report.review_words import is_known, kinds, named
from depcheck.report.status import GAPS
from depcheck.report.text.check_conflicts import ruled
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import CODE

_SHOWN = 8
_WAS = {
    "conflict": "It has a conflict.",
    "undetermined": "Whether it resolves is not known.",
    "shifts": "It resolves, and something moves.",
    "compatible": "It resolves, and nothing moves.",
}


def against(page: Page, report: Report) -> None:
    """Add what was compared with, and that the change alters the configuration."""
    base = report.base
    if base is None:
        return
    page.say(Span("Compared with ", "dim"), Span(named(base), CODE), Span(".", "dim"))
    if base.altered:
        unused = ", which does not count in this run" if base.configuration == "base" else ""
        page.say(Span(f"This change alters the configuration{unused}; see below.", "yellow"))


def full(page: Page, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings to tell in full: what the change brings, then what it alters.

    What was there before is left out, unless everything is listed.
    """
    told = [finding for finding in findings if page.verbose or not is_told_short(finding)]
    return sorted(told, key=_rank)


def is_told_short(finding: Finding) -> bool:
    """Return whether the base has a finding just so, and its status does not depend on it."""
    return is_known(finding) and finding.rule not in GAPS


def _rank(finding: Finding) -> int:
    novelty = finding.novelty
    if novelty is None or novelty.brought:
        return 0
    return 2 if novelty.status == "known" else 1


def before(page: Page, report: Report) -> None:
    """Add what was there before in a line each, and what the change fixes."""
    base = report.base
    if base is None:
        return
    known = [f for f in report.findings if is_told_short(f)]
    if known and not page.verbose:
        page.heading(f"Already there: {kinds(known)} (--verbose tells all)")
        _listed(page, [finding for finding in known if finding.severity != "note"])
    if base.fixed:
        page.heading(f"Fixed by this change: {kinds(base.fixed)}")
        _listed(page, base.fixed)


def _listed(page: Page, findings: Sequence[Finding]) -> None:
    limit = len(findings) if page.verbose or len(findings) <= _SHOWN + 1 else _SHOWN
    for finding in findings[:limit]:
        page.say(*ruled(finding), f": {finding.message}", indent=2, hang=2)
    if limit < len(findings):
        page.say(f"and {len(findings) - limit} more; --verbose lists them", indent=2)


def compared(page: Page, report: Report) -> None:
    """Add what the base is, whose configuration was used, and what cannot be known."""
    base = report.base
    if base is None:
        return
    page.heading(f"What it was compared with: {named(base)}")
    if base.verdict is None:
        page.say(Span("It could not be analysed", "yellow"), f": {base.fault}", indent=2, hang=2)
    else:
        page.say(_WAS[base.verdict], indent=2)
    if base.revision or base.altered:  # a report does not say whose configuration it had
        page.say(_configuration(base), indent=2, hang=2)
    for text in base.altered:
        page.say(f"{page.marks.bullet} ", text.replace("→", page.marks.arrow), indent=4, hang=2)
    for note in base.notes:
        page.say("Note: ", note, indent=2, hang=2)


def _configuration(base: Base) -> str:
    match base.configuration:
        case "base":
            used = "The configuration used is that of the base"
            return f"{used}; the change alters it:" if base.altered else f"{used}."
        case "head":
            used = "The configuration used is that of the change"
            return f"{used}, which alters it:" if base.altered else f"{used}."
    return "No configuration was used."
