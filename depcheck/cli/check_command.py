"""``depcheck check``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli import options
from depcheck.cli.guard import guarded


def check(
    core: options.Core = None,
    ai: options.Ai = None,
    component: options.Others = None,
    lock: options.Locks = None,
    config: options.Config = None,
    python: options.Python = None,
    platform: options.Platform = None,
    index_url: options.IndexUrl = None,
    extra_index_url: options.ExtraIndexUrl = None,
    exclude_newer: options.ExcludeNewer = None,
    pre: options.Pre = False,
    offline: options.Offline = False,
    refresh: options.Refresh = False,
    cache_dir: options.CacheDir = None,
    no_cache: options.NoCache = False,
    fail_on: options.FailOn = None,
    max_conflicts: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.whole_number,
            help="Stop listing conflicts after so many (default: 100).",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    format: options.ReportFormat = options.Format.TEXT,
    output: options.Output = None,
    pylock: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the combined set there: pylock.toml or pylock.NAME.toml (PEP 751).",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    verbose: options.Verbose = False,
    quiet: options.Quiet = False,
) -> None:
    """Resolve the components alone and together, and report what does not go together.

    Exit status: 0 clean, 1 findings, 2 wrong usage or configuration, 3 something
    could not be checked.
    """
    from depcheck.cli.deliver import Wanted
    from depcheck.cli.run_check import run_check

    def action() -> int:
        from depcheck.cli.arguments import command_line, lock_path, report_path

        given = command_line(
            core=core,
            ai=ai,
            components=component or [],
            locks=lock or [],
            python=python,
            platform=platform,
            index_url=index_url,
            extra_index_urls=extra_index_url or [],
            exclude_newer=exclude_newer,
            prereleases=pre,
            offline=offline,
            refresh=refresh,
            cache_dir=cache_dir,
            no_cache=no_cache,
            fail_on=fail_on,
            max_conflicts=max_conflicts,
        )
        wanted = Wanted(
            json=format is options.Format.JSON,
            output=report_path(output),
            pylock=lock_path(pylock),
            verbose=verbose,
            quiet=quiet,
        )
        return run_check(given, config=config, wanted=wanted)

    raise typer.Exit(guarded(action))
