"""docs/rules.md tells every rule as it is in the code."""

from __future__ import annotations

import re
from pathlib import Path

from depcheck.model.rules import CHECK_RULES, ISOLATION_RULES, PARITY_RULES, RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def lines():
    """The lines of all tables, as they should stand in the page."""
    for rule in CHECK_RULES.values():
        yield f"| `{rule.id}` | {rule.severity} | {rule.meaning} |"
    for rule in (*PARITY_RULES.values(), *ISOLATION_RULES.values()):
        yield f"| `{rule.id}` | {rule.severity} | {rule.meaning} | {rule.why} |"


def test_the_tables_are_those_of_the_code():
    assert [line for line in PAGE.splitlines() if line.startswith("| `")] == list(lines())


def test_ids_are_stable_words():
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule) for rule in RULES)
    assert len(RULES) == len(CHECK_RULES) + len(PARITY_RULES) + len(ISOLATION_RULES)


def test_every_rule_that_needs_one_has_its_reason():
    for rule in (*PARITY_RULES.values(), *ISOLATION_RULES.values()):
        assert rule.meaning.endswith(".")
        assert rule.why.endswith(".")


def test_no_rule_is_only_on_paper():
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "depcheck/parity").glob("*.py"))
    assert [rule for rule in PARITY_RULES if f'"{rule}"' not in code] == []
