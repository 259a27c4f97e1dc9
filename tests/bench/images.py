"""Measure ``depcheck parity`` on a pair of images against other ways, and print the table.

    python tests/bench/images.py --work DIR [--size big] [--syft SYFT] [--repeats 3]
        [--engine unix:///run/engine.sock] [--registry 127.0.0.1:5000] [--figure NAME ...]

The pair is built and pushed where it is not there yet (``tests/bench/image_pair.py``, as
root). Without ``--engine`` or ``--registry`` one is started for the run. Every figure is a
ratio in one run: wall time and peak memory of whole commands, bytes by the report's count.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.image_pair import NAMES, build_pair, push_pair
from tests.bench.image_peers import manifest
from tests.support.engine import Engine, engine_or_skip
from tests.support.registry import registry_or_skip

PEERS = str(Path(__file__).with_name("image_peers.py"))
HEAD = ("figure", "depcheck", "peer", "ratio", "goal", "met", "remark")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: wall time in seconds, peak memory in MB, what it printed."""

    seconds: float
    memory: float
    stdout: str

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.memory:.0f} MB"


@dataclass(frozen=True)
class Bench:
    """Where the pair is: ``NAME:staging`` and ``NAME:production`` in engine and registry."""

    engine: str
    registry: str
    name: str
    work: Path
    repeats: int
    syft: str | None

    def depcheck(self, left: str, right: str, *, cache: str | None = None) -> Measured:
        """Compare two sides; with ``cache`` the cache of this name is used and kept."""
        folder = self.work / (cache or "cold")
        if cache is None:
            shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "depcheck", "parity", left, right]
        command += ["--format", "json", "--cache-dir", str(folder)]
        return self._command(command, good=(0, 1))

    def peer(self, *words: str) -> Measured:
        return self._command([sys.executable, PEERS, *words], good=(0,))

    def middle(self, measure: Callable[[], Measured], repeats: int | None = None) -> Measured:
        """Return the run with the median wall time."""
        runs = [measure() for _ in range(repeats or self.repeats)]
        wanted = statistics.median_low([run.seconds for run in runs])
        return next(run for run in runs if run.seconds == wanted)

    def _command(self, command: list[str], good: tuple[int, ...]) -> Measured:
        """Run a command and account for it alone: ``wait4`` tells its own peak memory."""
        out = self.work / "stdout"
        with out.open("wb") as stdout, (self.work / "stderr").open("wb") as stderr:
            actions = [(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1)]
            actions += [(os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)]
            environ = {**os.environ, "DOCKER_HOST": self.engine}
            started = time.perf_counter()
            process = os.posix_spawn(command[0], command, environ, file_actions=actions)
            _, status, usage = os.wait4(process, 0)
            seconds = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) not in good:
            told = (self.work / "stderr").read_text(encoding="utf-8", errors="replace")
            raise OSError(f"{' '.join(command)}: {os.waitstatus_to_exitcode(status)} {told[-800:]}")
        return Measured(seconds, usage.ru_maxrss / 1024, out.read_text(encoding="utf-8"))

    def reference(self, kind: str, tag: str, *, unpushed: bool = False) -> str:
        name = f"{self.name}-unpushed" if unpushed else self.name
        return (
            f"{kind}:{self.registry}/{name}:{tag}" if kind == "registry" else f"{kind}:{name}:{tag}"
        )

    def pair(self, kind: str, *, unpushed: bool = False) -> tuple[str, str]:
        left, right = (
            self.reference(kind, tag, unpushed=unpushed) for tag in ("staging", "production")
        )
        return left, right

    # The peers that several figures are held against are measured once.

    @cached_property
    def all_layers(self) -> Measured:
        words = ("layers", f"{self.registry}/{self.name}", "staging", "production")
        return self.middle(lambda: self.peer(*words))

    @cache  # noqa: B019 - one bench lives as long as the program
    def scans(self, kind: str) -> Measured:
        assert self.syft
        return self.peer("syft", self.syft, *self.pair(kind))

    @cached_property
    def save(self) -> Measured:
        images = (name.removeprefix("docker:") for name in self.pair("docker", unpushed=True))
        words = ("save", self.engine.removeprefix("unix://"), *images)
        return self.middle(lambda: self.peer(*words))

    @cached_property
    def differing(self) -> int:
        """Bytes of the layers that only one of the pair has, as the registry stores them."""
        connection = http.client.HTTPConnection(self.registry)
        left, right = (
            {layer["digest"]: layer["size"] for layer in told["layers"]}
            for told in (manifest(connection, self.name, t) for t in ("staging", "production"))
        )
        return sum({**left, **right}[digest] for digest in left.keys() ^ right.keys())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. ``met`` is None where there was nothing to compare with."""

    figure: str
    ours: str
    peer: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None
    remark: str = ""


def faster(figure: str, ours: Measured, name: str, peer: Measured, least: float) -> Row:
    ratio = peer.seconds / ours.seconds
    shown = f"{name} {peer}"
    return Row(figure, str(ours), shown, f"{ratio:.1f}×", f"≥ {least:g}×", ratio >= least,
               peer.stdout.strip())  # fmt: skip


def size_read(done: Measured) -> int:
    """Bytes that the report says were read, over all pairs and ways."""
    told: dict[str, Any] = json.loads(done.stdout)
    if not told["complete"]:
        raise OSError(f"not everything was read: {told['undetermined']}")
    size: int = told["run"]["bytes"]
    return size


def light(figure: str, ours: Measured) -> Row:
    return Row(figure, f"{ours.memory:.0f} MB", goal="≤ 150 MB", met=ours.memory <= 150)


def registry(bench: Bench) -> Iterator[Row]:
    """Cold from the registry: time, memory, and bytes."""
    ours = bench.middle(lambda: bench.depcheck(*bench.pair("registry")))
    yield faster("registry, cold", ours, "all layers, zlib", bench.all_layers, 10)
    if bench.syft:
        yield faster("registry, cold", ours, "syft twice", bench.scans("registry"), 20)
    yield light("registry, cold: peak memory", ours)
    read, needed = size_read(ours), bench.differing
    yield Row(
        "registry, cold: bytes", f"{read / 1e6:.2f} MB", f"differing layers {needed / 1e6:.2f} MB",
        f"{read / needed:.2f}×", "what differs, and what is needed from below",
    )  # fmt: skip


def below(bench: Bench) -> Iterator[Row]:
    """Files changed that shared layers brought: their RECORD has to be read there, once."""
    sides = bench.reference("registry", "staging"), bench.reference("registry", "hotfix")
    name, peer = "registry, shared layers needed", f"all layers, zlib {bench.all_layers}"
    for heat, kept in (("cold", None), ("warm", "below")):
        if kept:
            bench.depcheck(*sides, cache=kept)
        ours = bench.middle(partial(bench.depcheck, *sides, cache=kept))
        ratio = f"{bench.all_layers.seconds / ours.seconds:.1f}×"
        read = f"{size_read(ours) / 1e6:.2f} MB"
        yield Row(f"{name}, {heat}", str(ours), peer, ratio, remark=read)


def again(bench: Bench) -> Iterator[Row]:
    """The second comparison of the same pair."""
    bench.depcheck(*bench.pair("registry"), cache="warm")
    ours = bench.middle(lambda: bench.depcheck(*bench.pair("registry"), cache="warm"))
    yield faster("registry, warm", ours, "all layers, zlib", bench.all_layers, 10)
    read = size_read(ours)
    yield Row("registry, warm: bytes", f"{read / 1e3:.1f} kB", goal="no layer", met=read < 200_000)


def nearsame(bench: Bench) -> Iterator[Row]:
    """Two images with the same layers and another configuration."""
    for kind in ("registry", "docker"):
        sides = bench.reference(kind, "staging"), bench.reference(kind, "nearsame")
        ours = bench.middle(partial(bench.depcheck, *sides))
        read = size_read(ours)
        yield Row(f"{kind}, same layers", str(ours), f"read {read / 1e3:.1f} kB", "",
                  "no layer", read < 200_000)  # fmt: skip


def engine(bench: Bench) -> Iterator[Row]:
    """Images of an engine that came from a registry which answers."""
    ours = bench.middle(lambda: bench.depcheck(*bench.pair("docker")))
    yield faster("engine, pushed, cold", ours, "all layers, zlib", bench.all_layers, 10)
    if bench.syft:
        yield faster("engine, pushed, cold", ours, "syft twice", bench.scans("docker"), 20)
    read = size_read(ours)
    yield Row("engine, pushed: bytes", f"{read / 1e6:.2f} MB",
              f"differing layers {bench.differing / 1e6:.2f} MB",
              f"{read / bench.differing:.2f}×", "as from the registry")  # fmt: skip


def unpushed(bench: Bench) -> Iterator[Row]:
    """Images that only the engine has: its save stream is all there is."""
    sides = bench.pair("docker", unpushed=True)
    ours = bench.middle(lambda: bench.depcheck(*sides))
    ratio = ours.seconds / bench.save.seconds
    yield Row("engine, never pushed, cold", str(ours), f"save stream {bench.save}",
              f"{ratio:.2f}×", "≤ 1.2×", ratio <= 1.2, bench.save.stdout.strip())  # fmt: skip
    yield light("engine, never pushed: peak memory", ours)
    bench.depcheck(*sides, cache="engine")
    warm = bench.middle(lambda: bench.depcheck(*sides, cache="engine"))
    yield Row("engine, never pushed, warm", str(warm), f"read {size_read(warm) / 1e3:.1f} kB")


FIGURES = {
    "registry": registry, "warm": again, "below": below, "same": nearsame, "engine": engine,
    "unpushed": unpushed,
}  # fmt: skip


def line(row: Row) -> str:
    met = {True: "yes", False: "no", None: "–"}[row.met]
    cells = (row.figure, row.ours, row.peer, row.ratio, row.goal, met, row.remark)
    return "| " + " | ".join(cells) + " |"


def peers_alone(bench: Bench) -> Iterator[Row]:
    """The other ways without depcheck."""
    yield Row("all layers of both, zlib and tarfile", "–", str(bench.all_layers),
              remark=bench.all_layers.stdout.strip())  # fmt: skip
    yield Row("save stream of both", "–", str(bench.save), remark=bench.save.stdout.strip())
    for kind in ("registry", "docker") if bench.syft else ():
        scans = bench.scans(kind)
        yield Row(f"syft twice, {kind}", "–", str(scans), remark=scans.stdout.strip())
    yield Row("differing layers", "–", f"{bench.differing / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--engine", help="as unix:///run/docker.sock")
    parser.add_argument("--registry", help="HOST:PORT")
    parser.add_argument("--size", choices=NAMES, default="small")
    parser.add_argument("--work", type=Path, required=True, help="where base and wheels are kept")
    parser.add_argument("--syft", help="the syft program; without it its figures are left out")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--figure", action="append", choices=(*FIGURES, "peers"))
    chosen = parser.parse_args()
    name = NAMES[chosen.size]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        work = Path(folder)
        engine = (
            Engine(chosen.engine) if chosen.engine
            else stack.enter_context(engine_or_skip(work))
        )  # fmt: skip
        host = chosen.registry or stack.enter_context(registry_or_skip(work / "registry")).host
        if build_pair(engine, chosen.size, chosen.work.resolve(), name) or not chosen.registry:
            push_pair(engine, name, host)
        bench = Bench(engine.url, host, name, work, chosen.repeats, chosen.syft)
        print(f"Python {platform.python_version()} · {os.cpu_count()} cores · {name}\n")
        print("| " + " | ".join(HEAD) + " |\n" + "|---" * len(HEAD) + "|", flush=True)
        for figure in chosen.figure or FIGURES:
            for row in (FIGURES | {"peers": peers_alone})[figure](bench):
                print(line(row), flush=True)


if __name__ == "__main__":
    main()
