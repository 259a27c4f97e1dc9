"""What ``check`` does: settings in, a report out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.deliver import Wanted, canvas, deliver, observing, prefix
from depcheck.cli.guard import tell
from depcheck.cli.output import write_file
from depcheck.config import CommandLine, load_settings
from depcheck.errors import EXIT_FINDINGS
from depcheck.model.settings import ComponentSettings, Settings

if TYPE_CHECKING:
    from depcheck.model.report import Report


def run_check(given: CommandLine, *, config: Path | None, wanted: Wanted) -> int:
    """Check, write what is wanted, and return the exit status."""
    from depcheck.report.status import exit_status

    settings = load_settings(start=Path.cwd(), config=config, overrides=given)
    report = _observed(settings, wanted.quiet)
    if len(settings.components) == 1 and not wanted.quiet:
        _tell_alone(settings.components[0])
    deliver(_rendered(report, settings.root, wanted), wanted)
    status = exit_status(report, settings.fail_on)
    if wanted.pylock is not None and not _write_lock(report, wanted.pylock, wanted.quiet):
        return status or EXIT_FINDINGS
    return status


def _observed(settings: Settings, quiet: bool) -> Report:
    # Not before the settings are known to be right: it is half of the time of a start.
    from depcheck.pipeline.combine import check

    with observing(quiet) as observer:
        return check(settings, environ=os.environ, observer=observer)


def _tell_alone(component: ComponentSettings) -> None:
    tell("note", "only one component was given: it is checked alone, and compared with nothing")
    if component.origin is None:
        tell("hint", "name another with --ai SOURCE or --component NAME=SOURCE")
    else:
        tell("hint", f"list another beside {component.origin}")


def _rendered(report: Report, root: Path, wanted: Wanted) -> str:
    if wanted.json:
        from depcheck.report.json import render as render_json

        return render_json(report, root=prefix(root))
    from depcheck.report.console import render

    on = canvas(wanted)
    return render(
        report,
        width=on.width,
        colour=on.colour,
        unicode=on.unicode,
        verbose=wanted.verbose,
        prefix=prefix(root),
    )


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
