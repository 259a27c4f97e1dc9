"""The parity report for a terminal: is it what was tested, what differs most, then all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from depcheck.model.findings import Finding
from depcheck.model.parity import Pair, ParityReport
from depcheck.report.status import GAPS, FailOn, is_failing
from depcheck.report.text.check_conflicts import titled
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_headline import headline
from depcheck.report.text.parity_rest import also, excused, same, sides, traffic, unread, ways_back
from depcheck.report.text.parity_tables import Told, notes, tables
from depcheck.report.text.parity_words import drift_of, likeness
from depcheck.report.words import CODE, commas, plural

_WIDEST = 120
_NO_PAIR = (Pair(left=None, right=None),)
_WHOLE = ("service-missing", "replica-differs")


def render_parity(
    report: ParityReport,
    *,
    width: int,
    colour: bool,
    unicode: bool,
    verbose: bool = False,
    prefix: str = "",
    fail_on: FailOn = "warning",
    status: int = 0,
) -> str:
    """Return the report as text for people.

    ``width`` is in terminal cells. ``colour`` adds ANSI styles; without
    ``unicode`` the text is ASCII. ``verbose`` lists what is summed up otherwise:
    notes, unless ``fail_on`` makes them count. ``prefix`` (POSIX, ``shop/``) is
    put before paths that are relative to the project root.
    ``status`` is the exit status of the run: where it is not 0, nothing is green at the top.
    """
    width = max(40, min(width, _WIDEST))
    page = Page(width=width, unicode=unicode, verbose=verbose, prefix=prefix)
    headline(page, report)
    told: dict[object, Pair] = {}
    quiet: list[Pair] = []
    for pair in report.pairs or _NO_PAIR:
        found = told_of(report, pair)
        first = pair if page.verbose else told.setdefault(_content(pair, found), pair)
        if not found and len(report.pairs) > 1 and not page.verbose:
            quiet.append(pair)
        elif first is not pair and not any(finding.rule in _WHOLE for finding, _ in found):
            page.gap()
            page.say(Span(called(pair), "bold underline"), f": as {called(first)}")
        else:
            _pair(page, pair, found, (report.left, report.right), fail_on)
    _quiet(page, quiet)
    _hidden(page, report)
    excused(page, report.excused)
    also(page, report)
    unread(page, report)
    ways_back(page, report.ways_back, report.right)
    _footer(page, report)
    if status:
        page.sober()
    return page.text(colour=colour)


def told_of(report: ParityReport, pair: Pair) -> list[Told]:
    """Return the findings of one pair; those of a service that has no pair go with the first."""
    pairs = report.pairs or _NO_PAIR
    services = {(pair.service, pair.replica) for pair in pairs}
    found = []
    for finding in report.findings:
        drift = drift_of(finding)
        if drift is None or finding.rule in GAPS:
            continue
        stray = (drift.service, drift.replica) not in services and pair is pairs[0]
        if stray or (drift.service, drift.replica) == (pair.service, pair.replica):
            found.append((finding, drift))
    return found


def called(pair: Pair) -> str:
    """Return the service of a pair, and the replica where it is not the first."""
    return f"{pair.service} ({pair.replica})" if pair.replica else pair.service


def _content(pair: Pair, told: Sequence[Told]) -> object:
    """Return what is told of a pair, whosever it is: two services can run the same."""
    sides = tuple(
        side and replace(side, named="", identity=replace(side.identity, container=""))
        for side in (pair.left, pair.right)
    )
    found = tuple(
        (finding.severity, *likeness(finding, drift))
        for finding, drift in told
        if finding.rule not in _WHOLE
    )
    return sides, found


def _is_unread(pair: Pair) -> bool:
    """Return whether nothing of a pair could be compared."""
    return not (pair.compared or pair.left_out)


def _quiet(page: Page, pairs: Sequence[Pair]) -> None:
    page.gap()
    if compared := [called(pair) for pair in pairs if not _is_unread(pair)]:
        page.say(Span("Nothing unexpected in: "), *commas(compared, CODE), hang=2)
    for pair in pairs:
        if _is_unread(pair):
            page.say(Span(called(pair), CODE), ": ", Span("could not be compared", "yellow"))


def _pair(
    page: Page, pair: Pair, told: Sequence[Told], names: tuple[str, str], fail_on: FailOn
) -> None:
    """Add all that is to be told of one pair; ``names`` are the sides as they were named."""
    page.gap()
    if pair.service:
        page.say(Span(f"Service {called(pair)}", "bold underline"))
    whole = [finding for finding, _ in told if finding.rule in _WHOLE]
    missing = any(finding.rule == "service-missing" for finding in whole)
    sides(page, pair, names, "not there" if missing else "not read")
    rest = [entry for entry in told if entry[0].rule not in _WHOLE]
    if whole:
        page.gap()
    for finding in whole:
        _told(page, finding)
    tables(page, [entry for entry in rest if _is_listed(page, entry[0], fail_on)], pair.shared)
    page.gap()
    notes(page, [entry for entry in rest if not _is_listed(page, entry[0], fail_on)])
    same(page, pair)


def _is_listed(page: Page, finding: Finding, fail_on: FailOn) -> bool:
    return page.verbose or finding.severity != "note" or is_failing(finding, fail_on)


def _told(page: Page, finding: Finding) -> None:
    titled(page, finding)
    if finding.remedy:
        page.say(Span("what to do: ", "dim"), finding.remedy, indent=4, hang=2)


def _hidden(page: Page, report: ParityReport) -> None:
    more = [entry.finding for entry in report.excused] if page.verbose else []
    if any(drift.hidden for drift in map(drift_of, (*report.findings, *more)) if drift):
        page.gap()
        page.say("Values of variables and labels are hidden; --show-values shows them.")


def _footer(page: Page, report: ParityReport) -> None:
    count = len({pair.service for pair in report.pairs})
    services = plural(count, "service") if count > 1 else ""
    parts = (
        services,
        traffic(report.pairs),
        f"{report.seconds:.1f} s",
        f"depcheck {report.version}",
    )
    page.gap()
    page.say(Span(f" {page.marks.dot} ".join(part for part in parts if part), "dim"))
