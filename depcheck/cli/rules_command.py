"""``depcheck rules`` and ``depcheck explain``: their arguments and options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from depcheck.cli.formats import Colour
from depcheck.cli.guard import guarded

Color = Annotated[
    Colour,
    typer.Option(
        "--color",
        metavar="WHEN",
        help="Colour on stdout: auto (default), always or never.",
        show_default=False,
    ),
]


class RulesFormat(StrEnum):
    """Formats of the list of rules."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Job(StrEnum):
    """What finds a rule."""

    CHECK = "check"
    PARITY = "parity"
    ISOLATE = "isolate"
    AUDIT = "audit"


def rules(
    pattern: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATTERN]...",
            help="Only rules like this: a shell's pattern ('shift-*'), or a part of the name.",
            show_default=False,
        ),
    ] = None,
    job: Annotated[
        Job | None, typer.Option("--job", help="Only rules of this job.", show_default=False)
    ] = None,
    format: Annotated[RulesFormat, typer.Option("--format", help="Format.")] = RulesFormat.TEXT,
    color: Color = Colour.AUTO,
) -> None:
    """List what depcheck can find: the id, the severity and the title of each rule.

    With --format markdown it is the page docs/rules.md; json has all texts too.
    """

    def action() -> int:
        from depcheck.cli.run_rules import run_rules

        return run_rules(
            tuple(pattern or ()), job=job and job.value, form=format.value, colour=color
        )

    raise typer.Exit(guarded(action))


def explain(
    rule: Annotated[
        list[str],
        typer.Argument(
            metavar="RULE...", help="An id (conflict-direct), or a pattern ('guardrail-*')."
        ),
    ],
    color: Color = Colour.AUTO,
) -> None:
    """Explain rules: what one means, why it matters, how to heal it, how to accept it."""

    def action() -> int:
        from depcheck.cli.run_rules import run_explain

        return run_explain(tuple(rule), colour=color)

    raise typer.Exit(guarded(action))
