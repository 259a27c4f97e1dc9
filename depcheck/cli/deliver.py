"""What every command that reports shares: progress on stderr, the report where it is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from depcheck.cli import terminal
from depcheck.cli.guard import tell
from depcheck.cli.output import write_file, write_stdout
from depcheck.cli.progress import Notes, ProgressLine
from depcheck.model.observer import Observer, Silent

_FILE_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which outputs a run is to give; ``output`` None means stdout."""

    json: bool = False
    output: Path | None = None
    pylock: Path | None = None
    verbose: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What a report for people is written on: cells of a line, colour, more than ASCII."""

    width: int
    colour: bool
    unicode: bool


@contextmanager
def observing(quiet: bool) -> Iterator[Observer]:
    """Give an observer that tells on stderr how the run goes on, unless ``quiet``."""
    if quiet:
        yield Silent()
        return
    live = terminal.is_live(sys.stderr, os.environ)
    width = terminal.width(sys.stderr, os.environ)
    observer: ProgressLine | Notes = ProgressLine(sys.stderr, width) if live else Notes(sys.stderr)
    try:
        yield observer
    finally:
        observer.close()


def canvas(wanted: Wanted) -> Canvas:
    """Return what the report is written on: a file, or stdout as it is."""
    if wanted.output is not None:
        return Canvas(width=_FILE_WIDTH, colour=False, unicode=True)
    return Canvas(
        width=terminal.width(sys.stdout, os.environ),
        colour=terminal.colour(sys.stdout, os.environ),
        unicode=terminal.unicode(sys.stdout),
    )


def deliver(text: str, wanted: Wanted) -> None:
    """Write the report to where it is wanted; raises OutputError."""
    if wanted.output is None:
        write_stdout(text)
        return
    write_file(wanted.output, text)
    if not wanted.quiet:
        tell("note", f"the report is in {wanted.output}")


def prefix(root: Path) -> str:
    """Return the way from the current folder down to ``root`` (``shop/``), empty elsewhere."""
    here, there = Path.cwd().resolve(), root.resolve()
    if here == there or not there.is_relative_to(here):
        return ""
    return f"{there.relative_to(here).as_posix()}/"
