"""The form of a finding: what may change of it while it stays the same thing."""

from __future__ import annotations

from dataclasses import replace

from depcheck.model.findings import SEVERITIES, Conflict, Finding, Rollback, Shift, Statement
from depcheck.model.identity import identity, stated
from depcheck.model.requirement import Requirement
from depcheck.model.text import redact

Form = tuple[str, ...]
"""Texts, so that forms have an order."""

_LONGEST = 200
_ABSENT = "absent"


def form(finding: Finding) -> Form:
    """Return what makes a difference between two findings of one identity."""
    evidence = finding.evidence
    common = (finding.severity, finding.rule)
    match evidence:
        case Conflict():  # its rule says how the proof goes, and there may be several
            return (
                finding.severity,
                *sorted(_told(statement) for statement in evidence.statements),
            )
        case Shift():
            return (*common, evidence.before or "", evidence.after or "", _forced(evidence))
        case Rollback():
            better = evidence.better or ""
            return (*common, evidence.before, evidence.after, better and "better")
    return (*common, finding.package, redact(finding.subject))


def kin(finding: Finding) -> tuple[object, ...]:
    """Return by what two findings may be paired although their identities differ.

    A conflict's proof may end at another project for a reason that lies elsewhere: the very
    same lines are the same conflict. A gap may be reached through another component.
    """
    evidence = finding.evidence
    if isinstance(evidence, Conflict):
        owned = [(stated(s)[0], _told(s)) for s in evidence.statements]
        return ("conflict", *sorted(owned))
    if finding.rule == "undetermined":
        return identity(finding)[:-1]  # the last are its components
    return identity(finding)


def is_worse(head: Finding, base: Finding) -> bool:
    """Tell whether ``head`` is a graver form of what ``base`` is (``review/compare.py``)."""
    if SEVERITIES.index(head.severity) > SEVERITIES.index(base.severity):
        return True
    match head.evidence, base.evidence:
        case Shift() as now, Shift() as before:
            return _shifts_further(now, before)
        case Rollback() as now, Rollback() as before:
            lost = before.better is not None and now.better is None
            further = _apart(now.before, now.after) > _apart(before.before, before.after)
            return lost or further or _is_older(now.after, before.after)
    return False


def was(head: Finding, base: Finding) -> str:
    """Return how the base has it, in a few words; empty where that is the same in words."""
    match head.evidence, base.evidence:
        case Shift() as now, Shift() as before:
            text = _move(before, told_forced=now.forced != before.forced)
            same = text == _move(now, told_forced=False)
        case Rollback() as now, Rollback() as before:
            text, same = _fall(before), _fall(before) == _fall(now)
        case Conflict() as now, Conflict() as before:
            text = ", ".join(_differing(before, now))
            same = not text
        case _:
            text, same = base.subject, redact(base.subject) == redact(head.subject)
    if same:
        text = "" if base.severity == head.severity else f"a {base.severity}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _told(statement: Statement) -> str:
    if isinstance(statement, Requirement):
        kind = "constraint " if statement.kind == "constraint" else ""
        in_order = replace(statement, extras=tuple(sorted(statement.extras)))
        return " ".join((f"{kind}{in_order}", *sorted(statement.hashes)))
    return f"requires-python {statement.specifier}"


def _differing(before: Conflict, now: Conflict) -> list[str]:
    """Return the statements of ``before`` that ``now`` does not have just so."""
    present = {(s.origin.component, _told(s)) for s in now.statements}
    return [
        f"{s.origin.component}'s {s}" if isinstance(s, Requirement) else _told(s)
        for s in before.statements
        if (s.origin.component, _told(s)) not in present
    ]


def _forced(shift: Shift) -> str:
    return "forced" if shift.forced else "incidental"


def _move(shift: Shift, *, told_forced: bool) -> str:
    how = f", {_forced(shift)}" if told_forced else ""
    return f"{shift.name} {shift.before or _ABSENT} → {shift.after or _ABSENT}{how}"


def _fall(rollback: Rollback) -> str:
    return f"{rollback.name} {rollback.before} → {rollback.after}"


def _shifts_further(now: Shift, before: Shift) -> bool:
    if now.forced and not before.forced:
        return True
    if now.after is None:
        return before.after is not None
    if now.direction == "down" and before.direction != "down":
        return True
    reached = _major(now.after)
    if reached not in (_major(before.after), _major(now.before)):
        return True
    return _apart(now.before, now.after) > _apart(before.before, before.after)


def _apart(one: str | None, other: str | None) -> int:
    """Return how many major releases lie between two versions, 0 where that is not known."""
    match _major(one), _major(other):
        case (int(epoch), int(first)), (int(same), int(second)) if epoch == same:
            return abs(first - second)
    return 0


def _major(version: str | None) -> tuple[int, int] | str | None:
    """Return epoch and first number of a version (PEP 440), the text where it is none."""
    from packaging.version import InvalidVersion, Version

    if version is None:
        return None
    try:
        parsed = Version(version)
    except InvalidVersion:
        return version
    return (parsed.epoch, parsed.release[0])


def _is_older(one: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(one) < Version(other)
    except InvalidVersion:
        return False
