"""Releases folded into ranges, and sets of releases as specifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.resolve.ranges import Intervals


def fold(versions: Sequence[str], positions: Iterable[int], within: Sequence[int]) -> str:
    """Tell a set of positions as ranges: ``0.3.0 to 1.5.0, 1.5.2``.

    ``within`` are the positions that count (ascending): releases between two
    told ones that do not count do not break a range.
    """
    told = set(positions)
    runs: list[list[int]] = []
    open_run = False
    for position in within:
        if position not in told:
            open_run = False
        elif open_run:
            runs[-1][1] = position
        else:
            runs.append([position, position])
            open_run = True
    return ", ".join(
        versions[low] if low == high else f"{versions[low]} to {versions[high]}"
        for low, high in runs
    )


def as_specifier(intervals: Intervals, versions: Sequence[str]) -> str:
    """The hull of a set of releases as a specifier, empty if it is everything."""
    if not intervals:
        return " (no release)"
    low, high = intervals[0][0], intervals[-1][1]
    if high - low == 1:
        return f"=={versions[low]}"
    clauses = [f">={versions[low]}"] if low > 0 else []
    if high < len(versions):
        clauses.append(f"<={versions[high - 1]}")
    return ",".join(clauses)


def union(parts: Iterable[Intervals]) -> Intervals:
    """The positions in any of the parts, as sorted disjoint intervals."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(run for part in parts for run in part):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def positions_of(intervals: Intervals) -> list[int]:
    return [position for low, high in intervals for position in range(low, high)]


def listed(words: Sequence[str], conjunction: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
