"""Errors turned into a message on stderr and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from depcheck.errors import EXIT_UNCHECKED, DepcheckError

EXIT_PIPE = 141
"""What a shell says of a program that wrote to a pipe without a reader (128 and SIGPIPE)."""


def guarded(action: Callable[[], int]) -> int:
    """Return what ``action`` returns, or the exit status of the error that it raises."""
    try:
        return action()
    except DepcheckError as error:
        tell("error", error.message)
        if error.hint:
            tell("hint", error.hint)
        return error.exit_status
    except BrokenPipeError:
        hush()
        return EXIT_PIPE
    except Exception as error:
        return _internal(error)


def tell(label: str, text: str) -> None:
    """Write ``label: text`` to stderr, each line of ``text`` made harmless.

    Where nobody reads it, it is lost: the exit status still tells.
    """
    from depcheck.report.escape import plain

    unicode = (sys.stderr.encoding or "").lower().startswith("utf")
    with suppress(OSError):
        for line in text.split("\n"):
            print(f"{label}: {plain(line, unicode=unicode)}", file=sys.stderr)


def hush() -> None:
    """Send what is still to be written to stdout nowhere: its reader has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _internal(error: Exception) -> int:
    if os.environ.get("DEPCHECK_TRACEBACK") == "1":
        import traceback

        for line in "".join(traceback.format_exception(error)).splitlines():
            tell("traceback", line)
    tell("error", f"internal error: {type(error).__name__}: {' '.join(str(error).split())}")
    tell(
        "hint",
        "this is a fault in depcheck, and nothing may be concluded from this run: please "
        "report it with what DEPCHECK_TRACEBACK=1 shows",
    )
    return EXIT_UNCHECKED
