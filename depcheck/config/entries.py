"""What the entries of ``[[expected]]`` and ``[[suppress]]`` share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from depcheck.config.file import ConfigurationFile, Key
from depcheck.model.requirement import Origin
from depcheck.model.text import did_you_mean, printable

ENTRY_KEYS = {"reason": "text", "owner": "text", "expires": "day"}


def check_reason(
    file: ConfigurationFile, at: Key, table: Mapping[str, Any], values: Mapping[str, Any], why: str
) -> None:
    """Note an entry that says no reason; ``why`` completes ``why this is …``."""
    if not str(values.get("reason", "")).strip() and isinstance(table.get("reason", ""), str):
        file.fault(at, "has no reason", f'add reason = "why this is {why}"')


def check_rule(file: ConfigurationFile, at: Key, rule: str, known: Iterable[str]) -> None:
    """Note a pattern of rule ids that matches none that is ``known``."""
    ids = tuple(known)
    if not any(fnmatchcase(each, rule) for each in ids):
        hint = did_you_mean(rule, ids) or "docs/rules.md lists them"
        file.fault((*at, "rule"), f'"{printable(rule)}" matches no rule', hint)


def day(values: Mapping[str, Any]) -> datetime.date | None:
    """Return the day on which an entry counts for the last time."""
    value = values.get("expires")
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def entry_origin(
    file: ConfigurationFile, at: Key, owner: str, values: Mapping[str, Any], keys: Iterable[str]
) -> Origin:
    """Return where an entry stands, with what it matches: its header alone says nothing."""
    text = ", ".join(f'{key} = "{values[key]}"' for key in keys if key in values)
    return replace(file.origin(owner, at), text=text)
