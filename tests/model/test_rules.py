"""Every rule has all that a person needs to act on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from depcheck.cli.app import app
from depcheck.model.rules import CHECK_RULES, ISOLATION_RULES, PARITY_RULES, RULES, Rule

ROOT = Path(__file__).parents[2]
_KEYS = ("index-url", "extra-index-urls", "exclude-newer", "prereleases", "max-connections")


def options() -> set[str]:
    """Every long option of the command line."""
    from typer.main import get_command

    found: set[str] = set()
    for command in get_command(app).commands.values():  # type: ignore[attr-defined] # a group
        found.update(option for each in command.params for option in each.opts)
    return found


def test_ids_are_stable_words() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", rule) for rule in RULES)
    assert all(rule.id == key for key, rule in RULES.items())
    assert len(RULES) >= len(CHECK_RULES) + len(PARITY_RULES) + len(ISOLATION_RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_texts_are_whole_sentences(rule: Rule) -> None:
    for text in (rule.meaning, rule.why, rule.heal):
        assert text.endswith((".", "`).")), text
        assert text[0].isupper() or text.startswith(("pip ", "`")), text
        assert text.count("`") % 2 == 0
        assert text.isprintable()
        assert len(text) < 400
    assert len({rule.meaning, rule.why, rule.heal}) == 3


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_options_that_are_named_exist(rule: Rule) -> None:
    foreign = ("docker ", "apt-get", "useradd", "COPY ", "pip", "--hash", "--user", "--read-only")
    foreign += ("--memory", "--cpus", "--no-install-recommends")
    known = options()
    for code in re.findall(r"`([^`]+)`", rule.heal):
        if not code.startswith(foreign):
            assert set(re.findall(r"--[a-z][a-z-]+", code)) <= known, code


def test_no_rule_is_only_on_paper() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("parity", "conflicts", "isolation", "pipeline", "deployment", "review")
        for path in (ROOT / "depcheck" / room).glob("*.py")
    )
    made = re.compile("|".join(("shift-", "guardrail-", "wall-(trust|release)", "runtime-")))
    told = [rule for rule in RULES if f'"{rule}"' not in code and not made.match(rule)]
    assert told == []
