"""What the terminal report promises at any width."""

from __future__ import annotations

import re

import pytest

from depcheck.model.report import Report
from depcheck.report.console import render
from tests.report import samples

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report, *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    return render(report, width=width, colour=colour, unicode=unicode)


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("name", samples.ALL)
def test_no_line_is_wider_than_the_page(name: str, width: int) -> None:
    assert max(map(len, text(samples.ALL[name], width=width).splitlines())) <= width


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
