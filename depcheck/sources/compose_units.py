"""Sizes, times and switches as compose files write them (Compose Specification, "Specifying
byte values", "Specifying durations"). Each returns None for what it does not understand."""

from __future__ import annotations

import re

_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,18})?) ?(?:([kmgtp])?i?b?)", re.IGNORECASE)
_EXPONENTS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_TIME = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(us|µs|ms|ns|s|m|h|d|w)")
_SECONDS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3,
    "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0,
}  # fmt: skip
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
_YES = frozenset(("true", "yes", "y", "on"))
_NO = frozenset(("false", "no", "n", "off"))
_CPU_SET = re.compile(r"\d{1,6}(?:-\d{1,6})?(?:,\d{1,6}(?:-\d{1,6})?)*")


def size(text: str) -> int | None:
    """Return bytes: ``512m``, ``1.5gb``, ``2GiB``, ``1048576``; units are powers of 1024."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        return None
    return int(float(match[1]) * 1024 ** _EXPONENTS[(match[2] or "").lower()])


def seconds(text: str) -> float | None:
    """Return seconds: ``1m30s``, ``500ms``, ``1.5h``; without a unit only ``0`` is a time."""
    text = text.strip()
    if text == "0":
        return 0.0
    total, at = 0.0, 0
    while match := _TIME.match(text, at):
        total += float(match[1]) * _SECONDS[match[2]]
        at = match.end()
    return total if text and at == len(text) else None


def number(text: str) -> float | None:
    """Return a decimal number, maybe negative."""
    return float(text) if _NUMBER.fullmatch(text.strip()) else None


def whole(text: str) -> int | None:
    """Return a whole number, maybe negative."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


def switch(text: str) -> bool | None:
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None


def cpu_set(text: str) -> int | None:
    """Return how many CPUs a set names: ``0-3,5`` are five."""
    if not _CPU_SET.fullmatch(text.strip()):
        return None
    ranges = [part.split("-") for part in text.strip().split(",")]
    return sum(max(0, int(each[-1]) - int(each[0]) + 1) for each in ranges)
