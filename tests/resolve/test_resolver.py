"""What an install would pick, and that a search that gives up is no verdict."""

from __future__ import annotations

import pytest
from resolvelib.resolvers import Resolution, ResolutionImpossible

from depcheck.errors import IndexFailure
from depcheck.model.catalog import ProjectWanted, Wanted
from depcheck.model.requirement import Requirement
from depcheck.resolve import resolver
from depcheck.resolve.admission import decide
from depcheck.resolve.oracle import Oracle, Refutation
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.universe import Universe
from tests.support.memory import MemoryCatalog, Projects, Release, component, linux_target


def release(*requires: str) -> Release:
    return Release(requires=requires)


def asked(index: Projects, *lines: str) -> tuple[Oracle, Choice | Refutation]:
    requirements: tuple[Requirement, ...] = component("web", lines).requirements
    universe = Universe(linux_target(), decide(requirements))
    oracle = Oracle(universe, MemoryCatalog(index))
    roots = [universe.state(requirement) for requirement in requirements]
    return oracle, resolve(oracle, roots)


def chosen(index: Projects, *lines: str) -> Choice:
    _, choice = asked(index, *lines)
    assert isinstance(choice, Choice)
    return choice


def picks(index: Projects, *lines: str) -> dict[str, str]:
    oracle, choice = asked(index, *lines)
    assert isinstance(choice, Choice)
    return {n: oracle.universe.entry(n).versions[p] for n, p in choice.chosen.items()}


X = {"x": {"1": release(), "1.5": release(), "2": release()}}


def test_the_newest_that_everything_allows():
    assert picks({**X, "a": {"1": release("x<2")}}, "a", "x") == {"a": "1", "x": "1.5"}


def test_it_steps_back_where_the_newest_leads_nowhere():
    index = {**X, "a": {"1": release("x"), "2": release("x>2")}}
    assert picks(index, "a") == {"a": "1", "x": "2"}


def test_a_project_that_nothing_leads_to_any_more_is_not_picked():
    index = {**X, "a": {"1": release(), "2": release("b")}, "b": {"1": release("x<1.5", "x>1")}}
    assert picks(index, "a") == {"a": "1"}


def test_a_constraint_limits_but_does_not_ask():
    assert picks({**X, "a": {"1": release("x")}}, "a", "-c x<1.5") == {"a": "1", "x": "1"}
    assert picks({**X, "a": {"1": release()}}, "a", "-c x<1.5") == {"a": "1"}


def test_an_extra_brings_its_own_and_holds_its_project():
    index = {**X, "a": {"1": release("x ; extra == 'f'"), "2": release("x<1.5 ; extra == 'f'")}}
    assert picks(index, "a[f]") == {"a": "2", "x": "1"}
    assert picks(index, "a[f]", "x>=2") == {"a": "1", "x": "2"}
    assert picks(index, "a", "x>=2") == {"a": "2", "x": "2"}
    assert chosen(index, "a[f]").extras == {"a": frozenset({"f"})}


def test_an_extra_of_itself():
    index = {**X, "a": {"1": release("a[g] ; extra == 'all'", "x<2 ; extra == 'g'")}}
    assert picks(index, "a[all]") == {"a": "1", "x": "1.5"}


def test_projects_that_need_each_other():
    index = {"a": {"1": release("b")}, "b": {"1": release("a<2"), "2": release("a>1")}}
    assert picks(index, "a") == {"a": "1", "b": "1"}


def test_who_requires_what():
    choice = chosen({**X, "a": {"1": release("x")}}, "a", "x")
    assert choice.parents == {"a": frozenset({""}), "x": frozenset({"", "a"})}
    assert choice.guided
    assert choice.promoted == ()


def test_a_refutation_names_the_lines():
    oracle, answer = asked(X, "x<2", "x>=1", "x>=2")
    assert isinstance(answer, Refutation)
    blamed = [str(r.statement) for r in oracle.universe.roots if r.selector in answer.core]
    assert blamed == ["x<2", "x>=2"]


@pytest.mark.parametrize("failure", [ResolutionImpossible([]), RecursionError()])
def test_where_the_search_gives_up_the_proof_stands_in(monkeypatch, failure):
    """resolvelib can call possible sets impossible, and can recurse too deep (its issue 206)."""

    def gives_up(*_args, **_kwargs):
        raise failure

    monkeypatch.setattr(Resolution, "resolve", gives_up)
    choice = chosen({**X, "a": {"1": release("x<2")}}, "a", "x")
    assert not choice.guided
    assert choice.chosen["x"] < 2


def test_an_invalid_set_is_not_believed(monkeypatch):
    honest = Resolution.resolve

    def forgetful(self, requirements, max_rounds):
        state = honest(self, requirements, max_rounds=max_rounds)
        del state.mapping["x"]
        return state

    monkeypatch.setattr(Resolution, "resolve", forgetful)
    choice = chosen({**X, "a": {"1": release("x<2")}}, "a")
    assert not choice.guided
    assert set(choice.chosen) == {"a", "x"}


def test_a_search_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(resolver, "_MOST_ROUNDS", 1)
    assert not chosen({**X, "a": {"1": release("x")}}, "a").guided


def test_out_of_order_where_a_project_would_fall_far():
    index = {**X, "k": {"1": release("x"), "2": release("x>=2")}}
    recent = {f"1.{n}": release("x<2") for n in range(40)}
    many = {**index, "a": {"0": release(), **recent}}
    assert chosen(many, "k", "a").promoted == ("a",)
    assert picks(many, "k", "a") == {"k": "1", "a": "1.39", "x": "1.5"}
    few = {**index, "a": {"0": release(), "1": release("x<2")}}
    assert chosen(few, "k", "a").promoted == ()
    assert picks(few, "k", "a") == {"k": "2", "a": "0", "x": "2"}


class Silent(MemoryCatalog):
    """A catalog that never answers about one project."""

    def want(self, wanted: Wanted) -> None:
        if wanted.name != "b" or isinstance(wanted, ProjectWanted):
            super().want(wanted)


def test_a_wish_without_an_answer_is_an_error_and_no_endless_loop() -> None:
    requirements = component("web", ("a",)).requirements
    universe = Universe(linux_target(), decide(requirements))
    index = {"a": {"1": release("b")}, "b": {"1": release()}}
    roots = [universe.state(requirement) for requirement in requirements]
    with pytest.raises(IndexFailure, match="no answer about b 1"):
        resolve(Oracle(universe, Silent(index)), roots)
