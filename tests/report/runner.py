"""How a runner of GitHub Actions reads a log: which lines are commands, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMAND = re.compile(r"\s*::([^\s:]+)(?: ([^:]*))?::(.*)", re.DOTALL)
_BREAKS = re.compile("\r\n|[\r\n]")


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    message: str


def commands(log: str) -> Iterator[Command]:
    """Yield the commands of a log."""
    for line in _BREAKS.split(log):
        if match := _COMMAND.fullmatch(line):
            pairs = (pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
            properties = {name: unescaped(value) for name, value in pairs}
            yield Command(match[1], properties, unescaped(match[3]))


def unescaped(text: str) -> str:
    for escape, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(escape, meant)
    return text.replace("%25", "%")
