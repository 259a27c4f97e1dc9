"""What the formats of the audit report share."""

from __future__ import annotations

from typing import Literal

from depcheck.model.findings import Finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.walls import Guardrail
from depcheck.report.status import is_all_told

Lack = tuple[Finding, Guardrail]


def audit_verdict(report: AuditReport) -> Literal["guarded", "exposed", "undetermined"]:
    """Return whether a guard-rail is lacking, and if none is, whether all could be told."""
    if report.findings:
        return "exposed"
    return "guarded" if is_all_told(report) else "undetermined"


def called(service: Guarded) -> str:
    """Return what a service is called in findings: a container by its own name."""
    return service.service if service.origin else service.where.removeprefix("container ")


def lacks(report: AuditReport, service: Guarded) -> list[Lack]:
    """Return what a service lacks, in the report's order."""
    return [
        (finding, finding.evidence)
        for finding in report.findings
        if isinstance(finding.evidence, Guardrail) and finding.evidence.service == called(service)
    ]
