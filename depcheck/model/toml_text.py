"""TOML with the lines that its values stand on.

``tomllib`` gives values without positions. It decides what is valid; the
scanner here only walks text that it has accepted and notes where things are.
"""

from __future__ import annotations

import ast
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from depcheck.errors import DepcheckError

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_GAP = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\]|\\.)*+"'
    r"|'[^']*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n\r]+")
_TWICE = re.compile(r"Cannot declare (\(.*\)) twice")
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Span:
    """``start`` and ``end`` are offsets into the text, from a key or value to its value's end."""

    start: int
    end: int


class TomlDocument:
    """Parsed TOML: ``data`` as ``tomllib`` gives it, and positions by key path."""

    def __init__(self, text: str, data: Mapping[str, Any]) -> None:
        self.text = text
        self.data = data

    def line(self, *path: str | int) -> int | None:
        """Return the line (from 1) of what ``path`` names, or of the nearest thing around it."""
        if len(path) == 1 and (span := self._head.get(path)):
            return bisect_right(self._breaks, span.start)
        for length in range(len(path), 0, -1):
            if span := self._spans.get(path[:length]):
                return bisect_right(self._breaks, span.start)
        return None

    def end(self, *path: str | int) -> int | None:
        """Return the last line (from 1) of what ``path`` names, None where it is unknown."""
        span = self._spans.get(path)
        return bisect_right(self._breaks, span.end - 1) if span else None

    def written(self, *path: str | int) -> str:
        """Return the text of what ``path`` names, on one line; empty where it is unknown."""
        span = self._spans.get(path)
        return " ".join(self.text[span.start : span.end].split()) if span else ""

    def header_lines(self, name: str) -> list[int]:
        """Return the lines of the ``[[name]]`` headers, without a full scan where possible."""
        count = len(self.data.get(name, ()))
        # Only a string of several lines can hold what looks like a header.
        plain = '"""' not in self.text and "'''" not in self.text
        found = [
            bisect_right(self._breaks, match.start())
            for match in re.finditer(rf"^\[\[{re.escape(name)}\]\]", self.text, re.MULTILINE)
        ]
        return (
            found
            if plain and len(found) == count
            else [self.line(name, i) or 1 for i in range(count)]
        )

    @cached_property
    def _breaks(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _head(self) -> dict[Path, Span]:
        # A lock may be large; what stands above its packages is found without them.
        return _Scanner(self.text).scan(head=True)

    @cached_property
    def _spans(self) -> dict[Path, Span]:
        return _Scanner(self.text).scan()


def parse_toml(text: str, *, where: str, error: type[DepcheckError]) -> TomlDocument:
    """Parse TOML 1.0 text; ``where`` (a path) begins the message of the ``error`` raised."""
    try:
        return TomlDocument(text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        message = str(fault)
        at = _POSITION.search(message)
        line = at.group(1) if at else None
        place = f"{where}:{line or text.count(chr(10)) + 1}"
        detail = _plainly(message[: at.start()] if at else message)
        raise error(f"{place}: this is not valid TOML: {detail}") from None
    except (RecursionError, ValueError) as fault:
        # tomllib recurses, and lets the fault of an impossible date or number through.
        reason = "nested too deeply" if isinstance(fault, RecursionError) else str(fault)
        raise error(f"{where}: this is not usable TOML: {reason}") from None


def _plainly(detail: str) -> str:
    """Return what tomllib says of a table or key that stands twice as a person would."""
    table = _TWICE.fullmatch(detail)
    if table is None:
        return detail
    try:
        keys = ast.literal_eval(table[1])
    except (ValueError, SyntaxError):
        return detail
    return f"[{'.'.join(map(str, keys))}] stands here for the second time"


class _Scanner:
    """Walks valid TOML once, left to right, and notes where each key and value is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spans: dict[Path, Span] = {}
        self.tables: dict[Path, int] = {}

    def scan(self, *, head: bool = False) -> dict[Path, Span]:
        """Return all spans, or (``head``) those above the first table."""
        table: Path = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                if head:
                    break
                table = self._header()
            else:
                self._pair(table)
        return self.spans

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _header(self) -> Path:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        *parents, last = self._key()
        path: Path = ()
        for part in parents:
            path = self._newest((*path, part))
            self.spans.setdefault(path, Span(start, start))
        path = (*path, last)
        if array:
            self.spans.setdefault(path, Span(start, start))
            self.tables[path] = self.tables.get(path, -1) + 1
        path = self._newest(path)
        self.at = self.text.index("]", self.at) + (2 if array else 1)
        self.spans[path] = Span(start, self.at)
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self.tables[path]) if path in self.tables else path

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_GAP)
            parts.append(self._key_part())
            self._skip(_GAP)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _key_part(self) -> str:
        quoted = self.text[self.at] in "\"'"
        match = (_STRING if quoted else _BARE).match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        raw = match.group()
        return str(tomllib.loads(f"k = {raw}")["k"]) if quoted else raw

    def _pair(self, table: Path) -> None:
        start = self.at
        path: Path = (*table, *self._key())
        self.at = self.text.index("=", self.at) + 1
        self._skip(_GAP)
        self._value(path)
        self.spans[path] = Span(start, self.at)
        for length in range(len(table) + 1, len(path)):
            self.spans.setdefault(path[:length], Span(start, self.at))

    def _value(self, path: Path) -> None:
        match self.text[self.at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.text[self._skip(_BLANK)] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            start = self.at
            self._value((*path, index))
            self.spans.setdefault((*path, index), Span(start, self.at))
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self.text[self._skip(_BLANK)] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self._pair(path)
        self.at += 1
