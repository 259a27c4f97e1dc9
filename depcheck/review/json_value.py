"""Values of a JSON text by strangers, read with a check of their kinds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from depcheck.errors import BaselineError
from depcheck.model.text import printable

Word = TypeVar("Word", bound=str)

_LONGEST = 100_000
"""Characters of one text: a line of a person is never that long."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it stands (``$.findings[3].rule``, RFC 9535) in which file.

    Each method raises BaselineError where the value is of another kind.
    """

    data: object
    at: str
    where: str

    def fault(self, what: str) -> NoReturn:
        """Raise BaselineError: the value is not ``what`` it must be."""
        raise BaselineError(
            f"{self.where}: {self.at}: must be {what}",
            hint="make the report anew: depcheck check --format json",
        )

    def has(self, key: str) -> bool:
        """Tell whether a table has a key with a value other than null."""
        return isinstance(self.data, dict) and self.data.get(key) is not None

    def __getitem__(self, key: str) -> Value:
        if not isinstance(self.data, dict):
            self.fault("a table")
        if key not in self.data:
            self.fault(f"a table with the key {key}")
        return Value(self.data[key], f"{self.at}.{key}", self.where)

    def items(self) -> Iterator[Value]:
        """Yield the items of a list."""
        if not isinstance(self.data, list):
            self.fault("a list")
        for number, item in enumerate(self.data):
            yield Value(item, f"{self.at}[{number}]", self.where)

    def text(self) -> str:
        """Return a text; halves of a surrogate pair are none."""
        if not isinstance(self.data, str) or len(self.data) > _LONGEST:
            self.fault("a text")
        try:
            self.data.encode()
        except UnicodeEncodeError:
            self.fault("a text in Unicode")
        return self.data

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(item.text() for item in self.items())

    def switch(self) -> bool:
        """Return true or false."""
        if not isinstance(self.data, bool):
            self.fault("true or false")
        return self.data

    def number(self) -> int:
        """Return a whole number, 0 or above."""
        if isinstance(self.data, bool) or not isinstance(self.data, int) or self.data < 0:
            self.fault("a whole number, 0 or above")
        return self.data

    def choice(self, words: Iterable[Word]) -> Word:
        """Return one of some words."""
        known = {str(word): word for word in words}
        text = self.text()
        if text in known:
            return known[text]
        return self.fault(f'one of {", ".join(known)}, not "{printable(text, limit=60)}"')

    def optional_text(self, key: str, default: str = "") -> str:
        """Return the text of a key, ``default`` where there is none."""
        return self[key].text() if self.has(key) else default

    def maybe_text(self, key: str) -> str | None:
        """Return the text of a key, None for null."""
        return self[key].text() if self.has(key) else None


def parse_json(text: str, *, where: str, largest: int) -> Value:
    """Parse a JSON text (RFC 8259); raises BaselineError for what is none, or is too large."""
    if len(text) > largest:
        raise BaselineError(
            f"{where}: larger than {largest >> 20} MiB", hint="is it a report of depcheck check?"
        )
    try:
        return Value(json.loads(text, parse_constant=_no_number), "$", where)
    except json.JSONDecodeError as fault:
        raise BaselineError(
            f"{where}:{fault.lineno}: not JSON, or cut short: {fault.msg}",
            hint="make it with depcheck check --format json",
        ) from None
    except (ValueError, RecursionError):
        raise BaselineError(
            f"{where}: JSON that no report has (a number or a nesting without end)",
            hint="make it with depcheck check --format json",
        ) from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
