"""Which other Pythons to try for a component, and the wall that another one raises."""

from __future__ import annotations

from depcheck.model.findings import Conflict, Finding, Step
from depcheck.model.requirement import PythonBound
from depcheck.model.rules import RULES
from depcheck.model.target import Target
from depcheck.model.walls import PythonNeed

_MINORS = range(9, 15)
"""Minor versions of CPython 3 that are still installed in practice."""
_PATCHES = 30


def other_pythons(target: Target, requires_python: str | None) -> tuple[str, ...]:
    """Return the other Pythons to try, as a user names them (``3.12``), the nearest first.

    Of two as near the older comes first. ``requires_python`` filters them; where it needs a
    patch release, that is named (``3.12.3``). What is no specifier admits all, as for pip.
    """
    here = int(target.python.split(".")[1])
    minors = sorted(set(_MINORS) - {here}, key=lambda minor: (abs(minor - here), minor))
    found = (_admitted(minor, requires_python or "") for minor in minors)
    return tuple(version for version in found if version is not None)


def _admitted(minor: int, specifier: str) -> str | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        allowed = SpecifierSet(specifier)
    except InvalidSpecifier:
        return f"3.{minor}"
    for patch in range(_PATCHES):
        if allowed.contains(f"3.{minor}.{patch}"):
            return f"3.{minor}.{patch}" if patch else f"3.{minor}"
    return None


def python_wall(component: str, wanted: str, found: str, conflict: Finding | None) -> Finding:
    """Return the wall (``wall-python``) of a component that needs another Python.

    ``wanted`` is the version that the rest runs on, ``found`` one that the component
    resolves for, empty where none of those tried is. ``conflict`` is the refutation for
    ``wanted``, told as a conflict; None where the configuration asks for ``found``.
    """
    rule = RULES["wall-python"]
    wanted, found = _minor(wanted), _minor(found)
    because = _because(component, found, conflict)
    if found:
        message = f"{component} needs Python {found}, not {wanted}: {because}"
    else:
        message = f"{component} resolves for no Python that was tried, {wanted} first: {because}"
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=message,
        locations=conflict.locations if conflict else (),
        evidence=PythonNeed(component=component, wanted=wanted, found=found, because=because),
        remedy=conflict.remedy if conflict else "",
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _because(component: str, found: str, conflict: Finding | None) -> str:
    if conflict is None:
        return f"{component} is set to Python {found}."
    evidence = conflict.evidence
    if not isinstance(evidence, Conflict):
        return conflict.message
    bound = next((s for s in evidence.statements if isinstance(s, PythonBound)), None)
    if bound is not None:
        return f"its requires-python is {bound.specifier} ({bound.origin})."
    about = [step for step in evidence.steps if _is_about_python(step)]
    return _sentence(str(about[-1])) if about else conflict.message


def _sentence(text: str) -> str:
    return text if text.endswith("…") else f"{text}."


def _is_about_python(step: Step) -> bool:
    """Whether a step tells which Pythons releases are for (Requires-Python, or their wheels)."""
    return "Python" in step.object or step.object.startswith("wheels only for")
