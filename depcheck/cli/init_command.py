"""``depcheck init``: its arguments and options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli.formats import Colour
from depcheck.cli.guard import guarded
from depcheck.cli.rules_command import Color


def init(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[DIR]",
            help="The repository (default: the current folder).",
            show_default=False,
        ),
    ] = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the configuration there (default: depcheck.toml in DIR).",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write it though there is a configuration already.")
    ] = False,
    stdout: Annotated[
        bool, typer.Option("--stdout", "-n", help="Print the configuration, write nothing.")
    ] = False,
    color: Color = Colour.AUTO,
) -> None:
    """Find the components of a repository and write a commented configuration.

    Requirements files, projects, locks, Dockerfiles and compose files are read;
    nothing is run. What was guessed (roles, the Python) is said with its reason.

    Exit status: 0 written, 2 nothing found, or a configuration stands there.
    """

    def action() -> int:
        from depcheck.cli.run_init import run_init

        return run_init(folder, output=output, force=force, stdout=stdout, colour=color)

    raise typer.Exit(guarded(action))
