"""The exit status of a report, and what in it could not be checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from depcheck.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNCHECKED
from depcheck.model.findings import SEVERITIES, Finding, Severity, Suppressed
from depcheck.model.isolation import AuditReport, IsolationReport
from depcheck.model.parity import ParityReport
from depcheck.model.report import Report
from depcheck.model.requirement import Undetermined
from depcheck.model.rules import SUPPRESSION_RULES

FailOn = Severity | Literal["never"]

GAPS = ("undetermined", "side-unread")
"""Rules of findings that only tell that something could not be checked."""

ABOUT_POLICY = ("policy-expired", "policy-unused")
"""Rules of findings about the policy: they are no difference."""

ABOUT_SUPPRESSIONS = tuple(SUPPRESSION_RULES)
"""Rules of findings about the suppressions: nothing is wrong with what was checked."""


def exit_status(report: Report, fail_on: FailOn) -> int:
    """Return 1 for findings at or above ``fail_on``, else 3 or 0.

    3 means that something was not checked, and wins over 0 whatever ``fail_on``
    says: a finding that only tells so (``undetermined``) does not make it a 1, and
    neither do findings about suppressions alone. A gap that is suppressed was accepted,
    and does not make it a 3. Against a base, only what the change brings makes it a 1;
    where the base could not be analysed nobody knows what that is, so what would count
    without a base makes it a 3.
    """
    settled = is_settled(report)
    if _fails(report.findings, fail_on, settled=settled):
        return EXIT_FINDINGS
    judged = not any(is_unjudged(finding, fail_on) for finding in report.findings)
    return EXIT_CLEAN if settled and judged else EXIT_UNCHECKED


def _fails(findings: Iterable[Finding], fail_on: FailOn, *, settled: bool) -> bool:
    failing = [finding for finding in findings if is_failing(finding, fail_on)]
    return any(settled or finding.rule not in ABOUT_SUPPRESSIONS for finding in failing)


def parity_exit_status(report: ParityReport, fail_on: FailOn) -> int:
    """Return 1 for unexpected differences at or above ``fail_on``, else 3 or 0, as for a check.

    3 means that something was not read; a finding that only tells so
    (``side-unread``) does not make it a 1, and neither do findings about the policy alone.
    """
    failing = [finding for finding in report.findings if is_failing(finding, fail_on)]
    if not is_all_read(report):
        failing = [finding for finding in failing if finding.rule not in ABOUT_POLICY]
    if failing:
        return EXIT_FINDINGS
    return EXIT_CLEAN if is_all_read(report) else EXIT_UNCHECKED


def isolation_exit_status(report: IsolationReport, fail_on: FailOn) -> int:
    """Return 1 for findings at or above ``fail_on``, else 3 or 0, as for a check.

    Reasons of walls, what stands in the way of a wish and a proof that failed count as
    well, unless suppressed. 3 means that something was not checked, or that a proof that was
    asked for could not be tried.
    """
    disproven = fail_on != "never" and any(step.passed is False for step in report.verified)
    settled = is_isolation_settled(report)
    if disproven or _fails(_counting(report), fail_on, settled=settled):
        return EXIT_FINDINGS
    return EXIT_CLEAN if settled else EXIT_UNCHECKED


def _counting(report: IsolationReport) -> list[Finding]:
    """Return the findings that count: a suppressed reason still stands beside its wall."""
    accepted = {entry.finding for entry in report.suppressed}
    return [finding for finding in isolation_findings(report) if finding not in accepted]


def isolation_findings(report: IsolationReport) -> tuple[Finding, ...]:
    """Return all findings, once: the report's own, those of walls, those against wishes."""
    every = (
        *report.findings,
        *(finding for wall in report.boundaries for finding in wall.reasons),
        *(finding for wish in report.wishes if not wish.possible for finding in wish.because),
    )
    return tuple(dict.fromkeys(every))


def audit_exit_status(report: AuditReport, fail_on: FailOn) -> int:
    """Return 1 for guard-rails that are lacking at or above ``fail_on``, else 3 or 0.

    3 means that a guard-rail of a judged service, or a file, could not be told, and nobody
    accepted that.
    """
    settled = is_audit_settled(report)
    if _fails(report.findings, fail_on, settled=settled):
        return EXIT_FINDINGS
    return EXIT_CLEAN if settled else EXIT_UNCHECKED


