"""Dividing components, told as stories: what the index serves, what is asked, what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from depcheck.model.findings import Conflict, Shift
from depcheck.model.isolation import IsolationReport, IsolationSettings, Wish
from depcheck.model.observer import Silent
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.walls import GpuNeed, Labels, PythonNeed, Weight
from depcheck.pipeline.divide import divide
from depcheck.sources.target import build_target
from tests.conflicts.stories import plain, release
from tests.support.memory import MemoryCatalog

PYTHON = "3.12"


class Story:
    """Components as files in a folder; asked, they are divided over an index in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.components: list[ComponentSettings] = []

    def add(self, name: str, *lines: str, **settings: Any) -> Story:
        (self.folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
        if pins := settings.pop("lock", None):
            settings["lock"] = f"{name}.lock.txt"
            text = "".join(f"{pin}\n" for pin in pins)
            (self.folder / settings["lock"]).write_text(text)
        named = ComponentSettings(name=name, source=f"{name}.txt", **settings)
        self.components.append(named)
        return self

    def ask(self, index: Any, **settings: Any) -> IsolationReport:
        check = Settings(root=self.folder, components=tuple(self.components), python=PYTHON)
        target = build_target(PYTHON, "linux/amd64")
        asked = IsolationSettings(settings=check, **settings)
        return divide(asked, target, MemoryCatalog(index), Silent())


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def groups(report: IsolationReport) -> list[list[str]]:
    return [list(container.components) for container in report.containers]


def rules(report: IsolationReport) -> list[str]:
    return [finding.rule for finding in report.findings]


X = {"x": plain("1", "2")}


def test_components_that_agree_share_one_container(story: Story) -> None:
    report = story.add("web", "x", role="core").add("ai", "x>1", role="ai").ask(X)
    assert groups(report) == [["web", "ai"]]
    assert (report.verdict, report.fewest, report.exact) == ("one", 1, True)
    assert report.findings == ()
    assert report.boundaries == ()
    assert [(p.name, p.version) for p in report.containers[0].picked] == [("x", "2")]


def test_a_conflict_needs_two_containers_and_says_why(story: Story) -> None:
    report = story.add("web", "x<2", role="core").add("ai", "x>1", role="ai").ask(X)
    assert groups(report) == [["web"], ["ai"]]
    [wall] = report.boundaries
    assert (wall.components, wall.containers) == (("web", "ai"), ("web", "ai"))
    assert wall.stands
    assert wall.decisive
    [reason] = wall.reasons
    assert (reason.rule, reason.severity) == ("wall-conflict", "error")
    assert isinstance(reason.evidence, Conflict)
    assert [str(origin) for origin in reason.locations] == ["web.txt:1", "ai.txt:1"]
    assert wall.heals[0].edits
    assert wall.strength == "environment" or "virtual environment" in wall.because


def test_three_of_which_any_two_agree_need_two(story: Story) -> None:
    index = {
        "a": {"1": release("z<3")},
        "b": {"1": release("z>1")},
        "c": {"1": release("z!=2")},
        "z": plain("1", "2", "3"),
    }
    report = story.add("one", "a").add("two", "b").add("three", "c").ask(index)
    assert len(report.containers) == 2
    assert report.fewest == 2
    [wall] = report.boundaries
    assert set(wall.components) == {"one", "two", "three"}


def test_a_component_that_resolves_for_no_python_is_told_and_the_rest_divided(story: Story) -> None:
    story.add("web", "x", role="core").add("bad", "x<1").add("ai", "x")
    report = story.ask(X)
    assert groups(report) == [["web", "ai"]]
    assert report.impossible == ("bad",)
    [finding] = [f for f in report.findings if f.rule == "component-impossible"]
    assert finding.message.startswith("bad cannot be resolved even alone")
    assert [str(origin) for origin in finding.locations] == ["bad.txt:1"]


def test_nothing_resolves_at_all(story: Story) -> None:
    report = story.add("web", "x<1", role="core").ask(X)
    assert report.containers == ()
    assert rules(report) == ["component-impossible"]


def test_another_python_is_a_wall(story: Story) -> None:
    index = {**X, "old": {"1": release(requires_python="<3.12")}}
    report = story.add("web", "x", role="core").add("ai", "old", "x", role="ai").ask(index)
    assert groups(report) == [["web"], ["ai"]]
    assert [c.target.python[:4] for c in report.containers] == ["3.12", "3.11"]
    [wall] = report.boundaries
    assert [f.rule for f in wall.reasons] == ["wall-python"]
    assert isinstance(wall.reasons[0].evidence, PythonNeed)


def test_who_may_run_anywhere_moves_to_the_other_python_rather_than_to_a_third(
    story: Story,
) -> None:
    index = {**X, "old": {"1": release(requires_python="<3.12")}}
    story.add("web", "x<2", role="core").add("ai", "old", role="ai").add("worker", "x>1")
    report = story.ask(index)
    assert groups(report) == [["web"], ["ai", "worker"]]


def test_the_core_stays_on_its_python(story: Story) -> None:
    index = {**X, "old": {"1": release(requires_python="<3.12")}}
    report = story.add("web", "old", role="core").add("ai", "x").ask(index)
    assert report.impossible == ("web",)
    [finding] = [f for f in report.findings if f.rule == "component-impossible"]
    assert 'python = "3.11"' in finding.remedy


def test_different_trust_is_a_wall_of_its_own_service(story: Story) -> None:
    story.add("web", "x", role="core", trust="internal").add("plugin", "x", trust="public")
    report = story.ask(X)
    assert groups(report) == [["web"], ["plugin"]]
    [wall] = report.boundaries
    assert [f.rule for f in wall.reasons] == ["wall-trust"]
    assert isinstance(wall.reasons[0].evidence, Labels)
    assert wall.strength == "service"
    assert report.fewest == 1


def test_a_gpu_is_a_wall(story: Story) -> None:
    report = story.add("web", "x", role="core").add("ai", "x", gpu=True).ask(X)
    assert groups(report) == [["web"], ["ai"]]
    [wall] = report.boundaries
    assert isinstance(wall.reasons[0].evidence, GpuNeed)
    assert [c.gpu for c in report.containers] == [False, True]


def test_a_heavy_stack_is_a_wall(story: Story) -> None:
    index = {**X, "model": {"1": release(size=3 * 10**9)}}
    report = story.add("web", "x", role="core").add("ai", "x", "model").ask(index)
    assert groups(report) == [["web"], ["ai"]]
    [wall] = report.boundaries
    assert isinstance(wall.reasons[0].evidence, Weight)
    assert wall.reasons[0].evidence.added >= 3 * 10**9


def test_a_major_shift_under_the_core_is_advice(story: Story) -> None:
    index = {"x": plain("1.0", "2.0"), "m": {"1": release("x>=2")}}
    story.add("web", "x>=1", role="core", lock=["x==1.0"]).add("ai", "m", role="ai")
    report = story.ask(index)
    assert groups(report) == [["web", "ai"]]
    [wall] = report.boundaries
    assert not wall.stands
    assert not wall.decisive
    assert [f.rule for f in wall.reasons] == ["wall-shift"]
    assert isinstance(wall.reasons[0].evidence, Shift)
    assert "wall-shift" in rules(report)


def test_a_forced_major_of_what_the_core_has_through_others_is_advice_without_a_lock(
    story: Story,
) -> None:
    index = {"url": plain("1.26", "2.8"), "req": {"1": release("url")}}
    index |= {"boto": {"1": release("url<2"), "2": release()}}
    story.add("web", "req", role="core").add("ai", "boto<2", role="ai")
    report = story.ask(index)
    assert groups(report) == [["web", "ai"]]
    [wall] = report.boundaries
    assert [f.rule for f in wall.reasons] == ["wall-shift"]
    assert wall.components == ("web", "ai")
    assert report.findings == wall.reasons


def test_what_a_pin_keeps_of_what_the_core_has_through_others_is_no_advice(story: Story) -> None:
    index = {"url": plain("1.26", "2.8"), "req": {"1": release("url")}}
    index |= {"boto": {"1": release(), "2": release("url<2")}}
    story.add("web", "req", role="core").add("ai", "boto", role="ai")
    report = story.ask(index)
    assert report.boundaries == ()


def test_a_lock_keeps_what_it_can(story: Story) -> None:
    report = story.add("web", "x", role="core", lock=["x==1"]).add("ai", "x").ask(X)
    assert [(p.name, p.version) for p in report.containers[0].picked] == [("x", "1")]
    assert report.findings == ()


def test_a_free_component_goes_where_it_moves_nothing_of_a_lock(story: Story) -> None:
    index = {"x": plain("1.0", "2.0"), "y": plain("1", "2"), "m": {"1": release("x>=2", "y>1")}}
    story.add("web", "x", "y<2", role="core", lock=["x==1.0"])
    story.add("ai", "m", role="ai").add("worker", "x>=2")
    report = story.ask(index)
    assert groups(report) == [["web"], ["ai", "worker"]]


def test_edits_heal_all_of_the_containers_that_they_would_join(story: Story) -> None:
    story.add("web", "x<2", role="core").add("worker", "x<2").add("reports", "x>1")
    report = story.ask(X)
    assert groups(report) == [["web", "worker"], ["reports"]]
    for wall in report.boundaries:
        changed = {tuple(edit.origin.component for edit in heal.edits) for heal in wall.heals}
        assert changed == {("reports",), ("web", "worker")}


def test_no_edit_is_told_where_another_wall_stands_anyway(story: Story) -> None:
    report = story.add("web", "x<2", role="core").add("ai", "x>1", gpu=True).ask(X)
    [wall] = report.boundaries
    assert [f.rule for f in wall.reasons] == ["wall-conflict", "wall-gpu"]
    assert wall.heals == ()


def test_where_advice_has_to_give_way_the_core_is_spared(story: Story) -> None:
    story.add("web", "x<2", role="core", trust="high").add("worker", "x<2", trust="high")
    story.add("ai", "x>1", trust="high").add("reports", "x>1", trust="high")
    story.add("plugin", "y", trust="low")
    report = story.ask({**X, "y": plain("1")}, max_containers=2)
    assert groups(report) == [["web", "worker"], ["ai", "reports", "plugin"]]
    assert not report.all_ranked


def test_what_was_written_apart_and_is_configured_as_one_is_noted(story: Story) -> None:
    story.add("web", "x<2", role="core", container="app").add("ai", "x>1", container="app")
    report = story.ask(X, previous=(("web",), ("ai",)))
    [note] = report.notes
    assert 'container = "app"' in note


def test_a_lock_that_contradicts_its_own_lines_is_not_laid_on_the_company(story: Story) -> None:
    index = {"x": plain("1.0", "2.0"), "y": plain("1")}
    story.add("web", "x>=2", role="core", lock=["x==1.0"]).add("ai", "y")
    assert story.ask(index).boundaries == ()


def test_a_python_on_which_one_does_not_resolve_is_no_common_one(story: Story) -> None:
    index = {"x": {"1": release(requires_python=">=3.12")}, "y": plain("1")}
    report = story.add("web", "x").add("ai", "y", python="3.11").ask(index)
    [wall] = report.boundaries
    assert (wall.strength, [f.rule for f in wall.reasons]) == ("container", ["wall-python"])


def test_what_an_impossible_component_pins_is_not_admitted_for_others(story: Story) -> None:
    index = {"d": {"1": release(yanked=True)}, **X}
    story.add("web", "x", role="core").add("bad", "d==1", "x<1").add("ai", "d")
    report = story.ask(index)
    assert set(report.impossible) == {"bad", "ai"}


# Wishes


def wish(kind: Any, *names: str, reason: str = "") -> Wish:
    return Wish(kind=kind, components=names, reason=reason)


def test_apart_costs_a_container(story: Story) -> None:
    story.add("web", "x", role="core").add("ai", "x", role="ai")
    report = story.ask(X, asked=(wish("apart", "web", "ai"),))
    assert groups(report) == [["web"], ["ai"]]
    [answer] = report.wishes
    assert (answer.possible, answer.containers, answer.without) == (True, 2, 1)
    assert report.costs[0].container == "ai"


def test_apart_says_what_no_longer_moves(story: Story) -> None:
    index = {"x": plain("1.0", "2.0"), "m": {"1": release("x>=2")}}
    story.add("web", "x>=1", role="core", lock=["x==1.0"]).add("ai", "m", role="ai")
    report = story.ask(index, asked=(wish("apart", "web", "ai"),))
    [answer] = report.wishes
    [spared] = answer.spares
    assert spared.startswith("x moves up from 1.0 to 2.0 under web")
    assert [p.version for p in report.containers[0].picked] == ["1.0"]


def test_together_that_cannot_resolve_is_refused_with_the_conflict(story: Story) -> None:
    story.add("web", "x<2", role="core").add("ai", "x>1", role="ai")
    report = story.ask(X, asked=(wish("together", "web", "ai"),))
    [answer] = report.wishes
    assert not answer.possible
    assert isinstance(answer.because[0].evidence, Conflict)
    assert groups(report) == [["web"], ["ai"]]
    assert "wish-impossible" in rules(report)


def test_together_beats_an_advised_wall_and_says_what_it_gives_up(story: Story) -> None:
    story.add("web", "x", role="core").add("ai", "x", gpu=True)
    report = story.ask(X, asked=(wish("together", "web", "ai"),))
    assert groups(report) == [["web", "ai"]]
    [answer] = report.wishes
    assert (answer.possible, answer.containers, answer.without) == (True, 1, 2)
    assert answer.gives_up
    [wall] = report.boundaries
    assert not wall.decisive


def test_a_bound_that_is_too_small_is_refused(story: Story) -> None:
    story.add("web", "x<2", role="core").add("ai", "x>1", role="ai")
    report = story.ask(X, max_containers=1)
    [answer] = report.wishes
    assert (answer.asked, answer.possible, answer.containers) == ("--max-containers 1", False, 2)
    assert groups(report) == [["web"], ["ai"]]


def test_wishes_that_only_together_are_too_much_are_named(story: Story) -> None:
    story.add("web", "x", role="core").add("ai", "x").add("worker", "x")
    apart = wish("apart", "web", "ai", "worker")
    report = story.ask(X, asked=(apart,), max_containers=2)
    [refusal] = [f for f in report.findings if f.rule == "wish-impossible"]
    assert refusal.message == (
        "--apart web,ai,worker with --max-containers 2 is impossible: at least 3 containers are "
        "needed. web and ai are kept apart by the team."
    )


def test_a_wish_is_kept_for_those_that_resolve(story: Story) -> None:
    story.add("web", "x", role="core").add("ai", "x").add("bad", "x<1")
    report = story.ask(X, asked=(wish("apart", "web", "ai", "bad"),))
    assert groups(report) == [["web"], ["ai"]]
    assert report.notes == (
        "--apart web,ai,bad: bad resolves nowhere; the wish counts for the others.",
    )


def test_no_new_container_means_the_one_of_today(story: Story) -> None:
    story.add("web", "x", role="core").add("ai", "x", gpu=True)
    report = story.ask(X, deny_new=True)
    assert groups(report) == [["web", "ai"]]
    assert report.wishes[0].gives_up


def test_walls_that_stand_today_are_notes(story: Story) -> None:
    story.add("web", "x<2", role="core", container="shop")
    story.add("ai", "x>1", role="ai", container="brain")
    report = story.ask(X, deny_new=True)
    assert [c.name for c in report.containers] == ["shop", "brain"]
    assert [f.severity for f in report.findings] == ["note"]
    assert report.wishes[0].possible


def test_the_partition_of_the_last_run_is_kept(story: Story) -> None:
    story.add("web", "x<2", role="core").add("ai", "x>1").add("free", "x")
    for before in ((("web", "free"), ("ai",)), (("web",), ("ai", "free"))):
        report = story.ask(X, previous=before)
        assert sorted(map(sorted, groups(report))) == sorted(map(sorted, before))


def test_shared_data_speaks_against_the_wall(story: Story) -> None:
    story.add("web", "x<2", role="core").add("ai", "x>1", role="ai")
    shares = wish("shares", "web", "ai", reason="one transaction books both")
    report = story.ask(X, wishes=(shares,))
    [wall] = report.boundaries
    assert any("one transaction books both" in text for text in wall.against)
