"""What is new, changed, known and fixed: stories, and laws that hold for any two reports."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.model.findings import Correction, Edit, Finding
from depcheck.model.requirement import Origin
from depcheck.review.compare import compared, is_touched, unknown
from tests.review.findings import (
    FINDINGS,
    at,
    bare,
    bound,
    conflict,
    extra,
    gap,
    rollback,
    shift,
    stated,
)

PYDANTIC = stated("web", "pydantic<2")
LANGCHAIN = stated("ai", "langchain>=0.3")
CONFLICT = conflict(PYDANTIC, LANGCHAIN)


def label(head: Finding, base: Finding) -> tuple[str, bool, str]:
    told = compared([head], [base], {})
    novelty = told.findings[0].novelty
    assert novelty is not None
    assert bool(told.fixed) == (novelty.status == "new")
    return novelty.status, novelty.worse, novelty.was


# Laws


@given(FINDINGS)
def test_a_report_against_itself_is_all_known(findings: list[Finding]) -> None:
    told = compared(findings, findings, {})
    assert {f.novelty.status for f in told.findings if f.novelty} <= {"known"}
    assert not told.fixed
    assert [bare(finding) for finding in told.findings] == findings


@given(FINDINGS)
def test_against_an_empty_base_all_is_new(findings: list[Finding]) -> None:
    told = compared(findings, [], {})
    assert all(f.novelty and f.novelty.status == "new" for f in told.findings)
    assert not told.fixed


@given(FINDINGS)
def test_an_empty_head_has_fixed_everything(findings: list[Finding]) -> None:
    told = compared([], findings, {})
    assert not told.findings
    assert list(told.fixed) == findings


@given(FINDINGS, FINDINGS, st.randoms())
def test_the_order_of_findings_does_not_matter(
    head: list[Finding], base: list[Finding], chance: random.Random
) -> None:
    told = compared(head, base, {})
    other_head, other_base = [chance.sample(each, len(each)) for each in (head, base)]
    again = compared(other_head, other_base, {})
    assert Counter(again.findings) == Counter(told.findings)
    assert Counter(again.fixed) == Counter(told.fixed)
    assert again.notes == told.notes


@given(FINDINGS, FINDINGS)
def test_sizes_add_up(head: list[Finding], base: list[Finding]) -> None:
    told = compared(head, base, {})
    counts = Counter(f.novelty.status for f in told.findings if f.novelty)
    assert sum(counts.values()) == len(head)
    no_set = any(finding.rule.startswith("conflict-") for finding in head)
    hidden = len(base) - counts["known"] - counts["changed"] - len(told.fixed)
    assert hidden >= 0
    assert no_set or not hidden


@given(FINDINGS, FINDINGS)
def test_what_is_known_is_known_from_both_sides(head: list[Finding], base: list[Finding]) -> None:
    there = compared(head, base, {})
    back = compared(base, head, {})
    known = [
        sum(f.novelty.status == "known" for f in t.findings if f.novelty) for t in (there, back)
    ]
    assert known[0] == known[1]


# Shifts


def test_a_shift_that_is_just_so_is_known_wherever_it_stands() -> None:
    assert label(shift(line=40), shift(line=3)) == ("known", False, "")


def test_a_shift_to_another_version_of_the_same_major_is_changed_and_not_worse() -> None:
    assert label(shift(after="2.10.1"), shift()) == ("changed", False, "pyjwt 1.7.1 → 2.8.0")


def test_a_shift_that_grows_to_a_major_is_the_same_shift_made_worse() -> None:
    minor = shift(after="1.9.0", severity="note", rule="shift-minor")
    assert label(shift(), minor) == ("changed", True, "pyjwt 1.7.1 → 1.9.0")
    assert label(minor, shift()) == ("changed", False, "pyjwt 1.7.1 → 2.8.0")


@pytest.mark.parametrize(
    ("now", "then", "worse"),
    [
        (shift(after="3.0"), shift(after="2.8.0"), True),
        (shift(after="2.8.0"), shift(after="3.0"), True),
        (shift(after="1!2.8.0"), shift(after="2.8.0"), True),
        (shift(after=None), shift(after="2.8.0"), True),
        (shift(after="1.9", severity="note"), shift(after="2.8.0"), False),
        (shift("1.8", "2.8.0"), shift("1.7", "2.8.0"), False),
        (shift(forced=True), shift(), True),
        (shift(), shift(forced=True), False),
        (shift(before=None, after="3.0"), shift(before=None, after="2.0"), True),
        (shift("3.0", "2.8.0", direction="down"), shift("1.7", "2.8.0"), True),
        (shift("3.0", "2.8.0", direction="down"), shift("3.1", "2.8.0", direction="down"), False),
        (shift("4.0", "2.8.0", direction="down"), shift("3.0", "2.8.0", direction="down"), True),
        (shift("3.0", "2.8.0", direction="down"), shift("4.0", "2.8.0", direction="down"), False),
        (shift("0.9", "2.8.0"), shift("1.7", "2.8.0"), True),
        (shift("1.7", "2.8.0"), shift("3.0", "2.8.0", direction="down"), False),
        (shift(before="not a version", after="nor this"), shift(before="not a version"), True),
    ],
)
def test_which_shifts_are_worse(now: Finding, then: Finding, worse: bool) -> None:
    assert label(now, then)[:2] == ("changed", worse)


def test_what_was_says_forced_only_where_that_is_what_changed() -> None:
    assert label(shift(forced=True), shift())[2] == "pyjwt 1.7.1 → 2.8.0, incidental"
    assert label(shift(severity="error"), shift())[2] == "a warning"


def test_the_same_package_under_another_component_is_another_shift() -> None:
    assert label(shift(component="worker"), shift())[0] == "new"


# Rollbacks


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (rollback(after="1.4"), rollback(), ("changed", True, "boto3 1.44.5 → 1.9.253")),
        (rollback(after="1.20"), rollback(), ("changed", False, "boto3 1.44.5 → 1.9.253")),
        (rollback("2.0"), rollback(), ("changed", True, "boto3 1.44.5 → 1.9.253")),
        (rollback("1.45"), rollback(), ("changed", False, "boto3 1.44.5 → 1.9.253")),
        (rollback(), rollback(better="1.44.5"), ("changed", True, "")),
        (rollback(better="1.44.5"), rollback(), ("changed", False, "")),
        (rollback(better="1.44.5"), rollback(better="1.43"), ("known", False, "")),
    ],
)
def test_rollbacks(now: Finding, then: Finding, expected: tuple[str, bool, str]) -> None:
    assert label(now, then) == expected


# Conflicts


def test_a_conflict_with_another_specifier_is_the_same_conflict() -> None:
    head = conflict(PYDANTIC, stated("ai", "langchain>=0.3.1", 7))
    assert label(head, CONFLICT) == ("changed", False, "ai's langchain>=0.3")


def test_a_conflict_may_be_proven_in_another_way() -> None:
    direct = conflict(PYDANTIC, LANGCHAIN, rule="conflict-direct")
    assert label(CONFLICT, direct)[:2] == ("known", False)


@pytest.mark.parametrize(
    "other",
    [
        conflict(PYDANTIC, stated("ai", "langchain-core>=0.3")),
        conflict(PYDANTIC, stated("worker", "langchain>=0.3")),
        conflict(PYDANTIC, LANGCHAIN, stated("web", "numpy<2")),
        conflict(stated("web", "pydantic<1.9"), LANGCHAIN, over="typing-extensions"),
        conflict(PYDANTIC, bound("ai", ">=3.12")),
    ],
)
def test_other_lines_are_another_conflict(other: Finding) -> None:
    assert label(other, CONFLICT)[0] == "new"


def test_the_very_same_lines_are_one_conflict_wherever_the_proof_ends() -> None:
    assert label(conflict(PYDANTIC, LANGCHAIN, over="pydantic-core"), CONFLICT)[0] == "known"


def heals(*edits: Edit) -> Correction:
    return Correction(statements=(PYDANTIC,), edits=edits)


EDIT = Edit(origin=PYDANTIC.origin, before="pydantic<2", after="pydantic>=2.7.4")


def test_a_conflict_that_has_lost_its_last_way_out_is_worse() -> None:
    told = compared(
        [CONFLICT], [CONFLICT], {}, head_corrections=[heals()], base_corrections=[heals(EDIT)]
    )
    novelty = told.findings[0].novelty
    assert novelty
    assert (novelty.status, novelty.worse) == ("changed", True)
    assert novelty.was == "an edit would have healed it"


def test_a_conflict_is_not_to_blame_for_another_that_takes_the_ways_out() -> None:
    other = conflict(stated("web", "nowhere"), rule="conflict-missing-project", over="nowhere")
    told = compared(
        [CONFLICT, other], [CONFLICT], {}, head_corrections=[], base_corrections=[heals(EDIT)]
    )
    assert [f.novelty.status for f in told.findings if f.novelty] == ["known", "new"]


def test_a_conflict_with_another_way_out_has_not_lost_it() -> None:
    told = compared(
        [CONFLICT],
        [CONFLICT],
        {},
        head_corrections=[Correction(statements=(LANGCHAIN,), edits=(EDIT,))],
        base_corrections=[heals(EDIT)],
    )
    assert told.findings[0].novelty
    assert told.findings[0].novelty.status == "known"


def test_what_a_conflict_hides_is_not_called_fixed() -> None:
    told = compared([CONFLICT], [shift(), rollback(), gap("x 1.0")], {})
    assert [finding.rule for finding in told.fixed] == ["undetermined"]
    assert "none of it is called fixed" in told.notes[0]


def test_a_healed_conflict_is_fixed_and_what_its_set_moves_is_new() -> None:
    told = compared([shift()], [CONFLICT], {})
    assert [finding.rule for finding in told.fixed] == ["conflict-transitive"]
    assert told.findings[0].novelty
    assert told.findings[0].novelty.status == "new"
    assert "counts as new" in told.notes[0]


# Gaps and the rest


def test_a_gap_is_known_by_its_project_whatever_its_version_and_who_asks() -> None:
    assert label(gap("x 1.1"), gap("x 1.0")) == ("changed", False, "x 1.0")
    assert label(gap("x 1.0", "ai"), gap("x 1.0"))[0] == "known"
    assert label(gap("y 1.0"), gap("x 1.0"))[0] == "new"


def test_a_new_gap_may_hide_what_is_called_fixed() -> None:
    told = compared([gap("x 1.0")], [shift()], {})
    assert "out of sight" in told.notes[0]
    assert not compared([gap("x 1.0")], [shift(), gap("x 1.0")], {}).notes


def test_extras_are_told_apart() -> None:
    assert label(extra("a", "fast"), extra("a", "slow"))[0] == "new"
    assert label(extra("a", "fast"), extra("a", "fast"))[0] == "known"


def test_copies_are_paired_by_count() -> None:
    one, other = shift(after="2.0"), shift(after="2.1")
    told = compared([one, one, other], [other, one], {})
    assert sorted(f.novelty.status for f in told.findings if f.novelty) == ["known", "known", "new"]


# Lines of the change


@pytest.mark.parametrize(
    ("ranges", "place", "touched"),
    [
        (((3, 3),), at("web", 3), True),
        (((4, 9),), at("web", 3), False),
        (((1, 1), (3, 4)), at("web", 4), True),
        (
            ((5, 5),),
            Origin(component="web", path="web/requirements.txt", line=3, text="", end=6),
            True,
        ),
        (((1, 99),), at("web", None), False),
        (((1, 99),), at("web", 3, "other.txt"), False),
    ],
)
def test_touched(ranges: tuple[tuple[int, int], ...], place: Origin, touched: bool) -> None:
    finding = Finding(rule="needs-build", severity="note", message="", locations=(place,))
    assert is_touched(finding, {"web/requirements.txt": ranges}) == touched


def test_a_known_finding_can_be_touched() -> None:
    told = compared([CONFLICT], [CONFLICT], {"ai/requirements.txt": ((1, 1),)})
    assert told.findings[0].novelty
    assert told.findings[0].novelty.touched


def test_unknown_labels_all_and_still_says_what_is_touched() -> None:
    labelled = unknown([shift(line=3), gap("x")], {"web/requirements.txt": ((3, 3),)})
    assert [(f.novelty.status, f.novelty.touched) for f in labelled if f.novelty] == [
        ("unknown", True),
        ("unknown", False),
    ]
