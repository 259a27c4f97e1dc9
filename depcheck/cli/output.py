"""Outputs written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from depcheck.cli.guard import hush
from depcheck.errors import OutputError
from depcheck.model.text import printable


def write_stdout(text: str, *, utf8: bool = False) -> None:
    """Write ``text`` to stdout; a reader that has left is no error.

    With ``utf8`` the bytes are UTF-8 with ``\\n`` whatever the locale says: what a program
    reads. Raises OutputError where it cannot be written (a full disk).
    """
    try:
        if utf8 and hasattr(sys.stdout, "buffer"):
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode())
        else:
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
    # Named before it is there, so that an interrupt at any moment finds it to remove.
    temporary = target.parent / f".{target.name[:100]}-{os.urandom(8).hex()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
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
