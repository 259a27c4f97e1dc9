"""The isolation report for people: what stands in it, where, and the picture."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from depcheck.model.findings import Finding
from depcheck.model.isolation import Boundary
from depcheck.model.walls import Labels, NativeClash, NativeUse
from depcheck.report.text.isolation import render_isolation
from depcheck.report.text.isolation_words import bulk, demands
from depcheck.report.text.layout import Span, width_of
from tests.support import isolation_reports as samples

FRAME = "┌┐└┘│"
APART = Finding(
    rule="wall-apart",
    severity="note",
    message="web and recommender are kept apart by the team.",
    evidence=Labels(kind="apart", values=(("web", ""), ("recommender", ""))),
)


def shown(report, *, width=80, **more):
    return render_isolation(report, width=width, **{"colour": False, "unicode": True, **more})


def flat(report, **more):
    return " ".join(shown(report, **more).split())


def picture(report, **more):
    """The lines of the boxes."""
    marks = FRAME if more.get("unicode", True) else "+|"
    return [line for line in shown(report, **more).splitlines() if line[2:3] in tuple(marks)]


def section(text, title):
    """The lines below a heading, up to the next empty line."""
    return text.partition(f"\n{title}\n")[2].partition("\n\n")[0].splitlines()


class TestHeadline:
    @pytest.mark.parametrize(
        ("name", "first"),
        [
            ("one", "ONE CONTAINER is enough: web and recommender resolve together, and nothing "),
            ("two", "TWO CONTAINERS: web and recommender cannot share one environment: they clash"),
            (
                "five",
                "SIX CONTAINERS for 7 components, with 6 walls: 1 for a conflict over numpy, 1 ",
            ),
            ("today", "TWO CONTAINERS, as today: web and recommender cannot share"),
            ("undetermined", "UNDETERMINED: how many containers are needed is not known."),
        ],
    )
    def test_the_count_comes_first(self, name, first):
        assert flat(samples.ALL[name]).startswith(first)

    def test_an_edit_that_saves_the_only_wall_comes_right_after(self):
        lines = shown(samples.TWO, width=120).splitlines()
        at = lines.index("Or change 1 line, and one container is enough:")
        assert lines[at + 1] == "  web/requirements.txt:8  pydantic<2 → pydantic>=2.7.4"
        assert at < 5

    def test_no_edit_is_promised_where_something_else_keeps_the_wall(self):
        reasons = (samples.OVER_PYDANTIC, samples.TRUST)
        report = replace(samples.TWO, boundaries=(replace(samples.BETWEEN, reasons=reasons),))
        assert "one container is enough" not in shown(report)
        two = (samples.BETWEEN, replace(samples.BETWEEN, reasons=(samples.TRUST,), heals=()))
        assert "one container is enough" not in shown(replace(samples.TWO, boundaries=two))

    def test_what_speaks_against_deploying_is_said_at_once(self):
        text = flat(samples.IMPOSSIBLE).partition("┌")[0]
        assert text.startswith("1 OF 3 COMPONENTS cannot be installed anywhere: legacy. The other")
        assert shown(samples.IMPOSSIBLE).splitlines()[1].startswith("TWO CONTAINERS: web and")
        assert "The proof failed: do not deploy this." in text
        assert "Not everything could be checked" in text
        assert "--max-containers 1 is impossible" in flat(samples.WISHED).partition("┌")[0]

    def test_advice_is_told_with_one_container(self):
        assert "sharing moves web's pyjwt 1.7.1 → 2.10.1" in flat(samples.ONE).partition("┌")[0]
        assert "forces" in flat(samples.ONE).partition("┌")[0]
        assert "calls for a wall" in flat(samples.CLEAN).partition("┌")[0]

    def test_advice_of_many_kinds_is_one_sentence(self):
        more = replace(
            samples.ADVISED, reasons=(samples.MOVED, samples.HEAVY, samples.gpu("vision"))
        )
        report = replace(samples.ONE, boundaries=(more,))
        assert "2.10.1; heavy stack, needs a GPU. What" in flat(report)

    def test_nothing_can_be_installed(self):
        report = replace(samples.IMPOSSIBLE, containers=(), boundaries=(), impossible=("a", "b"))
        assert shown(report).splitlines()[:2] == [
            "2 OF 3 COMPONENTS cannot be installed anywhere: a and b.",
            "NO CONTAINER: nothing that was asked for can be installed.",
        ]

    def test_an_open_answer_claims_no_proof(self):
        text = shown(replace(samples.TWO, verdict="undetermined"))
        assert "Proven" not in text
        assert "--write deploy/" not in text

    def test_walls_are_counted_as_in_the_picture_by_their_gravest_reason(self):
        text = flat(samples.FIVE, width=200).partition("┌")[0]
        assert "1 for another Python, 1 for native libraries that clash" in text
        assert "with 66 walls, all for conflicts over protobuf." in flat(samples.TWELVE)

    def test_several_walls_between_two_containers_are_one(self):
        walls = (samples.wall("web recommender", "web recommender", APART), samples.BETWEEN)
        text = flat(replace(samples.TWO, boundaries=walls))
        assert (
            "TWO CONTAINERS for 2 components, because of a conflict over pydantic and the team's "
            "wish. It costs"
        ) in text

    @pytest.mark.parametrize("name", samples.ALL)
    def test_it_stays_short(self, name):
        report = replace(samples.ALL[name], wishes=(), verified=(), findings=(), undetermined=())
        lines = shown(report).partition("\n\n")[0].partition("\nOr change")[0].splitlines()
        assert len(lines) <= 5 - (not report.impossible)

    def test_walls_that_all_stand_today_are_as_today_whatever_was_asked(self):
        today = replace(samples.OVER_PYDANTIC, severity="note")
        labels = replace(samples.TRUST, severity="note")
        walls = (
            replace(samples.BETWEEN, reasons=(today,)),
            samples.wall("web plugins", "web recommender", labels),
            samples.wall("web search", "web recommender", APART),
        )
        assert flat(replace(samples.TWO, boundaries=walls)).startswith("TWO CONTAINERS, as today")
        new = (*walls[1:], samples.BETWEEN)
        assert not flat(replace(samples.TWO, boundaries=new)).startswith("TWO CONTAINERS, as")
        asked = replace(samples.TWO, boundaries=walls[2:])
        assert not flat(asked).startswith("TWO CONTAINERS, as")

    def test_a_wish_is_answered_right_below(self):
        lines = shown(samples.BOUND, width=120).splitlines()
        assert lines[1] == (
            "--max-containers 1: 1 container instead of 2, 3 MB less; gives up different trust "
            "(2 walls) and 1 advised wall."
        )
        many = replace(samples.BOUND, wishes=samples.BOUND.wishes * 5)
        assert "2 more wishes: see below." in shown(many)
        assert shown(many).count("\n--max-containers 1: 1 container") == 3

    def test_wishes_that_cannot_be_had_together_are_told_before_each_by_itself(self):
        finding = Finding(
            rule="wish-impossible",
            severity="error",
            message="--max-containers 1 with --apart a,b is impossible: at least 2.",
        )
        report = replace(samples.BOUND, findings=(finding,))
        lines = shown(report, width=120).splitlines()
        assert lines[1] == "--max-containers 1 with --apart a,b is impossible; see below."
        assert lines[2].startswith("--max-containers 1 (by itself): 1 container")


class TestPicture:
    @pytest.mark.parametrize("unicode", [True, False])
    @pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
    @pytest.mark.parametrize("name", samples.ALL)
    def test_it_is_never_wider_than_the_page(self, name, width, unicode):
        for line in picture(samples.ALL[name], width=width, unicode=unicode):
            assert width_of([Span(line)]) <= width

    @pytest.mark.parametrize("width", [40, 60, 80, 120])
    @pytest.mark.parametrize("name", samples.ALL)
    def test_frames_close_in_one_column(self, name, width):
        columns: set[tuple[int, ...]] = set()
        for line in picture(samples.ALL[name], width=width):
            cells = tuple(
                width_of([Span(line[:position])])
                for position, character in enumerate(line)
                if character in FRAME
            )
            columns.add(cells)
        # A last row may be shorter: its columns are then the first of the others.
        longest = max(columns, key=len)
        assert all(cells == longest[: len(cells)] for cells in columns)

    def test_two_containers_face_each_other_over_their_reasons(self):
        lines = picture(samples.TWO)
        assert "pydantic<2 ║ pydantic>=2.7.4" in lines[1]
        assert "│ web (core)" in lines[1]
        assert "│ recommender " in lines[1]
        assert all("║" in line for line in lines)

    def test_without_room_the_reasons_follow(self):
        lines = shown(samples.TWO, width=60).splitlines()
        assert "  web ║ recommender  pydantic<2 ║ pydantic>=2.7.4" in lines
        narrow = shown(samples.TWO, width=40)
        assert "web ║ recommender" in narrow.partition("error[")[0]

    def test_five_containers_and_all_their_reasons(self):
        text = shown(samples.FIVE).partition("error[")[0]
        for told in (
            "  web ║ reports     numpy<1.27, numpy!=1.26.* ║ numpy>=1.26",
            "  vision ║ ranking  CUDA 11 ║ CUDA 12",
            "  web ║ legacy      Python 3.11 ║ Python 3.9",
            "  web ║ ranking     GPU; 4.2 GB heavier",
            "  web ║ plugins     trust: internal ║ trust: tenant",
        ):
            assert told in text
        assert text.count("Python 3.11, GPU") == 2
        assert "at least 4.3 GB" in text

    def test_twelve_containers_are_all_there(self):
        text = "\n".join(picture(samples.TWELVE))
        assert text.count("┌─") == 12
        for name in samples._NAMES:
            assert f"┌─ {name} " in text

    def test_many_components_are_cut_unless_asked_for(self):
        names = tuple(f"component-{n:02}" for n in range(30))
        home = replace(samples.CLEAN.containers[0], components=names)
        report = replace(samples.CLEAN, containers=(home,))
        assert "component-04" in "\n".join(picture(report))
        assert "and 25 more" in "\n".join(picture(report))
        assert "component-29" in "\n".join(picture(report, verbose=True))

    def test_a_long_name_is_cut_and_told_in_full_below(self):
        name = "a-very-long-name-of-a-component-that-nobody-should-have-given"
        home = replace(samples.CLEAN.containers[0], components=("web", name))
        parts = (*samples.CLEAN.components, samples.component(name))
        text = shown(replace(samples.CLEAN, containers=(home,), components=parts))
        assert "a-very-long-name-of-a-component-t…" in text
        assert name in text.partition("What was checked")[2]

    def test_a_wall_of_three_names_all_three(self):
        three = samples.wall("web search reports", "web vision reports", samples.MANY)
        text = shown(replace(samples.FIVE, boundaries=(three,)))
        assert "  web ║ reports ║ vision  " in text


class TestDemands:
    def wants(self, finding, names="web recommender", homes="web recommender"):
        wall = samples.wall(names, homes, finding)
        return demands(wall, finding, samples.FIVE.containers)

    def test_a_chain_ends_in_what_it_asks_of_the_project(self):
        assert self.wants(samples.OVER_PYDANTIC) == {
            "web": "pydantic<2",
            "recommender": "pydantic>=2.7.4",
        }

    def test_a_chain_that_does_not_show_is_told_by_its_line(self):
        finding = samples.clash("pydantic", (samples.PYDANTIC, samples.LANGCHAIN))
        assert self.wants(finding) == {"web": "pydantic<2", "recommender": "langchain>=0.3"}

    def test_a_chain_that_goes_in_a_circle_ends(self):
        steps = (samples.step("a", "b>1"), samples.step("b", "a>1"), samples.step("b", "pydantic"))
        finding = samples.clash("pydantic", (samples.PYDANTIC, samples.LANGCHAIN), *steps)
        assert self.wants(finding)["recommender"] == "langchain>=0.3"

    def test_a_shift_tells_both_versions(self):
        assert self.wants(samples.MOVED) == {"web": "pyjwt 1.7.1", "recommender": "pyjwt 2.10.1"}

    @pytest.mark.parametrize(
        ("kind", "distribution", "library", "told"),
        [
            ("cuda", "nvidia-cuda-runtime-cu11", "CUDA 11", "CUDA 11"),
            ("cudnn", "nvidia-cudnn-cu12", "", "nvidia-cudnn-cu12 1.0"),
            ("openmp", "torch", "libomp", "torch's libomp"),
            ("library", "opencv", "libssl.so.1.1", "opencv's libssl.so.1.1"),
        ],
    )
    def test_native_libraries(self, kind, distribution, library, told):
        use = NativeUse(component="web", distribution=distribution, version="1.0", library=library)
        clash = NativeClash(kind=kind, name="x", left=use, right=replace(use, component="ai"))
        finding = Finding(rule="wall-native", severity="error", message="x", evidence=clash)
        assert self.wants(finding, "web ai", "web ai") == {"web": told, "ai": told}

    def test_what_has_no_words_of_its_own_is_told_by_its_title(self):
        kept = Labels(kind="apart", values=())
        apart = Finding(rule="wall-apart", severity="note", message="x", evidence=kept)
        assert self.wants(apart) == {"recommender": "kept apart"}
        assert self.wants(replace(samples.TRUST, evidence=None)) == {
            "recommender": "different trust"
        }


class TestWalls:
    @pytest.mark.parametrize("width", [40, 80, 120])
    @pytest.mark.parametrize("verbose", [False, True])
    @pytest.mark.parametrize("name", ["two", "five", "one", "impossible", "wished"])
    def test_every_finding_is_somewhere(self, name, width, verbose):
        report = samples.ALL[name]
        text = flat(report, width=width, verbose=verbose)
        found = [f for wall in report.boundaries for f in wall.reasons]
        for finding in (*found, *report.findings):
            assert f"{finding.severity}[{finding.rule}]: {finding.message}" in text

    def test_a_wall_says_who_why_and_what_it_costs(self):
        text = flat(samples.TWO, width=120)
        assert "wall: web ║ recommender" in text
        assert "strength: an environment of its own. Only pure Python" in text
        assert "costs: one more image to build and deploy, 11 MB more, no network hop" in text
        assert "against it: web and recommender share data or a transaction in one" in text
        assert "An edit heals" not in text  # the edit itself follows
        assert "1. change 1 line web/requirements.txt:8 pydantic<2 → pydantic>=2.7.4" in text

    def test_components_of_one_container_stand_on_one_side(self):
        assert "wall: web, search (in web) ║ reports" in flat(samples.FIVE)

    def test_the_gravest_come_first_and_advice_last(self):
        order = re.findall(r"^(error|warning)\[", shown(samples.FIVE), re.MULTILINE)
        assert order == sorted(order)

    def test_a_wall_that_only_another_reason_raises_says_so(self):
        soft = replace(samples.ADVISED, containers=("web", "recommender"))
        report = replace(samples.TWO, boundaries=(soft, samples.BETWEEN))
        text = shown(report)
        assert text.index("error[wall-conflict]") < text.index("warning[wall-shift]")
        assert "another reason raises it" in flat(report)
        assert "Advised, and not raised" not in text

    def test_notes_are_a_line_unless_they_count(self):
        assert "note[wall-conflict]" not in shown(samples.TODAY)
        rows = section(
            shown(samples.TODAY), "1 wall that stands today already (--verbose tells more)"
        )
        assert rows == ["  web ║ recommender  no common set (pydantic)"]
        both = samples.wall("web ai", "web recommender", APART)
        report = replace(samples.TODAY, boundaries=(*samples.TODAY.boundaries, both))
        assert "2 walls that stand today already or were asked for" in shown(report)
        assert "1 wall that was asked for" in shown(replace(report, boundaries=(both,)))
        assert "note[wall-conflict]" in shown(samples.TODAY, verbose=True)
        assert "note[wall-conflict]" in shown(samples.TODAY, fail_on="note")

    def test_very_many_walls_are_told_in_full_only_when_asked_for(self):
        text = shown(samples.TWELVE)
        assert text.count("error[wall-conflict]") == 8
        rows = section(text, "6 walls more (--verbose tells all of them)")
        assert "no common set (protobuf)" in " ".join(rows)
        assert shown(samples.TWELVE, verbose=True).count("error[wall-conflict]") == 66

    def test_advice_names_the_command_and_its_cost(self):
        text = flat(samples.ONE, width=120).partition("Advised, and not raised")[2]
        assert "to raise it: depcheck isolate --apart web,recommender" in text
        assert "a wall costs: 2 containers instead of 1, 27 MB more" in text
        unasked = flat(replace(samples.ONE, wishes=()), width=120)
        assert "a wall costs: one more image to build and deploy; on one host an env" in unasked

    def test_a_wall_without_findings_is_told(self):
        bare = Boundary(
            components=("web", "recommender"),
            containers=("web", "recommender"),
            reasons=(),
            strength="container",
            because="so it is",
        )
        text = flat(replace(samples.TWO, boundaries=(bare,)))
        assert "Wall between web and recommender" in text


class TestRest:
    def test_the_connections_are_a_table_with_a_sum(self):
        lines = [line.split() for line in shown(samples.IMPOSSIBLE, width=120).splitlines()]
        assert ["web", "4", "15", "10", "40"] in lines
        assert ["recommender", "2", "10", "8", "16"] in lines
        text = flat(samples.IMPOSSIBLE)
        assert "together 80 wanted, 56 given, of 57 (60 less 3 kept back)" in text
        assert text.count("together 80 wanted") == 1
        assert "together 50 wanted, 50 given, of 97" in flat(samples.FIVE, verbose=True)

    def test_connections_that_all_fit_are_a_sentence(self):
        assert "50 of 97 by DB_POOL_SIZE (web 4 x 10, search 2 x 5)." in flat(samples.FIVE)

    def test_steps_that_are_left_are_a_list(self):
        steps = ("make deploy/secrets/db_password", "docker compose up")
        rows = section(shown(replace(samples.FIVE, next_steps=steps)), "Next")
        assert rows == ["  1. make deploy/secrets/db_password", "  2. docker compose up"]
        assert "--write" not in shown(replace(samples.FIVE, next_steps=steps))

    def test_several_notes_are_a_list(self):
        rows = section(shown(replace(samples.FIVE, notes=("One.", "Two."))), "Notes")
        assert rows == ["  • One.", "  • Two."]
        assert "Note: One.\n" in shown(replace(samples.FIVE, notes=("One.",)))

    def test_a_long_container_leaves_the_columns(self):
        name = "a-very-long-name-of-a-container"
        home = replace(samples.CLEAN.containers[0], name=name)
        rows = section(
            shown(replace(samples.CLEAN, containers=(home,)), width=70), "What was checked"
        )
        heads = [row for row in rows if f"in {name}" in row]
        assert len({row.index(" in ") for row in heads}) == 1

    def test_the_proof_says_what_was_tried(self):
        rows = [" ".join(r.split()) for r in section(shown(samples.IMPOSSIBLE), "Proof")]
        assert rows == [
            "web build passed in 21.4 s",
            "web pip check not tried: no engine answers",
            "recommender pip check FAILED: grpcio is no good",
        ]

    def test_a_reason_is_spelt_out_once(self):
        untried = replace(samples.IMPOSSIBLE.verified[1], detail="not tried: no engine answers")
        report = replace(samples.TWO, verified=(untried, replace(untried, container="b")))
        rows = [" ".join(r.split()) for r in section(shown(report), "Proof")]
        assert rows == [
            "web pip check not tried: no engine answers",
            "b pip check not tried: as above",
        ]

    def test_what_was_written_leads_there_from_where_the_reader_stands(self):
        rows = section(shown(samples.TWO, prefix="shop/"), "What was written")
        assert rows[0] == "  shop/deploy/compose.yaml"
        assert len(rows) == 5

    def test_many_files_are_told_by_folder(self):
        many = tuple(f"deploy/{home}/{name}" for home in "ab" for name in "1234567")
        report = replace(samples.TWO, written=(*many, "deploy/compose.yaml"))
        rows = section(shown(report, prefix="shop/"), "What was written")
        assert rows == [
            "  shop/deploy/    compose.yaml",
            "  shop/deploy/a/  1, 2, 3, 4, 5, 6, 7",
            "  shop/deploy/b/  1, 2, 3, 4, 5, 6, 7",
        ]
        assert len(section(shown(report, verbose=True), "What was written")) == 15

    def test_what_comes_next_is_only_what_was_not_done(self):
        assert "Next: " not in shown(samples.TWO)
        assert "depcheck isolate --write deploy/" in shown(samples.FIVE)
        assert "Next: " not in shown(samples.WISHED)
        assert "Next: " not in shown(samples.IMPOSSIBLE)
        assert "--verify" not in shown(replace(samples.FIVE, verified=samples.TWO.verified))

    def test_how_sure_it_is(self):
        assert "It is the best of all 14 partitions of that size." in flat(samples.FIVE)
        assert "Proven: 6 are the fewest with these walls, 3 for the requirements alone." in flat(
            samples.FIVE
        )
        text = flat(samples.WISHED)
        assert "2 containers are the best found; proven is that 1 are needed." not in text
        assert "2 containers are the best found; at least 1 is needed." in text
        assert "It is the best of 200 partitions of that size; there are more." in text

    def test_verbose_lists_what_each_container_holds(self):
        text = flat(samples.TWO, verbose=True)
        assert "web: cpython 3.11.7 on linux/amd64, 24 distributions, 92 MB django 4.2.16" in text
        assert "langchain 1.5.0" in text
        assert "size not known: shop-models" in flat(samples.FIVE, verbose=True)

    def test_an_impossible_component_is_in_no_container(self):
        assert "legacy (ai) in no container 2 requirements in legacy/requirements.txt" in flat(
            samples.IMPOSSIBLE
        )

    def test_a_gap_is_told_once(self):
        assert shown(samples.UNDETERMINED).count("mcp") < 4
        lost = replace(samples.UNDETERMINED, undetermined=())
        assert "mcp could not be checked." in shown(lost)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("name", samples.ALL)
def test_no_line_is_wider_than_the_page(name, width):
    for line in shown(samples.ALL[name], width=width, verbose=True).splitlines():
        unbreakable = len(line.split()) == 1
        assert unbreakable or width_of([Span(line)]) <= width


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_500, "2 kB"),
        (92_400_000, "92 MB"),
        (999_499_999, "999 MB"),
        (999_500_000, "1.0 GB"),
        (3_140_000_000, "3.1 GB"),
    ],
)
def test_bulk(size, told):
    assert bulk(size) == told


def test_a_great_many_walls_are_told_in_time():
    begun = time.process_time()
    shown(samples.TWELVE, verbose=True)
    assert time.process_time() - begun < 2
