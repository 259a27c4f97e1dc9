"""Groups of options are options of the command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from depcheck.cli.grouping import grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: Annotated[str | None, typer.Option(help="A name.")] = None
    loud: Annotated[bool, typer.Option("--loud", "-l")] = False


def test_a_command_gets_its_groups_and_its_own_options() -> None:
    app = typer.Typer(add_completion=False)
    seen: list[tuple[str, Group, int]] = []

    @app.command()
    @grouped
    def command(
        place: Annotated[str, typer.Argument()],
        *,
        group: Group,
        count: Annotated[int, typer.Option()] = 3,
    ) -> None:
        """Do it."""
        seen.append((place, group, count))

    runner = CliRunner()
    assert runner.invoke(app, ["here", "--name", "x", "-l", "--count", "4"]).exit_code == 0
    assert runner.invoke(app, ["here"]).exit_code == 0
    assert seen == [("here", Group(name="x", loud=True), 4), ("here", Group(), 3)]
    assert "Do it." in runner.invoke(app, ["--help"]).output
