"""What the isolation report tells together, and what it says to wishes."""

from __future__ import annotations

from dataclasses import replace

from depcheck.report.text.isolation_fold import blocks
from tests.report.test_isolation_text import APART, flat, shown
from tests.support import isolation_reports as samples


class TestFolding:
    def test_labels_that_differ_only_in_the_pair_are_one_finding(self):
        text = flat(samples.FOLDED, width=120).partition("error[")[2]
        assert text.count("[wall-trust]") == 1
        assert (
            'warning[wall-trust]: web, search and ai have trust "internal" and plugin "low", as '
            "configured. where: depcheck.toml:4, 8, 12, 16 strength: a service."
        ) in text
        assert text.count("costs: one more image to build and deploy, 2 MB more, a network") == 1

    def test_a_wall_with_a_graver_reason_is_told_with_that_one(self):
        text = flat(samples.FOLDED, width=120)
        assert "also: web ║ ai (told with a graver reason)" in text
        assert "wall-gpu]: ai and vision compute on a GPU, as configured, and web needs no" in text

    def test_conflicts_with_a_line_in_common_are_told_together(self):
        text = flat(samples.FOLDED, width=120)
        assert text.count("error[wall-conflict]") == 2
        assert "likewise: search's numpy<1" in text
        assert "walls: reports ║ web, search" in text
        assert "to heal all of them instead 1. change 1 line" in text
        assert "and 1 way for one wall alone (--verbose)" in text

    def test_another_chain_is_another_finding(self):
        walls = list(samples.FOLDED.boundaries)
        first = walls[0].reasons[0]
        other = replace(
            first, evidence=replace(first.evidence, steps=(samples.step("numpy", "x"),))
        )
        walls[0] = replace(walls[0], reasons=(other,))
        text = shown(replace(samples.FOLDED, boundaries=tuple(walls)))
        assert text.count("error[wall-conflict]") == 3

    def test_no_wall_is_lost_and_none_told_twice(self):
        found = blocks(samples.FOLDED.boundaries, fold=True)
        told = [wall for block in found for wall in block.walls]
        assert sorted(map(id, told)) == sorted(map(id, samples.FOLDED.boundaries))
        kept = {finding for block in found for finding in block.findings}
        assert kept == {f for wall in samples.FOLDED.boundaries for f in wall.reasons}

    def test_nothing_is_folded_where_all_is_asked_for(self):
        text = shown(samples.FOLDED, verbose=True)
        assert text.count("[wall-trust]") == 3
        assert text.count("error[wall-conflict]") == 3

    def test_the_team_keeps_them_apart_in_one_finding(self):
        pairs = ("web ai", "search ai")
        walls = tuple(samples.wall(pair, "a b", APART) for pair in pairs)
        text = flat(replace(samples.TWO, boundaries=walls), fail_on="note")
        assert "note[wall-apart]: ai from web, search are kept apart by the team." in text


class TestWishes:
    def test_reasons_that_are_folded_elsewhere_are_told_in_full(self):
        wall = replace(samples.TODAY.boundaries[0])
        wish = replace(samples.WISHED.wishes[0], because=wall.reasons)
        text = shown(replace(samples.TODAY, wishes=(wish,)), width=120)
        assert text.count("error[wall-conflict]") == 0
        after = text.partition("error[wish-impossible]")[2]
        assert "every langchain 0.3.0 to 1.5.0" in after
        assert "web/requirements.txt:8  pydantic<2 → pydantic>=2.7.4" in after

    def test_the_command_to_raise_a_wall_keeps_what_was_asked(self):
        text = flat(samples.BOUND, width=200)
        assert "to raise it: depcheck isolate --max-containers 1 --apart web,plugin" in text
        assert "likewise: --apart search,plugin" in text
        both = replace(samples.BOUND.wishes[0], asked="--together web,plugin")
        text = flat(replace(samples.BOUND, wishes=(both,)), width=200)
        assert "depcheck isolate --apart web,plugin (without --together web,plugin, wh" in text

    def test_each_has_its_answer(self):
        text = flat(samples.WISHED, width=120)
        assert "together: web,search (depcheck.toml:31): 2 containers, as without it" in text
        assert "gives up: search is heavier" in text
        assert "error[wish-impossible]: --max-containers 1 is impossible." in text

    def test_a_conflict_is_not_told_twice(self):
        text = shown(samples.WISHED, width=120)
        assert text.count("every langchain 0.3.0 to 1.5.0") == 1
        assert text.count("why: its lines stand above") == 1
        assert flat(samples.WISHED).count("clash over pydantic. Told above.") == 1
        assert text.count("search/requirements.txt:2  numpy>=2") == 1

    def test_less_is_told_as_less(self):
        wish = replace(samples.ONE.wishes[0], added=-3_000_000)
        text = flat(replace(samples.ONE, wishes=(wish,)), width=120)
        assert "2 containers instead of 1, 3 MB less" in text
