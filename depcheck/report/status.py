"""The exit status of a report, and what in it could not be checked."""

from __future__ import annotations

from typing import Literal

from depcheck.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNCHECKED
from depcheck.model.findings import SEVERITIES, Severity
from depcheck.model.report import Report
from depcheck.model.requirement import Undetermined


def exit_status(report: Report, fail_on: Severity | Literal["never"]) -> int:
    """Return 1 for findings at or above ``fail_on``, else 3 or 0.

    3 means that something was not checked, and wins over 0 whatever ``fail_on``
    says: a finding that only tells so (``undetermined``) does not make it a 1.
    """
    if fail_on != "never":
        failing = SEVERITIES[SEVERITIES.index(fail_on) :]
        if any(
            finding.severity in failing and finding.rule != "undetermined"
            for finding in report.findings
        ):
            return EXIT_FINDINGS
    return EXIT_CLEAN if is_covered(report) else EXIT_UNCHECKED


def is_covered(report: Report) -> bool:
    """Return whether the verdict covers everything that was asked."""
    return (
        report.verdict != "undetermined"
        and report.complete
        and all(entry.harmless for entry in unchecked(report))
        and all(finding.rule != "undetermined" for finding in report.findings)
    )


def unchecked(report: Report) -> tuple[Undetermined, ...]:
    """Return what could not be checked, of the report and of its components, once."""
    entries = (
        *report.undetermined,
        *(entry for component in report.components for entry in component.undetermined),
    )
    return tuple(dict.fromkeys(entries))
