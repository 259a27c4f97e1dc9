"""What the JSON reports of all jobs share: how text is made safe, and where things stand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from depcheck.model.findings import Finding, Suppressed
from depcheck.model.identity import components, fingerprint, packages
from depcheck.model.report import Base
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.review import Novelty, Suppression
from depcheck.model.text import redact

SCHEMA = "1.1"
"""The version of all reports' schemas; docs/json.md says when which part of it changes."""


def dump(data: dict[str, Any]) -> str:
    """Return ``data`` as JSON text in ASCII, secrets of URLs masked.

    Nothing in it can be taken for a command by a terminal or a CI log.
    """
    return encoded(_masked(data))


def encoded(data: Any) -> str:
    """Return ``data``, whose texts hold no secrets any more, as ``dump`` does."""
    text = json.dumps(data, indent=2, ensure_ascii=True)
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
        "end": origin.end,
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
        "package": finding.package,
        "subject": finding.subject,
        "fingerprint": fingerprint(finding),
        "packages": list(packages(finding)),
        "components": list(components(finding)),
        "novelty": _novelty(finding.novelty),
    }


def _novelty(novelty: Novelty | None) -> dict[str, Any] | None:
    if novelty is None:
        return None
    return {
        "status": novelty.status,
        "brought": novelty.brought,
        "worse": novelty.worse,
        "was": novelty.was,
        "touched": novelty.touched,
    }


def suppressed_data(
    entries: Iterable[Suppressed], told: Callable[[Finding], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return suppressed findings, each as ``told``, with the entry that suppresses it."""
    return [{"finding": told(entry.finding), "by": _suppression(entry.by)} for entry in entries]


def _suppression(by: Suppression) -> dict[str, Any]:
    return {
        "rule": by.rule,
        "package": by.package,
        "component": by.component,
        "reason": by.reason,
        "owner": by.owner,
        "expires": None if by.expires is None else by.expires.isoformat(),
        "origin": None if by.origin is None else origin_data(by.origin),
    }


def summary_data(
    findings: Iterable[Finding],
    *,
    failing: int,
    suppressed: int = 0,
    base: Base | None = None,
) -> dict[str, int | None]:
    """Return how many findings are new, changed …; None for what is not known of.

    ``fixed`` is None where the base could not be analysed, the others where there is none.
    """
    found: Counter[str] = Counter(f.novelty.status for f in findings if f.novelty is not None)
    counted: dict[str, int | None] = {
        status: None if base is None else found[status]
        for status in ("new", "changed", "known", "unknown")
    }
    fixed = None if base is None or base.verdict is None else len(base.fixed)
    return {**counted, "fixed": fixed, "suppressed": suppressed, "failing": failing}


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
