"""The verdict as a whole: what is undetermined, what does not depend on order or patience."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from depcheck.errors import SourceError
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.rules import RULES
from tests.conflicts.stories import ai, ask, cures, only, picks, plain, release, told, web, why

X = {"x": plain("1", "2")}


def test_nothing_moves():
    report = ask(X, web("x"), ai("x"))
    assert (report.verdict, report.findings, report.corrections) == ("compatible", (), ())
    assert picks(report) == {"x": "2"}
    assert report.combined is not None
    assert report.combined[0].components == ("web", "ai")
    assert set(report.alone) == {"web", "ai"}


def test_a_component_that_cannot_be_resolved_is_not_alone():
    report = ask(X, web("x<2", "x>=2"), ai("x"))
    assert set(report.alone) == {"ai"}


# What could not be checked


def unchecked(report):
    return [
        (f.message, [str(origin) for origin in f.locations]) for f in told(report, "undetermined")
    ]


def test_a_project_page_that_cannot_be_had():
    report = ask(X, web("x"), ai("x", "z"), broken={"z": "the index answered 503"})
    assert report.verdict == "undetermined"
    assert unchecked(report) == [("z could not be checked: the index answered 503.", ["ai.txt:2"])]
    assert RULES["undetermined"].severity == "warning"


def test_a_dependency_whose_page_cannot_be_had_points_to_the_line_that_leads_there():
    index = {**X, "m": {"1": release("z")}}
    report = ask(index, web("x"), ai("x", "m"), broken={"z": "timed out"})
    assert report.verdict == "undetermined"
    assert unchecked(report) == [("z could not be checked: timed out.", ["ai.txt:2"])]


def test_metadata_that_cannot_be_had():
    index = {**X, "m": {"1": release(unavailable="no metadata")}}
    report = ask(index, web("x"), ai("m"))
    assert report.verdict == "undetermined"
    assert unchecked(report) == [("m 1 could not be checked: no metadata.", ["ai.txt:1"])]


def test_a_release_that_requires_a_url_is_not_called_compatible():
    index = {"m": {"1": release("q @ https://files.index.example/q-1.whl")}}
    report = ask(index, web("m"), ai("m"))
    assert report.verdict == "undetermined"
    assert unchecked(report) == [
        (
            "m 1 could not be checked: it requires q from a URL, which is never fetched.",
            ["web.txt:1", "ai.txt:1"],
        )
    ]


@pytest.mark.parametrize(("harmless", "verdict"), [(False, "undetermined"), (True, "compatible")])
def test_a_line_that_could_not_be_read(harmless, verdict):
    origin = Origin(component="web", path="web.txt", line=2, text="git+ssh://index.example/x")
    entry = Undetermined(
        subject=origin.text, reason="it is never fetched", origin=origin, harmless=harmless
    )
    report = ask(X, replace(web("x"), undetermined=(entry,)), ai("x"))
    assert report.verdict == verdict
    assert report.undetermined == (entry,)


def test_a_proof_stands_whatever_else_is_unknown():
    report = ask(X, web("x<2", "z"), ai("x>=2"), broken={"z": "timed out"})
    assert only(report).rule == "conflict-direct"
    assert unchecked(report) == [("z could not be checked: timed out.", ["web.txt:2"])]
    assert all(edit for edit in cures(report))


def test_what_no_choice_rests_on_is_harmless():
    index = {"m": {"1": release(), "2": release("z", "x<2")}, **X}
    report = ask(index, web("m", "x>=2"), ai("x"), broken={"z": "timed out"})
    assert picks(report) == {"m": "1", "x": "2"}
    assert report.verdict == "compatible"
    assert [(u.subject, u.harmless) for u in report.undetermined] == [("z", True)]


def test_what_a_component_has_alone_is_part_of_the_answer():
    index = {"m": {"1": release(), "2": release(unavailable="no metadata")}}
    report = ask(index, web("m"), ai("m<2"))
    assert picks(report) == {"m": "1"}
    assert report.verdict == "undetermined"
    assert unchecked(report) == [("m 2 could not be checked: no metadata.", ["web.txt:1"])]


# Order and patience


QUARREL = {
    "k": {"35": release("u"), "36": release("u>=2")},
    "boto": {"1": release("u"), "9": release("u<2")},
    "u": plain("1.26", "2.5"),
}


def test_the_order_of_the_lines_does_not_decide_the_verdict():
    for lines in permutations(("k", "boto", "u")):
        for seed in (0, 1):
            report = ask(QUARREL, web(*lines), ai("u"), seed=seed)
            assert report.combined is not None
        report = ask(QUARREL, web(*lines), ai("k>=36", "boto>=9"))
        assert {frozenset(str(s) for s in f.evidence.statements) for f in report.findings} == {
            frozenset({"k>=36", "boto>=9"})
        }


@pytest.mark.parametrize("releases", [20, 60])
def test_a_project_that_would_fall_far_is_chosen_first(releases):
    """Chosen after k and u, boto would fall to 0.1 through all its releases."""
    recent = {f"1.{n}": release("u<2") for n in range(releases)}
    index = {
        "boto": {"0.1": release(), **recent},
        "k": {"35": release("u"), "36": release("u>=2")},
        "u": plain("1.26", "2.5"),
    }
    report = ask(index, web("k"), ai("boto"))
    patient = releases < 32
    assert picks(report)["boto"] == ("0.1" if patient else f"1.{releases - 1}")
    assert picks(report)["k"] == ("36" if patient else "35")
    assert report.notes == (
        ()
        if patient
        else (
            "An install that goes by the order of the lines would walk boto far back, release by "
            "release, or not end at all; here boto was chosen first.",
        )
    )
    fallen = told(report, "rollback")
    assert [f.evidence.name for f in fallen] == (["boto"] if patient else ["k", "u"])


def test_a_promoted_choice_names_the_better_set_too():
    recent = {f"1.{n}": release("u<2") for n in range(40)}
    index = {"boto": {"0.1": release(), **recent}, "k": {"36": release("u>=2"), "35": release("u")},
             "u": plain("1.26", "2.5")}  # fmt: skip
    finding = told(ask(index, web("k"), ai("boto")), "rollback")[0]
    assert why(finding) == ["k 36 needs u>=2", "ai needs boto", "boto 1.39 needs u<2"]
    assert finding.remedy == "A better set exists, with k 36: add `k>=36`, `u>=2.5`."


@pytest.mark.parametrize("marker", ['platform_release ~= "abc"', 'python_version ~= "3"'])
def test_a_marker_that_cannot_be_evaluated_is_an_error_with_its_line(marker):
    with pytest.raises(SourceError, match=r"^web\.txt:2: marker ") as caught:
        ask({"a": plain("1")}, web("a", f"a ; {marker}"), ai("a"))
    assert caught.value.hint
