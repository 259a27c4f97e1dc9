"""Runs of a check compared: what a change to the files brings, by laws and by stories.

The universes are those of the brute force: every conflict, shift and gap of a small index.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from depcheck.model.identity import fingerprint
from depcheck.model.report import Report
from depcheck.model.requirement import Component, Origin, Requirement
from depcheck.report.json.check import render
from depcheck.review.compare import Compared, compared
from depcheck.review.recorded import read_report, unlike
from tests.conflicts.stories import ai, ask, plain, release, web
from tests.resolve.test_brute_force import check, component_lists, universes

FAST = (Phase.explicit, Phase.reuse, Phase.generate)
SOLO = {"1.0": release()}


def against(head: Report, base: Report) -> Compared:
    return compared(
        head.findings,
        base.findings,
        {},
        head_corrections=head.corrections,
        base_corrections=base.corrections,
    )


def labels(told: Compared) -> Counter[str]:
    return Counter(
        f"{f.novelty.status}{' worse' if f.novelty.worse else ''}"
        for f in told.findings
        if f.novelty
    )


def moved(component: Component) -> Component:
    """Return a component whose files were renamed and begin with seven lines more."""

    def at(origin: Origin) -> Origin:
        return replace(origin, path=f"requirements/{origin.path}", line=(origin.line or 0) + 7)

    bound = component.requires_python
    return replace(
        component,
        source=f"requirements/{component.source}",
        requirements=tuple(replace(r, origin=at(r.origin)) for r in component.requirements),
        requires_python=bound and replace(bound, origin=at(bound.origin)),
    )


def with_solo(component: Component) -> Component:
    origin = Origin(component=component.name, path=component.source, line=99, text="solo")
    extra = Requirement(name="solo", origin=origin)
    return replace(component, requirements=(*component.requirements, extra))


@settings(max_examples=25, phases=FAST)
@given(universes(presumed=True), component_lists(), st.integers(0, 99), st.integers(0, 99))
def test_lines_that_only_move_bring_nothing(projects, components, seed, other):
    base = check(projects, components, seed)
    head = check(projects, tuple(map(moved, components)), other)
    told = against(head, base)
    assert set(labels(told)) <= {"known"}
    assert not told.fixed


@settings(max_examples=25, phases=FAST)
@given(universes(presumed=True), component_lists(), st.integers(0, 99))
def test_a_line_that_touches_nothing_brings_itself_alone(projects, components, seed):
    base = check({**projects, "solo": SOLO}, components, seed)
    first, *rest = components
    head = check({**projects, "solo": SOLO}, (first, *map(with_solo, rest)), seed)
    told = against(head, base)
    brought = [f for f in told.findings if f.novelty and f.novelty.status != "known"]
    assert [f.rule for f in brought if "solo" not in f.message] == []
    assert not told.fixed


@settings(max_examples=25, phases=FAST)
@given(universes(presumed=True), component_lists(), st.integers(0, 99))
def test_a_report_written_and_read_is_the_same_base(projects, components, seed):
    report = check(projects, components, seed)
    text = render(report)
    read = read_report(text, where="base.json")
    assert unlike(read, report) == (() if report.complete else unlike(read, report))
    told = compared(
        report.findings,
        read.findings,
        {},
        head_corrections=report.corrections,
        base_corrections=read.corrections,
    )
    assert set(labels(told)) <= {"known"}
    assert not told.fixed
    prints = [finding["fingerprint"] for finding in json.loads(text)["findings"]]
    assert prints == list(map(fingerprint, read.findings))


@settings(max_examples=25, phases=FAST)
@given(universes(presumed=True), component_lists(), st.integers(0, 99))
def test_different_findings_of_one_report_have_different_fingerprints(projects, components, seed):
    report = check(projects, components, seed)
    alike = Counter(map(fingerprint, report.findings))
    for finding in report.findings:
        if alike[fingerprint(finding)] > 1:
            # Only lines of one component about one project can stand in for each other.
            assert finding.rule.startswith(("conflict-", "unknown-extra", "undetermined"))


# Stories

INDEX = {
    "jwt": plain("1.7", "1.9", "2.8", "3.0"),
    "chain": {
        "1.0": release("jwt<2"),
        "2.0": release("jwt>=2,<3"),
        "2.1": release("jwt>=2.1,<3"),
        "3.0": release("jwt>=3"),
    },
    "wsgi": {"1.0": release("jwt<2")},
}
LOCK = {"jwt": "1.7"}


def test_a_wider_range_is_the_same_conflict() -> None:
    base = ask(INDEX, web("jwt<2"), ai("chain>=2"))
    head = ask(INDEX, web("jwt<1.9"), ai("chain>=2"))
    told = against(head, base)
    assert labels(told) == {"changed": 1}
    assert told.findings[0].novelty
    assert told.findings[0].novelty.was == "web's jwt<2"


def test_a_second_conflict_is_new_and_the_first_is_known() -> None:
    base = ask(INDEX, web("jwt<2"), ai("chain>=2"))
    head = ask(INDEX, web("jwt<2", "wsgi"), ai("chain>=2"))
    told = against(head, base)
    assert labels(told) == {"known": 1, "new": 1}


def test_a_shift_that_grows_fails_and_one_that_shrinks_does_not() -> None:
    small = ask(INDEX, web("jwt", lock=LOCK), ai("chain>=2,<3"))
    large = ask(INDEX, web("jwt", lock=LOCK), ai("chain>=3"))
    of_jwt = [
        next(f.novelty for f in told.findings if f.novelty and "jwt moves" in f.message)
        for told in (against(large, small), against(small, large), against(small, small))
    ]
    assert [(n.status, n.worse, n.was) for n in of_jwt] == [
        ("changed", True, "jwt 1.7 → 2.8"),
        ("changed", True, "jwt 1.7 → 3.0"),
        ("known", False, ""),
    ]


def test_a_conflict_that_is_healed_is_fixed() -> None:
    base = ask(INDEX, web("jwt<2"), ai("chain>=2"))
    head = ask(INDEX, web("jwt<2"), ai("chain"))
    told = against(head, base)
    assert [finding.rule for finding in told.fixed] == ["conflict-transitive"]
    assert "conflict" not in "".join(f.rule for f in told.findings)
