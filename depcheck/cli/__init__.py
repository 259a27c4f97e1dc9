"""The command line. Only here does an error become an exit status."""

from __future__ import annotations

import os
import sys

_SIGNALS = 128
"""Above this an exit status tells of a signal."""


def main() -> None:
    """Run the command line of this process and leave with its exit status."""
    from depcheck.cli import stopping

    try:
        stopping.watch()
        status = _run()
        stopping.unwatch()
    except stopping.Stopped as stopped:
        status = stopped.exit_status
    if status > _SIGNALS:
        _drop(status)
    sys.exit(status)


def _run() -> int:
    from depcheck.cli.guard import guarded

    _open_closed_streams()
    return guarded(_start)


def _start() -> int:
    from depcheck.cli.app import app
    from depcheck.cli.guard import EXIT_PIPE

    try:
        app(prog_name="depcheck")
    except SystemExit as leaving:
        # So the library marks that the reader of its help has left; its status for that is 1.
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            return EXIT_PIPE
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def _drop(status: int) -> None:
    """Leave now: threads may wait for answers that nobody wants any more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(status)


def _open_closed_streams() -> None:
    """Give a process that was started without stdout or stderr somewhere to write."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open
