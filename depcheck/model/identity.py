"""What makes two findings the same thing, found in two runs.

An identity holds what a finding is about and nothing that moves by itself: no line, no
version, no severity, no message, no path of the machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from depcheck.model.findings import Conflict, Drift, Evidence, Finding, Rollback, Shift, Statement
from depcheck.model.requirement import Requirement, normalise
from depcheck.model.text import redact
from depcheck.model.walls import (
    Budget,
    GpuNeed,
    Guardrail,
    Labels,
    NativeClash,
    PythonNeed,
    Weight,
)

Identity = tuple[object, ...]
"""Texts and tuples of them, alike for the same finding."""

PYTHON = "Python"
"""The project of a conflict over the interpreter: capital, so that no distribution has it."""

_DIGITS = 32
_FAMILIES = ("conflict-", "shift-")
_OF_CONFIGURATION = ("policy-", "suppression-", "wall-apart", "wish-")
"""Rules whose locations are entries of the configuration, which belong to no component."""

_NAME = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?)\s{0,9}"
    r"(?:$|[\[<>=!~;@(]|v?[0-9][A-Za-z0-9.+!_-]{0,99}$)"
)
_DIRECT = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?)\s{0,9}"
    r"(?:\[[^\]]{0,500}\]\s{0,9})?@\s{0,9}(?:[A-Za-z0-9+.-]{1,20}://|file:)"
)
"""A project with its URL (PEP 508), of which the URL's fragment says nothing any more."""
_EGG = re.compile(r"#(?:[^#\s]{0,200}&)?egg=([A-Za-z0-9][A-Za-z0-9._-]{0,199})")
_KEYS = frozenset(("dependencies", "optional-dependencies"))
"""Tables of a pyproject.toml that may be gaps; none of them is a project."""
_NUMBERS = re.compile(r"v?[0-9]+(?:[.][0-9A-Za-z*]+)*")


def identity(finding: Finding) -> Identity:
    """Return what a finding is about, its kind first.

    Rules that differ in degree alone (``shift-minor``, ``shift-major``) are one kind, and so
    are those of conflicts: an edit may make a direct conflict of a transitive one. A conflict
    is known by whose statements clash (component and project, or ``requires-python``) and
    over which project; its specifiers do not count. A finding without evidence is known by
    its package, its subject and its components.
    """
    kind = _kind(finding.rule)
    if finding.evidence is None or finding.rule == "wish-impossible":
        return (kind, *_bare(finding))
    return (kind, *_proven(finding.evidence))


def fingerprint(finding: Finding) -> str:
    """Return the identity as 32 hexadecimal digits (the first half of its SHA-256)."""
    text = json.dumps(identity(finding), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def packages(finding: Finding) -> tuple[str, ...]:
    """Return the normalised names of the distributions that a finding is about, each once."""
    names = _packages(finding.rule, finding.evidence)
    found = tuple(dict.fromkeys(normalise(name) for name in names if name and name != PYTHON))
    return found or ((finding.package,) if finding.package else ())


def components(finding: Finding) -> tuple[str, ...]:
    """Return the components that a finding is about, the one that suffers first.

    Of a guard-rail, or a difference between environments, it is the service.
    """
    named = tuple(dict.fromkeys(name for name in _components(finding.evidence) if name))
    if named or finding.rule.startswith(_OF_CONFIGURATION):
        return named
    return tuple(dict.fromkeys(place.component for place in finding.locations if place.component))


def package_in(subject: str) -> str:
    """Return the normalised project that the subject of a gap names, empty where it names none.

    Subjects are a requirement's text, ``project version``, a URL, or words.
    """
    found = _DIRECT.match(subject) or _EGG.search(subject) or _NAME.match(subject)
    return normalise(found[1]) if found and found[1].partition(".")[0] not in _KEYS else ""


def unversioned(text: str) -> str:
    """Return ``text`` with its numbers and versions taken out."""
    return _NUMBERS.sub("*", text)


def stated(statement: Statement) -> tuple[str, str, str]:
    """Return whose statement it is, of which kind, and about which project."""
    owner = statement.origin.component
    if isinstance(statement, Requirement):
        return (owner, statement.kind, statement.name)
    return (owner, "requires-python", "")


def _kind(rule: str) -> str:
    return next((family[:-1] for family in _FAMILIES if rule.startswith(family)), rule)


def _bare(finding: Finding) -> Identity:
    package, subject = finding.package, finding.subject
    if finding.rule == "undetermined":  # its subject has a version, or the whole line
        package = package or package_in(subject)
        subject = "" if package else unversioned(redact(subject))
    return (package, subject, tuple(sorted(components(finding))))


def _proven(evidence: Evidence) -> Identity:
    match evidence:
        case Conflict():
            clash = sorted(stated(statement) for statement in evidence.statements)
            return (evidence.project, tuple(clash))
        case Shift() | Rollback():
            return (evidence.name, evidence.component)
        case Drift():
            return (
                evidence.aspect, evidence.name, evidence.place, evidence.service, evidence.replica
            )  # fmt: skip
        case NativeClash():
            uses = (evidence.left, evidence.right)
            sides = sorted((use.component, use.distribution) for use in uses)
            return (evidence.kind, evidence.name, tuple(sides))
        case Guardrail():  # one guard-rail may lack several fields
            return (evidence.service, evidence.name, evidence.set.partition(":")[0])
        case Labels():
            return (evidence.kind, tuple(sorted(name for name, _ in evidence.values)))
        case PythonNeed() | Weight() | GpuNeed():
            return (evidence.component,)
    return ()  # there is one budget


def _packages(rule: str, evidence: Evidence) -> Iterator[str]:
    match evidence:
        case Conflict():
            yield from (s.name for s in evidence.statements if isinstance(s, Requirement))
            yield evidence.project
        case Shift() | Rollback():
            yield evidence.name
        case Drift() if rule.startswith("distribution-"):
            yield evidence.name
        case NativeClash():
            yield from (evidence.left.distribution, evidence.right.distribution)
        case Weight():
            yield from (name for name, _ in evidence.largest)
        case GpuNeed():
            yield from evidence.distributions


def _components(evidence: Evidence) -> Iterable[str]:
    match evidence:
        case Conflict():
            return [statement.origin.component for statement in evidence.statements]
        case Shift() | Rollback():
            by = [step.origin.component for step in evidence.chain if step.origin is not None]
            return [evidence.component, *by]
        case PythonNeed() | Weight() | GpuNeed():
            return [evidence.component]
        case NativeClash():
            return [evidence.left.component, evidence.right.component]
        case Labels():
            return [name for name, _ in evidence.values]
        case Budget():
            return [share.component for share in evidence.shares]
        case Guardrail() | Drift():
            return [evidence.service]
    return []
