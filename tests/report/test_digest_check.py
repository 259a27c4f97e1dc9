"""A check's report digested: what every format beside the terminal and JSON is made from."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest

from depcheck.model.findings import Finding, Step
from depcheck.model.requirement import Origin
from depcheck.report.digest import Context, Digest
from depcheck.report.digests.check import digest_check
from depcheck.report.digests.parts import path_of
from tests.report import review_samples, samples

SHOP = Context(prefix="shop/")
REPORTS = {**samples.ALL, **review_samples.ALL}


def digest(report, context=SHOP, fail_on="warning"):
    return digest_check(report, context, fail_on=fail_on)


def texts(value):
    """Return every text in a digest; those of the context are the caller's own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Context):
        return
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from texts(getattr(value, each.name))
    elif isinstance(value, dict):
        yield from texts(tuple(value.items()))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("name", REPORTS)
def test_every_text_is_one_line_but_the_picture(name):
    told = digest(REPORTS[name])
    rest = replace(told, picture=None)
    assert all(len(text.splitlines()) <= 1 for text in texts(rest))
    if told.picture:
        assert all(len(line) <= 100 for line in told.picture.text.splitlines())


@pytest.mark.parametrize("name", REPORTS)
def test_the_columns_fit_the_rows(name):
    for table in digest(REPORTS[name]).tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


class TestVerdict:
    @pytest.mark.parametrize(
        ("name", "verdict", "tone", "status"),
        [
            ("conflict", "CONFLICT", "bad", 1),
            ("shifts", "SHIFTS", "warn", 1),
            ("compatible", "COMPATIBLE", "good", 0),
            ("undetermined", "UNDETERMINED", "dark", 3),
            ("brought", "CONFLICT", "bad", 1),
            ("nothing-new", "NOTHING NEW", "plain", 0),
            ("fixed", "FIXED", "good", 0),
            ("fixed-one", "FIXED", "good", 0),
            ("small", "NOTHING GRAVE", "plain", 0),
            ("unknown", "CONFLICT", "bad", 3),
            ("dark", "UNDETERMINED", "dark", 1),
            ("accepted-shift", "SHIFTS", "good", 0),
        ],
    )
    def test_word_tone_and_status(self, name, verdict, tone, status):
        told = digest(REPORTS[name])
        assert (told.verdict, told.tone, told.status) == (verdict, tone, status)

    @pytest.mark.parametrize(
        ("name", "fail_on", "tone"),
        [("small", "note", "warn"), ("accepted-shift", "note", "warn")],
    )
    def test_no_green_where_the_status_is_not_0(self, name, fail_on, tone):
        told = digest(REPORTS[name], fail_on=fail_on)
        assert (told.status, told.tone) == (1, tone)

    def test_what_is_incomplete_is_not_green(self):
        gap = samples.UNDETERMINED.undetermined[1]
        told = digest(replace(samples.COMPATIBLE, undetermined=(gap,)))
        assert (told.status, told.tone) == (3, "dark")

    def test_the_summary_is_the_rest_of_the_first_sentence(self):
        told = digest(samples.CONFLICT)
        assert told.summary == "web and recommender cannot share one environment: 1 conflict."

    @pytest.mark.parametrize(
        ("name", "summary"),
        [
            ("nothing-new", "All of it was there before: 1 conflict and 1 warning."),
            ("fixed-one", "This change fixes 1 conflict; the other conflict was there before."),
        ],
    )
    def test_the_summary_begins_as_a_sentence_of_its_own(self, name, summary):
        assert digest(REPORTS[name]).summary == summary

    def test_advice_announces_nothing_that_does_not_follow(self):
        assert digest(samples.CONFLICT).advice == (
            "To heal it, change 1 line (or 1 other way, below).",
        )

    def test_failing_counts_what_makes_the_status_1(self):
        assert digest(samples.SHIFTS).failing == 3
        assert digest(samples.SHIFTS, fail_on="error").failing == 0
        assert digest(review_samples.SHIFTED).failing == 2


