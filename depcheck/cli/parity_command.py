"""``depcheck parity``: its arguments and options."""

from __future__ import annotations

from typing import Annotated

import typer

from depcheck.cli import options
from depcheck.cli.guard import guarded


def parity(
    left: Annotated[
        str,
        typer.Argument(metavar="LEFT", help="What was tested (staging)."),
    ],
    right: Annotated[
        str,
        typer.Argument(metavar="RIGHT", help="What runs (production)."),
    ],
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help="Which image of several to compare, such as linux/arm64.",
        ),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Compare all files too, by content, mode and owner.")
    ] = False,
    show_values: Annotated[
        bool,
        typer.Option("--show-values", help="Show the values of variables and labels."),
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Say how to get back to what runs now.")
    ] = False,
    insecure_registry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Speak to this registry without TLS or a valid certificate; may be repeated.",
        ),
    ] = None,
    cache_dir: options.CacheDir = None,
    no_cache: options.NoCache = False,
    config: options.Config = None,
    fail_on: options.FailOn = None,
    format: options.ReportFormat = options.Format.TEXT,
    output: options.Output = None,
    verbose: options.Verbose = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare two environments: is what runs what was tested?

    LEFT is what was tested, RIGHT is what runs. Each is an environment of the
    configuration, or one of: docker:IMAGE, container:NAME, registry:HOST/REPO:TAG
    (or @DIGEST), oci:PATH[:TAG], archive:PATH[:NAME], env:PYTHON, lock:PATH,
    sbom:PATH. Nothing in an image or container is run.

    Exit status: 0 the same or as expected, 1 findings, 2 wrong usage or
    configuration, 3 something could not be read.
    """
    from depcheck.cli.deliver import Wanted
    from depcheck.cli.run_parity import run_parity

    def action() -> int:
        from depcheck.cli.arguments import report_path
        from depcheck.config import ParityCommandLine

        given = ParityCommandLine(
            left=left,
            right=right,
            platform=platform,
            files=files,
            show_values=show_values,
            rollback=rollback,
            insecure_registries=tuple(insecure_registry or ()),
            cache_dir=cache_dir,
            no_cache=no_cache,
            fail_on=fail_on,
        )
        wanted = Wanted(
            json=format is options.Format.JSON,
            output=report_path(output),
            verbose=verbose,
            quiet=quiet,
        )
        return run_parity(given, config=config, wanted=wanted)

    raise typer.Exit(guarded(action))
