"""Findings of a JSON report with their evidence, read back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeVar

from depcheck.model.findings import (
    SEVERITIES,
    Conflict,
    Correction,
    Edit,
    Evidence,
    Finding,
    Rollback,
    Shift,
    Statement,
    Step,
)
from depcheck.model.identity import package_in
from depcheck.model.requirement import Origin, Pin, PythonBound, Requirement, normalise
from depcheck.review.json_value import Value

T = TypeVar("T")

_DIRECTIONS: tuple[Literal["up", "down", "added", "gone"], ...] = ("up", "down", "added", "gone")
_GRADES: tuple[Literal["major", "minor", "patch", "other"], ...] = (
    "major",
    "minor",
    "patch",
    "other",
)
_ASKED: tuple[Literal["requirement", "constraint"], ...] = ("requirement", "constraint")

# Reports that have no package and subject of a finding say them in its sentence.
_SUBJECTS = {
    "undetermined": re.compile(r"(?P<subject>.{1,500}?) could not be checked: ", re.DOTALL),
    "unknown-extra": re.compile(
        r"(?P<package>\S{1,200}) \S{1,200} has no extra (?P<subject>[^:]+):"
    ),
    "needs-build": re.compile(r"(?P<package>\S{1,200}) \S{1,200} has no wheel for "),
}


def read_finding(data: Value) -> Finding:
    """Return a finding; raises BaselineError."""
    rule, message = data["rule"].text(), data["message"].text()
    package, subject = _about(data, rule, message)
    return Finding(
        rule=rule,
        severity=data["severity"].choice(SEVERITIES),
        message=message,
        remedy=data["remedy"].text(),
        locations=tuple(origin(entry) for entry in data["locations"].items()),
        evidence=_evidence(data, rule),
        package=package,
        subject=subject,
    )


def _about(data: Value, rule: str, message: str) -> tuple[str, str]:
    said = _SUBJECTS[rule].match(message) if rule in _SUBJECTS else None
    told = said.groupdict() if said else {}
    subject = data.optional_text("subject", told.get("subject", ""))
    package = data.optional_text("package", told.get("package", ""))
    if not package and rule == "undetermined":
        package = package_in(subject)
    return normalise(package), subject


def _evidence(data: Value, rule: str) -> Evidence:
    """Return the evidence, which has to be what such a rule rests on."""
    kind = _kind(rule)
    evidence = data["evidence"]
    if kind is None:
        if evidence.data is not None:
            evidence.fault(f"null for {rule}")
        return None
    if not evidence.has("kind") or evidence["kind"].text() != kind:
        evidence.fault(f"the evidence of a {kind} for {rule}")
    match kind:
        case "conflict":
            return _conflict(evidence)
        case "shift":
            return _shift(evidence)
    return _rollback(evidence)


def _kind(rule: str) -> str | None:
    family = rule.partition("-")[0]
    return family if family in ("conflict", "shift", "rollback") else None


def _conflict(data: Value) -> Conflict:
    statements = tuple(statement(entry) for entry in data["statements"].items())
    if not statements:
        data["statements"].fault("a list with something in it")
    return Conflict(
        statements=statements,
        project=data["project"].text(),
        steps=tuple(_step(entry) for entry in data["steps"].items()),
        presumed=data["presumed"].texts(),
    )


def _shift(data: Value) -> Shift:
    return Shift(
        name=data["name"].text(),
        component=data["component"].text(),
        before=data.maybe_text("before"),
        after=data.maybe_text("after"),
        direction=data["direction"].choice(_DIRECTIONS),
        grade=data["grade"].choice(_GRADES),
        forced=data["forced"].switch(),
        far=data["far"].switch(),
        sought=not data.has("sought") or data["sought"].switch(),
        pin=data["pin"].text(),
        direct=_maybe(data, "direct", _requirement),
        locked=_maybe(data, "locked", _pin),
        chain=tuple(_step(entry) for entry in data["chain"].items()),
        alone=data["alone"].switch(),
        price=data["price"].texts(),
    )


def _rollback(data: Value) -> Rollback:
    return Rollback(
        name=data["name"].text(),
        component=data["component"].text(),
        before=data["before"].text(),
        after=data["after"].text(),
        days=_maybe(data, "days", Value.number),
        better=data.maybe_text("better"),
        pins=data["pins"].texts(),
        chain=tuple(_step(entry) for entry in data["chain"].items()),
        direct=_maybe(data, "direct", _requirement),
    )


def correction(data: Value) -> Correction:
    """Return a set of edits that heals; raises BaselineError."""
    return Correction(
        statements=tuple(statement(entry) for entry in data["statements"].items()),
        edits=tuple(
            Edit(
                origin=origin(entry["origin"]),
                before=entry["before"].text(),
                after=entry["after"].text(),
            )
            for entry in data["edits"].items()
        ),
        picks=tuple(
            (entry["name"].text(), entry["version"].text()) for entry in data["picks"].items()
        ),
        remark=data["remark"].text(),
    )


def statement(data: Value) -> Statement:
    """Return a requirement, a constraint or a bound on Python; raises BaselineError."""
    if data["kind"].choice((*_ASKED, "requires-python")) == "requires-python":
        return PythonBound(specifier=data["specifier"].text(), origin=origin(data["origin"]))
    return _requirement(data)


def _requirement(data: Value) -> Requirement:
    return Requirement(
        name=normalise(data["name"].text()),
        extras=data["extras"].texts(),
        specifier=data["specifier"].text(),
        marker=data["marker"].text(),
        origin=origin(data["origin"]),
        kind=data["kind"].choice(_ASKED),
        hashes=data["hashes"].texts(),
    )


def origin(data: Value) -> Origin:
    """Return where something stands; raises BaselineError."""
    return Origin(
        component=data["component"].text(),
        path=data["path"].text(),
        line=_maybe(data, "line", Value.number),
        text=data["text"].text(),
        end=_maybe(data, "end", Value.number),
    )


def _pin(data: Value) -> Pin:
    return Pin(
        name=data["name"].text(),
        version=data["version"].text(),
        origin=origin(data["origin"]),
    )


def _step(data: Value) -> Step:
    return Step(
        subject=data["subject"].text(),
        versions=data["versions"].text(),
        count=data["count"].number(),
        verb=data["verb"].text(),
        object=data["object"].text(),
        origin=_maybe(data, "origin", origin),
        presumed=data["presumed"].switch(),
    )


def _maybe(data: Value, key: str, read: Callable[[Value], T]) -> T | None:
    return read(data[key]) if data.has(key) else None
