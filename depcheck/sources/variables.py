"""Variables in compose files (Compose Specification, "Interpolation"), and ``.env`` files.

The process environment is never read: in CI it holds secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:](.*)")
_DEEPEST = 20


class UnsetError(ValueError):
    """A variable that has no value and no default. ``name`` is its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class MalformedError(ValueError):
    """Text with a ``$`` that begins nothing. The argument says what is wrong."""


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its variables replaced, ``$$`` by ``$``.

    Raises UnsetError for a variable with neither value nor default, MalformedError for
    what compose does not understand.
    """
    return _Reader(text, values).read(0)


@dataclass(slots=True)
class _Reader:
    text: str
    values: Mapping[str, str]
    at: int = 0

    def read(self, depth: int, *, until_brace: bool = False, dry: bool = False) -> str:
        """Return what stands up to the end, or the closing brace of an outer variable.

        ``dry`` only finds the end: what is not used needs no values.
        """
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if until_brace and char == "}":
                return "".join(parts)
            self.at += 1
            parts.append(self._dollar(depth, dry=dry) if char == "$" else char)
        if until_brace:
            raise MalformedError("a ${ has no }")
        return "".join(parts)

    def _dollar(self, depth: int, *, dry: bool) -> str:
        following = self.text[self.at : self.at + 1]
        if following == "$":
            self.at += 1
            return "$"
        if following == "{":
            self.at += 1
            return self._braced(depth + 1, dry=dry)
        if name := _NAME.match(self.text, self.at):
            self.at = name.end()
            return "" if dry else self._value(name[0])
        return "$"

    def _braced(self, depth: int, *, dry: bool) -> str:
        name = _NAME.match(self.text, self.at)
        if name is None or depth > _DEEPEST:
            raise MalformedError("a ${ is followed by no name" if name is None else "too deep")
        self.at = name.end()
        operator = _OPERATOR.match(self.text, self.at)
        self.at = operator.end() if operator else self.at
        if operator is None and self.text[self.at : self.at + 1] != "}":
            raise MalformedError("compose knows ${NAME} with :-, -, :?, ?, :+ or + after the name")
        found = self._chosen(name[0], operator[0] if operator else "", depth, dry=dry)
        self.at += 1
        return found

    def _chosen(self, name: str, operator: str, depth: int, *, dry: bool) -> str:
        value = self.values.get(name)
        there = bool(value) if operator.startswith(":") else value is not None
        used = there if operator.endswith("+") else not there and operator.endswith("-")
        word = self.read(depth, until_brace=True, dry=dry or not used)
        if dry or operator.endswith("+") or (operator.endswith("-") and not there):
            return word if used else ""
        if operator.endswith("?") and not there:
            raise UnsetError(name)
        return self._value(name)

    def _value(self, name: str) -> str:
        if name not in self.values:
            raise UnsetError(name)
        return self.values[name]


def read_variables(text: str) -> dict[str, str]:
    """Return the variables of a ``.env`` file, as compose reads it.

    Values in single quotes are taken as they are; in others, earlier variables of the
    file are replaced. A line that cannot be understood, or needs a variable that is not
    in the file, sets nothing.
    """
    found: dict[str, str] = {}
    for _, name, value, literal in variable_lines(text):
        try:
            found[name] = value if literal else interpolate(value, found)
        except (UnsetError, MalformedError):
            found.pop(name, None)
    return found


def variable_lines(text: str) -> Iterator[tuple[int, str, str, bool]]:
    """Yield line, name and value as written of each variable of a ``.env`` file.

    The last part says whether the value is to be taken as it is.
    """
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is not None and not line.lstrip().startswith("#"):
            yield number, match[1], *_unquoted(match[2].strip())


def _unquoted(written: str) -> tuple[str, bool]:
    """Return a value without quotes and comment, and whether it is to be taken literally."""
    quote = written[:1]
    if quote in ("'", '"') and (end := _end(written, quote)) > 0:
        return written[1:end].replace(f"\\{quote}", quote), quote == "'"
    return re.split(r"(?:^|\s+)#", written, maxsplit=1)[0].rstrip(), False


def _end(written: str, quote: str) -> int:
    """Return where the quote that opens ``written`` closes, -1 where it does not."""
    at = 1
    while at < len(written):
        if written[at] == "\\":
            at += 1
        elif written[at] == quote:
            return at
        at += 1
    return -1
