"""A digest as SARIF 2.1.0, as code scanning reads it.

Follows OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; section
numbers are of that text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote

from depcheck.model.requirement import Undetermined
from depcheck.model.rules import (
    CHECK_RULES,
    ISOLATION_RULES,
    PARITY_RULES,
    RULES,
    SUPPRESSION_RULES,
    Rule,
)
from depcheck.report.digest import Digest, Entry
from depcheck.report.json.parts import encoded
from depcheck.report.markdown.markup import rule_address
from depcheck.report.sarif.places import location, locations, place_data, replacements
from depcheck.report.sarif.text import formatted, message

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"

_RESULTS, _BYTES, _GAPS = 25_000, 50_000_000, 1_000
"""Code scanning takes 25,000 results of a run, and 10 MB once compressed."""

_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_JOB_RULES = {
    "check": CHECK_RULES | SUPPRESSION_RULES,
    "parity": PARITY_RULES,
    "isolate": ISOLATION_RULES | SUPPRESSION_RULES,
    "audit": ISOLATION_RULES | SUPPRESSION_RULES,
}
_RELATED, _STEPS = 100, 8
_STATES = {"new": "new", "changed": "updated", "known": "unchanged"}


def render_sarif(digest: Digest) -> str:
    """Return a SARIF log with one run, as JSON text in ASCII; the same for the same digest.

    Suppressed findings are results with their ``suppressions``, those that only the base has
    are results whose ``baselineState`` is ``absent``: a reader that knows neither (code
    scanning does not) has to be given the log without them. Paths are relative to
    ``%SRCROOT%``, the root of the repository; a place outside of it is a logical location.
    """
    return encoded({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(digest)]})


def _run(digest: Digest) -> dict[str, Any]:
    rules = _rules(digest)
    results = list(_within_limits(_results(digest, rules)))
    left_out = len(digest.entries) + len(digest.suppressed) + len(digest.fixed) - len(results)
    return {
        "tool": {"driver": _driver(digest, rules)},
        "automationDetails": {"id": f"depcheck/{digest.job}/"},
        "invocations": [_invocation(digest, left_out)],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The root folder of the repository."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "verdict": formatted(digest.verdict),
            "summary": formatted(digest.summary),
            "failing": digest.failing,
        },
    }


def _results(digest: Digest, rules: Sequence[Rule]) -> Iterator[dict[str, Any]]:
    """Yield results, what matters least last."""
    index = {rule.id: at for at, rule in enumerate(rules)}
    for entry in (*digest.entries, *digest.suppressed):
        yield _result(digest, entry, index[entry.rule], gone=False)
    for entry in digest.fixed:
        yield _result(digest, entry, index[entry.rule], gone=True)


def _within_limits(results: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield as many results as code scanning takes, in number and in size."""
    room = _BYTES
    for result in islice(results, _RESULTS):
        room -= len(json.dumps(result))
        if room < 0:
            return
        yield result


# The tool and its rules (§3.18, §3.19, §3.49)


def _driver(digest: Digest, rules: Sequence[Rule]) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "depcheck", "version": digest.version}
    if _SEMANTIC.fullmatch(digest.version):
        driver["semanticVersion"] = digest.version
    if page := rule_address(digest.context, ""):
        driver["informationUri"] = page.removesuffix("#")
    return driver | {"rules": [_rule(digest, rule) for rule in rules]}


def _rules(digest: Digest) -> list[Rule]:
    """Return the job's rules, found or not, and what else was found."""
    known = dict(_JOB_RULES[digest.job])
    for entry in (*digest.entries, *digest.suppressed, *digest.fixed):
        if entry.rule not in known:
            rule = RULES.get(entry.rule)
            known[entry.rule] = rule or Rule(entry.rule, entry.severity, entry.title, entry.title)
    return list(known.values())


