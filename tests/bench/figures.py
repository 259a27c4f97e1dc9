"""The figures of the benchmark: each a ratio against a peer in the same run."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.cases import BY_NAME, CASES, Case
from tests.bench.marco_uv import Sets, drive_uv
from tests.bench.tools import (
    Bench,
    Run,
    depcheck_picks,
    pip_picks,
    report,
    run,
    uv_picks,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``met`` is None where there was nothing to compare with."""

    figure: str
    case: str
    ours: str
    peer: str
    ratio: str
    goal: str
    met: bool | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure with: ``repeats`` of each command, the middle one counts."""

    bench: Bench
    cases: tuple[Case, ...]
    repeats: int
    pip_limit: float


def middle(measure: Callable[[], Run], repeats: int) -> Run:
    """Return the run with the median wall time."""
    runs = [measure() for _ in range(repeats)]
    wanted = statistics.median_low([done.seconds for done in runs])
    return next(done for done in runs if done.seconds == wanted)


def _warm(plan: Plan, case: Case, *options: str) -> tuple[Run, Run]:
    """Run depcheck and uv in turn with filled caches."""
    bench = plan.bench
    ours, peer = bench.cache(f"depcheck-{case.name}"), bench.cache(f"uv-{case.name}")
    bench.depcheck(case, ours, *options)
    bench.uv_case(case, peer)
    return (
        middle(lambda: bench.depcheck(case, ours, *options), plan.repeats),
        middle(lambda: bench.uv_case(case, peer), plan.repeats),
    )


def _chosen(plan: Plan, *names: str) -> Iterator[Case]:
    return (BY_NAME[name] for name in names if BY_NAME[name] in plan.cases)


def _against(figure: str, case: Case, ours: Run, peer: Run, most: float, remark: str = "") -> Row:
    ratio = ours.seconds / peer.seconds
    return Row(
        figure, case.name, str(ours), f"uv {peer}", f"{ratio:.1f}×", f"≤ {most:g}×",
        ratio <= most, remark,
    )  # fmt: skip


def warm_satisfiable(plan: Plan) -> Iterator[Row]:
    for case in _chosen(plan, "agents", "search", "forecast"):
        ours, peer = _warm(plan, case)
        yield _against("warm, satisfiable", case, ours, peer, 4, f"{len(uv_picks(peer))} picks")


def warm_unsatisfiable(plan: Plan) -> Iterator[Row]:
    for case in _chosen(plan, "pydantic", "telemetry", "tensorflow"):
        ours, peer = _warm(plan, case, "--max-conflicts", "1")
        yield _against("warm, first conflict", case, ours, peer, 5)


def all_conflicts(plan: Plan) -> Iterator[Row]:
    bench = plan.bench
    for case in _chosen(plan, "five"):
        ours, _ = _warm(plan, case, "--format", "json")
        cache, told = bench.cache(f"uv-{case.name}"), report(ours)
        drive_uv(bench, case, cache)
        started = time.perf_counter()
        *sets, runs = drive_uv(bench, case, cache, "--offline")
        seconds = time.perf_counter() - started
        same = sets == [conflict_sets(told, case), correction_sets(told, case)]
        yield Row(
            "warm, all conflicts and corrections", case.name, str(ours),
            f"MARCO offline {seconds:.2f} s ({runs} runs)", f"1/{seconds / ours.seconds:.1f}",
            "< 1 s and < MARCO", same and ours.seconds < min(1, seconds),
            f"{'same' if same else 'OTHER'} sets: {counted(told)}",
        )  # fmt: skip


def counted(told: dict[str, Any]) -> str:
    conflicts = len(conflict_sets(told, None))
    return f"{conflicts} conflicts, {len(told['corrections'])} corrections"


def cold(plan: Plan) -> Iterator[Row]:
    """Cold caches; the remark says how many requests each tool made in one run."""
    bench, repeats = plan.bench, min(3, plan.repeats)
    for case in _chosen(plan, "agents", "search", "forecast", "pydantic", "telemetry"):

        def ours(case: Case = case) -> Run:
            return bench.depcheck(case, bench.cache("cold", fresh=True))

        def peer(case: Case = case) -> Run:
            return bench.uv_case(case, bench.cache("cold-uv", fresh=True))

        counts = [_requests(bench, measure) for measure in (ours, peer)]
        remark = f"{counts[0]} requests, uv {counts[1]}"
        yield _against("cold", case, middle(ours, repeats), middle(peer, repeats), 1.3, remark)


def _requests(bench: Bench, measure: Callable[[], Run]) -> int:
    before = _asked(bench)
    measure()
    return _asked(bench) - before


def _asked(bench: Bench) -> int:
    with urllib.request.urlopen(bench.url.replace("/simple/", "/-/stats")) as answer:
        counts: dict[str, int] = json.load(answer)["counts"]
    return sum(counts.values()) - counts.get("/-/stats", 0)


def against_pip(plan: Plan) -> Iterator[Row]:
    bench = plan.bench
    for case in plan.cases:
        ours_cache, cache = bench.cache(f"depcheck-{case.name}"), bench.cache("pip")
        bench.depcheck(case, ours_cache)
        ours = middle(lambda c=case, k=ours_cache: bench.depcheck(c, k), plan.repeats)
        first = bench.pip_case(case, cache, limit=plan.pip_limit)
        peer = first if first.status is None else bench.pip_case(case, cache, limit=plan.pip_limit)
        ratio = peer.seconds / ours.seconds
        yield Row(
            "against pip, both warm", case.name, str(ours), f"pip {peer}", f"1/{ratio:.1f}",
            "10× faster", ratio >= 10, "" if peer.status == 0 else f"pip ended with {peer.status}",
        )  # fmt: skip


def hard(plan: Plan) -> Iterator[Row]:
    bench = plan.bench
    for case in _chosen(plan, "vllm-new", "vllm", "tensorflow"):
        done = bench.depcheck(case, bench.cache("cold", fresh=True), "--format", "json")
        told = report(done)
        names = conflict_sets(told, case)
        shown = "; ".join(_text(case, one) for one in sorted(names, key=sorted))
        yield Row(
            "pip backtracks", case.name, f"{done} cold", "", "", "seconds",
            done.seconds < 15 and bool(names) == (case.outcome == "unsatisfiable"),
            shown or f"resolves with vllm {depcheck_picks(told).get('vllm')}",
        )  # fmt: skip


def both_orders(plan: Plan) -> Iterator[Row]:
    bench, year, verdicts = plan.bench, str(datetime.now(UTC).year), set()
    for case in _chosen(plan, "kubernetes-boto3", "boto3-kubernetes"):
        done = bench.depcheck(case, bench.cache("cold", fresh=True), "--format", "json", limit=120)
        peer = bench.uv_case(case, bench.cache("cold-uv", fresh=True))
        told = report(done) if done.status is not None else {}
        verdicts.add(told.get("verdict"))
        named = [depcheck_picks(told).get("boto3", "")] if told else []
        named += [
            f["evidence"]["better"] or ""
            for f in told.get("findings", ())
            if f["evidence"] and f["evidence"].get("kind") == "rollback"
        ]
        yield Row(
            "either order", case.name, f"{done} cold", f"uv {peer}, boto3 "
            f"{uv_picks(peer).get('boto3')}", "", "seconds, same verdict, a boto3 of this year",
            done.seconds < 15 and len(verdicts) == 1 and _of_year(bench, named, year),
            f"{told.get('verdict')}, boto3 {', '.join(filter(None, named))}",
        )  # fmt: skip


def _of_year(bench: Bench, versions: list[str], year: str) -> bool:
    with urllib.request.urlopen(f"{bench.url}boto3/") as answer:
        files = json.load(answer)["files"]
    recent = {f["filename"] for f in files if f.get("upload-time", "").startswith(year)}
    return any(f"boto3-{version}-py3-none-any.whl" in recent for version in versions)


def against_marco(plan: Plan) -> Iterator[Row]:
    bench = plan.bench
    for case in _chosen(plan, "pydantic", "five", "telemetry", "tensorflow", "vllm-new"):
        ours = bench.depcheck(case, bench.cache("cold", fresh=True), "--format", "json")
        told = report(ours)
        started = time.perf_counter()
        conflicts, corrections, runs = drive_uv(bench, case, bench.cache("cold-uv", fresh=True))
        seconds = time.perf_counter() - started
        same = (conflicts, corrections) == (conflict_sets(told, case), correction_sets(told, case))
        ratio = seconds / ours.seconds
        yield Row(
            "all sets, cold, against MARCO with uv", case.name, str(ours),
            f"{seconds:.1f} s ({runs} runs)", f"1/{ratio:.1f}", "same sets, 10× faster",
            same and ratio >= 10,
            f"{'same' if same else 'OTHER'} sets: {len(conflicts)} conflicts, "
            f"{len(corrections)} corrections" + ("" if same else f"; depcheck: {counted(told)}"),
        )  # fmt: skip


def same_picks(plan: Plan) -> Iterator[Row]:
    bench, all_equal, all_picks = plan.bench, 0, 0
    for case in CASES:
        if case not in plan.cases or case.outcome != "satisfiable":
            continue
        ours = bench.depcheck(case, bench.cache(f"depcheck-{case.name}"), "--format", "json")
        theirs = bench.pip_case(case, bench.cache("pip"), limit=plan.pip_limit)
        expected, found = pip_picks(theirs), depcheck_picks(report(ours))
        if not expected:
            yield Row("picks as pip's", case.name, "", f"pip {theirs}", "", "≥ 95 %", None)
            continue
        names = expected.keys() | found.keys()
        other = [n for n in sorted(names) if expected.get(n) != found.get(n)]
        all_equal, all_picks = all_equal + len(names) - len(other), all_picks + len(names)
        share = 100 * (1 - len(other) / len(names))
        told = ", ".join(f"{n} {found.get(n)} (pip {expected.get(n)})" for n in other)
        yield Row(
            "picks as pip's", case.name, f"{len(names) - len(other)} of {len(names)}", "",
            f"{share:.0f} %", "≥ 95 %", share >= 95, told,
        )  # fmt: skip


def start_up(plan: Plan) -> Iterator[Row]:
    program = shutil.which("depcheck", path=str(Path(sys.executable).parent)) or "depcheck"
    done = min((run([program, "--help"]) for _ in range(plan.repeats)), key=lambda d: d.cpu)
    bare = min((run([sys.executable, "-c", ""]) for _ in range(plan.repeats)), key=lambda d: d.cpu)
    yield Row(
        "depcheck --help", "", f"{done.cpu:.3f} s CPU", f"bare Python {bare.cpu:.3f} s",
        f"{done.cpu / bare.cpu:.1f}×", "< 0.15 s", done.cpu < 0.15,
    )  # fmt: skip


def conflict_sets(told: dict[str, Any], case: Case | None) -> Sets:
    """Return depcheck's conflicts as sets of line numbers of the whole case."""
    found = [f["evidence"] for f in told["findings"] if f["evidence"]]
    return _sets([e for e in found if e["kind"] == "conflict"], case)


def correction_sets(told: dict[str, Any], case: Case) -> Sets:
    return _sets(told["corrections"], case)


def _sets(parts: list[dict[str, Any]], case: Case | None) -> Sets:
    starts, line = {}, 0
    for name, lines in case.components.items() if case else ():
        starts[name], line = line, line + len(lines)
    return frozenset(
        frozenset(
            starts.get(s["origin"]["component"], 0) + s["origin"]["line"]
            for s in part["statements"]
        )
        for part in parts
    )


def _text(case: Case, numbers: frozenset[int]) -> str:
    return " + ".join(case.lines[n - 1] for n in sorted(numbers))


FIGURES: dict[str, Callable[[Plan], Iterator[Row]]] = {
    "help": start_up,
    "warm": warm_satisfiable,
    "first": warm_unsatisfiable,
    "all": all_conflicts,
    "cold": cold,
    "hard": hard,
    "orders": both_orders,
    "marco": against_marco,
    "pip": against_pip,
    "picks": same_picks,
}