class TestEntries:
    def test_a_conflict_has_its_chain_and_the_line_to_change(self):
        entry = digest(samples.CONFLICT).entries[0]
        assert entry.package == "pydantic"
        assert entry.components == ("web", "recommender")
        assert [str(place) for place in entry.places] == [
            "shop/web/requirements.txt:8",
            "shop/recommender/requirements.txt:1",
        ]
        assert entry.steps[0] == (
            "recommender needs langchain>=0.3 (shop/recommender/requirements.txt:1)"
        )
        (change,) = entry.changes
        assert (change.before, change.after) == ("pydantic<2", "pydantic>=2.7.4")

    def test_an_entry_has_only_the_edits_that_concern_it(self):
        for entry in digest(samples.THREE_WAY).entries:
            owners = {place.path for place in entry.places}
            assert entry.changes
            assert {change.place.path for change in entry.changes} <= owners

    def test_what_rests_on_a_presumption_says_so(self):
        entry = next(e for e in digest(samples.THREE_WAY).entries if e.rule == "conflict-many")
        assert "the sdist of googleapis-common-protos 1.52.0" in dict(entry.facts)["not proven"]

    def test_a_shift_has_its_facts(self):
        entry = next(e for e in digest(samples.SHIFTS).entries if e.package == "pyjwt")
        facts = dict(entry.facts)
        assert (facts["before"], facts["after"], facts["grade"]) == ("1.7.1", "2.10.1", "major, up")
        assert facts["forced"] == "yes"
        assert facts["brought in by"] == "langchain 1.5.0"
        assert facts["locked"] == "shop/web/requirements.lock:41  pyjwt==1.7.1"
        assert entry.places[0].path == "shop/web/requirements.txt"

    def test_the_price_of_a_pin_is_never_left_out(self):
        entry = next(e for e in digest(samples.PRICES).entries if e.package == "tenacity")
        assert entry.remedies == (
            "To keep tenacity 8.5.0, pin tenacity==8.5.0, at the price of langchain 0.2.17 → "
            "0.0.27.",
        )

    def test_without_a_base_the_gravest_come_first(self):
        severities = [entry.severity for entry in digest(samples.PRICES).entries]
        assert severities == sorted(severities, key=["error", "warning", "note"].index)

    def test_what_the_change_brings_comes_first_on_its_lines_before_others(self):
        quiet = review_samples.novel(review_samples.EXTRA)
        loud = review_samples.novel(samples.SHIFTS.findings[0], touched=True)
        old = review_samples.novel(review_samples.TRANSITIVE, "known")
        milder = review_samples.novel(review_samples.OWN, "changed")
        report = replace(review_samples.BROUGHT, findings=(old, milder, quiet, loud))
        told = [entry.rule for entry in digest(report).entries]
        assert told == [quiet_or.rule for quiet_or in (loud, quiet, milder, old)]

    def test_a_touched_line_is_the_first_place(self):
        places = digest(review_samples.BROUGHT).entries[0].places
        assert [str(place) for place in places] == [
            "shop/recommender/requirements.txt:1",
            "shop/web/requirements.txt:8",
        ]

    def test_fixed_and_suppressed_are_entries_of_their_own(self):
        told = digest(review_samples.BROUGHT)
        assert [entry.rule for entry in told.fixed] == ["conflict-hash"]
        assert told.base is not None
        assert told.base.fixed == ()
        accepted = digest(review_samples.ACCEPTED).suppressed
        assert [entry.rule for entry in accepted] == ["conflict-transitive", "unknown-extra"]
        assert accepted[0].suppression is not None
        assert accepted[0].suppression.reason == "web is rewritten until the spring"
        assert str(accepted[0].suppression.origin) == "shop/depcheck.toml:14"

    def test_what_is_gone_is_not_told_where_it_may_not_have_been_read(self):
        assert digest(samples.UNREAD).entries == ()
        assert not digest(samples.UNREAD).tables


class TestTables:
    def test_shifts_and_rollbacks(self):
        shifts, backs = digest(samples.SHIFTS).tables
        assert (shifts.id, backs.id) == ("shifts", "rollbacks")
        row = [cell.text for cell in shifts.rows[0]]
        assert row[:6] == ["web", "pyjwt", "1.7.1", "2.10.1", "major, up", "forced"]
        assert [cell.text for cell in backs.rows[0]][4:6] == ["2572 days", "1.44.5"]

    def test_a_row_has_the_line_that_asks_or_that_of_who_brings_it(self):
        brought, asked = (
            finding.evidence for finding in (samples.SHIFTS.findings[1], samples.SHIFTS.findings[0])
        )
        by = Origin(component="recommender", path="rec/requirements.txt", line=6, text="langchain")
        step = Step(subject="recommender", verb="needs", object="langchain", origin=by)
        findings = (
            replace(samples.SHIFTS.findings[0], evidence=asked),
            replace(samples.SHIFTS.findings[1], evidence=replace(brought, chain=(step,))),
        )
        (table,) = digest(replace(samples.SHIFTS, findings=findings)).tables
        cells = {row[1].text: row[1] for row in table.rows}
        assert (str(cells["pyjwt"].place), cells["pyjwt"].lead) == (
            "shop/web/requirements.txt:5",
            "",
        )
        assert (str(cells["urllib3"].place), cells["urllib3"].lead) == (
            "shop/rec/requirements.txt:6",
            "brought in by recommender",
        )

    def test_with_a_base_a_row_tells_whether_it_is_new(self):
        shifts = digest(review_samples.SHIFTED).tables[0]
        assert shifts.columns[-1] == "status"
        assert [row[-1].text for row in shifts.rows[:2]] == ["new", "worse"]
        assert {row[-1].text for row in shifts.rows[3:]} == {"already there"}


