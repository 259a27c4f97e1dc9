"""What the terminal report promises at any width."""

from __future__ import annotations

import re

import pytest

from depcheck.model.findings import Finding
from depcheck.model.report import Report
from depcheck.report.text.check import render
from depcheck.report.text.layout import Page
from tests.report import samples

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report, *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    return render(report, width=width, colour=colour, unicode=unicode)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("name", samples.ALL)
def test_only_what_cannot_be_broken_is_wider_than_the_page(
    name: str, width: int, verbose: bool
) -> None:
    shown = render(
        samples.ALL[name],
        width=width,
        colour=False,
        unicode=True,
        verbose=verbose,
        prefix="fixtures/shop/",
    )
    for line in shown.splitlines():
        assert len(line) <= width or " " not in line.strip()


@pytest.mark.parametrize("width", [1, 40, 79, 80, 81, 500])
def test_paths_are_never_broken(width: int) -> None:
    shown = text(samples.THREE_WAY, width=width)
    assert "web/requirements/production/storefront-and-checkout.txt:214" in shown


def test_the_first_lines_say_what_is_wrong_and_what_to_do() -> None:
    first = text(samples.CONFLICT).splitlines()[:3]
    assert first == [
        "CONFLICT: web and recommender cannot share one environment: 1 conflict.",
        "To heal it, change 1 line (or 1 other way, below):",
        "  web/requirements.txt:8  pydantic<2 → pydantic>=2.7.4",
    ]


def test_a_conflict_of_one_component_says_so() -> None:
    finding = samples.THREE_WAY.findings[1]
    report = samples.report(verdict="conflict", findings=(finding,))
    assert text(report).startswith("CONFLICT: search cannot be installed, not even alone")


def one_line(report: Report, *, prefix: str = "") -> str:
    shown = render(report, width=80, colour=False, unicode=True, prefix=prefix)
    return " ".join(shown.split())


def test_who_cannot_stand_alone_comes_first() -> None:
    shown = one_line(samples.LONELY)
    assert shown.startswith(
        "CONFLICT: recommender cannot be installed, not even alone (2 conflicts); "
        "web and recommender together: 1 more."
    )
    own, other = shown.index("error[conflict-hash]"), shown.index("web's pydantic<2 and")
    assert own < shown.index("recommender's huggingface-hub<0.20 and") < other


def test_several_that_cannot_stand_alone_are_all_named() -> None:
    finding = samples.THREE_WAY.findings[1]
    report = samples.report(verdict="conflict", findings=(finding, *samples.LONELY.findings[1:]))
    assert one_line(report).startswith(
        "CONFLICT: search (1 conflict) and recommender (2 conflicts) cannot be installed, "
        "not even alone. "
    )


def test_only_pins_that_were_tried_together_are_advised() -> None:
    first = one_line(samples.PRICES).partition("What moves")[0]
    assert "pin gunicorn==23.0.0 and redis==5.0.8, which were tried together." in first
    assert (
        "To keep tenacity 8.5.0: pin tenacity==8.5.0, "
        "at the price of langchain 0.2.17 → 0.0.27." in first
    )
    assert "Nothing keeps the old boto3" in first
    assert "the rest" not in first


def test_pins_that_were_not_tried_together_are_left_to_the_details() -> None:
    pinned = samples.shifted("redis", "5.0.8", "8.1.0", pin="redis==5.0.8")
    shown = one_line(samples.report(verdict="shifts", findings=(pinned,)))
    assert "What to do about it stands below." in shown
    assert "To keep what you have" not in shown
    assert "to keep it pin redis==5.0.8" in shown


def test_a_price_is_told_instead_of_a_remedy_that_hides_it() -> None:
    dear = samples.shifted(
        "redis", "5.0.8", "8.1.0", pin="redis==5.0.8", price=("a 2 → 1",), remedy="Pin it."
    )
    shown = one_line(samples.report(verdict="shifts", findings=(dear,)))
    assert "to keep it pin redis==5.0.8, at the price of a 2 → 1" in shown
    assert "Pin it." not in shown
    ascii_only = text(samples.report(verdict="shifts", findings=(dear,)), unicode=False)
    assert "a 2 -> 1" in ascii_only


def test_the_old_version_of_another_than_the_core_is_named_so_and_comes_last() -> None:
    back = samples.fallen("pydantic", "recommender", "2.14.3", "2.10.6")
    moved = samples.shifted("redis", "5.0.8", "8.1.0")
    shown = one_line(samples.report(verdict="shifts", findings=(back, moved)))
    assert "moves redis 5.0.8 → 8.1.0, recommender's pydantic 2.14.3 → 2.10.6." in shown


def test_a_rollback_is_told_with_its_shift_once() -> None:
    _, moves, pushed = re.split("What moves|What is pushed back", one_line(samples.PRICES))
    assert moves.count("boto3 1.44.5 → 0.0.3 major, down, forced, 514 days older") == 1
    assert "Make web ready for boto3 0.0.3" in moves
    assert "boto3" not in pushed


def test_the_better_set_is_the_one_advice_where_there_is_one() -> None:
    shown = one_line(
        samples.report(
            verdict="shifts",
            findings=(
                samples.fallen("boto3", "web", "1.44.5", "0.0.3", better="1.44.5", pins=("b>1",)),
                samples.shifted("boto3", "1.44.5", "0.0.3", direction="down", remedy="Pin it."),
            ),
        )
    )
    assert "A better set exists: add b>1." in shown
    assert shown.count("what to do") == 1
    assert "Pin it." not in shown


