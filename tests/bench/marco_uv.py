"""All minimal conflicts and corrections of a case with uv as a black box, by MARCO.

MARCO (Liffiton, Previti, Malik, Marques-Silva: Fast, flexible MUS enumeration,
Constraints 2016): a map of the subsets not judged yet gives a seed; a satisfiable
seed grows to a maximal satisfiable set, whose complement is a minimal correction,
an unsatisfiable one shrinks to a minimal conflict; either blocks a part of the map.

    python tests/bench/marco_uv.py STORE --case five [--uv UV] [--record]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pysat.solvers import Solver

from tests.bench.cases import BY_NAME, Case
from tests.bench.frozen_index import FrozenIndex
from tests.bench.tools import Bench

Sets = frozenset[frozenset[int]]


def marco(count: int, satisfiable: Callable[[frozenset[int]], bool]) -> tuple[Sets, Sets]:
    """Return the minimal conflicts and minimal corrections of statements 1 to ``count``."""
    everything = frozenset(range(1, count + 1))
    conflicts, corrections = set(), set()
    with Solver(name="minisat22", bootstrap_with=[[n, -n] for n in everything]) as chart:
        chart.set_phases(list(everything))
        while chart.solve():
            seed = frozenset(n for n in chart.get_model() or () if n > 0)
            if satisfiable(seed):
                for extra in sorted(everything - seed):
                    if satisfiable(seed | {extra}):
                        seed |= {extra}
                corrections.add(everything - seed)
                chart.add_clause(sorted(everything - seed))
            else:
                for part in sorted(seed):
                    if not satisfiable(seed - {part}):
                        seed -= {part}
                conflicts.add(seed)
                chart.add_clause([-n for n in sorted(seed)])
    return frozenset(conflicts), frozenset(corrections - {frozenset()})


def drive_uv(bench: Bench, case: Case, cache: Path, *options: str) -> tuple[Sets, Sets, int]:
    """Return conflicts, corrections (as line numbers from 1 on) and the number of uv runs."""
    known: dict[frozenset[int], bool] = {}
    chosen = bench.work / "marco.txt"

    def satisfiable(subset: frozenset[int]) -> bool:
        if subset not in known:
            lines = [line for n, line in enumerate(case.lines, 1) if n in subset]
            chosen.write_text("".join(f"{line}\n" for line in lines))
            known[subset] = bench.uv_compile([chosen], cache, *options).status == 0
        return known[subset]

    conflicts, corrections = marco(len(case.lines), satisfiable)
    return conflicts, corrections, len(known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--case", required=True, choices=BY_NAME)
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--record", action="store_true", help="ask the real index for the rest")
    chosen = parser.parse_args()
    case = BY_NAME[chosen.case]
    with (
        FrozenIndex(chosen.store, record=chosen.record) as index,
        tempfile.TemporaryDirectory() as work,
    ):
        bench = Bench(index.url, Path(work), chosen.uv, "pip")
        started = time.perf_counter()
        conflicts, corrections, runs = drive_uv(bench, case, Path(work) / "cache")
        print(f"{time.perf_counter() - started:.1f} s, {runs} runs of uv")
    for title, found in (("conflict", conflicts), ("correction", corrections)):
        for one in sorted(found, key=sorted):
            print(f"{title}: {' + '.join(case.lines[n - 1] for n in sorted(one))}")


if __name__ == "__main__":
    main()
