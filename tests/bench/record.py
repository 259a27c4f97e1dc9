"""Record the slice that the measurements are made on.

    python tests/bench/record.py [--store DIR] [--uv UV] [--pip PIP] [--case NAME ...]

Every tool is run on every case through the recording index, then once more on the
frozen slice: what a faster index lets a tool ask for beyond that is added, until
nothing is missing. Run it again after a change in what depcheck asks for.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urljoin

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.cases import BY_NAME, Case
from tests.bench.frozen_index import FrozenIndex
from tests.bench.marco_uv import drive_uv
from tests.bench.store import Store
from tests.bench.tools import Bench

STORE = Path.home() / ".cache" / "depcheck-bench"
ROUNDS = 4


def use_everything(bench: Bench, case: Case, *, pip_limit: float) -> None:
    """Run every tool on a case, whatever comes out."""
    done = bench.depcheck(case, bench.cache("depcheck", fresh=True), "--format", "json", limit=300)
    print(f"  depcheck {done} (status {done.status})", flush=True)
    done = bench.uv_case(case, bench.cache("uv", fresh=True))
    print(f"  uv       {done} (status {done.status})", flush=True)
    if pip_limit:
        done = bench.pip_case(case, bench.cache("pip", fresh=True), limit=pip_limit)
        print(f"  pip      {done} (status {done.status})", flush=True)
    if case.outcome == "unsatisfiable":
        *_, runs = drive_uv(bench, case, bench.cache("uv"))
        print(f"  MARCO    {runs} runs of uv", flush=True)


def missing_after(bench: Bench, index: FrozenIndex, cases: list[Case]) -> set[str]:
    """Run the tools on the frozen slice and return the paths that it lacks.

    Wheels are left out: they are asked for only where their metadata is missing.
    """
    for case in cases:
        print(f"{case.name} (frozen)", flush=True)
        use_everything(bench, case, pip_limit=0)
    missed = index.stats()["missed"]
    return {path for path in missed if path.startswith("/files/") and not path.endswith(".whl")}


def fetch(url: str, paths: set[str]) -> int:
    """Ask the recording index for these paths; return how many it found."""

    def one(path: str) -> bool:
        try:
            with urllib.request.urlopen(urljoin(url, quote(path))) as answer:
                return bool(answer.read())
        except OSError:
            return False

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, sorted(paths)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, default=STORE)
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--pip", default="pip")
    parser.add_argument("--pip-limit", type=float, default=120, help="seconds; 0 leaves pip out")
    parser.add_argument("--upstream", help="the real index; default: the one that pip uses")
    parser.add_argument("--case", action="append", choices=BY_NAME)
    chosen = parser.parse_args()
    cases = [BY_NAME[name] for name in chosen.case or BY_NAME]
    with tempfile.TemporaryDirectory() as work:
        with FrozenIndex(chosen.store, record=True, upstream=chosen.upstream) as index:
            bench = Bench(index.url, Path(work), chosen.uv, chosen.pip)
            for case in cases:
                print(case.name, flush=True)
                use_everything(bench, case, pip_limit=chosen.pip_limit)
        for _ in range(ROUNDS):
            with FrozenIndex(chosen.store) as index:
                bench = Bench(index.url, Path(work), chosen.uv, chosen.pip)
                missing = missing_after(bench, index, cases)
            with FrozenIndex(chosen.store, record=True, upstream=chosen.upstream) as index:
                found = fetch(index.url, missing)
            print(f"{len(missing)} missing, {found} added", flush=True)
            if not found:
                break
    kept = Store(chosen.store)
    metadata = len(list(kept.names("metadata")))
    print(f"{len(kept.projects())} projects, {metadata} metadata files in {chosen.store}")


if __name__ == "__main__":
    main()
