"""Which corrections come first: those whose releases are closest to what the lines pick now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from depcheck.conflicts.distance import FAR_DAYS, days_between, major
from depcheck.model.findings import Correction
from depcheck.model.requirement import Requirement
from depcheck.resolve.entry import Entry
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.ranges import parse_version
from depcheck.resolve.universe import Root

_OLD_DAYS = 3 * FAR_DAYS  # a release that is older by more helps less than an edit of the core


@dataclass(frozen=True, slots=True)
class _Move:
    """An edited project: what its line picks as it stands, and what with the edit."""

    name: str
    before: str
    after: str
    days: int | None
    releases: int

    @property
    def is_back(self) -> bool:
        return parse_version(self.after) < parse_version(self.before)

    @property
    def is_old(self) -> bool:
        return self.is_back and (self.days or 0) > _OLD_DAYS

    def told(self) -> str:
        """That it falls far back, empty where it does not."""
        years = round((self.days or 0) / 365.25)
        if not self.is_back:
            return ""
        if self.days is not None and self.days > FAR_DAYS:
            by = "a year" if years < 2 else f"{years} years"
            return f"{self.name} falls back by {by}, from {self.before} to {self.after}."
        if major(self.after) < major(self.before):
            return f"{self.name} falls back from {self.before} to {self.after}, another major."
        return ""


def by_closeness(
    oracle: Oracle, corrections: Iterable[Correction], cores: Collection[str], roots: Sequence[Root]
) -> list[Correction]:
    """Sort: whole edits first, few lines first, the core's and very old releases last.

    What takes something on trust or needs a build comes after what does not. Of those that
    are alike in this, the closest comes first: in days between the uploads of what is picked
    with the edit and without, or in releases where an index does not tell the time.
    """
    every = list(corrections)
    places = {root.statement.origin: i for i, root in enumerate(roots)}
    moves = [_moves(oracle, correction) for correction in every]
    dated = all(move.days is not None for each in moves for move in each)

    def distance(index: int) -> tuple[int, ...]:
        correction = every[index]
        far = " ".join(fallen_back(oracle, correction))
        return (
            not correction.edits,
            bool(correction.remark.removesuffix(far)),
            len(correction.statements),
            any(move.is_old for move in moves[index]),
            sum(s.origin.component in cores for s in correction.statements),
            sum((move.days or 0) if dated else move.releases for move in moves[index]),
            *sorted(places[s.origin] for s in correction.statements),
        )

    return [every[index] for index in sorted(range(len(every)), key=distance)]


def fallen_back(oracle: Oracle, correction: Correction) -> list[str]:
    """A sentence for each project that its edit takes into another major or a year back."""
    return [told for move in _moves(oracle, correction) if (told := move.told())]


def _moves(oracle: Oracle, correction: Correction) -> list[_Move]:
    picks = dict(correction.picks)
    found = []
    for statement in correction.statements:
        if isinstance(statement, Requirement) and statement.name in picks:
            entry, after = oracle.universe.entry(statement.name), picks[statement.name]
            before = _unedited(entry, statement)
            if before is not None:
                found.append(_move(entry, entry.versions[before], after, before))
    return found


def _unedited(entry: Entry, requirement: Requirement) -> int | None:
    """The newest release that the line allows as it stands; None where it allows none."""
    runs = entry.allowed(requirement.specifier, requirement.hashes)
    able = (p for low, high in runs for p in range(low, high) if p not in entry.excluded)
    return max(able, default=None)


def _move(entry: Entry, before: str, after: str, position: int) -> _Move:
    (now, _), *_ = entry.intervals(f"=={after}")
    days = days_between(entry, after, before)
    return _Move(
        name=entry.name,
        before=before,
        after=after,
        days=None if days is None else abs(days),
        releases=abs(now - position),
    )
