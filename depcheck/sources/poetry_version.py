"""Poetry's version ranges (caret, tilde, wildcard) as PEP 440 specifiers."""

from __future__ import annotations

import re

from depcheck.model.text import printable
from depcheck.sources.requirement import MalformedError

_CLAUSE = re.compile(r"(?P<operator>\^|~=|~|===|==|!=|<=|>=|<|>|=)?\s*(?P<version>[^\s,|^~=!<>]+)")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)(.*)")
_WILDCARD = re.compile(r"v?(\d+(?:\.\d+)*)(?:\.[*xX])+")


def specifier_of(constraint: str) -> str:
    """Return the PEP 440 specifier of a Poetry constraint, empty for any version.

    Raises MalformedError for what cannot be one range (``||``) or is no constraint.
    """
    text = constraint.strip()
    if "|" in text:
        raise MalformedError(
            f'"{printable(constraint)}" is a choice of ranges, which is no single range'
        )
    parts: list[str] = []
    position = 0
    while position < len(text):
        match = _CLAUSE.match(text, position)
        if match is None:
            raise MalformedError(f'"{printable(constraint)}" is not a range of versions')
        parts += _clause(match["operator"] or "", match["version"])
        position = match.end()
        position += len(text[position:]) - len(text[position:].lstrip(" ,"))
    return _checked(",".join(parts), constraint)


def _checked(specifier: str, constraint: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return str(SpecifierSet(specifier))
    except InvalidSpecifier:
        raise MalformedError(f'"{printable(constraint)}" is not a range of versions') from None


def _clause(operator: str, version: str) -> list[str]:
    if version in ("*", "x", "X") and operator in ("", "=", "=="):
        return []
    wildcard = _WILDCARD.fullmatch(version)
    if wildcard:
        return [f"{'!=' if operator == '!=' else '=='}{wildcard[1]}.*"]
    if operator in ("^", "~"):
        return _range(operator, version)
    return [f"{'==' if operator in ('', '=') else operator}{version}"]


def _range(operator: str, version: str) -> list[str]:
    match = _RELEASE.fullmatch(version)
    if match is None:
        raise MalformedError(f'"{printable(operator + version)}" is not a range of versions')
    parts = [int(part) for part in match[1].split(".")]
    if operator == "~":
        fixed = min(len(parts), 2)
    else:
        # A caret keeps the first part that is not zero.
        fixed = next((i for i, part in enumerate(parts) if part), len(parts) - 1) + 1
    upper = [*parts[: fixed - 1], parts[fixed - 1] + 1]
    upper += [0] * (max(len(parts), 2) - len(upper))
    return [f">={version}", f"<{'.'.join(map(str, upper))}"]
