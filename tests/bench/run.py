"""Measure depcheck against uv and pip on the frozen slice, and print the table.

    python tests/bench/run.py [--store DIR] [--uv UV] [--pip PIP]
                              [--figure NAME ...] [--case NAME ...]

Record the slice first (``tests/bench/record.py``). Every figure is a ratio against
a peer measured in the same run on the same loopback index. uv and pip are told to
build nothing, as depcheck never does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.cases import BY_NAME
from tests.bench.figures import FIGURES, Plan, Row
from tests.bench.frozen_index import FrozenIndex
from tests.bench.record import STORE
from tests.bench.tools import PYTHON, Bench, run

HEAD = ("figure", "case", "depcheck", "peer", "ratio", "goal", "met", "remark")


def line(row: Row) -> str:
    met = {True: "yes", False: "no", None: "–"}[row.met]
    cells = (row.figure, row.case, row.ours, row.peer, row.ratio, row.goal, met, row.remark)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def version(tool: str) -> str:
    return " ".join(run([tool, "--version"]).stdout.split()[:2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, default=STORE)
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--pip", default="pip")
    parser.add_argument("--figure", action="append", choices=FIGURES)
    parser.add_argument("--case", action="append", choices=BY_NAME)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pip-limit", type=float, default=120, help="seconds")
    chosen = parser.parse_args()
    cases = tuple(BY_NAME[name] for name in chosen.case or BY_NAME)
    with FrozenIndex(chosen.store) as index, tempfile.TemporaryDirectory() as work:
        bench = Bench(index.url, Path(work), chosen.uv, chosen.pip)
        plan = Plan(bench, cases, chosen.repeats, chosen.pip_limit)
        tools = f"{version(chosen.uv)} · {version(chosen.pip)}"
        print(f"Python {PYTHON} · {tools} · {os.cpu_count()} cores\n")
        print("| " + " | ".join(HEAD) + " |\n" + "|---" * len(HEAD) + "|", flush=True)
        for name in chosen.figure or FIGURES:
            for row in FIGURES[name](plan):
                print(line(row), flush=True)
        missed = index.stats()["missed"]
        lacking = {path for path in missed if path.startswith("/files/")}
        print(f"\n{len(lacking)} files were asked for that the slice lacks", flush=True)


if __name__ == "__main__":
    main()
