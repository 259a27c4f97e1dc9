"""Findings that a team lives with, and what the entries themselves give to tell."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.model.findings import Finding
from depcheck.model.requirement import Origin
from depcheck.model.review import Suppression
from depcheck.model.rules import CHECK_RULES, ISOLATION_RULES
from depcheck.review.suppress import Sorted, matches, suppress
from tests.review.findings import FINDINGS, NAMES, OWNERS, conflict, extra, gap, shift, stated

TODAY = datetime.date(2026, 11, 23)
YESTERDAY = TODAY - datetime.timedelta(days=1)
PLACE = Origin(component="suppress", path="depcheck.toml", line=9, text='rule = "shift-major"')
CONFLICT = conflict(stated("web", "pydantic<2"), stated("ai", "langchain>=0.3"))


def entry(rule: str = "shift-major", **rest: Any) -> Suppression:
    return Suppression(**({"rule": rule, "reason": "the team knows", "origin": PLACE} | rest))


def run(findings: list[Finding], *entries: Suppression, **rest: Any) -> Sorted:
    return suppress(findings, entries, **({"rules": CHECK_RULES, "today": TODAY} | rest))


def about(told: Sorted) -> list[str]:
    return [finding.rule for finding in told.about]


def test_what_is_meant_is_set_apart_with_its_reason() -> None:
    told = run([shift(), CONFLICT], entry())
    assert told.live == (CONFLICT,)
    assert [(each.finding, each.by.reason) for each in told.suppressed] == [
        (shift(), "the team knows")
    ]
    assert not told.about


@pytest.mark.parametrize(
    ("given", "finding", "meant"),
    [
        (entry("shift-*"), shift(), True),
        (entry("shift-minor"), shift(), False),
        (entry("SHIFT-MAJOR"), shift(), False),
        (entry("*", package="pyjwt"), shift(), True),
        (entry("*", package="jwt"), shift(), False),
        (entry("*", component="web"), shift(), True),
        (entry("*", component="recommender"), shift(), True),
        (entry("*", component="worker"), shift(), False),
        (entry("conflict-*", package="langchain", component="ai"), CONFLICT, True),
        (entry("conflict-*", package="langchain", component="worker"), CONFLICT, False),
        (entry("undetermined", package="x"), gap("x 1.0", package="x"), True),
        (entry("unknown-extra", package="x"), extra("x", "y"), True),
        (entry("*"), replace(shift(), rule="suppression-expired"), False),
        (entry("suppression-*"), replace(shift(), rule="suppression-unused"), False),
    ],
)
def test_what_an_entry_means(given: Suppression, finding: Finding, meant: bool) -> None:
    assert matches(given, finding) == meant


def test_the_first_entry_that_counts_suppresses_and_all_that_match_are_used() -> None:
    first, second = entry(reason="first"), entry("shift-*", reason="second")
    told = run([shift()], first, second)
    assert told.suppressed[0].by == first
    assert not told.about
    expired = replace(first, expires=YESTERDAY)
    told = run([shift()], expired, second)
    assert told.suppressed[0].by == second
    assert about(told) == ["suppression-expired"]


# Expired


@pytest.mark.parametrize(
    ("expires", "today", "counts"),
    [(TODAY, TODAY, True), (YESTERDAY, TODAY, False), (YESTERDAY, None, True)],
)
def test_an_entry_counts_to_the_end_of_its_day(
    expires: datetime.date, today: datetime.date | None, counts: bool
) -> None:
    told = run([shift()], entry(expires=expires), today=today)
    assert bool(told.suppressed) == counts
    assert about(told) == ([] if counts else ["suppression-expired"])


def test_an_expired_entry_names_what_it_would_still_suppress() -> None:
    names = ["a", "b", "c", "d", "e"]
    findings = [shift(name=name) for name in names]
    (told,) = run(findings, entry(expires=YESTERDAY, owner="platform")).about
    assert told.severity == "warning"
    assert "expired on 2026-11-22" in told.message
    assert (
        "still there: shift-major (a), shift-major (b), shift-major (c) and 2 more" in told.message
    )
    assert "ask platform" in told.remedy
    assert told.locations == (PLACE,)
    assert told.subject == "shift-major"


def test_an_expired_entry_of_which_nothing_is_left() -> None:
    (told,) = run([], entry(expires=YESTERDAY)).about
    assert "nothing of it is left" in told.message
    assert told.remedy == "take the entry out"


def test_an_expired_entry_does_not_say_that_nothing_is_left_where_it_could_not_look() -> None:
    (told,) = run([CONFLICT], entry(expires=YESTERDAY)).about
    assert "this run met nothing of it" in told.message
    assert "take the entry out" not in told.remedy


def test_an_expired_entry_for_another_job_is_that_jobs_to_tell() -> None:
    assert not run([], entry("guardrail-*", expires=YESTERDAY)).about


# Unused


def test_an_entry_that_matches_nothing() -> None:
    (told,) = run([], entry(package="pyjwt", component="web")).about
    assert (told.rule, told.severity) == ("suppression-unused", "note")
    assert "shift-major package=pyjwt component=web (the team knows)" in told.message
    assert told.locations == (PLACE,)


@pytest.mark.parametrize(
    "findings",
    [
        pytest.param([CONFLICT], id="no set, so no shifts"),
        pytest.param([gap("x 1.0")], id="a gap may hide it"),
    ],
)
def test_an_entry_is_not_unused_where_the_run_could_not_look(findings: list[Finding]) -> None:
    assert not run(findings, entry()).about


def test_a_gap_that_is_accepted_hides_nothing_for_ever() -> None:
    told = run([gap("x 1.0")], entry("undetermined"), entry())
    assert about(told) == ["suppression-unused"]


def test_an_entry_for_gaps_is_unused_though_there_are_others() -> None:
    told = run([gap("x 1.0", package="x")], entry("undetermined", package="y"))
    assert about(told) == ["suppression-unused"]


@pytest.mark.parametrize("rule", ["guardrail-memory", "wall-*", "*"])
def test_an_entry_that_another_job_may_use_is_not_unused(rule: str) -> None:
    assert not run([], entry(rule, package="x")).about


def test_each_job_tells_of_its_own() -> None:
    assert about(run([], entry("wall-*"), rules=ISOLATION_RULES)) == ["suppression-unused"]
    assert not about(run([], entry("shift-*"), rules=ISOLATION_RULES))


# Whose a finding is


def test_names_of_components_may_be_told_by_the_caller() -> None:
    given = entry("*", component="recommender")
    told = run([shift(component="rec-1")], given, named=lambda finding: {"recommender"})
    assert len(told.suppressed) == 1


def test_hostile_words_are_told_on_one_line() -> None:
    bad = "x\n::error::\x1b[31m"
    given = entry("*", package=bad, reason=bad, owner=bad, expires=YESTERDAY)
    (told,) = run([replace(shift(), evidence=None, package=bad)], given).about
    for text in (told.message, told.remedy, told.subject):
        assert "\n" not in text
        assert "\x1b" not in text


# Laws

ENTRIES = st.lists(
    st.builds(
        lambda rule, package, component, day: entry(
            rule, package=package, component=component, expires=day
        ),
        st.sampled_from(["*", "shift-*", "conflict-*", "rollback", "undetermined"]),
        st.none() | NAMES,
        st.none() | OWNERS,
        st.sampled_from([None, YESTERDAY, TODAY]),
    ),
    max_size=4,
)


@given(FINDINGS, ENTRIES)
def test_nothing_is_lost_and_nothing_is_suppressed_without_an_entry(
    findings: list[Finding], entries: list[Suppression]
) -> None:
    told = run(findings, *entries)
    assert sorted(map(repr, [*told.live, *(each.finding for each in told.suppressed)])) == sorted(
        map(repr, findings)
    )
    assert all(matches(each.by, each.finding) for each in told.suppressed)
    assert all(each.by.expires != YESTERDAY for each in told.suppressed)
    assert not run(list(told.live), *(e for e in entries if e.expires != YESTERDAY)).suppressed


def test_a_gap_that_two_components_share_is_not_accepted_for_both_by_one():
    def line(component: str) -> Origin:
        return Origin(component=component, path=f"{component}.txt", line=1, text="dark")

    shared = replace(gap("dark 1.0", package="dark"), locations=(line("legacy"), line("web")))
    alone = replace(shared, locations=(line("legacy"),))
    accepts = entry("undetermined", package="dark", component="legacy")
    assert not matches(accepts, shared)
    assert matches(accepts, alone)
    assert matches(entry("undetermined", package="dark"), shared)
