"""Lines as a person would write them: an edit in the spelling of what stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.conflicts.wording import listed
from depcheck.model.requirement import PythonBound, Requirement
from depcheck.resolve.ranges import clauses, positions
from depcheck.resolve.universe import Root

_LINE = re.compile(  # PEP 508 by name: what stands before and after the specifier
    r"(?P<before>(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?)"
    r"(?P<gap>\s*)(?:\([^()]*\)|[^;()@\[\]\"']*?)(?P<after>\s*(?:;.*)?)"
)
_TABLE_LINE = re.compile(  # TOML: name = "^1.2", or name = {version = "^1.2", …}
    r"(?P<before>[A-Za-z0-9._\"'-]+\s*=\s*(?:\{.*?\bversion\s*=\s*)?)"
    r"(?P<quote>[\"'])[^\"']*(?P=quote)(?P<after>.*)"
)


def respelt(requirement: Requirement, specifier: str) -> str:
    """The line of a requirement with another specifier.

    Name, extras, marker and spacing stay as they are written; where the line
    cannot be understood the requirement is written anew.
    """
    text = requirement.origin.text
    table = _TABLE_LINE.fullmatch(text)
    if table is not None:
        quote = table["quote"]
        return f"{table['before']}{quote}{specifier or '*'}{quote}{table['after']}"
    line = _LINE.fullmatch(text)
    if line is None:
        return _anew(requirement, specifier)
    gap = line["gap"] if specifier else ""
    return f"{line['before']}{gap}{specifier}{line['after']}".strip()


def _anew(requirement: Requirement, specifier: str) -> str:
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{specifier}{marker}"


def other_python(roots: Sequence[Root]) -> str:
    """What would heal a Python that components rule out."""
    bounds = [root.statement for root in roots if isinstance(root.statement, PythonBound)]
    needs = listed([f"{bound.origin.component} needs Python {bound.specifier}" for bound in bounds])
    if any(_all_allow(bounds, python) for python in _pythons(bounds)):
        return f"{needs}: check with a Python that every component allows (--python)."
    return f"{needs}: no Python fits them all, keep the components apart."


def _all_allow(bounds: Sequence[PythonBound], python: str) -> bool:
    return all(positions(bound.specifier, (python,)) for bound in bounds)


def _pythons(bounds: Sequence[PythonBound]) -> list[str]:
    """Versions of which one fits wherever any does, and those that are named."""
    named = [text.removesuffix(".*") for b in bounds for _, text in clauses(b.specifier)]
    return [*named, *(f"3.{minor}.{patch}" for minor in range(40) for patch in (0, 1, 99))]
