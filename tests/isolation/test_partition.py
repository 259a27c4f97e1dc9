"""The division against brute force, and what it says where there is none."""

from __future__ import annotations

import os
import random
import time
from itertools import combinations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from depcheck.isolation.partition import divide
from depcheck.isolation.values import Advice, Bounds, Division, NoDivision
from tests.isolation.hypergraphs import SetJudge, best, keeps, lost

TIMES = int(os.environ.get("DEPCHECK_EXAMPLES", "1"))
NAMES = "abcdef"


def sets(names: str = NAMES, *, largest: int = 4, most: int = 6):
    one = st.frozensets(st.sampled_from(names), min_size=2, max_size=largest)
    return st.lists(one, max_size=most).map(tuple)


def rules(names: str = NAMES):
    advice = st.builds(
        lambda components, weight: Advice(components=components, weight=weight),
        st.frozensets(st.sampled_from(names), min_size=2, max_size=3),
        st.integers(1, 4),
    )
    return st.builds(
        lambda apart, together, advised, most: Bounds(
            names=tuple(names), apart=apart, together=together, advised=advised, most=most
        ),
        sets(names, most=2),
        sets(names, largest=2, most=2),
        st.lists(advice, max_size=5).map(tuple),
        st.sampled_from((None, None, 1, 2, 3)),
    )


def group(*names: str) -> frozenset[str]:
    return frozenset(names)


def groups(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text) for text in texts)


def divided(bounds: Bounds, *clashes: str) -> Division:
    found = divide(bounds, SetJudge(clashes))
    assert isinstance(found, Division)
    return found


def refused(bounds: Bounds, *clashes: str) -> NoDivision:
    found = divide(bounds, SetJudge(clashes))
    assert isinstance(found, NoDivision)
    return found


@settings(max_examples=400 * TIMES, deadline=None)
@given(rules(), sets(most=8))
def test_the_division_is_what_brute_force_finds(bounds: Bounds, clashes):
    expected = best(bounds, clashes)
    found = divide(bounds, SetJudge(clashes))
    if expected is None:
        event("none")
        assert isinstance(found, NoDivision)
        blamed = Bounds(
            names=bounds.names, apart=found.apart, together=found.together, most=bounds.most
        )
        assert best(blamed, found.clashes) is None
        without = Bounds(names=bounds.names, apart=bounds.apart, together=bounds.together)
        needed = best(without, clashes)
        assert found.bound == (0 if needed is None else needed[1])
        return
    assert isinstance(found, Division)
    event(f"{len(found.groups)} groups, {expected[0]} given up")
    assert sorted(name for g in found.groups for name in g) == sorted(bounds.names)
    assert keeps(found.groups, bounds, clashes)
    assert (lost(found.groups, bounds), len(found.groups)) == expected
    assert sum(a.weight for a in found.given_up) == expected[0]
    assert found.exact
    judge = SetJudge(clashes)
    for clash in found.clashes:
        assert not judge.fits(clash)
        assert all(judge.fits(clash - {name}) for name in clash)


@settings(max_examples=150 * TIMES, deadline=None)
@given(rules(), sets(most=8))
def test_what_is_blamed_is_minimal(bounds: Bounds, clashes):
    found = divide(bounds, SetJudge(clashes))
    if isinstance(found, Division):
        return
    parts = [("c", s) for s in found.clashes]
    parts += [("a", s) for s in found.apart] + [("t", s) for s in found.together]
    for gone in parts:
        left = [p for p in parts if p != gone]
        kept = {kind: tuple(s for k, s in left if k == kind) for kind in "cat"}
        weaker = Bounds(
            names=bounds.names,
            apart=kept["a"],
            together=kept["t"],
            most=bounds.most if found.bound else None,
        )
        assert best(weaker, kept["c"]) is not None, gone


@settings(max_examples=100 * TIMES, deadline=None)
@given(rules(), sets(most=8), st.randoms(use_true_random=False))
def test_order_does_not_decide(bounds: Bounds, clashes, shuffler: random.Random):
    def shuffled(values):
        return tuple(shuffler.sample(values, len(values)))

    turned = Bounds(
        names=shuffled(bounds.names),
        apart=shuffled(bounds.apart),
        together=shuffled(bounds.together),
        advised=shuffled(bounds.advised),
        most=bounds.most,
    )
    assert divide(turned, SetJudge(shuffled(clashes))) == divide(bounds, SetJudge(clashes))


def test_three_that_fit_by_twos_need_two_groups():
    found = divided(Bounds(names=tuple("abc")), "abc")
    assert len(found.groups) == 2
    assert found.clashes == (group("a", "b", "c"),)
    assert found.exact


