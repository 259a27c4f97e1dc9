"""Findings that a team lives with: the ``[[suppress]]`` entries of a configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from depcheck.config.entries import ENTRY_KEYS, check_reason, check_rule, day, entry_origin
from depcheck.config.file import ConfigurationFile, Key
from depcheck.model.requirement import normalise
from depcheck.model.review import Suppression
from depcheck.model.rules import CHECK_RULES, ISOLATION_RULES, PARITY_RULES
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import did_you_mean, printable

_KEYS = {"rule": "text", "package": "text", "component": "text", **ENTRY_KEYS}
_PATTERNS = ("rule", "package", "component")
_NEVER = "proof-failed"
_KNOWN = tuple(rule for rule in (*CHECK_RULES, *ISOLATION_RULES) if rule != _NEVER)


def suppressions(
    file: ConfigurationFile,
    tables: Sequence[Mapping[str, Any]],
    components: Sequence[ComponentSettings],
) -> tuple[Suppression, ...]:
    """Return the entries in order; what is wrong is noted in ``file``.

    An entry may name one of the ``components``; where none is configured, any name will do.
    """
    return tuple(_entry(file, ("suppress", n), table, components) for n, table in enumerate(tables))


def of_components(
    entries: Sequence[Suppression], components: Sequence[ComponentSettings]
) -> tuple[Suppression, ...]:
    """Return the entries without those for components that are not there."""
    there = {component.name for component in components}
    return tuple(each for each in entries if each.component is None or each.component in there)


def _entry(
    file: ConfigurationFile,
    at: Key,
    table: Mapping[str, Any],
    components: Sequence[ComponentSettings],
) -> Suppression:
    values = file.values(table, at, _KEYS)
    _check_rule(file, at, table, values)
    check_reason(file, at, table, values, "accepted")
    for key in ("package", "component"):
        if key in values and not values[key].strip():
            file.fault((*at, key), "is empty", "name one, or take it out")
    package = values.get("package")
    return Suppression(
        rule=values.get("rule", ""),
        package=None if package is None else normalise(package),
        component=_component(file, at, values.get("component"), components),
        reason=" ".join(values.get("reason", "").split()),
        owner=values.get("owner", ""),
        expires=day(values),
        origin=entry_origin(file, at, "suppress", values, _PATTERNS),
    )


def _check_rule(
    file: ConfigurationFile, at: Key, table: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    rule = values.get("rule", "")
    if not rule.strip():
        if isinstance(table.get("rule", ""), str):
            file.fault(at, "has no rule", 'add rule = "shift-major", or another of docs/rules.md')
        return
    if not any(key in table for key in ("package", "component")) and _is_any(rule):
        file.fault(at, "matches every finding", 'add package = "…" or component = "…"')
    elif rule == _NEVER:
        file.fault((*at, "rule"), f"{_NEVER} cannot be suppressed", "leave --verify out instead")
    elif _fits_any(rule, PARITY_RULES) and not _fits_any(rule, _KNOWN):
        hint = "say in [[expected]] which differences are meant"
        file.fault((*at, "rule"), f'"{printable(rule)}" is a rule of parity', hint)
    else:
        check_rule(file, at, rule, _KNOWN)


def _is_any(rule: str) -> bool:
    return all(fnmatchcase(known, rule) for known in _KNOWN)


def _fits_any(rule: str, known: Mapping[str, object] | Sequence[str]) -> bool:
    return any(fnmatchcase(each, rule) for each in known)


def _component(
    file: ConfigurationFile,
    at: Key,
    written: str | None,
    components: Sequence[ComponentSettings],
) -> str | None:
    if not written or not written.strip():
        return None
    own = {normalise(each.name): each.name for each in components}
    if own and normalise(written) not in own:
        hint = did_you_mean(written, own.values()) or f"components are {', '.join(own.values())}"
        file.fault((*at, "component"), f'"{printable(written)}" is no component', hint)
    return own.get(normalise(written), written)
