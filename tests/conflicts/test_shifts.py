"""Stories of shifts and rollbacks: what moves under the core, and whether it must."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from depcheck.conflicts.compare import grade
from depcheck.model.catalog import Arrival, Project
from depcheck.model.findings import Rollback, Shift
from depcheck.pipeline.combine import Options, examine
from depcheck.resolve.admission import decide
from depcheck.resolve.oracle import Completion, Far, Oracle
from depcheck.resolve.universe import Universe
from tests.conflicts.stories import ai, ask, moved, picks, plain, release, told, web, why
from tests.support.memory import MemoryCatalog, component, linux_target

JWT = {"pyjwt": plain("1.7.1", "2.8.0", "2.10.1")}


def shift(finding) -> Shift:
    assert isinstance(finding.evidence, Shift)
    return finding.evidence


def test_a_major_of_a_package_that_the_core_asks_for_is_forced_up():
    index = {**JWT, "rec": {"1": release("pyjwt"), "2": release("pyjwt>=2.10")}}
    report = ask(index, web("pyjwt", lock={"pyjwt": "1.7.1"}), ai("rec>=2"))
    assert report.verdict == "shifts"
    finding = moved(report, "pyjwt")
    assert (finding.rule, finding.severity) == ("shift-major", "warning")
    assert finding.message == (
        "pyjwt moves up from 1.7.1 to 2.10.1 under web "
        "(major, forced: no solution keeps the old version)."
    )
    assert why(finding) == ["ai needs rec>=2", "rec 2 needs pyjwt>=2.10"]
    assert [str(o) for o in finding.locations] == ["web.txt:1", "ai.txt:1", "web.lock:1"]
    assert finding.remedy == (
        "Make web ready for pyjwt 2.10.1 "
        "(resolving web alone today moves it too: only its lock holds it back)."
    )
    assert shift(finding).forced
    assert shift(finding).pin == ""


def test_what_only_the_lock_holds_is_incidental_and_a_pin_keeps_it():
    index = {**JWT, "rec": {"1": release("pyjwt")}}
    finding = moved(ask(index, web("pyjwt", lock={"pyjwt": "1.7.1"}), ai("rec")), "pyjwt")
    assert (finding.severity, shift(finding).pin) == ("warning", "pyjwt==1.7.1")
    assert shift(finding).alone
    assert finding.message.endswith("(major, incidental: a pin keeps the old version).")
    assert finding.remedy.startswith("Pin pyjwt==1.7.1 to keep it (resolving web alone today")
    pinned = ask(index, web("pyjwt", "pyjwt==1.7.1", lock={"pyjwt": "1.7.1"}), ai("rec"))
    assert picks(pinned)["pyjwt"] == "1.7.1"
    assert told(pinned, "shift-major") == []


def test_old_news_about_an_indirect_package_is_a_note():
    index = {**JWT, "auth": {"1": release("pyjwt")}, "rec": plain("1")}
    report = ask(index, web("auth", lock={"auth": "1", "pyjwt": "1.7.1"}), ai("rec"))
    assert moved(report, "pyjwt").severity == "note"


def test_without_a_lock_what_counts_is_what_the_core_resolves_to():
    index = {**JWT, "rec": {"1": release("pyjwt<2.10")}}
    finding = moved(ask(index, web("pyjwt>=2"), ai("rec")), "pyjwt")
    assert (finding.rule, finding.severity) == ("shift-minor", "note")
    assert shift(finding).direction == "down"
    assert shift(finding).locked is None
    assert not shift(finding).alone
    assert why(finding) == ["ai needs rec", "rec 1 needs pyjwt<2.10"]
    assert finding.remedy == "Make web ready for pyjwt 2.8.0, or keep the components apart."


def test_a_patch():
    index = {"x": plain("1.0.0", "1.0.1"), "rec": {"1": release("x<1.0.1")}}
    finding = moved(ask(index, web("x"), ai("rec")), "x")
    assert finding.rule == "shift-patch"


def test_packages_come_and_go():
    index = {"h": {"1": release(), "2": release("old")}, "old": plain("1"), "new": plain("3")}
    report = ask(index, web("h"), ai("h<2", "new"))
    (added,) = told(report, "shift-added")
    (gone,) = told(report, "shift-gone")
    assert added.message == "new 3 comes into web's environment."
    assert why(added) == ["ai needs new"]
    assert gone.message == "old 1 goes from web's environment."
    assert {added.severity, gone.severity} == {"note"}


def test_a_chain_tells_what_the_old_release_needs_and_who_is_in_its_way():
    index = {
        "k": {"35": release("u"), "36": release("u>=2")},
        "boto": {"1": release("u<2")},
        "u": plain("1.26", "2.5"),
    }
    finding = moved(ask(index, web("k"), ai("boto")), "k")
    assert shift(finding).forced
    assert why(finding) == ["k 36 needs u>=2", "ai needs boto", "boto 1 needs u<2"]


def test_a_pin_has_to_bear_the_needs_of_the_old_version_too():
    """Without tool 2 nothing asks for old 2, whose needs web's own line rules out."""
    index = {
        "tool": {"1": release(), "2": release("old")},
        "old": {"1": release(), "2": release("x<2")},
        "x": plain("1", "2"),
        "rec": {"1": release(), "2": release("old<2")},
    }
    lock = {"tool": "2", "old": "2", "x": "1"}
    finding = moved(ask(index, web("tool", lock=lock), ai("rec", "tool<2", "x>=2")), "old")
    assert shift(finding).forced
    incidental = moved(ask(index, web("tool", lock=lock), ai("rec", "tool<2")), "old")
    assert (shift(incidental).forced, shift(incidental).pin) == (False, "old==2")


