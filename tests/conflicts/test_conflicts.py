"""Stories of conflicts: rule, lines, chain and sentence of each kind."""

from __future__ import annotations

import pytest

from depcheck.model.findings import Conflict
from tests.conflicts.stories import WINDOWS, ai, ask, only, plain, release, told, web, where, why

PYDANTIC = {"pydantic": plain("1.10", "2.7.4", "2.8")}
TARGET = "cpython 3.11.7 on linux/amd64"


def test_two_lines_with_no_release_in_common():
    finding = only(ask(PYDANTIC, web("pydantic<2"), ai("pydantic>=2.7")))
    assert finding.rule == "conflict-direct"
    assert finding.severity == "error"
    assert where(finding) == ["web.txt:1", "ai.txt:1"]
    assert why(finding) == ["web needs pydantic<2", "ai needs pydantic>=2.7"]
    assert finding.message == (
        "No release of pydantic satisfies web's pydantic<2 and ai's pydantic>=2.7."
    )


def test_a_conflict_through_another_package_is_told_in_ranges():
    newer = {f"{v}.0": release("pydantic>=2.7.4") for v in ("0.3", "0.4", "1.0", "1.5")}
    index = {**PYDANTIC, "langchain": {"0.2.9": release("pydantic>=1"), **newer}}
    finding = only(ask(index, web("pydantic<2"), ai("langchain>=0.3")))
    assert finding.rule == "conflict-transitive"
    assert where(finding) == ["web.txt:1", "ai.txt:1"]
    assert why(finding) == [
        "web needs pydantic<2",
        "ai needs langchain>=0.3",
        "langchain 0.3.0 to 1.5.0 needs pydantic>=2.7.4 (4)",
    ]
    assert finding.message == (
        "web's pydantic<2 and ai's langchain>=0.3 cannot hold together: they clash over pydantic."
    )


def test_differing_needs_are_summed_up_and_a_release_for_another_python_is_told_apart():
    index = {
        **PYDANTIC,
        "chain": {
            "0.3": release("pydantic>=2.7.4"),
            "0.4": release("pydantic>=2.7.4,!=2.8"),
            "0.5": release("pydantic>=2.8"),
            "0.6": release(requires_python=">=3.14"),
        },
    }
    assert why(only(ask(index, web("pydantic<2"), ai("chain")))) == [
        "web needs pydantic<2",
        "ai needs chain",
        "chain 0.6 needs Python >=3.14",
        "chain 0.3 to 0.5 needs pydantic>=2.7.4 (3)",
    ]


def test_both_sides_reach_the_clash_through_others():
    index = {"x": plain("1", "2"), "p": {"1": release("x<2")}, "q": {"1": release("x>=2")}}
    finding = only(ask(index, web("p"), ai("q")))
    assert finding.rule == "conflict-transitive"
    assert why(finding) == ["web needs p", "ai needs q", "p 1 needs x<2", "q 1 needs x>=2"]
    assert finding.message == "web's p and ai's q cannot hold together: they clash over x."


def test_three_lines_of_which_every_two_can_live_together():
    index = {
        "d": plain("1", "2", "3"),
        "a": {"1": release("d>=2")},
        "b": {"1": release("d!=2")},
        "c": {"1": release("d<3")},
    }
    finding = only(ask(index, web("a", "b"), ai("c")))
    assert finding.rule == "conflict-many"
    assert where(finding) == ["web.txt:1", "web.txt:2", "ai.txt:1"]
    assert why(finding)[3:] == ["a 1 needs d>=2", "b 1 needs d!=2", "c 1 needs d<3"]
    assert finding.message == (
        "web's a, web's b and ai's c clash over d, though any two of them can live together."
    )
    for pair in ((web("a", "b"), ai()), (web("a"), ai("c")), (web("b"), ai("c"))):
        assert ask(index, *pair).combined is not None


def test_a_component_conflicts_with_itself():
    finding = only(ask(PYDANTIC, web("pydantic<2", "pydantic>=2"), ai("pydantic")))
    assert finding.rule == "conflict-direct"
    assert where(finding) == ["web.txt:1", "web.txt:2"]


def test_one_line_whose_own_dependencies_clash():
    index = {
        "m": {"1": release("p", "q")},
        "x": plain("1", "2"),
        "p": {"1": release("x<2")},
        "q": {"1": release("x>=2")},
    }
    finding = only(ask(index, web("m"), ai()))
    assert finding.rule == "conflict-transitive"
    assert where(finding) == ["web.txt:1"]
    assert finding.message == "web's m cannot be satisfied: its dependencies clash over x."


# Python and the platform


def test_a_component_rules_out_the_python():
    finding = only(ask(PYDANTIC, web("pydantic", python=">=3.12"), ai("pydantic")))
    assert finding.rule == "conflict-python"
    assert where(finding) == ["web.toml:1"]
    assert why(finding) == ["web needs Python >=3.12"]
    assert finding.message == "web's requires-python >=3.12 rules out Python 3.11.7."


