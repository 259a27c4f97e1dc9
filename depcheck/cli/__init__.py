"""The command line. Only here does an error become an exit status."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line of this process and leave with its exit status."""
    from depcheck.cli.guard import guarded

    _open_closed_streams()
    sys.exit(guarded(_start))


def _start() -> int:
    from depcheck.cli.app import app

    app(prog_name="depcheck")
    return 0


def _open_closed_streams() -> None:
    """Give a process that was started without stdout or stderr somewhere to write."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open