@pytest.mark.parametrize(
    ("held", "offered", "reason"),
    [
        ("1.5.0", {}, "no index offers 1.5.0 any more"),
        ("1.5.0", {"1.5.0": release(yanked=True)}, "1.5.0 was yanked, and no line pins it"),
        ("3.0b1", plain("3.0b1"), "3.0b1 is a pre-release, and no line opts in"),
    ],
)
def test_a_locked_release_that_is_not_on_offer(held, offered, reason):
    index = {"pyjwt": {**JWT["pyjwt"], **offered}}
    finding = moved(ask(index, web("pyjwt", lock={"pyjwt": held}), ai("pyjwt")), "pyjwt")
    assert shift(finding).forced
    assert finding.message.endswith(f"(major, forced: {reason}).")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1.7.1", "2.0", "major"),
        ("1!1.0", "1.0", "major"),
        ("1.0", "1.1.0", "minor"),
        ("1.0", "1.0.1", "patch"),
        ("1.0.0.1", "1.0.0.2", "patch"),
        ("1.0+cpu", "1.0+cu118", "other"),
        ("1.0", "1.0.post1", "other"),
    ],
)
def test_the_grade_is_the_first_part_that_differs(before, after, expected):
    assert grade(before, after) == grade(after, before) == expected


# Rollbacks


def rollback(finding) -> Rollback:
    assert isinstance(finding.evidence, Rollback)
    return finding.evidence


def test_a_rollback_with_a_better_set():
    index = {
        "lib": {"3.0": release("u"), "3.1": release("u>=1.27")},
        "rec": {"1": release(), "2": release("u<1.27")},
        "u": plain("1.26", "1.27"),
    }
    report = ask(index, web("lib"), ai("rec"))
    assert picks(report) == {"lib": "3.1", "rec": "1", "u": "1.27"}
    (finding,) = told(report, "rollback")
    assert finding.severity == "warning"
    assert finding.message == "rec falls back from 2 to 1, though ai alone has 2."
    assert why(finding) == ["rec 2 needs u<1.27", "web needs lib", "lib 3.1 needs u>=1.27"]
    assert (rollback(finding).better, rollback(finding).pins) == ("2", ("rec>=2",))
    assert finding.remedy == "A better set exists, with rec 2: add `rec>=2`."
    better = ask(index, web("lib", *rollback(finding).pins), ai("rec"))
    assert picks(better) == {"lib": "3.0", "rec": "2", "u": "1.26"}


def test_a_rollback_that_nothing_prevents():
    index = {**JWT, "rec": {"1": release("pyjwt<2")}}
    (finding,) = told(ask(index, web("pyjwt"), ai("rec")), "rollback")
    assert (rollback(finding).better, rollback(finding).pins) == (None, ())
    assert why(finding) == ["ai needs rec", "rec 1 needs pyjwt<2"]
    assert finding.remedy == (
        "No solution keeps pyjwt near 2.10.1: keep the components apart, or accept it."
    )


