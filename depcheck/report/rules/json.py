"""Rules as JSON, for tools that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from depcheck.model.rules import Rule
from depcheck.report.json.parts import dump
from depcheck.report.rules.groups import RuleGroup

SCHEMA = "1"


def render_rules_json(groups: Sequence[RuleGroup], version: str) -> str:
    """Return the rules in the order of ``groups``: texts as they are, code in backquotes."""
    rules = [_data(rule, group) for group in groups for rule in group.rules]
    return dump({"schema": SCHEMA, "depcheck": version, "rules": rules})


def _data(rule: Rule, group: RuleGroup) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "jobs": list(group.jobs),
        "topic": group.title,
        "meaning": rule.meaning,
        "why": rule.why,
        "heal": rule.heal,
        "example": list(rule.example),
    }
