"""``[[suppress]]``: what an entry may say, and what is told of one that is wrong."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from depcheck.config import CommandLine, load_audit_settings, load_settings
from depcheck.config.isolation import IsolationCommandLine, load_isolation_settings
from depcheck.errors import ConfigurationError
from depcheck.model.settings import Settings

TODAY = datetime.date(2026, 11, 23)
COMPONENTS = '[components]\nweb = "web.txt"\nRecommender = "rec.txt"\n'
FULL = """\
[[suppress]]
rule = "shift-major"
package = "Py_JWT"
component = "recommender"
reason = \"\"\"
  the web team has
  tested 2.8\"\"\"
owner = "platform"
expires = 2027-01-31

[[suppress]]
rule = "guardrail-*"
reason = "later"
expires = "2027-02-01"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def load(project: Path, text: str, table: str = COMPONENTS, **given: Any) -> Settings:
    (project / "depcheck.toml").write_text(text + table, encoding="utf-8")
    return load_settings(start=project, config=None, overrides=CommandLine(**given), today=TODAY)


def faults(project: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(project, text)
    return f"{caught.value.message} ({caught.value.hint})"


def entry(**keys: str) -> str:
    given = {"rule": "shift-major", "reason": "known"} | keys
    return "[[suppress]]\n" + "".join(f'{key} = "{value}"\n' for key, value in given.items())


def test_everything_that_an_entry_can_say(project: Path) -> None:
    settings = load(project, FULL)
    first, second = settings.suppressions
    assert (first.rule, first.package, first.component) == ("shift-major", "py-jwt", "Recommender")
    assert first.reason == "the web team has tested 2.8"
    assert (first.owner, first.expires) == ("platform", datetime.date(2027, 1, 31))
    assert str(first.origin) == "depcheck.toml:1"
    assert first.origin
    assert first.origin.text == (
        'rule = "shift-major", package = "Py_JWT", component = "recommender"'
    )
    assert (second.package, second.component, second.owner) == (None, None, "")
    assert second.expires == datetime.date(2027, 2, 1)
    assert settings.today == TODAY


def test_today_is_the_local_date_unless_it_is_said(project: Path) -> None:
    (project / "depcheck.toml").write_text(COMPONENTS, encoding="utf-8")
    settings = load_settings(start=project, config=None, overrides=CommandLine())
    assert settings.today in (datetime.date.today(), datetime.date.today() - datetime.timedelta(1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[suppress]]\nrule = "shift-major"\n', 'has no reason (add reason = "why this is acc'),
        (entry(reason="  "), "depcheck.toml:1: suppress: has no reason"),
        ('[[suppress]]\nreason = "x"\npackage = "y"\n', "depcheck.toml:1: suppress: has no rule"),
        (entry(rule=""), "suppress: has no rule"),
        (entry(rule="shift-mayor"), 'matches no rule (did you mean "shift-major"?)'),
        (entry(rule="distribution-major"), "is a rule of parity (say in [[expected]]"),
        (entry(rule="policy-*"), "is a rule of parity"),
        (entry(rule="suppression-expired"), "matches no rule"),
        (entry(rule="proof-failed"), "proof-failed cannot be suppressed"),
        (entry(rule="proof-*"), "matches no rule"),
        (entry(rule="*"), "matches every finding (add package"),
        (entry(rule="**"), "matches every finding"),
        (entry(package=" "), "suppress.package: is empty"),
        (entry(component=""), "suppress.component: is empty"),
        (entry(component="recomender"), 'is no component (did you mean "Recommender"?)'),
        (entry(component="db"), '"db" is no component (components are web, Recommender)'),
        (entry(expires="soon"), "depcheck.toml:4: suppress.expires: must be a date"),
        (entry(until="2027-01-31"), "is not a key that depcheck knows"),
        (entry().replace('"known"', "7"), "suppress.reason: must be a text"),
        (entry().replace('"shift-major"', "[]"), "suppress.rule: must be a text"),
        ('suppress = "shift-major"\n', "suppress: must be a list of tables"),
        (entry(rule="x\\n::error::"), '"x\\n::error::" matches no rule'),
    ],
)
def test_an_entry_that_is_wrong(project: Path, text: str, said: str) -> None:
    told = faults(project, text)
    assert said in told
    assert "\n" not in told


@pytest.mark.parametrize("rule", ["*", "shift-*", "wall-shift", "guardrail-memory", "undetermined"])
def test_rules_of_all_three_jobs(project: Path, rule: str) -> None:
    assert load(project, entry(rule=rule, package="x")).suppressions[0].rule == rule


def test_all_that_is_wrong_is_told_at_once(project: Path) -> None:
    told = faults(project, entry(rule="x") + entry(reason=""))
    assert "depcheck.toml:2" in told
    assert "depcheck.toml:4" in told


def test_without_configured_components_any_name_will_do(project: Path) -> None:
    named = (("web", "core", "web.txt"), ("ai", "ai", "ai.txt"))
    text = entry(component="ai") + entry(component="worker") + entry()
    settings = load(project, text, "", components=named)
    assert [each.component for each in settings.suppressions] == ["ai", None]


def test_entries_for_components_that_are_not_checked_do_not_count(project: Path) -> None:
    named = (("web", "core", "web.txt"), ("ai", "ai", "ai.txt"))
    text = entry(component="web") + entry(component="Recommender")
    settings = load(project, text, components=named)
    assert [each.component for each in settings.suppressions] == ["web"]


def test_isolation_and_audit_get_them_too(project: Path) -> None:
    load(project, FULL)
    divided = load_isolation_settings(
        start=project, config=None, overrides=IsolationCommandLine(), today=TODAY
    )
    audited = load_audit_settings(
        start=project, config=None, targets=["container:x"], fail_on=None, today=TODAY
    )
    for settings in (divided.settings, audited):
        assert [each.rule for each in settings.suppressions] == ["shift-major", "guardrail-*"]
        assert settings.today == TODAY
