"""The commands together."""

from __future__ import annotations

from typing import Annotated

import typer

from depcheck.cli.cache_command import cache
from depcheck.cli.check_command import check
from depcheck.cli.completion_command import complete, completion
from depcheck.cli.init_command import init
from depcheck.cli.isolate_command import isolate
from depcheck.cli.parity_command import parity
from depcheck.cli.rules_command import explain, rules
from depcheck.cli.sections import SectionedCommand

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Can the core application and the AI component live together?",
)


def _version(wanted: bool) -> None:
    if wanted:
        from depcheck import __version__

        typer.echo(f"depcheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version and leave.",
        ),
    ] = False,
) -> None:
    pass


app.command(short_help="Report what does not go together.", cls=SectionedCommand)(check)
app.command(short_help="Report how what runs differs from what was tested.", cls=SectionedCommand)(
    parity
)
app.command(short_help="Report where container walls must stand.", cls=SectionedCommand)(isolate)
app.command(short_help="Find components and write a configuration.")(init)
app.command(short_help="List what can be found.")(rules)
app.command(short_help="Explain a rule and how to heal it.")(explain)
app.add_typer(cache, name="cache")
app.command(short_help="Print a shell's completion script.")(completion)
app.command(hidden=True)(complete)