def test_one_of_two_has_to_fall():
    index = {
        "k": {"35": release("u"), "36": release("u>=2")},
        "boto": {"1": release("u"), "9": release("u<2")},
        "u": plain("1.26", "2.5"),
    }
    found = told(ask(index, web("k"), ai("boto")), "rollback")
    assert [rollback(f).name for f in found] == ["boto"]
    assert "No better set was found" in found[0].remedy


def test_what_a_lock_holds_back_does_not_count_as_a_fall():
    index = {**JWT, "rec": {"1": release("pyjwt<2")}}
    report = ask(index, web("pyjwt", lock={"pyjwt": "1.7.1"}), ai("rec"))
    assert picks(report)["pyjwt"] == "1.7.1"
    assert {f.rule for f in report.findings} == {"shift-added"}


def test_a_fall_from_a_locked_release_that_is_gone_from_the_index():
    report = ask(JWT, web("pyjwt", lock={"pyjwt": "3.1"}), ai("pyjwt"))
    (finding,) = told(report, "rollback")
    assert finding.message == "pyjwt falls back from 3.1 to 2.10.1, though web alone has 3.1."
    assert rollback(finding).better is None


class Dated(MemoryCatalog):
    """Each release of a project was uploaded a year after the one before it."""

    def arrivals(self) -> Iterator[Arrival]:
        for wanted, answer in super().arrivals():
            if isinstance(answer, Project):
                years = range(2020, 2020 + len(answer.files))
                files = tuple(
                    tuple(replace(f, upload_time=f"{year}-05-01T00:00:00Z") for f in files)
                    for year, files in zip(years, answer.files, strict=True)
                )
                answer = replace(answer, files=files)
            yield wanted, answer


def test_more_than_a_year_is_far_even_within_a_major():
    index = {"x": plain("1.0", "1.1", "1.2"), "rec": {"1": release("x<1.1")}}
    components = (web("x"), ai("rec"))
    report = examine(components, linux_target(), Dated(index), Options())
    (finding,) = told(report, "rollback")
    assert rollback(finding).days == 730
    assert finding.message == (
        "x falls back from 1.2 to 1.0, 730 days older, though web alone has 1.2."
    )
    assert told(ask(index, *components), "rollback") == []


# How sure it is that nothing keeps the old version


def quarrel(releases: int, oldest: str = "url<2") -> dict:
    """A project of which every release but maybe the oldest rules out the newest url."""
    boto = {f"1.{n}": release("url<2" if n else oldest) for n in range(releases)}
    return {"url": plain("1.26", "2.8"), "req": {"1": release("url")}, "boto": boto}


@pytest.mark.parametrize("more", [(), ("url>=1", "boto>=1.3")])
def test_that_nothing_keeps_the_old_version_is_proven_over_many_releases(more):
    finding = moved(ask(quarrel(150), web("req"), ai("boto", *more)), "url")
    assert (shift(finding).forced, shift(finding).far) == (True, False)
    assert "no solution keeps the old version" in finding.message


@pytest.mark.parametrize(("releases", "known"), [(60, Completion), (150, Far), (1500, None)])
def test_a_set_that_is_found_far_back_counts_as_far(releases, known):
    asked = component("ai", ["boto", "url==2.8"]).requirements
    universe = Universe(linux_target(), decide(asked, prereleases=False))
    oracle = Oracle(universe, MemoryCatalog(quarrel(releases, oldest="url")))
    answer = oracle.complete_nearby([universe.state(each).selector for each in asked])
    assert answer is None if known is None else isinstance(answer, known)


def test_what_takes_too_much_reading_is_told_as_not_searched_for():
    report = ask(quarrel(1500), web("req"), ai("boto"))
    finding = moved(report, "url")
    assert (shift(finding).forced, shift(finding).far, shift(finding).sought) == (True, True, False)
    assert "was not searched for" in finding.message
    (fallen,) = told(report, "rollback")
    assert fallen.remedy.startswith("Whether a set with a newer url exists was not searched for")


def test_a_rollback_that_nothing_better_than_is_left_is_proven():
    (finding,) = told(ask(quarrel(150), web("req"), ai("boto")), "rollback")
    assert finding.remedy.startswith("No solution keeps url near 2.8")
