"""``depcheck check``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli import options
from depcheck.cli.grouping import grouped
from depcheck.cli.guard import guarded


@grouped
def check(
    *,
    components: options.Components,
    index: options.Index,
    change: options.Change,
    max_conflicts: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.whole_number,
            help="Stop listing conflicts after so many (default: 100).",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    pylock: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the combined set there: pylock.toml or pylock.NAME.toml (PEP 751).",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    show_suppressed: options.ShowSuppressed = False,
    report: options.Reporting,
) -> None:
    """Resolve the components alone and together, and report what does not go together.

    Exit status: 0 clean, 1 findings, 2 wrong usage or configuration, 3 something
    could not be checked.
    """

    def action() -> int:
        from depcheck.cli.arguments import command_line, wanted
        from depcheck.cli.run_check import run_check

        given = command_line(components, index, fail_on=report.fail_on, max_conflicts=max_conflicts)
        outputs = wanted(report, pylock=pylock, show_suppressed=show_suppressed)
        return run_check(given, config=components.config, change=change, wanted=outputs)

    raise typer.Exit(guarded(action))
