"""The exit status where a change is judged, and where findings and gaps are accepted."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Literal

import pytest

from depcheck.model.findings import Finding
from depcheck.model.gaps import gap
from depcheck.model.report import Base, Report
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.review import Novelty, Suppression
from depcheck.model.rules import CHECK_RULES, SUPPRESSION_RULES
from depcheck.report.status import exit_status, is_covered, is_failing, is_settled, is_unjudged
from depcheck.review.suppress import suppress
from tests.report import samples

PLACE = Origin(component="web", path="web/requirements.txt", line=4, text="x")
GAP = Undetermined(subject="x 1.0", reason="it has no metadata", origin=PLACE)
OTHER = Undetermined(subject="y 1.0", reason="it has no metadata")
HARMLESS = replace(OTHER, subject="z", harmless=True)
BASE = Base(named="main", revision="0" * 40, verdict="compatible")
BROKEN = Base(named="main", revision="0" * 40, fault="web/requirements.txt:1: it is no text")
GRAVE = Finding(rule="shift-major", severity="warning", message="it moves")
EXPIRED = Finding(rule="suppression-expired", severity="warning", message="it expired")
ALL = Suppression(rule="undetermined", reason="the vendor will not tell")

Status = Literal["new", "changed", "known", "unknown"]


def label(finding: Finding, status: Status, *, worse: bool = False) -> Finding:
    return replace(finding, novelty=Novelty(status=status, worse=worse))


def report(
    *findings: Finding, base: Base | None = BASE, gaps: tuple[Undetermined, ...] = ()
) -> Report:
    told = (*findings, *(gap(each) for each in gaps if not each.harmless))
    return samples.report(
        verdict="undetermined" if gaps else "shifts", findings=told, undetermined=gaps, base=base
    )


def accepting(given: Report, *entries: Suppression) -> Report:
    """Return a report as the pipeline makes it."""
    day = datetime.date(2026, 11, 23)
    told = suppress(given.findings, entries, rules=CHECK_RULES, today=day)
    return replace(given, findings=(*told.live, *told.about), suppressed=told.suppressed)


# Against a base


@pytest.mark.parametrize(
    ("finding", "status"),
    [
        (label(GRAVE, "new"), 1),
        (label(GRAVE, "changed", worse=True), 1),
        (label(GRAVE, "changed"), 0),
        (label(GRAVE, "known"), 0),
        (GRAVE, 1),
        (label(replace(GRAVE, severity="note"), "new"), 0),
        (label(EXPIRED, "new"), 1),
        (label(EXPIRED, "known"), 0),
    ],
)
def test_only_what_a_change_brings_fails(finding: Finding, status: int) -> None:
    assert exit_status(report(finding), "warning") == status
    assert exit_status(report(finding), "never") == 0
    assert is_failing(finding, "warning") == (status == 1)


def test_a_gap_counts_though_the_base_has_it() -> None:
    known = report(gaps=(GAP,))
    known = replace(known, findings=tuple(label(f, "known") for f in known.findings))
    assert exit_status(known, "warning") == 3
    assert exit_status(replace(known, findings=(label(GRAVE, "new"),)), "warning") == 1


@pytest.mark.parametrize(
    ("findings", "fail_on", "status"),
    [
        ((), "warning", 0),
        ((label(GRAVE, "unknown"),), "warning", 3),
        ((label(GRAVE, "unknown"),), "error", 0),
        ((label(GRAVE, "unknown"),), "never", 0),
        ((label(replace(GRAVE, severity="note"), "unknown"),), "warning", 0),
        ((label(EXPIRED, "unknown"),), "warning", 3),
    ],
)
def test_a_base_that_cannot_be_analysed_makes_nothing_new_and_nothing_clean(
    findings: tuple[Finding, ...], fail_on: Literal["warning", "error", "never"], status: int
) -> None:
    assert exit_status(report(*findings, base=BROKEN), fail_on) == status
    assert any(is_unjudged(finding, fail_on) for finding in findings) == (status == 3)


def test_a_gap_beside_a_broken_base() -> None:
    assert exit_status(report(base=BROKEN, gaps=(GAP,)), "error") == 3


# Suppressed


def test_what_is_suppressed_does_not_count_and_the_verdict_stays() -> None:
    told = accepting(report(GRAVE, base=None), Suppression(rule="shift-*", reason="tested"))
    assert exit_status(report(GRAVE, base=None), "note") == 1
    assert exit_status(told, "note") == 0
    assert told.verdict == "shifts"


@pytest.mark.parametrize("base", [None, BASE, BROKEN])
def test_a_gap_that_is_accepted_is_no_3(base: Base | None) -> None:
    given = report(base=base, gaps=(GAP, HARMLESS))
    told = accepting(given, ALL)
    assert exit_status(given, "warning") == 3
    assert exit_status(told, "warning") == 0
    assert told.undetermined == (GAP, HARMLESS)
    assert (is_settled(told), is_covered(told)) == (True, False)


def test_the_other_gaps_still_count() -> None:
    told = accepting(report(base=None, gaps=(GAP, OTHER)), replace(ALL, package="x"))
    assert exit_status(told, "never") == 3
    alike = replace(GAP, origin=replace(PLACE, line=9))
    told = accepting(report(base=None, gaps=(GAP,)), ALL)
    assert exit_status(replace(told, undetermined=(GAP, alike)), "never") == 3


def test_a_gap_that_a_component_tells_again_is_the_same() -> None:
    core = replace(samples.CORE, undetermined=(GAP,))
    told = accepting(report(base=None, gaps=(GAP,)), ALL)
    assert exit_status(replace(told, components=(core, samples.RECOMMENDER)), "note") == 0


def test_an_accepted_gap_does_not_heal_a_list_cut_short() -> None:
    told = accepting(report(base=None, gaps=(GAP,)), ALL)
    assert exit_status(replace(told, complete=False), "never") == 3


def test_a_verdict_without_a_reason_is_no_0() -> None:
    told = accepting(report(GRAVE, base=None), Suppression(rule="shift-*", reason="tested"))
    assert exit_status(replace(told, verdict="undetermined"), "never") == 3


# About suppressions


@pytest.mark.parametrize("rule", SUPPRESSION_RULES)
def test_findings_about_entries_count_where_all_was_checked(rule: str) -> None:
    finding = replace(EXPIRED, rule=rule, severity=SUPPRESSION_RULES[rule].severity)
    clean = 1 if finding.severity == "warning" else 0
    assert exit_status(report(finding, base=None), "warning") == clean
    assert exit_status(report(finding, base=None), "note") == 1
    assert exit_status(report(finding, base=None, gaps=(GAP,)), "note") == 3
    assert exit_status(report(finding, GRAVE, base=None, gaps=(GAP,)), "warning") == 1
