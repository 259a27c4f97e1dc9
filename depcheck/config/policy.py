"""Differences that are expected: the ``[[expected]]`` entries of a configuration."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Literal, cast

from depcheck.config.file import ConfigurationFile, Key
from depcheck.model.parity import Expected
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import did_you_mean, printable

_KEYS = {
    "rule": "text",
    "name": "text",
    "side": "text",
    "value": "text",
    "service": "text",
    "reason": "text",
    "owner": "text",
    "expires": "day",
}
_SIDES = ("left", "right", "any")
_PATTERNS = ("rule", "name", "value", "service")


def policy(file: ConfigurationFile, tables: Sequence[Mapping[str, Any]]) -> tuple[Expected, ...]:
    """Return the entries in order; what is wrong is noted in ``file``."""
    return tuple(_entry(file, ("expected", n), table) for n, table in enumerate(tables))


def _entry(file: ConfigurationFile, at: Key, table: Mapping[str, Any]) -> Expected:
    values = file.values(table, at, _KEYS)
    side = file.choice(values, (*at, "side"), _SIDES, "any")
    if not str(values.get("reason", "")).strip() and isinstance(table.get("reason", ""), str):
        file.fault(at, "has no reason", 'add reason = "why this is meant to differ"')
    if not any(key in table for key in _PATTERNS):
        file.fault(at, "matches every difference", 'add rule = "…" or name = "…"')
    _known(file, at, values.get("rule"))
    if "side" in table and "value" not in table:
        file.fault((*at, "side"), "says nothing without a value", 'add value = "…"')
    origin = file.origin("policy", at)
    return Expected(
        rule=values.get("rule"),
        name=values.get("name"),
        side=cast(Literal["left", "right", "any"], side),
        value=values.get("value"),
        service=values.get("service"),
        reason=values.get("reason", ""),
        owner=values.get("owner", ""),
        expires=_day(values.get("expires")),
        origin=replace(origin, text=_text(values)),
    )


def _known(file: ConfigurationFile, at: Key, rule: str | None) -> None:
    if rule is not None and not any(fnmatchcase(known, rule) for known in PARITY_RULES):
        hint = did_you_mean(rule, PARITY_RULES) or "docs/rules.md lists them"
        file.fault((*at, "rule"), f'"{printable(rule)}" matches no rule', hint)


def _text(values: Mapping[str, Any]) -> str:
    """Return what an entry matches on one line: its header alone would say nothing."""
    return ", ".join(f'{key} = "{values[key]}"' for key in _PATTERNS if key in values)


def _day(value: datetime.date | str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value
