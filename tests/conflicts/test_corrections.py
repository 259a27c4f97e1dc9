"""Stories of corrections: which lines change, to what, and what is said where none heals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.conflicts.spelling import respelt
from depcheck.model.requirement import Origin, Requirement
from tests.conflicts.stories import WINDOWS, ai, ask, cures, plain, release, web

PYDANTIC = {"pydantic": plain("1.10", "2.7.4", "2.8")}


def test_a_bound_moves_up_or_down_and_the_core_is_left_alone_first():
    report = ask(PYDANTIC, web("pydantic<2"), ai("pydantic>=2.7"))
    assert cures(report) == [
        ["ai.txt:1: pydantic>=2.7 -> pydantic<2.7"],
        ["web.txt:1: pydantic<2 -> pydantic>=2.7.4"],
    ]
    assert [c.picks for c in report.corrections] == [
        (("pydantic", "1.10"),),
        (("pydantic", "2.8"),),
    ]


def test_a_pin_stays_a_pin():
    assert cures(ask(PYDANTIC, web("pydantic==1.10"), ai("pydantic==2.7.4"))) == [
        ["ai.txt:1: pydantic==2.7.4 -> pydantic==1.10"],
        ["web.txt:1: pydantic==1.10 -> pydantic==2.7.4"],
    ]


def test_the_nearest_release_that_works_is_taken():
    langchain = {f"0.{n}": release("pydantic>=2" if n > 3 else "pydantic") for n in range(9)}
    report = ask({**PYDANTIC, "langchain": langchain}, web("pydantic<2"), ai("langchain>=0.6"))
    assert cures(report)[0] == ["ai.txt:1: langchain>=0.6 -> langchain<=0.3"]
    assert report.corrections[0].picks == (("langchain", "0.3"),)


def test_a_bound_that_leaves_out_the_release_found_is_not_proposed():
    index = {"d": plain("1.0rc1", "1.0", "2.0")}
    assert ["web.txt:1: d>=1.0 -> d<=1.0rc1"] in cures(ask(index, web("d>=1.0"), ai("d<1.0rc2")))


def test_an_exclusion_is_dropped_where_that_heals():
    index = {"d": plain("1", "2", "3"), "a": {"1": release("d>=2")}, "c": {"1": release("d<3")}}
    assert cures(ask(index, web("a", "d>0,!=2"), ai("c")))[0] == ["web.txt:2: d>0,!=2 -> d>0"]
    assert cures(ask(index, web("a", "d!=2"), ai("c")))[0] == ["web.txt:2: d!=2 -> d"]


def test_a_range_that_nothing_matches_moves_to_the_newest():
    assert cures(ask(PYDANTIC, web("pydantic>=3"), ai())) == [
        ["web.txt:1: pydantic>=3 -> pydantic<3"]
    ]


def test_two_lines_change_together():
    index = {"x": plain("1", "2"), "y": plain("1", "2"), "k": {"1": release("x<2", "y<2")}}
    report = ask(index, web("x>=2", "y>=2"), ai("k"))
    assert cures(report)[0] == ["web.txt:1: x>=2 -> x<2", "web.txt:2: y>=2 -> y<2"]
    assert report.corrections[0].picks == (("x", "1"), ("y", "1"))


def test_the_first_of_two_edits_does_not_spoil_the_second():
    index = {
        "x": plain("1", "2", "3"),
        "y": {version: release("x<2") for version in ("1", "2", "3")},
        "k": {"1": release("x<3", "y<3")},
    }
    edits = ["web.txt:1: x>=3 -> x<=1", "web.txt:2: y>=3 -> y<3"]
    assert cures(ask(index, web("x>=3", "y>=3"), ai("k")))[0] == edits
    assert sorted(cures(ask(index, web("y>=3", "x>=3"), ai("k")))[0]) == [
        "web.txt:1: y>=3 -> y<3",
        "web.txt:2: x>=3 -> x<=1",
    ]


# Where no edit heals


def test_no_release_works_with_the_other_component():
    index = {"x": plain("1", "2"), "q": {"1": release("x>=2")}}
    assert cures(ask(index, web("x<2"), ai("q")))[1] == [
        "No release of q works with the other lines: do without it, or keep the components apart."
    ]


def test_keeping_apart_is_no_advice_for_a_component_that_fails_by_itself():
    index = {"x": plain("1", "2"), "q": {"1": release("x>=2")}}
    assert cures(ask(index, web("x<2", "q"), ai()))[1] == [
        "No release of q works with web's own other lines: do without it, or change those."
    ]
    assert cures(ask({"n": {"1": release(wheels=WINDOWS)}}, web("n"), ai())) == [
        [
            "No release of n can be installed for cpython 3.11.7 on linux/amd64, not even by "
            "itself: its conflict says what stands in the way."
        ]
    ]


def test_a_name_that_no_index_knows_is_to_be_corrected():
    assert cures(ask(PYDANTIC, web("pydantics"), ai("pydantic"))) == [
        ["No index knows pydantics: correct the name, or name the index that has it."]
    ]


def test_another_python_heals_if_all_components_allow_one():
    both = ask(PYDANTIC, web("pydantic", python=">=3.12"), ai("pydantic", python=">=3.9"))
    assert cures(both) == [
        [
            "web needs Python >=3.12 and ai needs Python >=3.9: "
            "check with a Python that every component allows (--python)."
        ]
    ]
    never = ask(PYDANTIC, web("pydantic", python=">=3.12"), ai("pydantic", python="<3.11"))
    assert cures(never) == [
        [
            "web needs Python >=3.12 and ai needs Python <3.11: "
            "no Python fits them all, keep the components apart."
        ]
    ]


def test_a_python_and_a_line_that_have_to_change():
    report = ask(PYDANTIC, web("pydantic<2", python=">=3.12"), ai("pydantic>2"))
    remark = (
        "web needs Python >=3.12: check with a Python that every component allows (--python). "
        "These other lines would have to change as well."
    )
    assert cures(report) == [[remark], [remark]]


# How an edit is spelt


def test_an_edit_keeps_the_spelling_of_the_line():
    marked = "PyJWT[Crypto] >= 1, <2 ; python_version >= '3.8'"
    report = ask({"pyjwt": plain("1.7", "2.10.1")}, web(marked), ai("pyjwt>=2.10"))
    assert cures(report)[1] == [
        f"web.txt:1: {marked} -> PyJWT[Crypto] >=2.10.1 ; python_version >= '3.8'"
    ]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("PyJWT<2", "PyJWT>=2.10"),
        ("PyJWT (<2)", "PyJWT >=2.10"),
        ("PyJWT===1.7", "PyJWT>=2.10"),
        ("py.jwt[a, b]~=1.7; os_name == 'posix'", "py.jwt[a, b]>=2.10; os_name == 'posix'"),
        ('pyjwt = "^1.7"', 'pyjwt = ">=2.10"'),
        (
            'pyjwt = {extras = ["x"], version = "^1.7", optional = true}',
            'pyjwt = {extras = ["x"], version = ">=2.10", optional = true}',
        ),
        ("pyjwt 1.7 (installed)", "pyjwt[x]>=2.10 ; os_name == 'posix'"),
        ("", "pyjwt[x]>=2.10 ; os_name == 'posix'"),
    ],
)
def test_a_line_in_any_dress_is_respelt(text, after):
    origin = Origin(component="web", path="web.txt", line=1, text=text)
    line = Requirement(
        name="pyjwt", extras=("x",), specifier="<2", marker="os_name == 'posix'", origin=origin
    )
    assert respelt(line, ">=2.10") == after


def test_an_edited_line_drops_its_hashes():
    core = web("pydantic==1.10")
    hashed = replace(core.requirements[0], hashes=("sha256:00",))
    report = ask(PYDANTIC, replace(core, requirements=(hashed,)), ai("pydantic>=2.7"))
    assert ["web.txt:1: pydantic==1.10 -> pydantic==2.7.4"] in cures(report)


def test_an_edit_that_needs_a_build_or_rests_on_something_unread_says_so_and_comes_last():
    index = {
        "lib": {"1": release(wheels=(), sdist=True), "2": release()},
        "old": {"1": release("lib<2"), "2": release("lib<2", unavailable="no metadata")},
        "new": {"1": release("lib>=2")},
    }
    report = ask(index, web("lib>=2"), ai("lib<2"))
    assert [c.remark for c in report.corrections] == [
        "",
        "lib 1 has no wheel for linux/amd64: it has to be built. "
        "lib falls back from 2 to 1, another major.",
    ]
    assert cures(report)[0] == ["ai.txt:1: lib<2 -> lib>=2"]
    unread = ask(index, web("old==1"), ai("lib==2"))
    remarks = {c.picks: c.remark for c in unread.corrections if c.edits}
    assert remarks[(("old", "2"),)] == "Not proven: old 2 could not be read."


def test_a_local_version_that_no_index_has_gives_way_to_its_public_one():
    index = {"torch": plain("2.3.1", "2.4.0", "2.4.1")}
    report = ask(index, web("torch==2.4.0+cu121"), ai("torch"))
    assert cures(report) == [["web.txt:1: torch==2.4.0+cu121 -> torch==2.4.0"]]
