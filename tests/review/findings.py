"""Findings of checks, made for comparisons: small, and at will."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from hypothesis import strategies as st

from depcheck.model.findings import Conflict, Finding, Rollback, Severity, Shift, Step
from depcheck.model.requirement import Origin, PythonBound, Requirement


def at(component: str, line: int | None = 1, path: str = "", text: str = "") -> Origin:
    return Origin(
        component=component, path=path or f"{component}/requirements.txt", line=line, text=text
    )


def stated(component: str, text: str, line: int = 1, **rest: Any) -> Requirement:
    name = text.replace(">", "=").replace("<", "=").partition("=")[0]
    return Requirement(
        name=name, specifier=text[len(name) :], origin=at(component, line, text=text), **rest
    )


def bound(component: str, specifier: str) -> PythonBound:
    return PythonBound(specifier=specifier, origin=at(component, path="pyproject.toml"))


def conflict(
    *statements: Requirement | PythonBound,
    over: str = "pydantic",
    rule: str = "conflict-transitive",
) -> Finding:
    return Finding(
        rule=rule,
        severity="error",
        message=f"{statements} clash",
        locations=tuple(statement.origin for statement in statements),
        evidence=Conflict(statements=statements, project=over, steps=()),
    )


def shift(
    before: str | None = "1.7.1",
    after: str | None = "2.8.0",
    *,
    name: str = "pyjwt",
    component: str = "web",
    severity: Severity = "warning",
    rule: str = "shift-major",
    forced: bool = False,
    direction: Literal["up", "down"] = "up",
    line: int = 3,
) -> Finding:
    told = Shift(
        name=name,
        component=component,
        before=before,
        after=after,
        direction=direction,
        grade="major",
        forced=forced,
        chain=(Step(subject="recommender", verb="needs", object=name, origin=at("recommender")),),
    )
    return Finding(
        rule=rule,
        severity=severity,
        message=f"{name} moves from {before} to {after}",
        locations=(at(component, line),),
        evidence=told,
    )


def rollback(
    before: str = "1.44.5",
    after: str = "1.9.253",
    *,
    better: str | None = None,
    name: str = "boto3",
) -> Finding:
    told = Rollback(name=name, component="web", before=before, after=after, days=9, better=better)
    return Finding(
        rule="rollback", severity="warning", message=f"{name} falls to {after}", evidence=told
    )


def gap(subject: str, component: str = "web", package: str = "") -> Finding:
    return Finding(
        rule="undetermined",
        severity="warning",
        message=f"{subject} could not be checked: it has no metadata.",
        locations=(at(component),),
        subject=subject,
        package=package,
    )


def extra(name: str, asked: str, component: str = "web") -> Finding:
    return Finding(
        rule="unknown-extra",
        severity="warning",
        message=f"{name} 1.0 has no extra {asked}: it is ignored.",
        locations=(at(component),),
        package=name,
        subject=asked,
    )


# At will

NAMES = st.sampled_from(["a", "b", "c"])
OWNERS = st.sampled_from(["web", "ai"])
VERSIONS = st.sampled_from(["1.0", "1.1", "2.0", "3.0"])
SEVERITIES = st.sampled_from(["note", "warning", "error"])

_STATEMENTS = st.builds(
    lambda owner, name, version, line: stated(owner, f"{name}>={version}", line),
    OWNERS, NAMES, VERSIONS, st.integers(1, 9),
)  # fmt: skip
_CONFLICTS = st.builds(
    lambda statements, over: conflict(*statements, over=over),
    st.lists(_STATEMENTS, min_size=1, max_size=3),
    NAMES,
)
_SHIFTS = st.builds(
    lambda name, owner, before, after, severity, forced, line: shift(
        before, after, name=name, component=owner, severity=severity, forced=forced, line=line
    ),
    NAMES, OWNERS, VERSIONS, VERSIONS, SEVERITIES, st.booleans(), st.integers(1, 9),
)  # fmt: skip
_ROLLBACKS = st.builds(
    lambda name, before, after, better: rollback(before, after, better=better, name=name),
    NAMES, VERSIONS, VERSIONS, st.none() | VERSIONS,
)  # fmt: skip
_GAPS = st.builds(
    lambda name, version, owner: gap(f"{name} {version}", owner), NAMES, VERSIONS, OWNERS
)
_EXTRAS = st.builds(extra, NAMES, NAMES, OWNERS)

FINDINGS = st.lists(st.one_of(_CONFLICTS, _SHIFTS, _ROLLBACKS, _GAPS, _EXTRAS), max_size=12)


def bare(finding: Finding) -> Finding:
    """Return a finding without its novelty."""
    return replace(finding, novelty=None)
