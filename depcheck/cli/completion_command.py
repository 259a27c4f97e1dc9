"""``depcheck completion``, and the command that its scripts call."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from depcheck.cli.guard import guarded


class Shell(StrEnum):
    """Shells whose completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[
        Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.", show_default=False)
    ],
) -> None:
    """Print what makes a shell complete depcheck's commands, options and values.

    For bash, put this into ~/.bashrc: eval "$(depcheck completion bash)". For zsh, the same
    with zsh into ~/.zshrc, after compinit. For fish, once:
    depcheck completion fish > ~/.config/fish/completions/depcheck.fish
    """

    def action() -> int:
        from depcheck.cli.run_completion import run_completion

        return run_completion(shell.value)

    raise typer.Exit(guarded(action))


def complete(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORD...")] = None,
) -> None:
    """Print what fits the last word: asked by the scripts of ``depcheck completion``."""

    def action() -> int:
        from depcheck.cli.run_completion import run_complete

        return run_complete(context.find_root().command, words or [])

    raise typer.Exit(guarded(action))
