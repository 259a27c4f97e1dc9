"""The policy: what is expected is set apart, and what is wrong with it is told."""

from __future__ import annotations

import datetime

import pytest

from depcheck.model.parity import Expected
from depcheck.model.requirement import Origin
from depcheck.parity.policy import excuse
from tests.parity.stories import dist, facts, image, tell

TODAY = datetime.date(2026, 11, 23)
HERE = Origin(component="policy", path="depcheck.toml", line=7, text='rule = "x"')


def expected(**patterns):
    return Expected(**{"reason": "wanted", "origin": HERE, **patterns})


def findings(service="", **options):
    left = image(
        distributions=(dist("pyjwt", "2.10.1"),),
        settings=facts({"env.LOG_LEVEL": "debug"}, secret=True) | facts({"user": "app"}),
    )
    right = image(
        distributions=(dist("pyjwt", "1.7.1"),),
        settings=facts({"env.LOG_LEVEL": "info"}, secret=True) | facts({"user": "root"}),
    )
    return tell(left, right, service=service, **options).findings


def excused(*entries, found=None):
    found = findings() if found is None else found
    return [e.finding.rule for e in excuse(found, entries, today=TODAY).excused]


@pytest.mark.parametrize(
    "patterns",
    [
        {"rule": "image-user"},
        {"rule": "image-u*"},
        {"name": "user"},
        {"name": "user", "value": "root"},
        {"name": "user", "value": "r*", "side": "right"},
        {"name": "user", "value": "app", "side": "left"},
    ],
)
def test_a_match(patterns):
    assert excused(expected(**patterns)) == ["image-user"]


@pytest.mark.parametrize(
    "patterns",
    [
        {"rule": "image-user", "name": "env.*"},
        {"rule": "IMAGE-USER"},
        {"name": "user", "value": "root", "side": "left"},
        {"name": "user", "service": "web"},
    ],
)
def test_no_match(patterns):
    assert excused(expected(**patterns)) == []


def test_a_service():
    assert excused(expected(service="w*", name="user"), found=findings("web")) == ["image-user"]


def test_a_distribution_by_any_spelling():
    assert excused(expected(name="PyJWT")) == ["distribution-major"]


def test_a_hidden_value_is_matched_and_stays_hidden():
    entry = expected(name="env.LOG_LEVEL", side="right", value="inf*")
    shown = findings(show_values=True)
    outcome = excuse(findings(), [entry], today=TODAY, shown=shown)
    (match,) = outcome.excused
    assert match.finding.rule == "image-environment"
    assert match.finding in findings()  # as it was without its values
    assert "info" not in repr(outcome.excused[0].finding)
    other = expected(name="env.LOG_LEVEL", side="right", value="debug")
    assert excuse(findings(), [other], today=TODAY, shown=shown).excused == ()


def test_the_first_entry_that_matches_excuses():
    first, second = expected(name="user", reason="one"), expected(rule="image-*", reason="two")
    outcome = excuse(findings(), [first, second], today=TODAY)
    assert {e.finding.rule: e.by.reason for e in outcome.excused} == {
        "image-user": "one",
        "image-environment": "two",
    }
    assert [f.rule for f in outcome.findings] == ["distribution-major"]
    assert outcome.remarks == ()


def test_on_its_last_day_an_entry_still_counts():
    assert excused(expected(name="user", expires=TODAY)) == ["image-user"]


def test_an_expired_entry_excuses_nothing_and_is_told():
    entry = expected(name="user", expires=datetime.date(2026, 11, 22), owner="ops")
    outcome = excuse(findings(), [entry], today=TODAY)
    assert len(outcome.findings) == 3
    (remark,) = outcome.remarks
    assert (remark.rule, remark.severity) == ("policy-expired", "warning")
    assert remark.message == (
        "the expected difference name=user (wanted) expired on 2026-11-22: "
        "1 difference of its kind still there."
    )
    assert remark.remedy.startswith("ask ops")
    assert remark.locations == (HERE,)


def test_an_expired_entry_that_matches_nothing_is_told_once():
    entry = expected(name="gone", expires=datetime.date(2026, 1, 1))
    (remark,) = excuse(findings(), [entry], today=TODAY).remarks
    assert remark.rule == "policy-expired"
    assert remark.remedy == "take the entry out"


def test_an_expired_entry_is_silent_where_it_may_have_matched_what_was_not_read():
    entry = expected(name="gone", expires=datetime.date(2026, 1, 1))
    assert excuse(findings(), [entry], today=TODAY, complete=False).remarks == ()
    hit = expected(name="user", expires=datetime.date(2026, 1, 1))
    (remark,) = excuse(findings(), [hit], today=TODAY, complete=False).remarks
    assert remark.rule == "policy-expired"


def test_an_unused_entry_is_told_where_everything_was_read():
    entry = expected(rule="image-label", name="x")
    (remark,) = excuse(findings(), [entry], today=TODAY).remarks
    assert (remark.rule, remark.severity) == ("policy-unused", "warning")
    assert remark.locations == (HERE,)
    assert excuse(findings(), [entry], today=TODAY, complete=False).remarks == ()


def test_remarks_cannot_be_excused():
    remark = excuse((), [expected(name="gone")], today=TODAY).remarks
    assert excused(expected(rule="*"), found=remark) == []
