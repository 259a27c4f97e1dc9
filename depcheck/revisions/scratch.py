"""A folder of one's own that is gone afterwards, whenever the run is interrupted."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from depcheck.errors import RevisionError


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder that only the user can look into, by its path without links.

    Raises RevisionError where none can be made.
    """
    # Its name is known before it is there, so that no moment is left in which Ctrl-C would
    # leave it behind, as there is one with what tempfile has for this.
    with writing():
        above = Path(os.path.realpath(tempfile.gettempdir()))
    folder = above / f"depcheck-{secrets.token_hex(16)}"
    try:
        with writing():
            folder.mkdir(0o700)
        yield folder
    finally:
        _remove(folder)


@contextmanager
def writing() -> Iterator[None]:
    """Tell in a RevisionError where the block cannot write to such a folder."""
    try:
        yield
    except OSError as fault:
        reason = (fault.strerror or "unknown fault").lower()
        raise RevisionError(
            f"temporary files cannot be written: {reason}",
            hint="make room for them, or name another folder with TMPDIR",
        ) from None


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
