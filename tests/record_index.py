"""Record the slice of a real index that some checks need, as a static index.

    python tests/record_index.py fixtures/index \\
        --check "--core fixtures/shop/requirements.txt --ai fixtures/recommender/new.txt" \\
        --isolate "--config fixtures/shop/shift/depcheck.toml"

Each ``--check`` holds the arguments of one ``depcheck check``, each ``--isolate`` those of
one ``depcheck isolate``; it is run with an empty cache against a recording index on
loopback. What it asked for is written to the destination: ``NAME/index.json`` and the
metadata beside it (see ``tests/bench/store.py``). The real index is the one that pip uses,
or ``--upstream``. With ``--store`` what was recorded is kept, and not asked for again the
next time.

``isolate`` looks for native libraries that clash, and so reads the list of files of wheels
for one platform. For each that it asks for, a *stand-in* is written at the wheel's path: a
zip whose members have the paths of the wheel's native files and are empty. It is the list
and nothing more: nothing to install, no metadata (that lies beside it), and neither the
size nor the hash that the page declares of the wheel, so that pip refuses it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.bench.frozen_index import FrozenIndex
from tests.bench.store import Store, export_slice
from tests.bench.upstream import pip_environment

CANNOT_USE = 2
"""Exit status of depcheck from which on there was no run to record."""


def record(
    checks: list[list[str]],
    destination: Path,
    store: Path,
    *,
    isolates: Iterable[list[str]] = (),
    upstream: str | None = None,
    interpreter: str | None = "cp311",
) -> int:
    """Run the checks and isolates against a recording index and export what they asked for.

    Returns the size of the export in bytes. Raises ``OSError`` where one could not be run.
    """
    with FrozenIndex(store, record=True, upstream=upstream, stand_ins=True) as index:
        for arguments in checks:
            _run("check", arguments, index.url)
        for arguments in isolates:
            _run("isolate", arguments, index.url)
        paths = index.stats()["counts"]
    asked = {p.split("/")[2] for p in paths if p.startswith("/simple/")}
    if destination.exists():
        shutil.rmtree(destination)
    return export_slice(Store(store), destination, interpreter=interpreter, asked=asked)


def _run(subcommand: str, arguments: list[str], url: str) -> None:
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "depcheck", subcommand, *arguments]
        command += ["--index-url", url, "--cache-dir", cache]
        done = subprocess.run(command, env=pip_environment(dict(os.environ)), check=False)
    if done.returncode >= CANNOT_USE:
        raise OSError(
            f"depcheck {subcommand} ended with {done.returncode}: {shlex.join(arguments)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("destination", type=Path)
    parser.add_argument("--check", action="append", required=True, type=shlex.split)
    parser.add_argument("--isolate", action="append", default=[], type=shlex.split)
    parser.add_argument("--store", type=Path, help="keep what is recorded here")
    parser.add_argument("--upstream", help="the real index; default: the one that pip uses")
    parser.add_argument("--interpreter", default="cp311", help="whose wheels matter")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        size = record(
            chosen.check,
            chosen.destination,
            chosen.store or Path(temporary),
            isolates=chosen.isolate,
            upstream=chosen.upstream,
            interpreter=chosen.interpreter,
        )
    print(f"{chosen.destination}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
