"""The isolation report as JSON, under the schema ``isolation.schema.json`` beside this file."""

from __future__ import annotations

from typing import Any

from depcheck.model.findings import SEVERITIES, Evidence, Finding
from depcheck.model.isolation import (
    Boundary,
    Container,
    IsolationReport,
    Verified,
    WishAnswer,
)
from depcheck.model.target import Target
from depcheck.model.walls import (
    Budget,
    GpuNeed,
    Guardrail,
    Labels,
    NativeClash,
    NativeUse,
    PythonNeed,
    Weight,
)
from depcheck.report.json.check import component_data, correction_data, evidence_data, picks_data
from depcheck.report.json.parts import (
    SCHEMA,
    dump,
    finding_data,
    origin_data,
    summary_data,
    suppressed_data,
    undetermined_data,
)
from depcheck.report.status import (
    FailOn,
    is_all_known,
    is_failing,
    isolation_exit_status,
    isolation_unchecked,
)
from depcheck.report.text.isolation_words import live


def render_isolation_json(
    report: IsolationReport, *, root: str = "", fail_on: FailOn = "warning"
) -> str:
    """Return the report as JSON text in ASCII, the same for the same report.

    ``root`` (POSIX, ``shop/``) leads from where the run began to the project
    root, from which paths in it start; empty where the two are the same.
    ``fail_on`` decides the exit status in it.

    Lists whose order has no meaning are sorted. Secrets in URLs are masked.
    Nothing in it can be taken for a command by a terminal or a CI log.
    """
    return dump(_report(report, root, fail_on))


def _report(report: IsolationReport, root: str, fail_on: FailOn) -> dict[str, Any]:
    found = live(report)
    return {
        "schema": SCHEMA,
        "job": "isolate",
        "depcheck": report.version,
        "verdict": report.verdict,
        "status": isolation_exit_status(report, fail_on),
        "complete": is_all_known(report),
        "counts": {
            severity: sum(finding.severity == severity for finding in found)
            for severity in SEVERITIES
        },
        "summary": summary_data(
            found,
            failing=sum(is_failing(finding, fail_on) for finding in found),
            suppressed=len(report.suppressed),
        ),
        "target": target_data(report.target),
        "root": root,
        "indexes": list(report.indexes),
        "exclude_newer": report.exclude_newer,
        "components": [component_data(component) for component in report.components],
        "containers": [_container(report, container) for container in report.containers],
        "walls": [_wall(wall) for wall in report.boundaries],
        "proven": {
            "fewest": report.fewest,
            "exact": report.exact,
            "ranked": report.ranked,
            "all_ranked": report.all_ranked,
        },
        "impossible": list(report.impossible),
        "wishes": [_wish(wish) for wish in report.wishes],
        "findings": [isolation_finding_data(finding) for finding in report.findings],
        "suppressed": suppressed_data(report.suppressed, isolation_finding_data),
        "base": None,
        "budget": None if report.budget is None else _budget(report.budget),
        "verified": [_verified(step) for step in report.verified],
        "written": list(report.written),
        "next_steps": list(report.next_steps),
        "alone": {name: picks_data(picks) for name, picks in sorted(report.alone.items())},
        "undetermined": undetermined_data(isolation_unchecked(report)),
        "notes": list(report.notes),
        "run": {"requests": report.requests, "seconds": round(report.seconds, 3)},
    }


def target_data(target: Target) -> dict[str, Any]:
    """Return what is resolved for."""
    return {
        "python": target.python,
        "implementation": target.implementation,
        "platform": target.platform,
        "environment": dict(sorted(target.environment.items())),
    }


def isolation_finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding of this job with its evidence."""
    return finding_data(finding, _evidence(finding.evidence))


def _container(report: IsolationReport, container: Container) -> dict[str, Any]:
    costs = [cost.added for cost in report.costs if cost.container == container.name]
    return {
        "name": container.name,
        "role": container.role,
        "components": list(container.components),
        "target": target_data(container.target),
        "gpu": container.gpu,
        "bytes": container.size,
        "added_bytes": costs[0] if costs else None,
        "unsized": sorted(container.unsized),
        "distributions": picks_data(container.picked),
    }


def _wall(wall: Boundary) -> dict[str, Any]:
    return {
        "components": list(wall.components),
        "containers": list(wall.containers),
        "stands": wall.stands,
        "decisive": wall.decisive,
        "strength": wall.strength,
        "because": wall.because,
        "reasons": [isolation_finding_data(finding) for finding in wall.reasons],
        "heals": [correction_data(correction) for correction in wall.heals],
        "against": list(wall.against),
    }


def _wish(wish: WishAnswer) -> dict[str, Any]:
    return {
        "asked": wish.asked,
        "origin": None if wish.origin is None else origin_data(wish.origin),
        "possible": wish.possible,
        "containers": wish.containers,
        "without": wish.without,
        "added_bytes": wish.added,
        "gives_up": list(wish.gives_up),
        "spares": list(wish.spares),
        "because": [isolation_finding_data(finding) for finding in wish.because],
    }


def _verified(step: Verified) -> dict[str, Any]:
    return {
        "container": step.container,
        "step": step.step,
        "passed": step.passed,
        "detail": step.detail,
        "seconds": round(step.seconds, 3),
    }


def _evidence(evidence: Evidence) -> dict[str, Any] | None:
    match evidence:
        case PythonNeed():
            return {
                "kind": "python",
                "component": evidence.component,
                "wanted": evidence.wanted,
                "found": evidence.found,
                "because": evidence.because,
            }
        case NativeClash():
            return {
                "kind": "native",
                "library_kind": evidence.kind,
                "name": evidence.name,
                "left": _use(evidence.left),
                "right": _use(evidence.right),
            }
        case Weight():
            return _weight(evidence)
        case GpuNeed():
            return {
                "kind": "gpu",
                "component": evidence.component,
                "configured": evidence.configured,
                "distributions": list(evidence.distributions),
            }
        case Labels():
            return {
                "kind": "labels",
                "label": evidence.kind,
                "values": [{"component": name, "value": v} for name, v in evidence.values],
            }
        case Budget():
            return _budget(evidence)
        case Guardrail():
            return _guardrail(evidence)
    return evidence_data(evidence)


def _use(use: NativeUse) -> dict[str, Any]:
    return {
        "component": use.component,
        "distribution": use.distribution,
        "version": use.version,
        "library": use.library,
        "path": use.path,
    }


def _weight(weight: Weight) -> dict[str, Any]:
    return {
        "kind": "weight",
        "component": weight.component,
        "added_bytes": weight.added,
        "core_bytes": weight.core,
        "largest": [{"name": name, "bytes": size} for name, size in weight.largest],
    }


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "kind": "budget",
        "max_connections": budget.max_connections,
        "reserved": budget.reserved,
        "variable": budget.variable,
        "wanted": budget.wanted,
        "given": budget.given,
        "shares": [
            {
                "component": share.component,
                "container": share.container,
                "replicas": share.replicas,
                "wanted": share.wanted,
                "pool": share.pool,
            }
            for share in budget.shares
        ],
    }


def _guardrail(guardrail: Guardrail) -> dict[str, Any]:
    return {
        "kind": "guardrail",
        "service": guardrail.service,
        "name": guardrail.name,
        "set": guardrail.set,
        "found": guardrail.found,
        "contains": guardrail.contains,
    }