def is_all_told(report: AuditReport) -> bool:
    """Return whether every guard-rail of what was judged is known."""
    judged = any(service.ai for service in report.services)
    return judged and all(entry.harmless for entry in report.undetermined)


def is_audit_settled(report: AuditReport) -> bool:
    """Return whether every guard-rail of what was judged is known, or its gap accepted."""
    judged = any(service.ai for service in report.services)
    return judged and not open_gaps(report.undetermined, report.suppressed)


def is_failing(finding: Finding, fail_on: FailOn) -> bool:
    """Return whether a finding makes the exit status a 1.

    It is at or above ``fail_on``, tells more than a gap, and was brought by the change
    where there is one.
    """
    brought = finding.novelty is None or finding.novelty.brought
    return brought and is_grave(finding, fail_on)


def is_unjudged(finding: Finding, fail_on: FailOn) -> bool:
    """Return whether a finding would fail, had it been possible to analyse the base."""
    unknown = finding.novelty is not None and finding.novelty.status == "unknown"
    return unknown and is_grave(finding, fail_on)


def is_grave(finding: Finding, fail_on: FailOn) -> bool:
    """Return whether a finding is at or above ``fail_on`` and tells more than a gap."""
    if fail_on == "never" or finding.rule in GAPS:
        return False
    return SEVERITIES.index(finding.severity) >= SEVERITIES.index(fail_on)


def open_gaps(
    entries: Iterable[Undetermined], suppressed: Iterable[Suppressed]
) -> tuple[Undetermined, ...]:
    """Return what a verdict lacks and nobody has accepted, of what could not be checked."""
    gaps = [entry.finding for entry in suppressed if entry.finding.rule == "undetermined"]
    accepted = {(gap.subject, gap.locations) for gap in gaps}
    return tuple(
        entry
        for entry in entries
        if not entry.harmless and (entry.subject, entry.origins) not in accepted
    )


def _gaps_accepted(suppressed: Iterable[Suppressed]) -> bool:
    return any(entry.finding.rule == "undetermined" for entry in suppressed)


def is_all_read(report: ParityReport) -> bool:
    """Return whether the verdict covers everything that was asked."""
    return (
        report.verdict != "undetermined"
        and all(entry.harmless for entry in report.undetermined)
        and all(finding.rule not in GAPS for finding in report.findings)
    )


def is_all_known(report: IsolationReport) -> bool:
    """Return whether the recommendation covers everything, and what was to be proven was tried."""
    return (
        report.verdict != "undetermined"
        and all(entry.harmless for entry in isolation_unchecked(report))
        and all(step.passed is not None for step in report.verified)
        and all(finding.rule not in GAPS for finding in isolation_findings(report))
    )


def is_isolation_settled(report: IsolationReport) -> bool:
    """Return whether all is known (``is_all_known``) but for gaps that are suppressed."""
    return (
        (report.verdict != "undetermined" or _gaps_accepted(report.suppressed))
        and not open_gaps(isolation_unchecked(report), report.suppressed)
        and all(step.passed is not None for step in report.verified)
        and all(finding.rule not in GAPS for finding in _counting(report))
    )


def isolation_unchecked(report: IsolationReport) -> tuple[Undetermined, ...]:
    """Return what could not be checked, of the report and of its components, once."""
    entries = (
        *report.undetermined,
        *(entry for component in report.components for entry in component.undetermined),
    )
    return tuple(dict.fromkeys(entries))


def is_covered(report: Report) -> bool:
    """Return whether the verdict covers everything that was asked."""
    return (
        report.verdict != "undetermined"
        and report.complete
        and all(entry.harmless for entry in unchecked(report))
        and all(finding.rule != "undetermined" for finding in report.findings)
    )


def is_settled(report: Report) -> bool:
    """Return whether the verdict covers everything (``is_covered``) but for suppressed gaps."""
    return (
        (report.verdict != "undetermined" or _gaps_accepted(report.suppressed))
        and report.complete
        and not open_gaps(unchecked(report), report.suppressed)
        and all(finding.rule != "undetermined" for finding in report.findings)
    )


def unchecked(report: Report) -> tuple[Undetermined, ...]:
    """Return what could not be checked, of the report and of its components, once."""
    entries = (
        *report.undetermined,
        *(entry for component in report.components for entry in component.undetermined),
    )
    return tuple(dict.fromkeys(entries))
