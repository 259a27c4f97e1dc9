"""Kinds of values in a configuration: what each looks like, and how it is read."""

from __future__ import annotations

import datetime
import json
import math
import re
import shlex
from collections.abc import Mapping
from typing import Any

from depcheck.config.values import is_date, is_day
from depcheck.model.text import printable

KINDS = {
    "text": "a text",
    "texts": "a list of texts",
    "command": "a list of texts",
    "paths": "a text or a list of texts",
    "date": "a date such as 2026-11-01",
    "day": "a date such as 2027-01-31",
    "switch": "true or false",
    "count": "a whole number above 0",
    "whole": "a whole number, 0 or above",
    "number": "a number above 0",
    "port": "a port, 1 to 65535",
    "memory": 'a size such as "512m" or "2g"',
    "size": 'a size such as "500MB" or "1GB"',
    "seconds": 'a time such as "60s" or "2m", or a number of seconds above 0',
    "table": "a table",
    "tables": "a list of tables",
    "list": "a list",
}
_AMOUNT = r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?"
# A container's memory counts as the engines do: k, m and g are powers of 1024.
_MEMORY = re.compile(_AMOUNT + r"([kmgt])(?:i?b)?", re.IGNORECASE)
_SIZE = re.compile(_AMOUNT + r"([kmgt])(i?)b", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,9}) ?(s|m|h)")
_POWER = {"k": 1, "m": 2, "g": 3, "t": 4}
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def read_kind(kind: str, value: object) -> Any:
    """Return a value of TOML as the program uses it, None where it is not of the kind.

    Lists become tuples, sizes are in bytes and times in seconds.
    """
    match kind:
        case "text":
            return value if isinstance(value, str) else None
        case "texts" | "command":
            return _list_of(value, str)
        case "paths":
            return (value,) if isinstance(value, str) else _list_of(value, str)
        case "switch":
            return value if isinstance(value, bool) else None
        case "tables":
            return _list_of(value, Mapping)
        case "list":
            return _list_of(value, object)
        case "table":
            return value if isinstance(value, Mapping) else None
        case "date" | "day":
            return _date(kind, value)
        case _:
            return _amount(kind, value)


def mend(kind: str, value: object) -> str:
    """Return how a value of the wrong kind could be written, empty where nothing is known."""
    if kind == "text" and isinstance(value, float):
        return "write it in quotes"
    if kind == "number" and isinstance(value, str):
        return "write it without quotes"
    if kind == "command" and isinstance(value, str):
        return _as_list(value)
    return ""


def _as_list(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return f"no shell reads it: write {printable(json.dumps(words, ensure_ascii=False))}"


def _list_of(value: object, kind: type[Any]) -> tuple[Any, ...] | None:
    if isinstance(value, list) and all(isinstance(item, kind) for item in value):
        return tuple(value)
    return None


def _date(kind: str, value: object) -> Any:
    if kind == "day":
        return value if is_day(value) else None
    is_one = isinstance(value, datetime.date) or (isinstance(value, str) and is_date(value))
    return value if is_one else None


def _amount(kind: str, value: object) -> int | float | None:
    match kind:
        case "memory" | "size":
            return _bytes(kind, value) if isinstance(value, str) else None
        case "seconds" if isinstance(value, str):
            found = _TIME.fullmatch(value)
            return int(found[1]) * _SECONDS[found[2]] or None if found else None
        case "number" if isinstance(value, float):
            return value if 0 < value < math.inf else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    most = 65535 if kind == "port" else math.inf
    return value if (0 if kind == "whole" else 1) <= value <= most else None


def _bytes(kind: str, value: str) -> int | None:
    found = (_MEMORY if kind == "memory" else _SIZE).fullmatch(value.strip())
    if found is None:
        return None
    thousand = 1024 if kind == "memory" or found[3] else 1000
    return int(float(found[1]) * thousand ** _POWER[found[2].lower()]) or None