def test_nothing_to_divide_and_nothing_in_the_way():
    assert divide(Bounds(names=()), SetJudge([])) == Division(groups=(), bound=0)
    assert divided(Bounds(names=tuple("abc"))).groups == (group("a", "b", "c"),)


def test_two_wishes_that_contradict_each_other_are_both_named():
    bounds = Bounds(
        names=tuple("abcd"), apart=groups("ab", "cd"), together=groups("ab", "bc", "ad")
    )
    assert refused(bounds) == NoDivision(bound=0, apart=groups("ab"), together=groups("ab"))


def test_a_wish_through_others_is_named_link_by_link_with_the_clash():
    bounds = Bounds(names=tuple("abcde"), together=groups("ab", "bc", "de"))
    assert refused(bounds, "ac") == NoDivision(
        bound=0, clashes=groups("ac"), together=groups("ab", "bc")
    )


def test_too_few_groups_name_the_clashes_that_need_more():
    bounds = Bounds(names=tuple("abcdef"), most=2)
    found = refused(bounds, "ab", "bc", "ca", "de")
    assert found == NoDivision(bound=3, clashes=groups("ab", "ac", "bc"))
    assert refused(Bounds(names=tuple("ab"), most=0)).bound == 1


def test_advice_gives_way_to_the_bound_and_to_wishes_only():
    advised = (
        Advice(components=group("a", "b"), weight=1),
        Advice(components=group("b", "c"), weight=5),
        Advice(components=group("a", "c"), weight=3),
    )
    free = divided(Bounds(names=tuple("abc"), advised=advised))
    assert (len(free.groups), free.given_up) == (3, ())
    bound = divided(Bounds(names=tuple("abc"), advised=advised, most=2))
    assert bound.groups == (group("a", "b"), group("c"))
    assert bound.given_up == advised[:1]
    wished = divided(Bounds(names=tuple("abc"), advised=advised, together=groups("bc")))
    assert wished.given_up == advised[1:2]
    assert len(wished.groups) == 2


def test_a_component_that_does_not_fit_alone_is_named():
    found = divide(Bounds(names=tuple("ab")), SetJudge(["b"]))
    assert found == NoDivision(bound=0, clashes=groups("b"))


def test_sets_with_members_that_are_gone_bind_nobody():
    bounds = Bounds(names=tuple("ab"), apart=groups("ax"), together=groups("abx", "xy"))
    assert divided(bounds).groups == (group("a", "b"),)


def planted(count: int, classes: int, seed: int, *, pairs: float, triples: int):
    """Names in hidden classes, and clashes across them only: pairs, and threes."""
    shuffler = random.Random(seed)
    names = [f"n{i:03}" for i in range(count)]
    hidden = {name: i % classes for i, name in enumerate(names)}
    clashes = [
        {a, b}
        for a, b in combinations(names, 2)
        if hidden[a] != hidden[b] and shuffler.random() < pairs
    ]
    while triples:
        three = shuffler.sample(names, 3)
        if len({hidden[name] for name in three}) > 1:
            clashes.append(set(three))
            triples -= 1
    clashes += [{a, b} for a, b in combinations(names[:classes], 2)]
    return tuple(names), clashes


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("classes", [2, 4, 7])
def test_thirty_with_planted_clashes_are_exact_at_once(classes: int, seed: int):
    names, clashes = planted(30, classes, seed, pairs=0.3, triples=40)
    started = time.process_time()
    found = divided(Bounds(names=names), *clashes)
    assert time.process_time() - started < 3
    assert (len(found.groups), found.exact) == (classes, True)


def test_thirty_threes_where_every_pair_fits():
    names = tuple(f"n{i:02}" for i in range(30))
    clashes = [set(names[i : i + 3]) for i in range(28)]
    found = divided(Bounds(names=names), *clashes)
    assert (len(found.groups), found.exact) == (2, True)


def test_two_hundred_end_with_what_is_proven():
    shuffler = random.Random(1)
    names = tuple(f"n{i:03}" for i in range(200))
    clashes = [set(pair) for pair in combinations(names, 2) if shuffler.random() < 0.05]
    found = divided(Bounds(names=names), *clashes)
    assert 4 <= found.bound <= len(found.groups) <= 6
    assert keeps(found.groups, Bounds(names=names), map(frozenset, clashes))


def test_little_effort_gives_a_division_without_a_proof():
    names, clashes = planted(40, 5, 1, pairs=0.4, triples=60)
    found = divide(Bounds(names=names), SetJudge(clashes), effort=50)
    assert isinstance(found, Division)
    assert keeps(found.groups, Bounds(names=names), map(frozenset, clashes))
    assert not found.exact
    assert found.bound <= 5 <= len(found.groups)
