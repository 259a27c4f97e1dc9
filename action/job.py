"""The job that the action runs in: its inputs, its event, and the files that it answers in."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USAGE = 2
"""Exit status for wrong usage, as depcheck's own."""


class Refusal(Exception):
    """The action cannot go on: what is wrong, and how to mend it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class Job:
    """What the runner tells by ``environ``; inputs come as ``INPUT_FAIL_ON`` and the like."""

    environ: Mapping[str, str]

    def input(self, name: str) -> str:
        """Return an input by its name in ``action.yml``, without spaces around it."""
        return self.environ.get("INPUT_" + name.upper().replace("-", "_"), "").strip()

    def switch(self, name: str) -> bool:
        """Return a yes-or-no input; raises Refusal for anything else."""
        match self.input(name).lower():
            case "true":
                return True
            case "false" | "":
                return False
        raise Refusal(f'the input {name} is "{self.input(name)}"', "It is true or false.")

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines of an input, each a word for the command line, as it stands there."""
        return tuple(line.strip() for line in self.input(name).splitlines() if line.strip())

    @property
    def event(self) -> str:
        return self.environ.get("GITHUB_EVENT_NAME", "")

    @property
    def payload(self) -> Mapping[str, Any]:
        """The event as GitHub tells it; empty where it tells nothing."""
        path = self.environ.get("GITHUB_EVENT_PATH", "")
        if not path or not Path(path).is_file():
            return {}
        try:
            read = json.loads(Path(path).read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def workspace(self) -> Path:
        return Path(self.environ.get("GITHUB_WORKSPACE") or ".")

    @property
    def folder(self) -> Path:
        """The folder to work in; raises Refusal where there is none, or a link leads to it.

        A link may come from the change, and would lead past the configuration of the base.
        """
        wanted = f'the input working-directory is "{self.input("working-directory")}"'
        workspace = Path(os.path.abspath(self.workspace))
        folder = Path(os.path.abspath(workspace / (self.input("working-directory") or ".")))
        if not folder.is_dir():
            raise Refusal(
                f"{wanted}, and there is no such folder",
                "Check the repository out before this action.",
            )
        for place in (folder, *folder.parents):
            if workspace in place.parents and place.is_symlink():
                link = place.relative_to(workspace).as_posix()
                raise Refusal(f'{wanted}, and "{link}" is a link', "Name the folder itself.")
        return folder

    @property
    def temporary(self) -> Path:
        """The action's own folder below the runner's for temporary files."""
        return Path(self.environ["RUNNER_TEMP"]) / "depcheck"

    def output(self, values: Mapping[str, str]) -> None:
        """Give outputs of the step; no value can end itself and begin another."""
        for name, value in values.items():
            word = f"end_{secrets.token_hex(16)}"
            self._append("GITHUB_OUTPUT", f"{name}<<{word}\n{value}\n{word}\n")

    def summary(self, text: str) -> None:
        """Add Markdown to the summary of the step."""
        if self.environ.get("GITHUB_STEP_SUMMARY"):  # older servers have none
            self._append("GITHUB_STEP_SUMMARY", text if text.endswith("\n") else f"{text}\n")

    def _append(self, variable: str, text: str) -> None:
        with Path(self.environ[variable]).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def at(data: object, *keys: str) -> Any:
    """Return what lies at a path in JSON data, None where nothing does."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
