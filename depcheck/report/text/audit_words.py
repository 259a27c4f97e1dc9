"""What the formats of the audit report share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from depcheck.model.findings import Finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.walls import Guardrail
from depcheck.report.status import is_all_told

Lack = tuple[Finding, Guardrail]


def audit_verdict(report: AuditReport) -> Literal["guarded", "exposed", "undetermined"]:
    """Return whether a guard-rail is lacking, and if none is, whether all could be told.

    One whose lack is suppressed is lacking all the same.
    """
    if any(isinstance(finding.evidence, Guardrail) for finding in _every(report)):
        return "exposed"
    return "guarded" if is_all_told(report) else "undetermined"


def called(service: Guarded) -> str:
    """Return what a service is called in findings: a container by its own name."""
    return service.service if service.origin else service.where.removeprefix("container ")


def lacks(report: AuditReport, service: Guarded) -> list[Lack]:
    """Return what a service lacks, in the report's order; what is suppressed is left out."""
    return _of(report.findings, service)


def lacking(report: AuditReport, service: Guarded) -> list[str]:
    """Return the names of the guard-rails that a service lacks, also of suppressed ones."""
    return list(dict.fromkeys(lack.name for _, lack in _of(_every(report), service)))


def _every(report: AuditReport) -> tuple[Finding, ...]:
    return (*report.findings, *(entry.finding for entry in report.suppressed))


def _of(findings: Iterable[Finding], service: Guarded) -> list[Lack]:
    return [
        (finding, finding.evidence)
        for finding in findings
        if isinstance(finding.evidence, Guardrail) and finding.evidence.service == called(service)
    ]
