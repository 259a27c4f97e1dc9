"""The policy: differences that are expected, each with a reason and, maybe, an end."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from depcheck.model.findings import Drift, Finding
from depcheck.model.parity import Excused, Expected
from depcheck.model.requirement import normalise
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import printable
from depcheck.parity.telling import count
from depcheck.parity.verdict import ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Excusal:
    """``findings`` are unexpected, ``excused`` expected; ``remarks`` are about the policy."""

    findings: tuple[Finding, ...]
    excused: tuple[Excused, ...] = ()
    remarks: tuple[Finding, ...] = ()


def excuse(
    findings: Sequence[Finding],
    expected: Sequence[Expected],
    *,
    today: datetime.date,
    complete: bool = True,
    shown: Sequence[Finding] = (),
) -> Excusal:
    """Set apart the findings that an entry of the policy expects, by the first that does.

    ``shown`` are the same findings with their values, where some are hidden in
    ``findings``: patterns of values are matched with them, and nothing of them is
    in what is returned. An entry counts up to and on the day it expires; afterwards it
    is a finding. So is one that matches nothing. Nothing is said of an entry that matches
    nothing where something could not be read (``complete`` is False): it may have matched there.
    """
    values = {_identity(finding): finding for finding in shown}
    left: list[Finding] = []
    excused: list[Excused] = []
    matched = [0] * len(expected)
    for finding in findings:
        told = values.get(_identity(finding), finding)
        hits = [n for n, entry in enumerate(expected) if matches(entry, told)]
        for number in hits:
            matched[number] += 1
        by = next((n for n in hits if not _expired(expected[n], today)), None)
        if by is None:
            left.append(finding)
        else:
            excused.append(Excused(finding=finding, by=expected[by]))
    return Excusal(
        findings=tuple(left),
        excused=tuple(excused),
        remarks=ranked(_about(expected, matched, today, complete)),
    )


def matches(entry: Expected, finding: Finding) -> bool:
    """Tell whether an entry means a finding. Patterns are those of a shell, case counts.

    Only differences can be expected, not that something could not be read. A value that
    is hidden matches no pattern.
    """
    drift = finding.evidence
    if not isinstance(drift, Drift):
        return False
    return (
        _fits(finding.rule, entry.rule)
        and _fits(drift.service, entry.service)
        and _named(drift, entry.name)
        and _valued(drift, entry)
    )


def _fits(text: str, pattern: str | None) -> bool:
    return pattern is None or fnmatchcase(text, pattern)


def _named(drift: Drift, pattern: str | None) -> bool:
    if _fits(drift.name, pattern):
        return True
    spelled = normalise(pattern or "")
    return drift.aspect == "python" and fnmatchcase(drift.name, spelled)


def _valued(drift: Drift, entry: Expected) -> bool:
    if entry.value is None:
        return True
    if drift.hidden:
        return False
    sides = {"left": (drift.left,), "right": (drift.right,), "any": (drift.left, drift.right)}
    return any(value is not None and _fits(value, entry.value) for value in sides[entry.side])


def _expired(entry: Expected, today: datetime.date) -> bool:
    return entry.expires is not None and entry.expires < today


def _about(
    expected: Sequence[Expected],
    matched: Sequence[int],
    today: datetime.date,
    complete: bool,
) -> Iterator[Finding]:
    for entry, hits in zip(expected, matched, strict=True):
        if not (hits or complete):  # it may have matched what was not read
            continue
        if _expired(entry, today):
            yield _past(entry, hits)
        elif not hits:
            yield _unused(entry)


def _past(entry: Expected, hits: int) -> Finding:
    still = f"{count(hits, 'difference')} of its kind still there" if hits else "nothing left of it"
    whom = f"ask {entry.owner}" if entry.owner else "heal the difference"
    remedy = f"{whom}, or set a later date" if hits else "take the entry out"
    return _finding("policy-expired", entry, f"expired on {entry.expires}: {still}", remedy)


def _unused(entry: Expected) -> Finding:
    return _finding(
        "policy-unused", entry, "matches no difference", "take the entry out, or mend its patterns"
    )


def _identity(finding: Finding) -> tuple[str, ...]:
    """Return what a finding is about, without its values."""
    drift = finding.evidence
    if not isinstance(drift, Drift):
        return (finding.rule,)
    return (
        finding.rule, drift.aspect, drift.name, drift.place, drift.service, drift.replica
    )  # fmt: skip


def _finding(rule: str, entry: Expected, what: str, remedy: str) -> Finding:
    return Finding(
        rule=rule,
        severity=PARITY_RULES[rule].severity,
        message=f"the expected difference {_spelled(entry)} ({printable(entry.reason)}) {what}.",
        locations=(entry.origin,) if entry.origin else (),
        remedy=printable(remedy),
        subject=_spelled(entry),
    )


def _spelled(entry: Expected) -> str:
    parts = [("rule", entry.rule), ("name", entry.name), ("value", entry.value)]
    parts.append(("service", entry.service))
    return " ".join(f"{key}={printable(text)}" for key, text in parts if text is not None) or "*"
