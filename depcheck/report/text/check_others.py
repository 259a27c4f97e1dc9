"""What else is to be told in the terminal report: findings that are only a message."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.model.report import Report
from depcheck.model.requirement import Undetermined
from depcheck.report.text.check_conflicts import labelled
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.review import full
from depcheck.report.words import commas, stands

_SHOWN = 10
_ELSEWHERE = ("conflict-", "shift-", "rollback", "undetermined")


def others(page: Page, report: Report) -> None:
    """Add the findings that no other section tells, whatever their rule."""
    findings = [f for f in full(page, report.findings) if not f.rule.startswith(_ELSEWHERE)]
    releases = {finding: _release(report, finding) for finding in findings}
    to_build = [name for name in releases.values() if name]
    rest = [finding for finding, name in releases.items() if not name]
    if rest or to_build:
        page.heading("Also")
    for finding in rest:
        _told(page, finding)
    _built(page, to_build, report.target.platform)


def _release(report: Report, finding: Finding) -> str:
    """Return ``pandas 1.5.3`` of a ``needs-build``; empty where it is not to be summed up."""
    if finding.rule != "needs-build":
        return ""
    picks = (f"{pick.name} {pick.version}" for pick in report.combined or ())
    return next((name for name in picks if finding.message.startswith(f"{name} ")), "")


def _told(page: Page, finding: Finding) -> None:
    colour = "" if finding.severity == "note" else "yellow"
    page.say(*labelled(page, finding), ": ", Span(finding.message, colour), indent=2, hang=2)
    page.rows(stands(page, finding.locations), indent=4)
    if finding.remedy:
        page.say(Span("what to do: ", "dim"), finding.remedy, indent=4, hang=2)


def _built(page: Page, releases: Sequence[str], platform: str) -> None:
    if not releases:
        return
    limit = len(releases) if page.verbose or len(releases) <= _SHOWN + 1 else _SHOWN
    rest = [f"{len(releases) - limit} more (--verbose)"] if limit < len(releases) else []
    page.say(
        Span("Has to be built: ", "bold"),
        *commas([*releases[:limit], *rest]),
        Span(f" (no wheel for {platform})"),
        indent=2,
        hang=2,
    )


def gap_entry(page: Page, entry: Undetermined) -> None:
    """Add something that could not be checked."""
    page.say(Span(entry.subject, "bold"), Span(f": {entry.reason}"), indent=2, hang=2)
    if entry.origin is not None:
        page.rows(stands(page, [entry.origin]), indent=4)
    if entry.harmless:
        page.say("The verdict does not depend on it.", indent=4)
    if entry.hint:
        page.say("what to do: ", entry.hint, indent=4, hang=2)