NEWER_PYTHON = {"1": release(requires_python=">=3.12"), "2": release(requires_python=">=3.13")}
OTHER_PLATFORMS = {
    "1": release(wheels=WINDOWS),
    "2": release(wheels=("cp311-cp311-macosx_11_0_arm64",)),
}


def test_every_release_rules_out_the_python():
    finding = only(ask({"n": NEWER_PYTHON}, web("n"), ai()))
    assert finding.rule == "conflict-python"
    assert why(finding) == ["web needs n", "n 1 needs Python >=3.12", "n 2 needs Python >=3.13"]
    assert finding.message == "No release of n that web's n allows runs on Python 3.11.7."


def test_a_dependency_rules_out_the_python():
    finding = only(ask({"n": NEWER_PYTHON, "m": {"1": release("n>1")}}, web("m"), ai()))
    assert finding.rule == "conflict-python"
    assert why(finding) == ["web needs m", "m 1 needs n>1", "n 2 needs Python >=3.13"]
    assert finding.message == (
        "web's m leads to n, but no release of it that is allowed runs on Python 3.11.7."
    )


def test_no_wheel_for_the_platform():
    finding = only(ask({"n": OTHER_PLATFORMS}, web("n"), ai()))
    assert finding.rule == "conflict-platform"
    assert why(finding) == [
        "web needs n",
        "n 1 has wheels only for cp311 on win_amd64",
        "n 2 has wheels only for cp311 on macosx_11_0_arm64",
    ]
    assert finding.message == f"No release of n that web's n allows has a file for {TARGET}."


def test_two_lines_leave_only_releases_for_other_platforms():
    index = {"n": {"1": release(), "2": release(wheels=WINDOWS), "3": release()}}
    finding = only(ask(index, web("n<3"), ai("n>1")))
    assert finding.rule == "conflict-platform"
    assert where(finding) == ["web.txt:1", "ai.txt:1"]
    assert finding.message == (
        f"No release of n that web's n<3 and ai's n>1 allow has a file for {TARGET}."
    )


def test_some_releases_want_another_python_and_the_rest_another_platform():
    index = {"n": {"1": release(wheels=WINDOWS), "2": release(requires_python=">=3.13")}}
    finding = only(ask(index, web("n"), ai()))
    assert finding.rule == "conflict-python"
    assert finding.message == f"No release of n that web's n allows can be installed on {TARGET}."


# What the index does not have


@pytest.mark.parametrize(
    ("line", "chain", "message"),
    [
        ("nowhere>1", [], "No index knows nowhere, which web's nowhere>1 asks for."),
        ("m", ["m 1 needs nowhere"], "No index knows nowhere, which web's m leads to."),
    ],
)
def test_a_project_that_no_index_knows(line, chain, message):
    finding = only(ask({"m": {"1": release("nowhere")}}, web(line), ai()))
    assert finding.rule == "conflict-missing-project"
    assert why(finding) == [f"web needs {line}", *chain, "nowhere is on no index"]
    assert finding.message == message
    assert finding.remedy == (
        "Correct the name of nowhere, or name the index that has it (--index-url)."
    )


def test_a_missing_project_is_not_blamed_for_a_clash():
    index = {"a": {"1": release("nowhere"), "2": release("d<2")}, "d": plain("1", "2")}
    finding = only(ask(index, web("a"), ai("d>=2")))
    assert finding.rule == "conflict-transitive"
    assert set(where(finding)) == {"web.txt:1", "ai.txt:1"}
    assert {"a 1 needs nowhere", "a 2 needs d<2", "nowhere is on no index"} < set(why(finding))
    assert "knows" not in finding.message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x>=3", "web's x>=3 matches no release of x (the newest is 2.8)."),
        ("m", "web's m leads to x>=3, which matches no release of x (the newest is 2.8)."),
    ],
)
def test_no_release_is_in_the_range(line, message):
    finding = only(ask({"x": plain("1", "2.8"), "m": {"1": release("x>=3")}}, web(line), ai()))
    assert finding.rule == "conflict-missing-release"
    assert finding.message == message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x>=1.5", "Only pre-releases of x match web's x>=1.5, and no line opts in."),
        ("m", "web's m leads to x>=1.5, which only pre-releases match, and no line opts in."),
    ],
)
def test_only_pre_releases_are_in_the_range(line, message):
    index = {"x": plain("1.0", "2.0a1"), "m": {"1": release("x>=1.5")}}
    finding = only(ask(index, web(line), ai()))
    assert finding.rule == "conflict-prerelease"
    assert finding.message == message
    assert finding.remedy == "To opt in, name one in a line (x>=2.0a1), or allow all with --pre."
    assert ask(index, web(line, "x>=2.0a1"), ai()).combined is not None
    assert ask(index, web(line), ai(), prereleases=True).combined is not None


