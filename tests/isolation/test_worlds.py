"""What a group picks in a world that it shares with other components."""

from __future__ import annotations

from dataclasses import replace

from depcheck.isolation.worlds import Recalling, World, build_world
from depcheck.model.catalog import Distribution, MetadataWanted
from depcheck.model.requirement import Component, Origin, Pin
from depcheck.resolve.oracle import Completion, Refutation
from depcheck.resolve.resolver import Choice
from tests.support.memory import MemoryCatalog, Projects, Release, component, linux_target


def world_of(projects: Projects, *components: Component) -> World:
    return build_world(components, linux_target(), MemoryCatalog(projects))


def picks(world: World, *names: str, **options) -> dict[str, str]:
    choice = world.resolve(names, **options)
    assert isinstance(choice, Choice)
    return {n: world.universe.entry(n).versions[p] for n, p in choice.chosen.items()}


def releases(*versions: str, **facts) -> dict[str, Release]:
    return {version: Release(**facts) for version in versions}


def test_a_group_picks_what_it_would_pick_without_the_others():
    world = world_of({"a": releases("1", "2")}, component("one", ["a"]), component("two", ["a<2"]))
    assert picks(world, "one") == {"a": "2"}
    assert picks(world, "one", "two") == {"a": "1"}


def test_a_prerelease_that_another_component_asks_for_is_not_picked():
    early, plain = component("early", ["a>=2a1"]), component("plain", ["a"])
    world = world_of({"a": releases("1", "2a1")}, early, plain)
    assert picks(world, "plain") == {"a": "1"}
    assert picks(world, "early") == {"a": "2a1"}
    assert picks(world, "plain", "early") == {"a": "2a1"}


def test_a_yanked_release_that_another_component_pins_is_not_picked():
    index = {"a": {**releases("1"), **releases("2", yanked=True)}}
    world = world_of(index, component("pinned", ["a==2"]), component("plain", ["a"]))
    assert picks(world, "plain") == {"a": "1"}
    assert picks(world, "pinned") == {"a": "2"}


def test_a_prerelease_is_picked_where_nothing_else_will_do():
    index = {"a": releases("1", "2a1"), "b": releases("1", requires=("a>1",))}
    world = world_of(index, component("early", ["a>=2a1"]), component("plain", ["b"]))
    assert isinstance(world.complete({"plain"}), Completion)
    assert picks(world, "plain") == {"a": "2a1", "b": "1"}


def test_what_is_preferred_stays():
    world = world_of({"a": releases("1", "2", "3")}, component("one", ["a"]))
    assert picks(world, "one", preferred={"a": "2"}) == {"a": "2"}
    assert picks(world, "one") == {"a": "3"}


def test_an_installed_version_stays_in_its_own_group_only():
    origin = Origin(component="one", path="env", line=None, text="a==1")
    pin = Pin(name="A", version="1", origin=origin)
    installed = replace(component("one", ["a"]), source="env:python", baseline=(pin,))
    world = world_of({"a": releases("1", "2")}, installed, component("two", ["a"]))
    assert picks(world, "one") == {"a": "1"}
    assert picks(world, "two") == {"a": "2"}


def test_a_refutation_blames_components():
    lines = {"one": ["a<2"], "two": ["a>=2"], "three": ["b"]}
    index = {"a": releases("1", "2"), "b": releases("1")}
    world = world_of(index, *(component(name, text) for name, text in lines.items()))
    answer = world.complete(lines)
    assert isinstance(answer, Refutation)
    assert world.blamed(answer) == {"one", "two"}


def test_a_completion_looks_at_nothing_that_others_ask_for():
    catalog = MemoryCatalog({"a": releases("1"), "b": releases("1")})
    parts = (component("one", ["a"]), component("two", ["b"]))
    world = build_world(parts, linux_target(), catalog)
    answer = world.complete({"one"})
    assert isinstance(answer, Completion)
    assert answer.chosen == {"a": 0}
    assert {wanted.name for wanted in catalog.asked} == {"a"}


def test_roots_stand_in_the_order_of_components_and_lines():
    lines = {"web": ["b", "a ; sys_platform == 'win32'"], "ai": ["c"]}
    world = world_of({}, *(component(name, text, python=">=3") for name, text in lines.items()))
    told = [root.statement.origin.text for root in world.roots({"ai", "web"})]
    assert told == [">=3", "b", "a ; sys_platform == 'win32'", ">=3", "c"]
    assert [root.statement.origin.text for root in world.active({"web"})] == [">=3", "b"]


def test_one_url_for_two_files_is_two_wishes():
    """Nothing keeps an index from that; an answer about one is none about the other."""
    catalog = Recalling(MemoryCatalog({"a": releases("1"), "b": releases("1")}))
    url = "https://files.index.example/both.whl"
    wishes = [
        MetadataWanted(name, "1", Distribution(f"{name}-1-py3-none-any.whl", url))
        for name in ("a", "b", "a")
    ]
    told = []
    for wanted in wishes:
        catalog.want(wanted)
        told += [asked.name for asked, _ in catalog.arrivals()]
    assert told == ["a", "b", "a"]