def _rule(digest: Digest, rule: Rule) -> dict[str, Any]:
    texts = [rule.meaning, rule.why, rule.heal]
    titles = ["What it means", "Why it matters", "How to heal it"]
    told = [(title, text) for title, text in zip(titles, texts, strict=True) if text]
    return {
        "id": formatted(rule.id),
        "name": _name(rule),
        "shortDescription": {"text": formatted(_sentence(rule.title))},
        "fullDescription": {"text": formatted(rule.meaning)},
        "help": {
            "text": formatted(" ".join(text for _, text in told)),
            "markdown": "\n\n".join(f"**{title}.** {formatted(text)}" for title, text in told),
        },
        "helpUri": rule_address(digest.context, rule.id)
        or f"urn:depcheck:rule:{quote(rule.id, safe='')}",
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["dependencies", digest.job]},
    }


def _name(rule: Rule) -> str:
    """Return a name in words; it must not be the id once more (§3.49.7)."""
    words = re.findall(r"[a-z0-9]+", rule.id)
    return "".join(word.capitalize() for word in (words if words[1:] else [*words, "finding"]))


def _sentence(title: str) -> str:
    return f"{title[:1].upper()}{title[1:]}."


# The run itself (§3.20)


def _invocation(digest: Digest, left_out: int) -> dict[str, Any]:
    notifications = [_notification(gap) for gap in digest.gaps[:_GAPS]]
    if (more := len(digest.gaps) - _GAPS) > 0:
        notifications.append(_told("warning", f"{more} more things could not be checked."))
    if left_out:
        notifications.append(_told("warning", f"{left_out} more results are left out: too many."))
    return {
        "executionSuccessful": digest.status in (0, 1),
        "exitCode": digest.status,
        "toolExecutionNotifications": notifications,
    }


def _notification(gap: Undetermined) -> dict[str, Any]:
    hint = f" ({gap.hint})" if gap.hint else ""
    where = f"{gap.origin}: " if gap.origin is not None else ""
    told = f"{where}{gap.subject}: {gap.reason}{hint}"
    return _told("note" if gap.harmless else "warning", told)


def _told(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": message(text)}


# Results (§3.27)


def _result(digest: Digest, entry: Entry, index: int, *, gone: bool) -> dict[str, Any]:
    inside = [place for place in entry.places if place.inside]
    result: dict[str, Any] = {
        "ruleId": formatted(entry.rule),
        "ruleIndex": index,
        "level": entry.severity,
        "message": message(" ".join([entry.message, *_why(entry), *entry.remedies[:1]])),
        "locations": locations(digest, entry, inside[0] if inside else None),
        "partialFingerprints": {"depcheck/v1": entry.fingerprint},
    }
    related = [
        {"id": at, **location(place), "message": message(place.text or place.component or "here")}
        for at, place in enumerate(inside[1 : _RELATED + 1], 1)
    ]
    optional: dict[str, Any] = {
        "relatedLocations": related,
        "baselineState": _state(entry, gone),
        "suppressions": list(_suppressions(entry)),
        "fixes": list(_fixes(entry)),
        "properties": _properties(entry),
    }
    return result | {name: value for name, value in optional.items() if value}


def _why(entry: Entry) -> Iterator[str]:
    if entry.steps:
        yield f"Why: {'; '.join(entry.steps[:_STEPS])}."


def _state(entry: Entry, gone: bool) -> str | None:
    if gone:
        return "absent"
    return None if entry.novelty is None else _STATES.get(entry.novelty.status)


def _suppressions(entry: Entry) -> Iterator[dict[str, Any]]:
    by = entry.suppression
    if by is not None:
        until = f", until {by.expires.isoformat()}" if by.expires else ""
        owner = f", {by.owner}" if by.owner else ""
        yield {
            "kind": "external",
            "status": "accepted",
            "justification": formatted(f"{by.reason}{owner}{until}"),
        }


def _fixes(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the edits as one fix, where every one of them can be told as a whole line."""
    changed = replacements(entry.changes)
    if changed:
        yield {
            "description": message("; ".join(f"{c.before} → {c.after}" for c in entry.changes)),
            "artifactChanges": [
                {"artifactLocation": place_data(path), "replacements": list(lines)}
                for path, lines in changed.items()
            ],
        }


def _properties(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "package": formatted(entry.package),
        "components": [formatted(name) for name in entry.components],
        "facts": {formatted(name): formatted(value) for name, value in entry.facts},
    }
    return {name: value for name, value in told.items() if value}
