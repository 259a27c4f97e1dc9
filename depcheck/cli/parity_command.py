"""``depcheck parity``: its arguments and options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli import options
from depcheck.cli.grouping import grouped
from depcheck.cli.guard import guarded

_COMPARISON, _IMAGES = "Comparison", "Images"


@grouped
def parity(
    left: Annotated[
        str,
        typer.Argument(metavar="LEFT", help="What was tested (staging)."),
    ],
    right: Annotated[
        str,
        typer.Argument(metavar="RIGHT", help="What runs (production)."),
    ],
    *,
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help="Which image of several to compare, such as linux/arm64.",
            rich_help_panel=_COMPARISON,
        ),
    ] = None,
    files: Annotated[
        bool,
        typer.Option(
            "--files",
            help="Compare all files too, by content, mode and owner.",
            rich_help_panel=_COMPARISON,
        ),
    ] = False,
    show_values: Annotated[
        bool,
        typer.Option(
            "--show-values",
            help="Show the values of variables and labels.",
            rich_help_panel=_COMPARISON,
        ),
    ] = False,
    rollback: Annotated[
        bool,
        typer.Option(
            "--rollback",
            help="Say how to get back to what runs now.",
            rich_help_panel=_COMPARISON,
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Configuration (default: depcheck.toml or pyproject.toml, here or above).",
            rich_help_panel=_COMPARISON,
        ),
    ] = None,
    insecure_registry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Speak to this registry without TLS or a valid certificate; may be repeated.",
            rich_help_panel=_IMAGES,
        ),
    ] = None,
    cache_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the cache lies.", rich_help_panel=_IMAGES),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Keep nothing.", rich_help_panel=_IMAGES)
    ] = False,
    report: options.Reporting,
) -> None:
    """Compare two environments: is what runs what was tested?

    LEFT is what was tested, RIGHT is what runs. Each is an environment of the
    configuration, or one of: docker:IMAGE, container:NAME, registry:HOST/REPO:TAG
    (or @DIGEST), oci:PATH[:TAG], archive:PATH[:NAME], env:PYTHON, lock:PATH,
    sbom:PATH. Nothing in an image or container is run.

    Exit status: 0 the same or as expected, 1 findings, 2 wrong usage or
    configuration, 3 something could not be read.
    """

    def action() -> int:
        from depcheck.cli.arguments import wanted
        from depcheck.cli.run_parity import run_parity
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
            fail_on=report.fail_on,
        )
        return run_parity(given, config=config, wanted=wanted(report))

    raise typer.Exit(guarded(action))
