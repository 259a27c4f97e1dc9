"""Parts of the page: where gaps stand, and what happens to very many findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.report.digest import Cell, Place, Table
from depcheck.report.html.page import render_html
from tests.report import html_samples as samples
from tests.report.test_html import Page


def test_what_could_not_be_checked_has_its_place_once() -> None:
    """The paths of a digest lead from the root of the repository already."""
    page = Page(render_html(samples.check()))
    assert "shop/shop/" not in page.text
    assert f"{samples.CONTEXT.links}shop/web/requirements.txt#L12" in {
        each["href"] for each in page.named("a")
    }


def test_very_many_findings_are_laid_out_as_they_come_into_view() -> None:
    few, many = (replace(samples.check(), entries=(samples.entry(),) * n) for n in (100, 101))
    classes = [{each.get("class") for each in Page(render_html(d)).named("div")}
               for d in (few, many)]  # fmt: skip
    assert ["entries many" in each for each in classes] == [False, True]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("rec/requirements.txt", "rec/requirements.txt:6"),
        ("requirements.txt", "requirements.txt:6"),
        ("shop/apps/rec/requirements.txt", "…/rec/requirements.txt:6"),
    ],
)
def test_a_line_in_a_table_has_its_folder_and_whose_it_is(path: str, told: str) -> None:
    cell = Cell(text="urllib3", place=Place(path=path, line=6), lead="brought in by rec")
    moves = Table(id="shifts", title="What moves", columns=("package",), rows=((cell,),))
    page = Page(render_html(replace(samples.check(), tables=(moves,))))
    assert f"urllib3brought in by rec{told}" in "".join(page.text.split("\n"))


def test_what_was_there_is_called_the_same_everywhere() -> None:
    text = render_html(samples.check())
    assert "Already there" in text
    assert "There already" not in text
