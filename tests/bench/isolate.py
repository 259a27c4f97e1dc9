"""Measure ``depcheck isolate`` on an index, and print the table.

    python tests/bench/isolate.py [--index-url URL] [--uv UV] [--figure NAME ...]

The index is the one that pip itself would use, unless one is named. Three figures: ``two``
(two components, against ``depcheck check`` on them), ``thirty`` (real projects with planted
conflicts, cold and warm, and the threes that no pair shows, checked with uv) and ``pairs``
(twelve components, against colouring the graph of the pairs that uv cannot compile).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.isolate_cases import THIRTY, TWELVE, TWO, Division
from tests.bench.tools import PYTHON, Bench, Run, report
from tests.bench.upstream import pip_index_url

Group = frozenset[str]

_MOST_WARMING = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure with; ``repeats`` of each warm command, the middle one counts."""

    bench: Bench
    repeats: int

    def isolate(self, division: Division, *, fresh: bool = False) -> Run:
        cache = self.bench.cache(f"isolate-{division.case.name}", fresh=fresh)
        return self.bench.depcheck(division.case, cache, "--format", "json", command="isolate")

    def check(self, division: Division) -> Run:
        cache = self.bench.cache(f"isolate-{division.case.name}")
        return self.bench.depcheck(division.case, cache, "--format", "json")

    def warm(self, division: Division) -> None:
        """Fill the cache until neither command asks the index for anything.

        Answers arrive in another order each time, and a proof may lead over other releases.
        """
        for _ in range(_MOST_WARMING):
            runs = (self.isolate(division), self.check(division))
            if not any(report(done)["run"]["requests"] for done in runs):
                return

    def middle(self, measure: Callable[[], Run]) -> Run:
        runs = [measure() for _ in range(self.repeats)]
        wanted = statistics.median_low([done.seconds for done in runs])
        return next(done for done in runs if done.seconds == wanted)

    def fits(self, division: Division, names: Group) -> bool:
        """Whether uv finds a joint set for these components."""
        files = division.case.write(self.bench.work / division.case.name)
        chosen = [files[name] for name in files if name in names]
        done = self.bench.uv_compile(chosen, self.bench.cache("uv"))
        if done.status not in (0, 1):
            raise OSError(f"uv ended with {done.status}: {done.stderr[-400:]}")
        return done.status == 0


def groups(told: Mapping[str, Any]) -> list[Group]:
    return [frozenset(container["components"]) for container in told["containers"]]


def two(plan: Plan) -> Iterator[str]:
    """Two components, warm: goal no slower than check plus 0.2 s."""
    for division in TWO:
        plan.isolate(division, fresh=True)
        plan.warm(division)
        # in turn, so that a slow minute of the machine slows both
        runs = [(plan.isolate(division), plan.check(division)) for _ in range(plan.repeats)]
        ours = statistics.median(one.seconds for one, _ in runs)
        peer = statistics.median(other.seconds for _, other in runs)
        told = report(runs[0][0])
        right = len(groups(told)) == division.count
        yield _row(
            "two, warm", division, f"{ours:.2f} s", f"check {peer:.2f} s",
            f"{ours - peer:+.2f} s", "≤ +0.2 s", right and ours - peer <= 0.2, _counts(told),
        )  # fmt: skip


def thirty(plan: Plan) -> Iterator[str]:
    """Thirty components: minutes cold, seconds warm, exact."""
    cold = plan.isolate(THIRTY, fresh=True)
    yield _thirty("thirty, cold", plan, cold, 180)
    yield _thirty("thirty, warm", plan, plan.middle(lambda: plan.isolate(THIRTY)), 60)


def _thirty(figure: str, plan: Plan, done: Run, most: float) -> str:
    told = report(done)
    found = groups(told)
    split = all(not three <= group for three in THIRTY.threes for group in found)
    exact = told["proven"]["exact"] and len(found) == THIRTY.count
    held = sum(plan.fits(THIRTY, group) for group in found)
    remark = f"{_counts(told)}; uv compiles {held} of {len(found)}"
    met = exact and split and held == len(found) and done.seconds <= most
    return _row(figure, THIRTY, str(done), "–", "–", f"exact, ≤ {most:g} s", met, remark)


