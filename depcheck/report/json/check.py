"""The report as JSON, under the schema ``report.schema.json`` beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from depcheck.model.findings import (
    SEVERITIES,
    Conflict,
    Correction,
    Evidence,
    Finding,
    Rollback,
    Shift,
    Statement,
    Step,
)
from depcheck.model.report import Base, Picked, Report
from depcheck.model.requirement import Component, Pin, Requirement
from depcheck.report.json.parts import (
    SCHEMA,
    dump,
    finding_data,
    origin_data,
    summary_data,
    suppressed_data,
    undetermined_data,
)
from depcheck.report.status import FailOn, exit_status, is_failing, unchecked


def render(report: Report, *, root: str = "", fail_on: FailOn = "warning") -> str:
    """Return the report as JSON text in ASCII, the same for the same report.

    Paths in it are relative to the project root. ``root`` (POSIX, ``shop/``)
    leads there from where the run began; empty where the two are the same.
    ``fail_on`` decides the exit status in it.

    Lists whose order has no meaning are sorted. Secrets in URLs are masked.
    Nothing in it can be taken for a command by a terminal or a CI log.
    """
    return dump(_report(report, root, fail_on))


def _report(report: Report, root: str, fail_on: FailOn) -> dict[str, Any]:
    combined = None if report.combined is None else picks_data(report.combined)
    return {
        "schema": SCHEMA,
        "job": "check",
        "depcheck": report.version,
        "verdict": report.verdict,
        "status": exit_status(report, fail_on),
        "complete": report.complete,
        "counts": {
            severity: sum(finding.severity == severity for finding in report.findings)
            for severity in SEVERITIES
        },
        "summary": summary_data(
            report.findings,
            failing=sum(is_failing(finding, fail_on) for finding in report.findings),
            suppressed=len(report.suppressed),
            base=report.base,
        ),
        "target": {
            "python": report.target.python,
            "implementation": report.target.implementation,
            "platform": report.target.platform,
            "environment": dict(sorted(report.target.environment.items())),
        },
        "root": root,
        "indexes": list(report.indexes),
        "exclude_newer": report.exclude_newer,
        "components": [component_data(component) for component in report.components],
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": suppressed_data(report.suppressed, _finding),
        "base": None if report.base is None else _base(report.base),
        "corrections": [correction_data(correction) for correction in report.corrections],
        "keep": list(report.keep),
        "alone": {name: picks_data(picks) for name, picks in sorted(report.alone.items())},
        "combined": combined,
        "undetermined": undetermined_data(unchecked(report)),
        "notes": list(report.notes),
        "run": {"requests": report.requests, "seconds": round(report.seconds, 3)},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return finding_data(finding, evidence_data(finding.evidence))


def _base(base: Base) -> dict[str, Any]:
    return {
        "named": base.named,
        "revision": base.revision,
        "verdict": base.verdict,
        "fault": base.fault,
        "fixed": [_finding(finding) for finding in base.fixed],
        "configuration": base.configuration,
        "altered": list(base.altered),
        "notes": list(base.notes),
    }


def component_data(component: Component) -> dict[str, Any]:
    """Return a component as it was read."""
    bound = component.requires_python
    return {
        "name": component.name,
        "role": component.role,
        "source": component.source,
        "requirements": [_statement(requirement) for requirement in component.requirements],
        "requires_python": None if bound is None else _statement(bound),
        "baseline": [
            _pin(pin) for pin in sorted(component.baseline, key=lambda pin: (pin.name, pin.version))
        ],
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {"name": pin.name, "version": pin.version, "origin": origin_data(pin.origin)}


def _statement(statement: Statement) -> dict[str, Any]:
    if isinstance(statement, Requirement):
        return {
            "kind": statement.kind,
            "name": statement.name,
            "extras": sorted(statement.extras),
            "specifier": statement.specifier,
            "marker": statement.marker,
            "hashes": sorted(statement.hashes),
            "origin": origin_data(statement.origin),
        }
    return {
        "kind": "requires-python",
        "specifier": statement.specifier,
        "origin": origin_data(statement.origin),
    }


def evidence_data(evidence: Evidence) -> dict[str, Any] | None:
    """Return what a finding of a check rests on."""
    match evidence:
        case Conflict():
            return _conflict(evidence)
        case Shift():
            return _shift(evidence)
        case Rollback():
            return _rollback(evidence)
        case _:  # what else there is, the other jobs' reports tell
            return None


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "kind": "conflict",
        "project": conflict.project,
        "statements": [_statement(statement) for statement in conflict.statements],
        "steps": [_step(step) for step in conflict.steps],
        "presumed": sorted(conflict.presumed),
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "kind": "shift",
        "name": shift.name,
        "component": shift.component,
        "before": shift.before,
        "after": shift.after,
        "direction": shift.direction,
        "grade": shift.grade,
        "forced": shift.forced,
        "far": shift.far,
        "sought": shift.sought,
        "alone": shift.alone,
        "pin": shift.pin,
        "price": list(shift.price),
        "direct": None if shift.direct is None else _statement(shift.direct),
        "locked": None if shift.locked is None else _pin(shift.locked),
        "chain": [_step(step) for step in shift.chain],
    }


def _rollback(rollback: Rollback) -> dict[str, Any]:
    return {
        "kind": "rollback",
        "name": rollback.name,
        "component": rollback.component,
        "before": rollback.before,
        "after": rollback.after,
        "days": rollback.days,
        "better": rollback.better,
        "pins": list(rollback.pins),
        "direct": None if rollback.direct is None else _statement(rollback.direct),
        "chain": [_step(step) for step in rollback.chain],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "subject": step.subject,
        "versions": step.versions,
        "count": step.count,
        "verb": step.verb,
        "object": step.object,
        "origin": None if step.origin is None else origin_data(step.origin),
        "presumed": step.presumed,
    }


def correction_data(correction: Correction) -> dict[str, Any]:
    """Return a set of edits that heals."""
    return {
        "statements": [_statement(statement) for statement in correction.statements],
        "edits": [
            {"origin": origin_data(edit.origin), "before": edit.before, "after": edit.after}
            for edit in correction.edits
        ],
        "picks": [{"name": name, "version": version} for name, version in correction.picks],
        "remark": correction.remark,
    }


def picks_data(picks: Iterable[Picked]) -> list[dict[str, Any]]:
    """Return what a resolution picked, by name."""
    return [
        {
            "name": pick.name,
            "version": pick.version,
            "extras": sorted(pick.extras),
            "by": sorted(pick.by),
            "components": sorted(pick.components),
        }
        for pick in sorted(picks, key=lambda pick: (pick.name, pick.version))
    ]
