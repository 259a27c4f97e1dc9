"""What every command that reports shares: progress on stderr, the reports where they are wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from depcheck.cli import terminal
from depcheck.cli.formats import Colour, Format
from depcheck.cli.guard import tell
from depcheck.cli.output import write_file, write_stdout
from depcheck.cli.outputs import Output
from depcheck.cli.progress import Notes, ProgressLine
from depcheck.errors import EXIT_CLEAN, EXIT_FINDINGS, OutputError, together
from depcheck.model.observer import Observer, Silent

if TYPE_CHECKING:
    from depcheck.report.digest import Context, Digest

_FILE_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which outputs a run is to give, and how much it is to tell on the way."""

    outputs: tuple[Output, ...] = (Output(format=Format.TEXT),)
    pylock: Path | None = None
    colour: Colour = Colour.AUTO
    verbose: bool = False
    quiet: bool = False
    progress: bool = True
    exit_zero: bool = False
    show_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What a report for people is written on: cells of a line, colour, more than ASCII."""

    width: int
    colour: bool
    unicode: bool


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One report in every format: as text on a canvas, as JSON, and digested for the others.

    ``root`` is the project root, ``config`` the configuration file, ``base`` the full revision
    that was compared with, ``status`` the exit status that the run leaves with.
    Without slots: the digest is kept once it is made.
    """

    root: Path
    status: int
    text: Callable[[Canvas], str]
    json: Callable[[], str]
    digested: Callable[[Context], Digest]
    config: Path | None = None
    base: str = ""

    @cached_property
    def digest(self) -> Digest:
        """The digest, made once for all formats that are made of it."""
        from depcheck.cli.context import context
        from depcheck.report.digests.parts import fitting

        arguments = sys.argv[1:]
        made = self.digested(
            context(self.root, os.environ, arguments, config=self.config, base=self.base)
        )
        return replace(made, status=self.status, tone=fitting(made.tone, self.status))


@contextmanager
def observing(wanted: Wanted) -> Iterator[Observer]:
    """Give an observer that tells on stderr how the run goes on, unless it is to be quiet."""
    if wanted.quiet:
        yield Silent()
        return
    live = wanted.progress and terminal.is_live(sys.stderr, os.environ)
    width = terminal.width(sys.stderr, os.environ)
    observer: ProgressLine | Notes = ProgressLine(sys.stderr, width) if live else Notes(sys.stderr)
    try:
        yield observer
    finally:
        observer.close()


def deliver(telling: Telling, wanted: Wanted) -> None:
    """Write every report to where it is wanted, files before stdout.

    One that cannot be made does not keep the others back: the fault is raised after them.
    Raises OutputError, with all that could not be written.
    """
    faults: list[OutputError] = []
    broken: list[Exception] = []
    for output in sorted(wanted.outputs, key=lambda output: output.path is None):
        try:
            _give(telling, output, wanted)
        except OutputError as fault:
            faults.append(fault)
        except Exception as fault:
            # Of our own making, and told as that: but the other reports are of use.
            broken.append(fault)
    if broken:
        raise broken[0]
    if faults:
        raise together(OutputError, [(fault.message, fault.hint) for fault in faults])


def leaving(found: int, wanted: Wanted, *, lacking: bool = False) -> int:
    """Return the exit status that a run leaves with: 1 becomes 0 where that is asked for.

    It is never 0 where something that was asked for is ``lacking``.
    """
    status = EXIT_CLEAN if found == EXIT_FINDINGS and wanted.exit_zero else found
    return status or (EXIT_FINDINGS if lacking else EXIT_CLEAN)


def conclude(telling: Telling, found: int, wanted: Wanted) -> int:
    """Write every report (see ``deliver``) and return the exit status that the run leaves with.

    ``found`` is the status before ``--exit-zero``.
    """
    deliver(telling, wanted)
    if telling.status != found and telling.status == EXIT_CLEAN and not wanted.quiet:
        tell("note", f"exit status {found} became 0 (--exit-zero)")
    return telling.status


def prefix(root: Path) -> str:
    """Return the way from the current folder down to ``root`` (``shop/``), empty elsewhere."""
    here, there = Path.cwd().resolve(), root.resolve()
    if here == there or not there.is_relative_to(here):
        return ""
    return f"{there.relative_to(here).as_posix()}/"


def _give(telling: Telling, output: Output, wanted: Wanted) -> None:
    text = _rendered(telling, output, wanted)
    if output.path is None:
        write_stdout(text, utf8=output.format is not Format.TEXT)
        return
    write_file(output.path, text)
    if not wanted.quiet:
        tell("note", f"the report is in {output.path}")


def _rendered(telling: Telling, output: Output, wanted: Wanted) -> str:
    match output.format:
        case Format.TEXT:
            return telling.text(_canvas(output, wanted))
        case Format.JSON:
            return telling.json()
        case Format.GITHUB:
            from depcheck.report.github import render_github

            return render_github(telling.digest)
        case Format.MARKDOWN:
            from depcheck.report.markdown.summary import render_markdown

            return render_markdown(telling.digest)
        case Format.COMMENT:
            from depcheck.report.markdown.comment import render_comment

            return render_comment(telling.digest)
        case Format.SARIF:
            from depcheck.report.sarif.log import render_sarif

            return render_sarif(telling.digest)
        case Format.HTML:
            from depcheck.report.html.page import render_html

            return render_html(telling.digest)
        case _:
            assert_never(output.format)


def _canvas(output: Output, wanted: Wanted) -> Canvas:
    """Return what the report is written on: a file, or stdout as it is."""
    if output.path is not None:
        return Canvas(width=_FILE_WIDTH, colour=False, unicode=True)
    return Canvas(
        width=terminal.width(sys.stdout, os.environ),
        colour=terminal.colour(sys.stdout, os.environ, wanted.colour),
        unicode=terminal.unicode(sys.stdout),
    )
