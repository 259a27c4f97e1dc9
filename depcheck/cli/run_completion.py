"""What ``completion`` and ``complete`` do: a script for a shell, and its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from depcheck.cli.completion import Known, offer
from depcheck.cli.output import write_stdout
from depcheck.errors import DepcheckError

_PLATFORMS = ("linux/amd64", "linux/arm64", "macos/arm64", "macos/amd64", "windows/amd64")


def run_completion(shell: str) -> int:
    """Print the script for a shell."""
    from importlib.resources import files

    write_stdout(files("depcheck.cli").joinpath(f"completions/depcheck.{shell}").read_text("utf-8"))
    return 0


def run_complete(root: Any, words: Sequence[str]) -> int:
    """Print what fits the last of ``words``; a configuration that is at fault offers nothing."""
    names = partial(_names, _config(words))
    known = Known(
        components=partial(names, "components"),
        environments=partial(names, "environments"),
        rules=_rules,
        sides=_sides,
        severities=("note", "warning", "error", "never"),
        platforms=_PLATFORMS,
    )
    found = offer(root, words, known)
    write_stdout("".join(f"{line}\n" for line in found.lines()))
    return 0


def _config(words: Sequence[str]) -> Path | None:
    """Return the file that ``--config`` names on the command line that is being written."""
    for word, following in pairwise(words):
        if word == "--config" and following:
            return Path(following)
        if word.startswith("--config="):
            return Path(word.partition("=")[2])
    return None


@cache
def _table(config: Path | None) -> Mapping[str, Any]:
    from depcheck.config.file import find_file, open_file

    try:
        file = open_file(config, Path.cwd()) if config else find_file(Path.cwd())
    except DepcheckError:
        return {}
    return file.table if file and isinstance(file.table, Mapping) else {}


def _names(config: Path | None, table: str) -> tuple[str, ...]:
    from depcheck.config.values import COMPONENT_NAME

    named = _table(config).get(table, {})
    names = named if isinstance(named, Mapping) else {}
    return tuple(name for name in names if COMPONENT_NAME.fullmatch(name))


def _rules() -> tuple[tuple[str, str], ...]:
    from depcheck.model.rules import RULES

    return tuple((rule.id, rule.title) for rule in RULES.values())


def _sides() -> tuple[str, ...]:
    from depcheck.model.parity import SIDE_KINDS

    return tuple(f"{kind}:" for kind in SIDE_KINDS)
