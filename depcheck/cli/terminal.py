"""What the terminal can show: width, colour, and more than ASCII."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from depcheck.cli.formats import Colour

PIPED = 80


def width(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Return the cells of a line: ``COLUMNS``, else the terminal's, else 80."""
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:6]) > 0:
        return int(columns[:6])
    try:
        return os.get_terminal_size(stream.fileno()).columns or PIPED
    except (OSError, ValueError):
        return PIPED


def colour(stream: TextIO, environ: Mapping[str, str], when: Colour = Colour.AUTO) -> bool:
    """Return whether to colour: ``when`` beats ``NO_COLOR`` beats ``FORCE_COLOR`` beats the rest.

    The two variables are those of no-color.org and force-color.org.
    """
    if when is not Colour.AUTO:
        return when is Colour.ALWAYS
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_live(stream, environ) and not _is_old_windows()


def is_live(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether ``stream`` is a terminal that understands control sequences."""
    return environ.get("TERM") != "dumb" and stream.isatty()


def unicode(stream: TextIO) -> bool:
    """Return whether ``stream`` takes all of Unicode."""
    return (stream.encoding or "").lower().startswith("utf")


def _is_old_windows() -> bool:
    if sys.platform != "win32":
        return False
    from rich.console import Console

    return Console().legacy_windows
