"""The best division of one size, against all of them."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from itertools import combinations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from depcheck.isolation.partition import divide
from depcheck.isolation.preference import prefer
from depcheck.isolation.values import Bounds, Division, Group
from tests.isolation.hypergraphs import SetJudge, divisions, keeps
from tests.isolation.test_partition import group, groups, rules, sets

TIMES = int(os.environ.get("DEPCHECK_EXAMPLES", "1"))
NAMES = "abcdef"


def costs(seed: int):
    """A cost for each group that nothing about its members tells."""

    def score(of: Group) -> tuple[int, int]:
        dice = random.Random(f"{seed}{sorted(of)}")
        return dice.randrange(2), dice.randrange(3)

    return score


def flat(_: Group) -> tuple[int, ...]:
    return (0,)


def moved(now, before) -> int:
    def together(groups, one: str, other: str) -> bool:
        return any({one, other} <= g for g in groups)

    known = sorted(frozenset().union(*before)) if before else []
    pairs = list(combinations(known, 2))
    return sum(together(now, *pair) != together(before, *pair) for pair in pairs)


def value(one, score, before):
    total = tuple(map(sum, zip(*map(score, one), strict=True)))
    return total, moved(one, before)


@settings(max_examples=200 * TIMES, deadline=None)
@given(rules(), sets(most=6), st.integers(0, 5), st.sampled_from(list(divisions(NAMES))))
def test_the_best_of_all_is_found(bounds: Bounds, clashes, seed: int, before):
    judge = SetJudge(clashes)
    found = divide(bounds, judge)
    if not isinstance(found, Division):
        return
    given_up = set(found.given_up)
    rivals = [
        one
        for one in divisions(NAMES)
        if len(one) == len(found.groups)
        and keeps(one, bounds, clashes)
        and not any(a.components <= g for a in bounds.advised if a not in given_up for g in one)
    ]
    ranked = prefer(found, bounds, judge, costs(seed), before, limit=300, calls=300)
    event(f"{len(rivals)} divisions")
    assert ranked.all_compared
    assert ranked.compared == len(rivals)
    best = min(value(one, costs(seed), before) for one in rivals)
    assert value(ranked.division.groups, costs(seed), before) == best
    assert keeps(ranked.division.groups, bounds, clashes)
    shuffled = replace(bounds, names=(bounds.names[0], *reversed(bounds.names[1:])))
    again = prefer(found, shuffled, judge, costs(seed), before, limit=300, calls=300)
    assert again.division == ranked.division


@settings(max_examples=100 * TIMES, deadline=None)
@given(rules(), sets(most=6), st.integers(0, 5), st.sampled_from(list(divisions(NAMES))))
def test_a_search_keeps_the_bounds_and_is_never_worse_than_its_start(
    bounds: Bounds, clashes, seed: int, before
):
    judge = SetJudge(clashes)
    found = divide(bounds, judge)
    if not isinstance(found, Division):
        return
    ranked = prefer(found, bounds, judge, costs(seed), before, limit=0, calls=20)
    assert not ranked.all_compared
    assert keeps(ranked.division.groups, bounds, clashes)
    assert len(ranked.division.groups) == len(found.groups)
    turned = replace(bounds, names=(bounds.names[0], *reversed(bounds.names[1:])))
    assert prefer(found, turned, judge, costs(seed), before, limit=0, calls=20) == ranked
    ours = value(ranked.division.groups, costs(seed), before)
    assert ours <= value(found.groups, costs(seed), before)


def test_what_nothing_keeps_away_goes_to_the_core():
    names = ("web", *(f"a{i:02}" for i in range(30)), "zz")
    bounds = Bounds(names=names)
    judge = SetJudge([{"web", "zz"}])
    found = divide(bounds, judge)
    assert isinstance(found, Division)
    ranked = prefer(found, bounds, judge, flat)
    assert ranked.division.groups == (frozenset(names) - {"zz"}, group("zz"))
    assert not ranked.all_compared


def test_the_last_run_decides_between_equals_but_not_against_the_score():
    bounds = Bounds(names=("web", *"abcdefghijklm"))
    judge = SetJudge([{"web", "a"}])
    found = divide(bounds, judge)
    assert isinstance(found, Division)
    before = (group("web", *"bcdef"), group(*"aghijklm"))
    assert set(prefer(found, bounds, judge, flat, before).division.groups) == set(before)

    def crowded(of: Group) -> tuple[int]:
        return (len(of) if "web" in of else 0,)

    ranked = prefer(found, bounds, judge, crowded, before)
    assert group("web") in ranked.division.groups


def test_scores_are_asked_once_for_a_group_and_within_the_budget():
    bounds = Bounds(names=tuple(f"n{i:02}" for i in range(25)))
    judge = SetJudge([{"n00", "n01"}, {"n02", "n03"}])
    asked: list[Group] = []

    def score(of: Group) -> tuple[int]:
        asked.append(of)
        return (sum(int(name[1:]) ** 2 for name in of) % 7,)

    found = divide(bounds, judge)
    assert isinstance(found, Division)
    prefer(found, bounds, judge, score, calls=30)
    assert len(asked) == len(set(asked)) <= 30 + len(found.groups)


def test_wishes_move_as_one():
    bounds = Bounds(names=tuple("abcd"), together=groups("cd"))
    judge = SetJudge(["ab", "ad"])
    found = divide(bounds, judge)
    assert isinstance(found, Division)
    assert prefer(found, bounds, judge, flat).division.groups == groups("a", "bcd")
