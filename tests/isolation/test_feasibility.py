"""Which groups fit, over real resolution, against brute force over all releases."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from depcheck.errors import SourceError
from depcheck.isolation.feasibility import OracleJudge
from depcheck.isolation.partition import divide
from depcheck.isolation.values import Bounds, Division
from depcheck.isolation.worlds import Recalling, build_world
from depcheck.resolve.oracle import Refutation
from tests.isolation.hypergraphs import divisions
from tests.resolve.test_brute_force import plain_lines, universes
from tests.support.memory import MemoryCatalog, Release, component, linux_target
from tests.support.referee import Referee

TIMES = int(os.environ.get("DEPCHECK_EXAMPLES", "1"))
OLD, NEW = linux_target("3.11.7"), linux_target("3.12.1")


def release(*requires: str, python: str | None = None) -> Release:
    return Release(requires=requires, requires_python=python)


def plain(*versions: str) -> dict[str, Release]:
    return {version: release() for version in versions}


def judge_of(projects, components, allowed=None, *, seed: int = 0, targets=(OLD,)) -> OracleJudge:
    catalog = Recalling(MemoryCatalog(projects, seed=seed))
    worlds = {t.python: build_world(components, t, catalog) for t in targets}
    everywhere = {c.name: tuple(worlds) for c in components}
    return OracleJudge(worlds, allowed or everywhere)


def group(*names: str) -> frozenset[str]:
    return frozenset(names)


def subsets(names):
    return [frozenset(g) for size in range(1, len(names) + 1) for g in combinations(names, size)]


@st.composite
def teams(draw: st.DrawFn):
    return tuple(
        component(
            f"part{number}",
            draw(st.lists(plain_lines(), min_size=1, max_size=3)),
            python=draw(st.sampled_from((*(None,) * 8, "<3.12", ">=3.12"))),
        )
        for number in range(draw(st.integers(3, 5)))
    )


class Brute:
    """Judges by a search over all releases, for each Python apart."""

    def __init__(self, projects, components, allowed) -> None:
        self.referees = {t.python: Referee(projects, components, t) for t in (OLD, NEW)}
        self.allowed, self.known = allowed, {}

    def versions(self, names) -> list[str]:
        return [v for v in self.referees if self.on(v, names)]

    def on(self, version: str, names) -> bool:
        if any(version not in self.allowed[name] for name in names):
            return False
        if (version, names) not in self.known:
            referee = self.referees[version]
            lines = [s for s in referee.statements if s.origin.component in names]
            self.known[version, names] = referee.satisfiable(lines)
        return self.known[version, names]


ALLOWED = st.lists(
    st.sampled_from(
        [(OLD.python,), (OLD.python, NEW.python), (NEW.python, OLD.python), (NEW.python,)]
    ),
    min_size=5,
    max_size=5,
)


@settings(max_examples=120 * TIMES, deadline=None)
@given(universes(), teams(), ALLOWED, st.integers(0, 99), st.randoms(use_true_random=False))
def test_groups_fit_as_brute_force_says(projects, components, allowed, seed, shuffler: Random):
    names = [c.name for c in components]
    may = dict(zip(names, allowed, strict=False))
    brute = Brute(projects, components, may)
    judge = judge_of(projects, components, may, seed=seed, targets=(OLD, NEW))
    every = subsets(names)
    shuffler.shuffle(every)
    fitting = 0
    for one in every:
        versions = brute.versions(one)
        fitting += bool(versions)
        assert judge.fits(one) == bool(versions)
        assert judge.python(one) in (versions or [None])
        if not versions:
            clash = judge.clash(one)
            assert clash <= one
            assert not brute.versions(clash)
            assert all(brute.versions(clash - {n}) for n in clash if len(clash) > 1)
    event("all fit" if fitting == len(every) else "some clash")


@settings(max_examples=100 * TIMES, deadline=None)
@given(universes(), teams(), ALLOWED, st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_division_is_the_smallest_and_always_the_same(
    projects, components, allowed, seed, shuffler: Random
):
    may = dict(zip([c.name for c in components], allowed, strict=False))
    brute = Brute(projects, components, may)
    alone = [n for n in may if brute.versions(group(n))]
    judge = judge_of(projects, components, may, seed=seed, targets=(OLD, NEW))
    found = divide(Bounds(names=tuple(alone)), judge)
    assert isinstance(found, Division)
    counts = [len(d) for d in divisions(alone) if all(brute.versions(g) for g in d)]
    event(f"{min(counts)} groups of {len(alone)}")
    assert found.exact
    assert len(found.groups) == min(counts)
    assert all(brute.versions(g) for g in found.groups)

    turned = shuffler.sample(components, len(components))
    other = judge_of(projects, turned, may, seed=seed + 1, targets=(OLD, NEW))
    names = tuple(shuffler.sample(alone, len(alone)))
    assert divide(Bounds(names=names), other) == found


TRIPLE = {
    "a": {"1": release("x!=1")},
    "b": {"1": release("x!=2")},
    "c": {"1": release("x!=3")},
    "x": plain("1", "2", "3"),
}
THREE = tuple(component(name, [name]) for name in "abc")


def test_three_clash_where_every_two_fit():
    judge = judge_of(TRIPLE, THREE)
    assert all(judge.fits(group(*pair)) for pair in combinations("abc", 2))
    assert judge.clash(group("a", "b", "c")) == group("a", "b", "c")
    found = divide(Bounds(names=("a", "b", "c")), judge)
    assert isinstance(found, Division)
    assert len(found.groups) == 2


def test_what_follows_from_an_answer_is_not_asked():
    projects = {**TRIPLE, "d": plain("1")}
    judge = judge_of(projects, (*THREE, component("d", ["d"])))
    assert not judge.fits(group(*"abcd"))
    asked = judge.questions
    assert not judge.fits(group(*"abc"))
    assert judge.questions == asked
    assert judge.fits(group(*"abd"))
    asked = judge.questions
    assert judge.fits(group(*"ab"))
    assert judge.fits(group("d"))
    assert judge.questions == asked


def test_a_group_fits_where_all_its_members_may_run():
    projects = {"new": {"1": release(python=">=3.12")}, "old": {"1": release(python="<3.12")}}
    components = (
        component("n", ["new"]),
        component("o", ["old"]),
        component("free", ["nothing ; python_version < '3'"]),
    )
    judge = judge_of(projects, components, targets=(OLD, NEW))
    assert judge.python(group("n")) == NEW.python
    assert judge.python(group("o", "free")) == OLD.python
    assert judge.python(group("n", "free")) == NEW.python
    assert judge.python(group("n", "o")) is None
    assert judge.clash(group("n", "o", "free")) == group("n", "o")


def test_a_component_prefers_its_own_python():
    components = (component("a", []), component("b", []))
    allowed = {"a": (NEW.python, OLD.python), "b": (OLD.python,)}
    judge = judge_of({}, components, allowed, targets=(OLD, NEW))
    assert judge.python(group("a")) == NEW.python
    assert judge.python(group("a", "b")) == OLD.python


def test_two_that_share_no_python_clash():
    components = (component("a", []), component("b", []))
    allowed = {"a": (NEW.python,), "b": (OLD.python,)}
    judge = judge_of({}, components, allowed, targets=(OLD, NEW))
    assert judge.clash(group("a", "b")) == group("a", "b")


def test_a_group_that_fits_has_no_clash():
    judge = judge_of(TRIPLE, THREE)
    with pytest.raises(ValueError, match="a, b fit together"):
        judge.clash(group("a", "b"))


def test_what_is_taken_on_trust_is_told():
    projects = {"a": {"1": Release(unavailable="no metadata")}}
    judge = judge_of(projects, (component("one", ["a"]),))
    assert judge.fits(group("one"))
    assert [(u.subject, u.reason) for u in judge.unread] == [("a 1", "no metadata")]


def test_two_worlds_share_one_catalog():
    catalog = MemoryCatalog(TRIPLE)
    shared = Recalling(catalog)
    worlds = [build_world(THREE, target, shared) for target in (OLD, NEW)]
    answers = [world.complete(group("a", "b")) for world in worlds]
    assert not any(isinstance(answer, Refutation) for answer in answers)
    assert set(catalog.asked.values()) == {1}


def test_a_marker_that_says_nothing_is_an_error_with_its_line():
    good = component("one", ["a"])
    wrong = replace(good, requirements=(replace(good.requirements[0], marker="nonsense == '1'"),))
    with pytest.raises(SourceError, match=r"one\.txt:1"):
        build_world((wrong,), OLD, MemoryCatalog({}))
