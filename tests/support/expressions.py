"""The runner's expressions (``${{ … }}`` and ``if:``), as far as ``action.yml`` uses them.

Literals, contexts with dotted names, ``== != && || !``, parentheses, and the functions
``format``, ``contains``, ``startsWith``, ``success``, ``failure`` and ``always``. What is not
there is empty; comparing text ignores case; numbers and text compare as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(?P<mark>==|!=|&&|\|\||[!(),]))"
)
_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS_FUNCTIONS = ("success", "failure", "always", "cancelled")


def interpolated(text: str, contexts: Mapping[str, Any]) -> str:
    """Return ``text`` with each ``${{ … }}`` replaced by its value."""
    return _EMBEDDED.sub(lambda found: shown(evaluated(found[1], contexts)), text)


def condition(text: str, contexts: Mapping[str, Any]) -> bool:
    """Return what an ``if:`` says; without a status function it means ``success() && (…)``."""
    inner = text.strip()
    if embedded := _EMBEDDED.fullmatch(inner):
        inner = embedded[1]
    said = bool(evaluated(inner, contexts))
    asked = any(re.search(rf"\b{name}\(", inner) for name in STATUS_FUNCTIONS)
    return said and (asked or bool(contexts["job"]["ok"]))


def evaluated(text: str, contexts: Mapping[str, Any]) -> Any:
    """Return the value of an expression; raises ValueError for what is none."""
    parser = _Parser(_tokens(text), contexts)
    value = parser.either()
    if parser.left():
        raise ValueError(f"not an expression: {text!r}")
    return value


def shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
    return str(value)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"not an expression: {text!r}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]], contexts: Mapping[str, Any]) -> None:
        self._tokens, self._contexts, self._at = tokens, contexts, 0

    def left(self) -> bool:
        return self._at < len(self._tokens)

    def either(self) -> Any:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._took("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._single()
        while True:
            if self._took("=="):
                value = _same(value, self._single())
            elif self._took("!="):
                value = not _same(value, self._single())
            else:
                return value

    def _single(self) -> Any:
        if self._took("!"):
            return not self._single()
        if self._took("("):
            value = self.either()
            self._must(")")
            return value
        kind, word = self._tokens[self._at]
        self._at += 1
        match kind:
            case "text":
                return word[1:-1].replace("''", "'")
            case "number":
                return float(word) if "." in word else int(word)
            case "name":
                return self._call(word) if self._took("(") else self._named(word)
        raise ValueError(f"unexpected {word!r}")

    def _named(self, word: str) -> Any:
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        value: Any = self._contexts
        for part in word.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def _call(self, name: str) -> Any:
        given = []
        while not self._took(")"):
            given.append(self.either())
            self._took(",")
        match name:
            case "format":
                return re.sub(r"\{(\d+)\}", lambda m: shown(given[1 + int(m[1])]), given[0])
            case "contains":
                return shown(given[1]).lower() in shown(given[0]).lower()
            case "startsWith":
                return shown(given[0]).lower().startswith(shown(given[1]).lower())
            case "always":
                return True
            case "success" | "failure":
                return self._contexts["job"]["ok"] is (name == "success")
        raise ValueError(f"{name}() is not known here")

    def _took(self, mark: str) -> bool:
        if self.left() and self._tokens[self._at] == ("mark", mark):
            self._at += 1
            return True
        return False

    def _must(self, mark: str) -> None:
        if not self._took(mark):
            raise ValueError(f"expected {mark}")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if type(one) is type(other):
        return bool(one == other)
    return _number(one) == _number(other)


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return float("nan")
