"""The findings that the configuration suppresses, in the text reports of all jobs."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Suppressed
from depcheck.model.review import Suppression
from depcheck.report.text.check_conflicts import ruled
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import place, plural


def suppressed(page: Page, entries: Sequence[Suppressed], *, show: bool, remark: str = "") -> None:
    """Add how many findings are suppressed, or each with its reason and its entry.

    ``remark`` is a further sentence.
    """
    if not entries:
        return
    count = plural(len(entries), "finding")
    are = "is" if len(entries) == 1 else "are"
    if not show:
        lists = "lists it" if len(entries) == 1 else "lists them"
        page.gap()
        page.say(f"{count} {are} suppressed (--show-suppressed {lists}).", f" {remark}")
        return
    page.heading(f"Suppressed: {count}")
    for entry in entries:
        _entry(page, entry)
    if remark:
        page.say(remark, indent=2)


def _entry(page: Page, entry: Suppressed) -> None:
    finding, by = entry.finding, entry.by
    page.say(*ruled(finding), f": {finding.message}", indent=2, hang=2)
    at = [Span("  "), place(page, by.origin)] if by.origin else []
    page.say(Span("because: ", "dim"), reason_of(by), *at, indent=4, hang=2)


def reason_of(by: Suppression) -> str:
    """Return why, who says so, and until when."""
    owner = f" ({by.owner})" if by.owner else ""
    until = f", until {by.expires.isoformat()}" if by.expires else ""
    return f"{by.reason}{owner}{until}"