def pairs(plan: Plan) -> Iterator[str]:
    """Twelve components, against every pair compiled with uv and the graph coloured."""
    told = report(cold := plan.isolate(TWELVE, fresh=True))
    plan.bench.cache("uv", fresh=True)
    started = time.perf_counter()
    coloured = by_pairs(plan, TWELVE)
    seconds = time.perf_counter() - started
    wrong = [group for group in coloured if not plan.fits(TWELVE, group)]
    ours = [group for group in groups(told) if not plan.fits(TWELVE, group)]
    yield _pairs("pairs, cold", told, cold, seconds, wrong, ours)
    told = report(warm := plan.middle(lambda: plan.isolate(TWELVE)))
    started = time.perf_counter()
    by_pairs(plan, TWELVE)
    yield _pairs("pairs, warm", told, warm, time.perf_counter() - started, wrong, ours)
    for three in TWELVE.threes:
        misled = all(plan.fits(TWELVE, frozenset(two)) for two in combinations(sorted(three), 2))
        yield _row(
            "three, by uv", TWELVE, ", ".join(sorted(three)), "–", "–", "pairs fit, all do not",
            misled and not plan.fits(TWELVE, three), "",
        )  # fmt: skip


def _pairs(
    figure: str,
    told: Mapping[str, Any],
    done: Run,
    seconds: float,
    wrong: Sequence[Group],
    ours: Sequence[Group],
) -> str:
    right = told["proven"]["exact"] and len(groups(told)) == TWELVE.count and not ours
    names = "; ".join(", ".join(sorted(group)) for group in wrong)
    remark = f"{_counts(told)}; " + (f"the pairs' group fails: {names}" if wrong else "both right")
    ratio = f"1/{seconds / done.seconds:.1f}"
    met = bool(right) and done.seconds < seconds
    return _row(
        figure, TWELVE, str(done), f"pairs with uv {seconds:.1f} s", ratio, "faster, right", met,
        remark,
    )  # fmt: skip


def by_pairs(plan: Plan, division: Division) -> list[Group]:
    """Compile every pair with uv; colour the graph of those that fail, in order of degree."""
    names = list(division.case.components)
    enemies: dict[str, set[str]] = {name: set() for name in names}
    for one, other in combinations(names, 2):
        if not plan.fits(division, frozenset((one, other))):
            enemies[one].add(other)
            enemies[other].add(one)
    found: list[set[str]] = []
    for name in sorted(names, key=lambda name: -len(enemies[name])):
        home = next((group for group in found if not group & enemies[name]), None)
        if home is None:
            found.append({name})
        else:
            home.add(name)
    return [frozenset(group) for group in found]


def _counts(told: Mapping[str, Any]) -> str:
    found, proven = groups(told), told["proven"]
    exact = "exact" if proven["exact"] else f"at least {proven['fewest']}"
    return f"{len(found)} containers ({exact}), {told['run']['requests']} requests"


def _row(figure: str, division: Division, *cells: object) -> str:
    shown = [{True: "yes", False: "no"}.get(c, str(c)) if isinstance(c, bool) else c for c in cells]
    return "| " + " | ".join(str(cell) for cell in (figure, division.case.name, *shown)) + " |"


FIGURES: Mapping[str, Callable[[Plan], Iterator[str]]] = {
    "two": two,
    "thirty": thirty,
    "pairs": pairs,
}
HEAD = ("figure", "case", "depcheck", "peer", "ratio", "goal", "met", "remark")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--index-url", help="default: the index that pip would use")
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--figure", action="append", choices=FIGURES)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    if shutil.which(chosen.uv) is None:
        parser.error(f"there is no {chosen.uv}")
    with tempfile.TemporaryDirectory() as work:
        url = chosen.index_url or pip_index_url()
        plan = Plan(Bench(url, Path(work), chosen.uv, "pip"), chosen.repeats)
        print(f"Python {PYTHON} · {os.cpu_count()} cores\n")
        print("| " + " | ".join(HEAD) + " |\n" + "|---" * len(HEAD) + "|", flush=True)
        for name in chosen.figure or FIGURES:
            for row in FIGURES[name](plan):
                print(row, flush=True)


if __name__ == "__main__":
    main()
