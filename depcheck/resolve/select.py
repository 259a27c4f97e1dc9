"""Which file of a release a target would install (PEP 425, PEP 427)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from depcheck.model.catalog import Distribution
from depcheck.model.target import Target
from depcheck.resolve.ranges import InvalidSpecifier, positions


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why no file of a release fits: ``python``, ``platform`` or ``no-file``.

    ``detail`` is a phrase: ``needs Python >=3.12``, ``wheels only for win_amd64``.
    """

    reason: str
    detail: str


class Selector:
    """Ranks the files of releases for one target."""

    def __init__(self, target: Target) -> None:
        self._rank = {tag: rank for rank, tag in enumerate(target.tags)}
        self._python = target.python

    def choose(self, files: tuple[Distribution, ...]) -> Distribution | Unfit:
        """The preferred file: the best-tagged wheel, else an sdist."""
        fitting = self.fitting(files)
        return fitting[0] if fitting else self._why_unfit(files)

    def fitting(self, files: tuple[Distribution, ...]) -> tuple[Distribution, ...]:
        """All files that fit, the preferred first."""
        ranked = []
        for order, file in enumerate(files):
            rank = self._rank_of(file)
            if rank is not None and self.allows(file.requires_python):
                ranked.append((rank, order, file))
        ranked.sort(key=lambda item: item[:2])
        return tuple(file for _, _, file in ranked)

    def allows(self, requires_python: str | None) -> bool:
        """Whether a Requires-Python admits the target's interpreter.

        A value that is no specifier is taken to admit it, as pip does.
        """
        return not requires_python or _admits(requires_python, self._python)

    def _rank_of(self, file: Distribution) -> tuple[int, int] | None:
        if not file.is_wheel:
            return len(self._rank), 0
        build, tags = wheel_tags(file.filename)
        ranks = [self._rank[tag] for tag in tags if tag in self._rank]
        return (min(ranks), -build) if ranks else None

    def _why_unfit(self, files: tuple[Distribution, ...]) -> Unfit:
        if not files:
            return Unfit("no-file", "has no wheel or sdist")
        bounds = {f.requires_python for f in files if not self.allows(f.requires_python)}
        if bounds:
            return Unfit("python", "needs Python " + " or ".join(sorted(map(str, bounds))))
        platforms = sorted({t.rpartition("-")[2] for f in files for t in wheel_tags(f.filename)[1]})
        pythons = sorted({t.partition("-")[0] for f in files for t in wheel_tags(f.filename)[1]})
        shown = ", ".join(platforms[:3]) + (", …" if len(platforms) > 3 else "")
        return Unfit("platform", f"has wheels only for {', '.join(pythons[:4])} on {shown}")


@cache
def _admits(requires_python: str, python: str) -> bool:
    try:
        return bool(positions(requires_python, (python,)))
    except InvalidSpecifier:
        return True


@lru_cache(maxsize=4096)
def wheel_tags(filename: str) -> tuple[int, tuple[str, ...]]:
    """A wheel's build number (0 where it has none) and its expanded tags."""
    parts = filename[:-4].split("-")
    if len(parts) not in (5, 6):
        return 0, ()
    pythons, abis, platforms = (part.split(".") for part in parts[-3:])
    digits = "".join(c for c in parts[2] if c.isdigit()) if len(parts) == 6 else ""
    tags = tuple(f"{p}-{a}-{m}" for p in pythons for a in abis for m in platforms)
    return int(digits or 0), tags