def test_what_only_the_lock_holds_is_told_apart() -> None:
    shown = one_line(samples.PRICES)
    before, _, after = shown.partition("Only web's lock holds these;")
    assert "1 minor idna 3.10 → 3.20" in before
    assert "1 major certifi 2025.1.31 → 2026.10.18 1 minor celery 5.4.0 → 5.7.0" in after


def test_what_is_forced_is_not_laid_to_the_lock() -> None:
    held = samples.shifted("celery", "5.4.0", "5.7.0", "note", grade="minor", alone=True)
    assert "lock holds" in one_line(samples.report(verdict="shifts", findings=(held,)))
    forced = samples.shifted(
        "celery", "5.4.0", "5.7.0", "note", grade="minor", forced=True, alone=True
    )
    assert "lock holds" not in one_line(samples.report(verdict="shifts", findings=(forced,)))


def test_findings_that_are_only_a_message_are_told() -> None:
    also = one_line(samples.PRICES).partition(" Also ")[2]
    assert "pyjwt 2.10.1 has no extra crypt: it is ignored. web/requirements.txt:6" in also
    assert 'what to do: did you mean "crypto"?' in also
    assert "Has to be built: pandas 1.5.3, vllm 0.2.5 (no wheel for linux/amd64)" in also


def test_a_rule_that_nobody_knows_yet_is_told_too() -> None:
    strange = Finding(rule="of-tomorrow", severity="warning", message="This is new.")
    build = Finding(rule="needs-build", severity="note", message="x 1 has to be built.")
    shown = one_line(samples.report(findings=(strange, build)))
    assert "and nothing moves. What else is wrong stands below." in shown
    assert (
        "Also warning[of-tomorrow]: This is new. note[needs-build]: x 1 has to be built." in shown
    )


def test_no_line_ends_in_spaces() -> None:
    for report in samples.ALL.values():
        assert not re.search(" +$", text(report, width=40), re.MULTILINE)


def test_one_component_is_spoken_of_as_one() -> None:
    assert one_line(samples.SINGLE).startswith(
        "COMPATIBLE: web resolves, in 4 distributions; there was nothing to compare it with."
    )
    assert "together" not in one_line(samples.SINGLE)
    unread = samples.report(
        components=(samples.CORE,),
        verdict="undetermined",
        undetermined=samples.UNREAD.undetermined[1:],
    )
    assert "whether web can be installed is not known" in one_line(unread)


def test_nothing_is_concluded_from_what_could_not_be_read() -> None:
    shown = one_line(samples.UNREAD)
    assert "gone" not in shown
    assert "no conflict" not in shown
    assert "how to mend it" not in shown
    assert "Nothing else could be read, so that what moves is not known either." in shown


def test_what_could_be_read_is_told_as_a_part() -> None:
    shown = one_line(samples.UNDETERMINED)
    assert "how to mend it, stands below" in shown
    assert "What could be read (5 distributions) shows no conflict." in shown
    assert "What moves is known only as far as it could be read." in shown


def test_paths_lead_there_from_where_the_reader_stands() -> None:
    shown = one_line(samples.CONFLICT, prefix="fixtures/shop/")
    assert shown.count("fixtures/shop/web/requirements.txt:8") == shown.count(
        "web/requirements.txt:8"
    )
    assert "web (core) fixtures/shop/web/requirements.txt" in shown


@pytest.mark.parametrize("path", ["/srv/web.txt", "env:.venv", "C:/web.txt", ""])
def test_other_paths_stay_as_they_are(path: str) -> None:
    assert Page(width=80, prefix="shop/").path(path) == path


def test_colour_adds_nothing_but_colour() -> None:
    for report in samples.ALL.values():
        coloured = text(report, colour=True)
        assert coloured != text(report)
        assert ANSI.sub("", coloured) == text(report)


def test_ascii_where_the_terminal_has_no_more() -> None:
    for report in samples.ALL.values():
        assert text(report, unicode=False).isascii()
    assert "pydantic<2 -> pydantic>=2.7.4" in text(samples.CONFLICT, unicode=False)


def test_wide_characters_are_counted_as_two_cells() -> None:
    notes = ("検査" * 10 + " " + "検査" * 10,)
    lines = text(samples.report(notes=notes), width=60).splitlines()
    assert sum("検査" in line for line in lines) == 2


def test_a_presumption_is_named() -> None:
    shown = " ".join(text(samples.THREE_WAY).split())
    assert "not proven: this rests on what the sdist of googleapis-common-protos 1.52.0" in shown
    assert "not proven" not in text(samples.CONFLICT)


def test_what_could_not_be_checked_is_shown_beside_any_verdict() -> None:
    report = samples.report(undetermined=samples.UNDETERMINED.undetermined)
    shown = " ".join(text(report).split())
    assert "Not everything could be checked" in shown
    assert "web/requirements.txt:14 shop-auth @ git+https" in shown


def test_a_harmless_gap_is_told_but_casts_no_doubt() -> None:
    report = samples.report(undetermined=samples.UNDETERMINED.undetermined[:1])
    assert "Not everything" not in text(report)
    assert "The verdict does not depend on it." in text(report)


def test_small_shifts_are_summed_up_unless_asked_for() -> None:
    assert "2 minor  certifi 2026.1.4 → 2026.2.1, idna 3.10 → 3.11" in text(samples.SHIFTS)
    verbose = render(samples.SHIFTS, width=80, colour=False, unicode=True, verbose=True)
    assert re.search(r"certifi +2026.1.4 → 2026.2.1 +minor, incidental", verbose)
