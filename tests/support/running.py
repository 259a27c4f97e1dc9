"""Start a program that listens, wait until it does, and end it: itself and nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn


def cannot(reason: str) -> NoReturn:
    """Skip the test with its reason; where CI is set a part that cannot run is a failure."""
    import pytest  # here, as the benchmarks start programs too and have no use for it

    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], log: Path, ready: Callable[[], bool], *, limit: float = 30
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; raises ``OSError`` where it is never ready.

    ``log`` takes what it prints. It is asked to stop, and killed after ten seconds.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=sys.platform != "win32",
        )  # fmt: skip
    try:
        _wait(process, ready, log, limit)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, limit: float
) -> None:
    end = time.monotonic() + limit
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            told = log.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise OSError(f"{process.args!r} is not ready: {told}")
        time.sleep(0.02)
