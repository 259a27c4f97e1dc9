"""The referee itself, against plain enumeration and cases worked out by hand."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support.memory import Projects, Release, component, linux_target
from tests.support.referee import Referee, statements

TARGET = linux_target()


def referee(projects: Projects, *components, **options) -> Referee:
    return Referee(projects, components, TARGET, **options)


def texts(sets) -> set[frozenset[str]]:
    return {frozenset(str(statement) for statement in one) for one in sets}


def test_two_lines_of_one_project_conflict_and_either_heals():
    judge = referee(
        {"a": {"1": Release(), "2": Release()}, "b": {"1": Release()}},
        component("core", ["a<2", "b"]),
        component("ai", ["a>=2"]),
    )
    assert not judge.satisfiable()
    assert texts(judge.minimal_conflicts()) == {frozenset({"a<2", "a>=2"})}
    assert texts(judge.minimal_corrections()) == {frozenset({"a<2"}), frozenset({"a>=2"})}


def test_three_lines_conflict_where_every_two_hold():
    judge = referee(
        {
            "a": {"1": Release(requires=("x!=1",))},
            "b": {"1": Release(requires=("x!=2",))},
            "x": {"1": Release(), "2": Release()},
        },
        component("core", ["a", "b"]),
        component("ai", ["x<3"]),
    )
    assert texts(judge.minimal_conflicts()) == {frozenset({"a", "b"})}
    wider = {**{n: {"1": Release(requires=(f"x!={i}",))} for i, n in enumerate("abc", 1)}}
    wider["x"] = {v: Release() for v in "123"}
    three = referee(wider, component("core", ["a", "b"]), component("ai", ["c"]))
    assert texts(three.minimal_conflicts()) == {frozenset("abc")}
    assert texts(three.minimal_corrections()) == {frozenset("a"), frozenset("b"), frozenset("c")}


def test_extras_markers_and_constraints_are_kept():
    projects = {
        "a": {"1": Release(requires=("b<2 ; extra == 'x'", "c ; sys_platform == 'win32'"))},
        "b": {"1": Release(), "2": Release()},
    }
    with_extra = referee(projects, component("core", ["a[x]"]), component("ai", ["b>1"]))
    assert not with_extra.satisfiable()
    without = referee(projects, component("core", ["a"]), component("ai", ["b>1"]))
    assert list(without.solutions(without.statements)) == [{"a": "1", "b": "2"}]
    limited = referee(projects, component("core", ["a", "-c b<2"]), component("ai", ["b"]))
    assert list(limited.solutions(limited.statements)) == [{"a": "1", "b": "1"}]


@pytest.mark.parametrize(
    ("lines", "admitted"),
    [
        (["a"], ("1",)),
        (["a>=1"], ("1",)),
        (["a>=2a1"], ("2a1", "1")),
        (["a==0.9"], ("1", "0.9")),
        (["a>=0.9,<1"], ("1",)),
    ],
)
def test_admission_is_decided_by_the_lines(lines: list[str], admitted: tuple[str, ...]):
    releases = {"0.9": Release(yanked=True), "1": Release(), "2a1": Release()}
    judge = referee({"a": releases}, component("core", lines), component("ai", []))
    assert judge.admitted["a"] == admitted


def test_what_does_not_fit_the_target_is_not_admitted():
    releases = {
        "1": Release(sdist=True, wheels=("cp311-cp311-win_amd64",)),
        "2": Release(wheels=("cp311-cp311-win_amd64",)),
        "3": Release(requires_python=">=3.12"),
    }
    assert referee({"a": releases}, component("core", ["a"])).admitted["a"] == ("1",)


def test_faults_are_named():
    projects = {"a": {"1": Release(requires=("b>=2",))}, "b": {"1": Release(), "2": Release()}}
    judge = referee(projects, component("core", ["a"]))
    assert judge.faults({"a": "1", "b": "2"}) == []
    assert judge.faults({"a": "1", "b": "1"}) == ["b>=2 is not kept by 1"]
    assert judge.faults({"a": "1"}) == ["b>=2 is not kept by None"]
    assert judge.faults({"a": "3", "b": "2"}) == ["a 3 is not admitted"]
    lone = referee(projects, component("core", ["b"]))
    assert lone.faults({"a": "1", "b": "2"}) == ["a is superfluous"]


def test_solutions_are_all_of_those_that_plain_enumeration_finds():
    projects = {
        "a": {"1": Release(requires=("b<3",)), "2": Release(requires=("b[x]", "c!=2"))},
        "b": {str(v): Release(requires=(f"c>={v} ; extra == 'x'",)) for v in (1, 2, 3)},
        "c": {"1": Release(), "2": Release(), "3": Release(requires=("a<2",))},
    }
    judge = referee(projects, component("core", ["a", "b>1"]), component("ai", ["c"]))
    whole = list(statements([component("core", ["a", "b>1"]), component("ai", ["c"])]))
    found = {tuple(sorted(s.items())) for s in judge.solutions(whole)}
    every = product(*[[(n, v) for v in (None, *projects[n])] for n in projects])
    picks = [{n: v for n, v in one if v is not None} for one in every]
    assert found == {tuple(sorted(p.items())) for p in picks if not judge.faults(p, whole)}
    assert len(found) > 1
