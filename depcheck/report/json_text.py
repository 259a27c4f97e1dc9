"""What the JSON reports of all jobs share: how text is made safe, and where things stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from depcheck.model.findings import Finding
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.text import redact


def dump(data: dict[str, Any]) -> str:
    """Return ``data`` as JSON text in ASCII, secrets of URLs masked.

    Nothing in it can be taken for a command by a terminal or a CI log.
    """
    text = json.dumps(_masked(data), indent=2, ensure_ascii=True)
    # DEL is the one control character that JSON leaves; ``##[`` begins a command
    # of some CI systems anywhere in a line.
    return text.replace("\x7f", "\\u007f").replace("##", "\\u0023\\u0023") + "\n"


def _masked(value: Any) -> Any:
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(key): _masked(item) for key, item in value.items()}
        case list():
            return [_masked(item) for item in value]
    return value


def origin_data(origin: Origin) -> dict[str, Any]:
    """Return where something stands."""
    return {
        "component": origin.component,
        "path": origin.path,
        "line": origin.line,
        "text": origin.text,
    }


def finding_data(finding: Finding, evidence: dict[str, Any] | None) -> dict[str, Any]:
    """Return a finding with its evidence."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy,
        "locations": [origin_data(origin) for origin in finding.locations],
        "evidence": evidence,
    }


def undetermined_data(entries: Iterable[Undetermined]) -> list[dict[str, Any]]:
    """Return what could not be checked, in an order of its own."""
    return [
        {
            "subject": entry.subject,
            "reason": entry.reason,
            "hint": entry.hint,
            "origin": None if entry.origin is None else origin_data(entry.origin),
            "harmless": entry.harmless,
        }
        for entry in sorted(entries, key=lambda entry: (entry.subject, entry.reason))
    ]
