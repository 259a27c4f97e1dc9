"""The audit report as JSON, under the schema ``audit.schema.json`` beside this file."""

from __future__ import annotations

from typing import Any

from depcheck.model.findings import SEVERITIES, Finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.walls import Guardrail
from depcheck.report.json.parts import (
    SCHEMA,
    dump,
    finding_data,
    origin_data,
    summary_data,
    suppressed_data,
    undetermined_data,
)
from depcheck.report.status import FailOn, audit_exit_status, is_all_told, is_failing
from depcheck.report.text.audit_words import audit_verdict, called, lacking


def render_audit_json(report: AuditReport, *, root: str = "", fail_on: FailOn = "warning") -> str:
    """Return the report as JSON text in ASCII, the same for the same report.

    ``root`` (POSIX, ``shop/``) leads from where the run began to the project root, from
    which paths in it start; empty where the two are the same. No value of a variable is in it.
    ``fail_on`` decides the exit status in it.
    """
    return dump(
        {
            "schema": SCHEMA,
            "job": "audit",
            "depcheck": report.version,
            "verdict": audit_verdict(report),
            "status": audit_exit_status(report, fail_on),
            "complete": is_all_told(report),
            "counts": {
                severity: sum(finding.severity == severity for finding in report.findings)
                for severity in SEVERITIES
            },
            "summary": summary_data(
                report.findings,
                failing=sum(is_failing(finding, fail_on) for finding in report.findings),
                suppressed=len(report.suppressed),
            ),
            "audited": report.audited,
            "because": report.because,
            "root": root,
            "services": [_service(report, service) for service in report.services],
            "findings": [_finding(finding) for finding in report.findings],
            "suppressed": suppressed_data(report.suppressed, _finding),
            "base": None,
            "undetermined": undetermined_data(report.undetermined),
            "notes": list(report.notes),
            "run": {"seconds": round(report.seconds, 3)},
        }
    )


def _finding(finding: Finding) -> dict[str, Any]:
    lack = finding.evidence
    return finding_data(finding, _guardrail(lack) if isinstance(lack, Guardrail) else None)


def _service(report: AuditReport, service: Guarded) -> dict[str, Any]:
    name = called(service)
    return {
        "name": name,
        "service": service.service,
        "where": service.where,
        "image": service.image,
        "origin": None if service.origin is None else origin_data(service.origin),
        "judged": service.ai,
        "kept": list(report.kept.get(name, ())),
        "idle": list(report.idle.get(name, ())),
        "lacking": lacking(report, service),
    }


def _guardrail(lack: Guardrail) -> dict[str, Any]:
    return {
        "kind": "guardrail",
        "service": lack.service,
        "name": lack.name,
        "set": lack.set,
        "found": lack.found,
        "contains": lack.contains,
        "now": lack.now,
        "also": lack.also,
    }