def test_two_lines_that_meet_only_in_a_pre_release():
    finding = only(ask({"x": plain("1", "2a1", "3")}, web("x<3"), ai("x>1")))
    assert finding.rule == "conflict-prerelease"
    assert finding.message == (
        "Only pre-releases of x match web's x<3 and ai's x>1, and no line opts in."
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x>=1.5", "Every release of x that satisfies web's x>=1.5 was yanked."),
        ("m", "web's m leads to x>=1.5, but every release that matches it was yanked."),
    ],
)
def test_only_yanked_releases_are_in_the_range(line, message):
    index = {"x": {"1.0": release(), "2.0": release(yanked=True)}, "m": {"1": release("x>=1.5")}}
    finding = only(ask(index, web(line), ai()))
    assert finding.rule == "conflict-yanked"
    assert finding.message == message
    assert ask(index, web(line, "x==2.0"), ai()).combined is not None


# Extras, markers, constraints


def test_an_extra_conflicts_where_the_project_alone_does_not():
    index = {
        "http": {"1.0": release("brotli>=2 ; extra == 'fast'")},
        "brotli": plain("1", "2"),
    }
    assert ask(index, web("brotli<2"), ai("http")).combined is not None
    finding = only(ask(index, web("brotli<2"), ai("http[fast]")))
    assert finding.rule == "conflict-transitive"
    assert why(finding) == [
        "web needs brotli<2",
        "ai needs http[fast]",
        "http 1.0 needs brotli>=2",
    ]


def test_a_line_for_another_platform_conflicts_with_nothing():
    report = ask(PYDANTIC, web("pydantic<2 ; sys_platform == 'win32'"), ai("pydantic>=2"))
    (added,) = report.findings
    assert (added.rule, added.message) == (
        "shift-added",
        "pydantic 2.8 comes into web's environment.",
    )
    assert [str(origin) for origin in added.locations] == ["ai.txt:1"]


def test_a_dependency_for_another_platform_conflicts_with_nothing():
    index = {**PYDANTIC, "m": {"1": release("pydantic<2 ; sys_platform == 'win32'")}}
    assert ask(index, web("m"), ai("pydantic>=2")).combined is not None


def test_a_constraint_limits_what_another_component_brings():
    index = {**PYDANTIC, "m": {"1": release("pydantic>=2")}}
    finding = only(ask(index, web("-c pydantic<2"), ai("m")))
    assert why(finding) == ["web limits pydantic<2", "ai needs m", "m 1 needs pydantic>=2"]
    assert finding.message == (
        "web's constraint pydantic<2 and ai's m cannot hold together: they clash over pydantic."
    )
    assert ask(index, web("-c pydantic<2"), ai()).verdict == "compatible"


# How sure it is


def presumed(finding):
    assert isinstance(finding.evidence, Conflict)
    return finding.evidence.presumed, [step.presumed for step in finding.evidence.steps]


SDIST = {"wheels": (), "presumed": True}


def test_a_conflict_that_rests_on_an_sdist_is_marked():
    index = {"s": {"1": release("d<2", **SDIST), "2": release("d<2")}, "d": plain("1", "2")}
    finding = only(ask(index, web("s"), ai("d>=2")))
    assert presumed(finding) == (("s 1",), [False, False, True])


def test_a_conflict_that_stands_without_it_is_proven_and_told_without_it():
    index = {
        "m": {"1": release("s", "t")},
        "s": {"1": release("d<2", **SDIST)},
        "t": {"1": release("d<2")},
        "d": plain("1", "2"),
    }
    finding = only(ask(index, web("m"), ai("d>=2")))
    assert presumed(finding) == ((), [False, False, False, False])
    assert why(finding)[2:] == ["m 1 needs t", "t 1 needs d<2"]


# The listing as a whole


PAIRS = {f"p{i}": plain("1", "2") for i in range(4)}
LINES = (web(*(f"{p}<2" for p in PAIRS)), ai(*(f"{p}>1" for p in PAIRS)))


def test_every_conflict_is_listed_in_the_order_of_the_lines():
    report = ask(PAIRS, *LINES)
    assert report.complete
    assert report.notes == ()
    assert [where(f) for f in report.findings] == [
        [f"web.txt:{line}", f"ai.txt:{line}"] for line in (1, 2, 3, 4)
    ]
    assert len(report.corrections) == 16


@pytest.mark.parametrize("limit", [1, 2])
def test_a_listing_that_is_cut_short_says_so_and_still_heals(limit):
    report = ask(PAIRS, *LINES, max_conflicts=limit)
    assert report.verdict == "conflict"
    assert not report.complete
    assert report.notes == (
        f"The listing stopped after {limit} conflicts or corrections: there are more "
        "(--max-conflicts says how many to list).",
    )
    assert 1 <= len(told(report, "conflict-direct")) <= limit
    assert all(len(c.edits) == 4 for c in report.corrections)
    assert report.corrections


def test_a_pin_to_text_that_is_no_version_is_a_missing_release():
    report = ask({"a": plain("1"), "b": plain("1")}, web("a===foobar"), ai("b"))
    finding = only(report)
    assert finding.rule == "conflict-missing-release"
    assert where(finding) == ["web.txt:1"]
