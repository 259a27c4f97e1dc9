"""How far two versions lie apart."""

from __future__ import annotations

import re
from typing import Literal

from packaging.version import InvalidVersion, Version

Grade = Literal["major", "minor", "patch", "other", "unknown"]

_GRADES: tuple[Grade, ...] = ("major", "major", "minor", "patch")
_NUMBERS = re.compile(r"\d+")
_EPOCH = re.compile(r"^\d+:")


def grade(left: str, right: str) -> Grade:
    """Return the first part of two versions (PEP 440) that differs; the epoch counts as major.

    ``other`` is a difference behind the release number, ``unknown`` is between texts
    that are no versions.
    """
    one, other = parsed(left), parsed(right)
    if one is None or other is None:
        return "unknown"
    width = max(len(one.release), len(other.release), 3)
    parts = [(v.epoch, *v.release, *(0,) * (width - len(v.release))) for v in (one, other)]
    for position, (a, b) in enumerate(zip(*parts, strict=True)):
        if a != b:
            return _GRADES[min(position, 3)]
    return "other"


def same(left: str, right: str) -> bool:
    """Tell whether two texts name one version (``1.0`` and ``1.0.0`` do)."""
    one, other = parsed(left), parsed(right)
    return left == right or (one is not None and one == other)


def step_words(left: str, right: str) -> str:
    """Say how the right version is seen from the left one: ``a major downgrade``."""
    one, other = parsed(left), parsed(right)
    if one is None or other is None:
        return "another version"
    if one.public == other.public:
        return "another build of the same version"
    step = grade(left, right)
    if step == "other":  # before or after the release itself
        return "an upgrade" if other > one else "a downgrade"
    return f"a {step} {'upgrade' if other > one else 'downgrade'}"


def parsed(text: str) -> Version | None:
    """Return ``text`` as a version, None where it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def numbers(version: str, count: int) -> tuple[str, ...]:
    """Return the first numbers of an OS package's or a library's version, its epoch left out."""
    return tuple(n.lstrip("0") or "0" for n in _NUMBERS.findall(_EPOCH.sub("", version))[:count])


def agree(left: str, right: str) -> bool:
    """Tell whether two Python versions can be one: ``3.11`` and ``3.11.2`` can."""
    one, other = left.split("."), right.split(".")
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
