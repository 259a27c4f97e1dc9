"""Differences that are expected: the ``[[expected]]`` entries of a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from depcheck.config.entries import ENTRY_KEYS, check_reason, check_rule, day, entry_origin
from depcheck.config.file import ConfigurationFile, Key
from depcheck.model.parity import Expected
from depcheck.model.rules import PARITY_RULES

_KEYS = {
    "rule": "text",
    "name": "text",
    "side": "text",
    "value": "text",
    "service": "text",
    **ENTRY_KEYS,
}
_SIDES = ("left", "right", "any")
_PATTERNS = ("rule", "name", "value", "service")


def policy(file: ConfigurationFile, tables: Sequence[Mapping[str, Any]]) -> tuple[Expected, ...]:
    """Return the entries in order; what is wrong is noted in ``file``."""
    return tuple(_entry(file, ("expected", n), table) for n, table in enumerate(tables))


def _entry(file: ConfigurationFile, at: Key, table: Mapping[str, Any]) -> Expected:
    values = file.values(table, at, _KEYS)
    side = file.choice(values, (*at, "side"), _SIDES, "any")
    check_reason(file, at, table, values, "meant to differ")
    if not any(key in table for key in _PATTERNS):
        file.fault(at, "matches every difference", 'add rule = "…" or name = "…"')
    if "rule" in values:
        check_rule(file, at, values["rule"], PARITY_RULES)
    if "side" in table and "value" not in table:
        file.fault((*at, "side"), "says nothing without a value", 'add value = "…"')
    return Expected(
        rule=values.get("rule"),
        name=values.get("name"),
        side=cast(Literal["left", "right", "any"], side),
        value=values.get("value"),
        service=values.get("service"),
        reason=values.get("reason", ""),
        owner=values.get("owner", ""),
        expires=day(values),
        origin=entry_origin(file, at, "policy", values, _PATTERNS),
    )
