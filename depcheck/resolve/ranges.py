"""Version specifiers as runs of positions in a sorted list of releases (PEP 440).

Every PEP 440 clause but ``!=`` and ``===`` accepts one run of neighbouring
releases, so that a bisection answers it with a handful of parsed versions.
Pre-releases are never filtered here: what is admitted is decided once, before
(``admission``), and the list holds only what is admitted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache

from packaging.version import InvalidVersion, Version

Interval = tuple[int, int]
"""Half-open run of positions ``[first, last + 1)``."""

Intervals = tuple[Interval, ...]

_CLAUSE = re.compile(r"\s*(===|==|~=|!=|<=|>=|<|>)\s*(\S+)\s*\Z")


class InvalidSpecifier(ValueError):
    """A specifier that PEP 440 does not know."""


@cache
def parse_version(text: str) -> Version:
    """Parse a PEP 440 version; the same text gives the same object."""
    return Version(text)


@cache
def clauses(specifier: str) -> tuple[tuple[str, str], ...]:
    """Split a specifier set into (operator, version text) pairs.

    Raises InvalidSpecifier where a clause is malformed.
    """
    return tuple(_clause(part) for part in specifier.split(",") if part.strip())


def _clause(part: str) -> tuple[str, str]:
    match = _CLAUSE.match(part)
    if match is None:
        raise InvalidSpecifier(part.strip())
    operator, text = match.group(1), match.group(2)
    wildcard = text.endswith(".*")
    if operator == "===":
        return operator, text
    if wildcard and operator not in ("==", "!="):
        raise InvalidSpecifier(part.strip())
    try:
        version = parse_version(text[:-2] if wildcard else text)
    except InvalidVersion:
        raise InvalidSpecifier(part.strip()) from None
    if operator == "~=" and len(version.release) < 2:
        raise InvalidSpecifier(part.strip())
    return operator, text


def mentions_prerelease(specifier: str) -> bool:
    """Whether a clause other than ``!=`` names a pre-release version."""
    return any(
        operator not in ("!=", "===")
        and not text.endswith(".*")
        and parse_version(text).is_prerelease
        for operator, text in clauses(specifier)
    )


def exact_pins(specifier: str) -> tuple[str, ...]:
    """The ``==`` (without wildcard) and ``===`` clauses, as specifiers of their own."""
    return tuple(
        operator + text
        for operator, text in clauses(specifier)
        if operator == "===" or (operator == "==" and not text.endswith(".*"))
    )


def positions(specifier: str, versions: Sequence[str]) -> Intervals:
    """The runs of ``versions`` (ascending) that satisfy ``specifier``.

    Returns sorted, disjoint, non-touching intervals; empty where none does.
    """
    result: Intervals = ((0, len(versions)),) if versions else ()
    for operator, text in clauses(specifier):
        result = intersect(result, _positions_of(operator, text, versions))
    return result


def intersect(left: Intervals, right: Intervals) -> Intervals:
    """The positions in both."""
    found = []
    for a, b in left:
        for c, d in right:
            low, high = max(a, c), min(b, d)
            if low < high:
                found.append((low, high))
    return tuple(found)


def contains(intervals: Intervals, position: int) -> bool:
    return any(low <= position < high for low, high in intervals)


def _positions_of(operator: str, text: str, versions: Sequence[str]) -> Intervals:
    if operator == "===":
        wanted = text.lower()
        return tuple((i, i + 1) for i, v in enumerate(versions) if v.lower() == wanted)
    if operator == "!=":
        return _complement(_run("==", text, versions), len(versions))
    low, high = _run(operator, text, versions)
    return ((low, high),) if low < high else ()


def _complement(run: Interval, total: int) -> Intervals:
    low, high = run
    if low >= high:
        return ((0, total),) if total else ()
    return tuple(part for part in ((0, low), (high, total)) if part[0] < part[1])


def _run(operator: str, text: str, versions: Sequence[str]) -> Interval:
    total = len(versions)

    def first(reached: Callable[[Version], bool]) -> int:
        return bisect_left(range(total), True, key=lambda i: reached(parse_version(versions[i])))

    if text.endswith(".*"):
        return _prefix_run(parse_version(text[:-2]), first)
    version = parse_version(text)
    match operator:
        case ">=":
            return first(lambda v: v >= version), total
        case ">":
            return first(lambda v: _is_beyond(v, version)), total
        case "<":
            limit = version if version.is_prerelease else _floor(version)
            return 0, first(lambda v: v >= limit)
        case "<=":
            return 0, first(lambda v: _is_after_locals(v, version))
        case "~=":
            prefix = Version(f"{version.epoch}!{_dotted(version.release[:-1])}")
            low, high = _prefix_run(prefix, first)
            return max(low, first(lambda v: v >= version)), high
        case _:
            low = first(lambda v: v >= version)
            if version.local is not None:
                return low, first(lambda v: v > version)
            return low, first(lambda v: _is_after_locals(v, version))


def _prefix_run(prefix: Version, first: Callable[[Callable[[Version], bool]], int]) -> Interval:
    release = prefix.release
    above = Version(f"{prefix.epoch}!{_dotted((*release[:-1], release[-1] + 1))}.dev0")
    below = _floor(prefix)
    return first(lambda v: v >= below), first(lambda v: v >= above)


def _dotted(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))


def _floor(version: Version) -> Version:
    """The lowest version of the family: ``<1.2`` leaves out ``1.2rc1`` too."""
    return version if version.dev is not None else Version(f"{version.public}.dev0")


def _is_after_locals(candidate: Version, version: Version) -> bool:
    """Above ``version`` and above all its local versions (``1.0+cu118``)."""
    if candidate <= version:
        return False
    return candidate.local is None or Version(candidate.public) != version


def _is_beyond(candidate: Version, version: Version) -> bool:
    """``>``: above ``version``, its locals, and its post-releases unless it is one."""
    if not _is_after_locals(candidate, version):
        return False
    if version.post is not None or version.dev is not None or candidate.post is None:
        return True
    return (candidate.epoch, _trimmed(candidate), candidate.pre) != (
        version.epoch,
        _trimmed(version),
        version.pre,
    )


def _trimmed(version: Version) -> tuple[int, ...]:
    release = version.release
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release
