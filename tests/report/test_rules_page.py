"""docs/rules.md is what the rules say, each under a heading that is its id."""

from __future__ import annotations

import datetime
import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from depcheck.model.rules import PARITY_RULES, RULES, Rule
from depcheck.report.rules.groups import COMMANDS, GROUPS, acceptance, chosen, jobs_of
from depcheck.report.rules.json import render_rules_json
from depcheck.report.rules.page import rules_page
from depcheck.report.rules.text import coded, render_explained, render_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
TODAY = datetime.date(2026, 11, 23)


def test_the_page_is_that_of_the_rules() -> None:
    if os.environ.get("DEPCHECK_GOLDEN") == "1":
        PAGE.write_text(rules_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == rules_page()


def test_every_rule_has_an_anchor_of_its_own() -> None:
    headings = [line.lstrip("# ") for line in rules_page().splitlines() if line.startswith("#")]
    # As forges make anchors of headings: lower case, spaces to hyphens, other signs out.
    anchors = [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings]
    assert len(anchors) == len(set(anchors))
    assert set(RULES) <= set(anchors)
    assert set(re.findall(r"\]\(#([^)]*)\)", rules_page())) == set(RULES)


def test_every_rule_is_in_one_group() -> None:
    assert sorted(rule.id for group in GROUPS for rule in group.rules) == sorted(RULES)
    assert all(set(jobs_of(rule)) <= COMMANDS.keys() for rule in RULES)


def test_the_order_of_parity_is_that_of_its_reports() -> None:
    told = [rule.id for group in chosen(PARITY_RULES) for rule in group.rules]
    assert told == list(PARITY_RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_entry_that_accepts_is_toml(rule: Rule) -> None:
    sentence, lines = acceptance(rule, TODAY)
    assert sentence
    data = tomllib.loads("\n".join(lines))
    if not data:
        assert rule.id.startswith(("side-unread", "proof-failed", "policy-", "suppression-"))
        return
    (entry,) = data["expected" if rule.id in PARITY_RULES else "suppress"]
    assert (entry["rule"], entry["expires"]) == (rule.id, datetime.date(2027, 2, 21))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_the_terminal_tells_all_of_it(width: int, unicode: bool) -> None:
    listed = render_rules(chosen(RULES), width=width, colour=False, unicode=unicode)
    told = render_explained(
        list(RULES.values()), today=TODAY, width=width, colour=False, unicode=unicode
    )
    words = " ".join(told.split())
    for rule in RULES.values():
        assert re.search(rf"^ +{rule.id}\b", listed, re.MULTILINE)
        for text in (rule.meaning, rule.why, rule.heal):
            text = text if unicode else text.replace("…", "...")
            assert text.replace("`", "") in words
    assert unicode or (listed + told).isascii()
    if width > 40:
        assert max(map(len, listed.splitlines())) <= width
        assert max(map(len, told.splitlines())) <= width


def test_colour_changes_nothing_but_colour() -> None:
    rules = list(RULES.values())[:3]
    plain, bright = (
        render_explained(rules, today=TODAY, width=80, colour=colour, unicode=True)
        for colour in (False, True)
    )
    assert "\x1b[" in bright
    assert re.sub(r"\x1b\[[0-9;]*m", "", bright) == plain


def test_code_is_set_as_code() -> None:
    assert [span.text for span in coded("Set `a b`, or `c`.") if span.style] == ["a b", "c"]


def test_json_has_every_text() -> None:
    data = json.loads(render_rules_json(chosen(RULES), "1.0"))
    assert {rule["id"] for rule in data["rules"]} == set(RULES)
    first = next(rule for rule in data["rules"] if rule["id"] == "rollback")
    assert first["heal"] == RULES["rollback"].heal
    assert first["jobs"] == ["check"]
