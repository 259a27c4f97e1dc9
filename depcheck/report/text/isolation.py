"""The isolation report for a terminal: how many containers, the picture, then every reason."""

from __future__ import annotations

from depcheck.model.isolation import IsolationReport
from depcheck.report.status import FailOn
from depcheck.report.text.isolation_headline import headline
from depcheck.report.text.isolation_picture import picture
from depcheck.report.text.isolation_rest import (
    ahead,
    checked,
    files,
    others,
    proof,
    total,
    unchecked,
)
from depcheck.report.text.isolation_walls import standing
from depcheck.report.text.isolation_wishes import unraised, wishes
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.suppressed import suppressed
from depcheck.report.words import asked_at, plural

_WIDEST = 120


def render_isolation(
    report: IsolationReport,
    *,
    width: int,
    colour: bool,
    unicode: bool,
    verbose: bool = False,
    prefix: str = "",
    fail_on: FailOn = "warning",
    show_suppressed: bool = False,
    status: int = 0,
) -> str:
    """Return the report as text for people.

    ``width`` is in terminal cells. ``colour`` adds ANSI styles; without
    ``unicode`` the text is ASCII. ``verbose`` lists what is summed up otherwise:
    the distributions of each container, and walls that are only notes (they stand
    today, or were asked for), unless ``fail_on`` makes them count. ``prefix`` (POSIX,
    ``shop/``) is put before paths that are relative to the project root.
    ``show_suppressed`` lists what the configuration suppresses, which is counted otherwise.
    ``status`` is the exit status of the run: where it is not 0, nothing is green at the top.
    """
    width = max(40, min(width, _WIDEST))
    page = Page(width=width, unicode=unicode, verbose=verbose, prefix=prefix)
    headline(page, report)
    picture(page, report)
    known = standing(page, report, fail_on)
    unraised(page, report)
    wishes(page, report, known)
    others(page, report)
    _suppressed(page, report, show_suppressed)
    proof(page, report)
    files(page, report)
    unchecked(page, report)
    checked(page, report)
    ahead(page, report)
    _footer(page, report)
    if status:
        page.sober()
    return page.text(colour=colour)


def _suppressed(page: Page, report: IsolationReport, show: bool) -> None:
    reasons = {finding for wall in report.boundaries for finding in wall.reasons}
    standing = any(entry.finding in reasons for entry in report.suppressed)
    remark = (
        "Reasons of walls are told above all the same, marked; they do not count."
        if standing
        else ""
    )
    suppressed(page, report.suppressed, show=show, remark=remark)


def _footer(page: Page, report: IsolationReport) -> None:
    parts = (
        f"{report.target}",
        asked_at(report.indexes, report.exclude_newer),
        f"{plural(len(report.containers), 'container')}, {total(report)} to fetch",
        plural(report.requests, "request"),
        f"{report.seconds:.1f} s",
        f"depcheck {report.version}",
    )
    page.gap()
    page.say(Span(f" {page.marks.dot} ".join(parts), "dim"))
