"""What ``check`` does: settings in, a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.cli.asking import asked
from depcheck.cli.deliver import Canvas, Telling, Wanted, conclude, leaving, observing, prefix
from depcheck.cli.guard import tell
from depcheck.cli.inputs import of_check, of_report
from depcheck.cli.options import Change
from depcheck.cli.output import write_file
from depcheck.cli.outputs import check_inputs, check_places
from depcheck.config import CommandLine
from depcheck.model.settings import ComponentSettings, Settings

if TYPE_CHECKING:
    from depcheck.model.report import Report
    from depcheck.report.digest import Context, Digest


def run_check(given: CommandLine, *, config: Path | None, change: Change, wanted: Wanted) -> int:
    """Check, write what is wanted, and return the exit status."""
    from depcheck.report.status import exit_status

    with asked(given, config=config, change=change) as run:
        settings = run.settings
        check_places(wanted.outputs, (*of_check(settings), *run.inputs), lock=wanted.pylock)
        with observing(wanted) as observer:
            report = run.check(observer)
    check_inputs(wanted.outputs, of_report(report.components, settings.root))
    if len(settings.components) == 1 and not wanted.quiet:
        _tell_alone(settings.components[0])
    found = exit_status(report, settings.fail_on)
    lacking = wanted.pylock is not None and report.combined is None
    status = leaving(found, wanted, lacking=lacking)
    conclude(_telling(report, settings, wanted, status), found, wanted)
    if wanted.pylock is not None:
        _write_lock(report, wanted.pylock, wanted.quiet)
    return status


def _tell_alone(component: ComponentSettings) -> None:
    tell("note", "only one component was given: it is checked alone, and compared with nothing")
    if component.origin is None:
        tell("hint", "name another with --ai SOURCE or --component NAME=SOURCE")
    else:
        tell("hint", f"list another beside {component.origin}")


def _telling(report: Report, settings: Settings, wanted: Wanted, status: int) -> Telling:
    root = prefix(settings.root)

    def text(on: Canvas) -> str:
        from depcheck.report.text.check import render

        return render(
            report,
            width=on.width,
            colour=on.colour,
            unicode=on.unicode,
            verbose=wanted.verbose,
            prefix=root,
            status=status,
            show_suppressed=wanted.show_suppressed,
        )

    def json() -> str:
        from depcheck.report.json.check import render

        return render(report, root=root, fail_on=settings.fail_on)

    def digested(context: Context) -> Digest:
        from depcheck.report.digests.check import digest_check

        return digest_check(report, context, fail_on=settings.fail_on)

    return Telling(
        root=settings.root,
        status=status,
        text=text,
        json=json,
        digested=digested,
        config=settings.config_path,
        base=report.base.revision if report.base else "",
    )


def _write_lock(report: Report, path: Path, quiet: bool) -> None:
    """Write the combined set to ``path``, or say that there is none."""
    from depcheck.report.pylock import render

    if report.combined is None:
        tell("error", f"no lock was written to {path}: there is no combined set")
        return
    write_file(path, render(report))
    if not quiet:
        tell("note", f"the combined set is in {path}")
