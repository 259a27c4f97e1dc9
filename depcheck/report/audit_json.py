"""The audit report as JSON, under the schema ``audit.schema.json`` beside this file."""

from __future__ import annotations

from typing import Any

from depcheck.model.findings import SEVERITIES
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.walls import Guardrail
from depcheck.report.audit_words import audit_verdict, called, lacks
from depcheck.report.json_text import dump, finding_data, origin_data, undetermined_data
from depcheck.report.status import is_all_told

SCHEMA = "1"


def render_audit_json(report: AuditReport, *, root: str = "") -> str:
    """Return the report as JSON text in ASCII, the same for the same report.

    ``root`` (POSIX, ``shop/``) leads from where the run began to the project root, from
    which paths in it start; empty where the two are the same. No value of a variable is in it.
    """
    return dump(
        {
            "schema": SCHEMA,
            "job": "audit",
            "depcheck": report.version,
            "verdict": audit_verdict(report),
            "complete": is_all_told(report),
            "counts": {
                severity: sum(finding.severity == severity for finding in report.findings)
                for severity in SEVERITIES
            },
            "audited": report.audited,
            "because": report.because,
            "root": root,
            "services": [_service(report, service) for service in report.services],
            "findings": [
                finding_data(finding, _guardrail(finding.evidence))
                for finding in report.findings
                if isinstance(finding.evidence, Guardrail)
            ],
            "undetermined": undetermined_data(report.undetermined),
            "notes": list(report.notes),
            "run": {"seconds": round(report.seconds, 3)},
        }
    )


def _service(report: AuditReport, service: Guarded) -> dict[str, Any]:
    name = called(service)
    found = [lack.name for _, lack in lacks(report, service)]
    return {
        "name": name,
        "service": service.service,
        "where": service.where,
        "image": service.image,
        "origin": None if service.origin is None else origin_data(service.origin),
        "judged": service.ai,
        "kept": list(report.kept.get(name, ())),
        "idle": list(report.idle.get(name, ())),
        "lacking": list(dict.fromkeys(found)),
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