class TestPicture:
    def test_a_conflict_is_a_wall_with_its_demands(self):
        picture = digest(samples.CONFLICT).picture
        (line,) = picture.lines
        assert line.kind == "wall"
        assert dict(line.demands) == {
            "web": "pydantic<2",
            "recommender": "pydantic>=2.7.4,<3.0.0",
        }
        assert "pydantic<2 ║ pydantic>=2.7.4,<3.0.0" in picture.text

    def test_what_moves_gravely_is_a_line_between_components_that_share(self):
        picture = digest(samples.SHIFTS).picture
        line = picture.lines[0]
        assert (line.kind, line.boxes) == ("shift", ("recommender", "web"))
        assert line.text == "pyjwt 1.7.1 → 2.10.1"
        assert "║" not in picture.text
        assert "certifi" not in picture.text

    def test_three_components_stand_in_a_row_with_their_walls_below(self):
        text = digest(samples.THREE_WAY).picture.text
        assert "web ║ recommender ║ search" in text

    def test_the_core_is_the_first_box(self):
        report = replace(samples.CONFLICT, components=samples.CONFLICT.components[::-1])
        boxes = digest(report).picture.boxes
        assert [(box.name, box.core) for box in boxes] == [("web", True), ("recommender", False)]

    def test_what_is_suppressed_stands_there_all_the_same(self):
        (wall,) = digest(review_samples.ACCEPTED).picture.lines
        assert (wall.kind, wall.tone) == ("wall", "plain")
        moves = digest(review_samples.ACCEPTED_SHIFT).picture.lines
        assert {line.tone for line in moves} == {"plain"}

    def test_one_component_has_none(self):
        assert digest(samples.SINGLE).picture is None


@pytest.mark.parametrize(
    ("prefix", "path", "shown", "inside"),
    [
        ("shop/", "web/requirements.txt", "shop/web/requirements.txt", True),
        ("", "web/./requirements.txt", "web/requirements.txt", True),
        ("shop/", "../lib/requirements.txt", "lib/requirements.txt", True),
        ("shop/", "../../requirements.txt", "../../requirements.txt", False),
        ("", "..", "..", False),
        ("shop/", "/srv/requirements.txt", "/srv/requirements.txt", False),
        ("shop/", "env:/usr/bin/python3", "env:/usr/bin/python3", False),
        ("shop/", "C:\\requirements.txt", "C:\\requirements.txt", False),
        ("shop/", "\\\\host\\share", "\\\\host\\share", False),
        ("shop/", "a https://u:p@h/x", "a https://***@h/x", False),
        ("shop/", "a\n::error::b", "a\\n::error::b", False),
        ("shop/", "web/a\n::error::b", "shop/web/a\\n::error::b", True),
        ("shop/", "", "", False),
    ],
)
def test_paths(prefix, path, shown, inside):
    assert path_of(path, Context(prefix=prefix)) == (shown, inside)


def test_the_command_shows_no_password():
    command = ("depcheck", "check", "--index-url", "https://u:hunter2@index.example/simple")
    told = digest(samples.CONFLICT, Context(command=command))
    assert told.context.command[-1] == "https://***@index.example/simple"


def test_gaps_have_paths_from_the_root_of_the_repository():
    gap = digest(samples.UNDETERMINED).gaps[0]
    assert gap.origin == Origin(
        component="web",
        path="shop/web/requirements.txt",
        line=14,
        text="shop-auth @ git+https://git.example/shop/auth",
    )


def test_facts_say_what_was_checked():
    facts = dict(digest(samples.SHIFTS).facts)
    assert facts["Python"] == "cpython 3.11.7"
    assert facts["web"] == "core, shop/web/requirements.txt, 4 requirements, 4 alone"
    assert facts["together"] == "5 distributions"


def test_an_unknown_rule_is_its_own_title():
    odd = Finding(rule="odd", severity="note", message="odd")
    (entry,) = digest(samples.report(findings=(odd,))).entries
    assert entry.title == "odd"


class TestHostile:
    @pytest.fixture(params=[samples.hostile(), review_samples.hostile()], ids=["plain", "review"])
    def told(self, request) -> Digest:
        return digest(request.param)

    def test_no_text_breaks_its_line(self, told):
        rest = replace(told, picture=None)
        assert all(len(text.splitlines()) <= 1 for text in texts(rest))

    def test_no_secret_is_in_it(self, told):
        every = " ".join(texts(told))
        assert "hunter2" not in every
        assert "abcdef" not in every

    def test_the_picture_has_no_controls(self):
        evil = samples.hostile()
        two = replace(evil, components=(evil.components[0], samples.RECOMMENDER))
        text = digest(two).picture.text
        assert all(character.isprintable() for character in text.replace("\n", ""))
