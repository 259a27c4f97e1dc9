"""The parity report as JSON, under the schema ``parity.schema.json`` beside this file."""

from __future__ import annotations

from typing import Any

from depcheck.model.findings import SEVERITIES, Drift, Finding
from depcheck.model.inventory import ASPECTS, Identity, Provenance
from depcheck.model.parity import Excused, Expected, Pair, ParityReport, ReadSide, WayBack
from depcheck.report.json.parts import (
    SCHEMA,
    dump,
    finding_data,
    origin_data,
    summary_data,
    undetermined_data,
)
from depcheck.report.status import FailOn, is_all_read, is_failing, parity_exit_status


def render_parity(report: ParityReport, *, root: str = "", fail_on: FailOn = "warning") -> str:
    """Return the report as JSON text in ASCII, the same for the same report.

    ``root`` (POSIX, ``shop/``) leads from where the run began to the project
    root, from which paths in it start; empty where the two are the same.
    ``fail_on`` decides the exit status in it.

    Values that the report hides are not in it. Secrets in URLs are masked.
    Nothing in it can be taken for a command by a terminal or a CI log.
    """
    return dump(_report(report, root, fail_on))


def _report(report: ParityReport, root: str, fail_on: FailOn) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "job": "parity",
        "depcheck": report.version,
        "verdict": report.verdict,
        "status": parity_exit_status(report, fail_on),
        "complete": is_all_read(report),
        "counts": {
            severity: sum(finding.severity == severity for finding in report.findings)
            for severity in SEVERITIES
        },
        "summary": summary_data(
            report.findings,
            failing=sum(is_failing(finding, fail_on) for finding in report.findings),
        ),
        "left": report.left,
        "right": report.right,
        "root": root,
        "pairs": [_pair(pair) for pair in report.pairs],
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [],
        "base": None,
        "excused": [_excused(entry) for entry in report.excused],
        "rollback": [_way_back(way) for way in report.ways_back],
        "undetermined": undetermined_data(report.undetermined),
        "notes": list(report.notes),
        "run": {
            "bytes": sum(entry.size for pair in report.pairs for entry in pair.traffic),
            "seconds": round(report.seconds, 3),
        },
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "service": pair.service,
        "replica": pair.replica,
        "left": None if pair.left is None else _side(pair.left),
        "right": None if pair.right is None else _side(pair.right),
        "shared": pair.shared,
        "compared": [
            {"aspect": entry.aspect, "same": entry.same, "different": entry.different}
            for entry in pair.compared
        ],
        "left_out": [aspect for aspect in ASPECTS if aspect in pair.left_out],
        "traffic": [
            {"way": entry.way, "what": entry.what, "layers": entry.layers, "bytes": entry.size}
            for entry in pair.traffic
        ],
    }


def _side(side: ReadSide) -> dict[str, Any]:
    return {
        "named": side.named,
        "what": side.what,
        "layers": side.layers,
        "identity": _identity(side.identity),
    }


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "manifest": identity.manifest,
        "index": identity.index,
        "config": identity.config,
        "platform": identity.platform,
        "created": identity.created,
        "repositories": sorted(identity.repositories),
        "container": identity.container,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    evidence = finding.evidence
    return finding_data(finding, _drift(evidence) if isinstance(evidence, Drift) else None)


def _drift(drift: Drift) -> dict[str, Any]:
    return {
        "kind": "drift",
        "aspect": drift.aspect,
        "name": drift.name,
        "left": drift.left,
        "right": drift.right,
        "hidden": drift.hidden,
        "place": drift.place,
        "service": drift.service,
        "left_by": _provenance(drift.left_by),
        "right_by": _provenance(drift.right_by),
        "paths": list(drift.paths),
        "replica": drift.replica,
    }


def _provenance(by: Provenance | None) -> dict[str, Any] | None:
    if by is None:
        return None
    return {"layer": by.layer, "diff_id": by.diff_id, "step": by.step, "created": by.created}


def _excused(entry: Excused) -> dict[str, Any]:
    return {"finding": _finding(entry.finding), "by": _expected(entry.by)}


def _expected(by: Expected) -> dict[str, Any]:
    return {
        "rule": by.rule,
        "name": by.name,
        "side": by.side,
        "value": by.value,
        "service": by.service,
        "reason": by.reason,
        "owner": by.owner,
        "expires": None if by.expires is None else by.expires.isoformat(),
        "origin": None if by.origin is None else origin_data(by.origin),
    }


def _way_back(way: WayBack) -> dict[str, Any]:
    return {
        "service": way.service,
        "reference": way.reference,
        "available": way.available,
        "remark": way.remark,
        "caution": way.caution,
        "pins": list(way.pins),
        "removals": list(way.removals),
        "packages": list(way.packages),
    }
