"""Outputs written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from depcheck.cli.guard import hush
from depcheck.errors import OutputError
from depcheck.model.text import printable


def write_stdout(text: str) -> None:
    """Write ``text`` to stdout; a reader that has left is no error.

    Raises OutputError where it cannot be written (a full disk).
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        hush()
    except OSError as fault:
        hush()
        raise OutputError(f"the report cannot be written: {fault.strerror}") from None


def write_file(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, through a temporary file beside it.

    A link is followed; a device or pipe is written to directly. Raises
    OutputError; what stood at ``path`` is then as it was.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8", newline="\n")
        else:
            _replace(target, text)
    except (OSError, RuntimeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutputError(f"{printable(str(path))}: cannot be written: {reason.lower()}") from None


def _replace(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}-")
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Return the mode of the file that is there, or what a new file would get."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask
