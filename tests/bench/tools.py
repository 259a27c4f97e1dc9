"""Run depcheck, uv and pip on a case, as whole commands, and time them."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cases import Case
from tests.bench.upstream import pip_environment

PYTHON = platform.python_version()


@dataclass(frozen=True, slots=True)
class Run:
    """One command. ``seconds`` is wall time, ``cpu`` of the command and its children.

    ``status`` is None where it was stopped after the time limit.
    """

    status: int | None
    seconds: float
    cpu: float
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return f"{'>' if self.status is None else ''}{self.seconds:.2f} s"


def run(command: Sequence[str], *, limit: float = 600, folder: Path | None = None) -> Run:
    """Run a command in an environment without configured indexes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=pip_environment(dict(os.environ)),
    )
    status: int | None
    try:
        stdout, stderr = process.communicate(timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        status = None
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(status, seconds, cpu, stdout, stderr)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are. ``url`` is the index, ``work`` a folder for files and caches.

    uv and pip build nothing here (``--no-build``, ``--only-binary``), since
    depcheck never does.
    """

    url: str
    work: Path
    uv: str
    pip: str

    def cache(self, name: str, *, fresh: bool = False) -> Path:
        folder = self.work / "caches" / name
        if fresh and folder.exists():
            shutil.rmtree(folder)
        return folder

    def depcheck(
        self,
        case: Case,
        cache: Path,
        *options: str,
        command: str = "check",
        limit: float = 600,
    ) -> Run:
        files = case.write(self.work / case.name)
        named = [
            word
            for name, path in files.items()
            for word in (
                (f"--{name}", path.name)
                if name in ("core", "ai")
                else ("--component", f"{name}={path.name}")
            )
        ]
        program = shutil.which("depcheck", path=str(Path(sys.executable).parent)) or "depcheck"
        config = self.work / case.name / "depcheck.toml"
        config.touch()
        words = [program, command, *named, "--config", str(config), "--index-url", self.url]
        words += ["--cache-dir", str(cache), "--python", PYTHON, *options]
        return run(words, limit=limit, folder=self.work / case.name)

    def uv_compile(self, files: Sequence[Path], cache: Path, *options: str) -> Run:
        command = [self.uv, "pip", "compile", "--quiet", "--no-build", "--no-header"]
        command += ["--no-annotate", "--python-version", PYTHON, "--index-url", self.url]
        return run([*command, "--cache-dir", str(cache), *options, *map(str, files)])

    def uv_case(self, case: Case, cache: Path, *options: str) -> Run:
        return self.uv_compile(list(case.write(self.work / case.name).values()), cache, *options)

    def pip_case(self, case: Case, cache: Path, *, limit: float = 300) -> Run:
        files = case.write(self.work / case.name).values()
        command = [self.pip, "install", "--dry-run", "--ignore-installed", "--quiet"]
        command += ["--report", "-", "--only-binary", ":all:", "--index-url", self.url]
        command += ["--cache-dir", str(cache), "--disable-pip-version-check"]
        for path in files:
            command += ["-r", str(path)]
        return run(command, limit=limit)


def report(done: Run) -> dict[str, Any]:
    """Return depcheck's JSON report."""
    if done.status not in (0, 1, 3):
        raise OSError(f"depcheck ended with {done.status}: {done.stderr[-400:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def depcheck_picks(told: dict[str, Any]) -> dict[str, str]:
    return {pick["name"]: pick["version"] for pick in told["combined"] or ()}


def uv_picks(done: Run) -> dict[str, str]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", done.stdout, re.MULTILINE)
    return {_normalise(name): version for name, version in pins}


def pip_picks(done: Run) -> dict[str, str]:
    installed = json.loads(done.stdout)["install"] if done.status == 0 else []
    return {_normalise(i["metadata"]["name"]): i["metadata"]["version"] for i in installed}


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
