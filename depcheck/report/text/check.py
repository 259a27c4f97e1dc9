"""The report for a terminal: what is wrong, where, what to do; then the evidence."""

from __future__ import annotations

from depcheck.model.findings import Finding
from depcheck.model.report import Report
from depcheck.model.requirement import Component
from depcheck.report.status import unchecked
from depcheck.report.text.check_conflicts import conflicts, corrections, titled
from depcheck.report.text.check_others import gap_entry, others
from depcheck.report.text.check_shifts import is_told, rollbacks, shifts, unfolded
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.review import against, before, compared, full
from depcheck.report.text.review_headline import opening
from depcheck.report.text.suppressed import suppressed
from depcheck.report.words import asked_at, outcome_of, plural, so_far, stands, told_findings

_WIDEST = 120


def render(
    report: Report,
    *,
    width: int,
    colour: bool,
    unicode: bool,
    verbose: bool = False,
    prefix: str = "",
    show_suppressed: bool = False,
    status: int = 0,
) -> str:
    """Return the report as text for people.

    ``width`` is in terminal cells. ``colour`` adds ANSI styles; without
    ``unicode`` the text is ASCII. ``verbose`` lists what is summed up otherwise.
    ``prefix`` (POSIX, ``shop/``) is put before paths that are relative to the
    project root, so that they lead there from where the reader stands.
    ``show_suppressed`` lists what the configuration suppresses, which is counted otherwise.

    Where a change is judged, what it brings is told in full and what was there before in a
    line each, unless ``verbose``.
    ``status`` is the exit status of the run: where it is not 0, nothing is green at the top.
    """
    width = max(40, min(width, _WIDEST))
    page = Page(width=width, unicode=unicode, verbose=verbose, prefix=prefix)
    opening(page, report)
    against(page, report)
    found = full(page, report.findings)
    clashes = [f for f in found if f.rule.startswith("conflict-")]
    conflicts(page, clashes)
    if clashes:
        corrections(page, report.corrections)
    _moves(page, report)
    others(page, report)
    before(page, report)
    suppressed(page, report.suppressed, show=show_suppressed)
    _unchecked(page, report)
    compared(page, report)
    _checked(page, report)
    _footer(page, report)
    if status:
        page.sober()
    return page.text(colour=colour)


def _moves(page: Page, report: Report) -> None:
    found = full(page, told_findings(report))
    moved = [f for f in found if f.rule.startswith("shift-")]
    backs = [f for f in found if f.rule == "rollback"]
    shifts(page, moved, backs)
    told = [f for f in moved if is_told(page, f, backs)]
    rollbacks(page, unfolded(moved, backs), told)


def _unchecked(page: Page, report: Report) -> None:
    entries = unchecked(report)
    told = [f for f in report.findings if f.rule == "undetermined"]
    if entries:
        page.heading("What could not be checked")
        for entry in sorted(entries, key=lambda entry: entry.harmless):
            gap_entry(page, entry)
    else:
        for finding in told:
            _told(page, finding)
    for note in report.notes:
        page.gap()
        page.say("Note: ", note)


def _told(page: Page, finding: Finding) -> None:
    titled(page, finding)
    page.rows(stands(page, finding.locations), indent=4)
    if finding.remedy:
        page.say("what to do: ", finding.remedy, indent=2, hang=2)


def _checked(page: Page, report: Report) -> None:
    page.heading("What was checked")
    rows = [_component(page, component, report) for component in report.components]
    if report.combined is not None and len(report.components) > 1:
        count = plural(len(report.combined), "distribution") + so_far(report)
        rows.append([[Span("together")], [], [Span(count)]])
    page.rows(rows, indent=2)


def _component(page: Page, component: Component, report: Report) -> list[list[Span]]:
    asked = plural(len(component.requirements), "requirement")
    role = f" ({component.role})" if component.role not in ("other", component.name) else ""
    return [
        [Span(component.name + role, "bold", solid=True)],
        [Span(page.path(component.source), "cyan", solid=True)],
        [Span(f"{asked}, {outcome_of(report, component)}")],
    ]


def _footer(page: Page, report: Report) -> None:
    indexes = asked_at(report.indexes, report.exclude_newer)
    dot = f" {page.marks.dot} "
    page.gap()
    page.say(
        Span(
            dot.join(
                (
                    f"{report.target}",
                    indexes,
                    plural(report.requests, "request"),
                    f"{report.seconds:.1f} s",
                    f"depcheck {report.version}",
                )
            ),
            "dim",
        )
    )
