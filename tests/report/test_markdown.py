"""The summary of a run: what is in it, and how it is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.report.digest import Cell, Context
from depcheck.report.markdown.fitting import Section, fitted
from depcheck.report.markdown.summary import render_markdown
from tests.report import digests
from tests.report.gfm import PARSERS, shown
from tests.report.golden_files import compare

MEBIBYTE = 1_048_576


@pytest.mark.parametrize("name", digests.SAMPLES)
def test_golden(name: str) -> None:
    compare(f"{name}.md", render_markdown(digests.SAMPLES[name]))


@pytest.mark.parametrize("parser", PARSERS)
def test_everything_is_in_it(parser: str) -> None:
    page = shown(render_markdown(digests.CHECK), parser)
    text = "".join(page.every)
    for expected in (
        "depcheck check: CONFLICT",
        "web and ai cannot share one environment",
        "This change brings 2 new findings and makes 1 worse; 1 already there, 1 fixed. "
        "1 finding suppressed.",
        "pydantic>=2.7.4",
        "│ web │ │ ai │",
        "every langchain 0.3.0 to 1.5.0 needs pydantic>=2.7.4",
        "boto3 moves from 1.40.0",
        "a URL is never fetched",
        "the login was tested with it",
        "Compared with origin/main at 89abcdef0123",
        "The configuration is the base's",
        "It adds a suppression of shift-major.",
        "depcheck check --base origin/main",
    ):
        assert expected in text
    assert f"{digests.LINKS}shop/web/requirements.txt#L8" in page.links
    assert f"{digests.DOCS}#conflict-transitive" in page.links


@pytest.mark.parametrize("parser", PARSERS)
def test_every_row_has_all_its_cells(parser: str) -> None:
    page = shown(render_markdown(digests.CHECK), parser)
    assert sorted(page.cells) == [4] * 6 + [5] * 8


def test_without_addresses_there_is_no_link() -> None:
    page = shown(render_markdown(replace(digests.CHECK, context=Context())), "cmark")
    assert not page.links
    assert "shop/web/requirements.txt:8" in "".join(page.every)


def test_a_command_is_quoted_for_a_shell() -> None:
    context = Context(command=("depcheck", "check", "my file", "$(id)"))
    markdown = render_markdown(replace(digests.CLEAN, context=context))
    assert "```sh\ndepcheck check 'my file' '$(id)'\n```" in markdown


@pytest.mark.parametrize("count", [10, 5_000])
def test_it_stays_below_a_mebibyte(count: int) -> None:
    markdown = render_markdown(digests.many(count))
    assert len(markdown.encode()) < MEBIBYTE
    shown(markdown, "cmark")
    assert ("Cut to fit here" in markdown) == (count > 1000)
    assert "depcheck check --base origin/main" in markdown


def test_a_huge_table_is_cut_by_its_rows() -> None:
    (row,) = digests.SHIFTS.rows
    wide = (Cell(text="ü" * 1000), *row[1:])
    table = replace(digests.SHIFTS, rows=(wide,) * 3_000)
    markdown = render_markdown(replace(digests.CHECK, tables=(table,)))
    assert 900_000 < len(markdown.encode()) < MEBIBYTE
    assert "rows of `Shifts`" in markdown.splitlines()[-1]
    page = shown(markdown, "cmark")
    assert set(page.cells) == {4, 5}


def test_fitting_keeps_what_is_vital() -> None:
    sections = [
        Section(head="first", rows=("row",) * 1000, tail="end", what="rows"),
        Section(head="second" * 1000, what="seconds"),
        Section(head="last", vital=True),
    ]
    text = fitted(sections, 1000)
    assert len(text) <= 1000
    assert text.startswith("first\nrow\n")
    assert "\nend\n\nlast\n" in text
    kept = text.count("\nrow")
    assert 50 < kept < 1000
    assert text.endswith(f"Left out: {1000 - kept} rows, seconds.\n")


def test_fitting_leaves_what_fits_alone() -> None:
    sections = [Section(head="a"), Section(head="b", rows=("c",), tail="d")]
    assert fitted(sections, 1000) == "a\n\nb\nc\nd\n"
