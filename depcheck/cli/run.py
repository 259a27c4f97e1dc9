"""What each command does: settings in, a report out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli import terminal
from depcheck.cli.guard import tell
from depcheck.cli.output import write_file, write_stdout
from depcheck.cli.progress import Notes, ProgressLine
from depcheck.config import CommandLine, load_settings
from depcheck.errors import EXIT_FINDINGS
from depcheck.model.observer import Silent
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.text import printable

if TYPE_CHECKING:
    from depcheck.model.report import Report

_FILE_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which outputs a run is to give; ``output`` None means stdout."""

    json: bool = False
    output: Path | None = None
    pylock: Path | None = None
    verbose: bool = False
    quiet: bool = False


def run_check(given: CommandLine, *, config: Path | None, wanted: Wanted) -> int:
    """Check, write what is wanted, and return the exit status."""
    from depcheck.report.status import exit_status

    settings = load_settings(start=Path.cwd(), config=config, overrides=given)
    report = _observed(settings, wanted.quiet)
    if len(settings.components) == 1 and not wanted.quiet:
        _tell_alone(settings.components[0])
    _write_report(report, settings.root, wanted)
    status = exit_status(report, settings.fail_on)
    if wanted.pylock is not None and not _write_lock(report, wanted.pylock, wanted.quiet):
        return status or EXIT_FINDINGS
    return status


def _tell_alone(component: ComponentSettings) -> None:
    tell("note", "only one component was given: it is checked alone, and compared with nothing")
    if component.origin is None:
        tell("hint", "name another with --ai SOURCE or --component NAME=SOURCE")
    else:
        tell("hint", f"list another beside {component.origin}")


def _observed(settings: Settings, quiet: bool) -> Report:
    from depcheck.pipeline import check

    if quiet:
        return check(settings, environ=os.environ, observer=Silent())
    live = terminal.is_live(sys.stderr, os.environ)
    width = terminal.width(sys.stderr, os.environ)
    observer: ProgressLine | Notes = ProgressLine(sys.stderr, width) if live else Notes(sys.stderr)
    try:
        return check(settings, environ=os.environ, observer=observer)
    finally:
        observer.close()


def _write_report(report: Report, root: Path, wanted: Wanted) -> None:
    text = _rendered(report, root, wanted)
    if wanted.output is None:
        write_stdout(text)
        return
    write_file(wanted.output, text)
    if not wanted.quiet:
        tell("note", f"the report is in {wanted.output}")


def _rendered(report: Report, root: Path, wanted: Wanted) -> str:
    prefix = _prefix(root)
    if wanted.json:
        from depcheck.report.json import render as render_json

        return render_json(report, root=prefix)
    from depcheck.report.console import render

    to_file = wanted.output is not None
    return render(
        report,
        width=_FILE_WIDTH if to_file else terminal.width(sys.stdout, os.environ),
        colour=not to_file and terminal.colour(sys.stdout, os.environ),
        unicode=to_file or terminal.unicode(sys.stdout),
        verbose=wanted.verbose,
        prefix=prefix,
    )


def _prefix(root: Path) -> str:
    """Return the way from the current folder down to ``root`` (``shop/``), empty elsewhere."""
    here, there = Path.cwd().resolve(), root.resolve()
    if here == there or not there.is_relative_to(here):
        return ""
    return f"{there.relative_to(here).as_posix()}/"


def _write_lock(report: Report, path: Path, quiet: bool) -> bool:
    """Write the combined set to ``path``; return False where there is none."""
    from depcheck.report.pylock import render

    if report.combined is None:
        tell("error", f"no lock was written to {path}: there is no combined set")
        return False
    write_file(path, render(report))
    if not quiet:
        tell("note", f"the combined set is in {path}")
    return True


def run_cache_info(folder: Path | None) -> int:
    """Print where the cache lies and what it holds."""
    from depcheck.pipeline import cache_info

    held = cache_info(folder, os.environ)
    write_stdout(
        f"{printable(str(held.path), limit=4096)}\n"
        f"{held.bytes / 1e6:.1f} MB: {held.pages} project pages, {held.metadata} metadata files\n"
    )
    return 0


def run_cache_clear(folder: Path | None) -> int:
    """Take everything out of the cache and say what that was."""
    from depcheck.pipeline import cache_clear

    held = cache_clear(folder, os.environ)
    tell("note", f"took {held.bytes / 1e6:.1f} MB out of {held.path}")
    return 0
