"""The page in a real Chromium: used by mouse and keyboard, measured, and printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from depcheck.report.digest import Digest
from tests.report import html_samples as samples
from tests.report.conftest import Opener
from tests.report.test_html import poisoned
from tests.support.browser import Page, lacking

DIGESTS = {
    "check": samples.check(),
    "clean": samples.clean(),
    "parity": samples.parity(),
    "eight boxes": samples.isolation(8),
    "three boxes": samples.isolation(3),
    "moving": samples.moving(),
}
EVERY = pytest.mark.parametrize("digest", DIGESTS.values(), ids=DIGESTS)
SHOWN = "[...document.querySelectorAll('{0}')].filter(e => e.checkVisibility())"


def rows(page: Page, column: int) -> list[str]:
    """The texts of a column, of rows that are shown."""
    return page.run(
        SHOWN.format("table.data tbody tr") + f".map(r => r.cells[{column}].textContent)"
    )


def shown(page: Page, selector: str) -> int:
    return page.run(SHOWN.format(selector) + ".length")


def head(column: int) -> str:
    return f"table.data th:nth-child({column + 1}) button"


# It opens


@EVERY
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_it_opens_without_a_complaint_and_without_a_request(
    digest: Digest, script: bool, opened: Opener
) -> None:
    page = opened(digest, script=script)
    assert page.run("document.querySelector('h1').checkVisibility()")
    assert page.run("document.title").startswith(digest.verdict)


def test_without_script_everything_is_there_and_no_control_is(opened: Opener) -> None:
    page = opened(samples.check(), script=False)
    assert shown(page, "button, select, input") == 0
    assert shown(page, "table.data tbody tr") == len(samples.SHIFTS.rows)
    assert shown(page, "summary") > 5


def test_the_policy_stops_what_is_not_the_pages_own(opened: Opener) -> None:
    page = opened(samples.clean())
    assert page.run(
        "new Promise(d => { addEventListener('securitypolicyviolation', () => d(true));"
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); setTimeout(() => d(false), 3000) })"
    )
    assert page.run("window.ran === undefined")
    assert page.troubles
    opened.page = None  # this one is meant to complain
    page.close()


@EVERY
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_screen(digest: Digest, width: int, opened: Opener) -> None:
    long = "x" * 300
    for content in (digest, replace(digest, summary=long, verdict=long), poisoned(digest, long)):
        assert isinstance(content, Digest)
        page = opened(content, width=width)
        for fold in ("open", "close"):
            page.run(f"document.querySelectorAll('[data-fold={fold}]').forEach(b => b.click())")
            assert page.run("document.documentElement.scrollWidth") <= width


# Sorting


def test_versions_are_sorted_as_versions_by_a_click(opened: Opener) -> None:
    page = opened(samples.check())
    page.click(head(2))
    assert rows(page, 2) == [
        "2.10.1", "2.14.3", "4.16.0", "5.9.2", "5.10.0rc1", "5.10.0", "8.1.0", "",
    ]  # fmt: skip
    assert (
        page.run("document.querySelector('th[aria-sort]').getAttribute('aria-sort')") == "ascending"
    )
    page.click(head(2))
    assert rows(page, 2) == [
        "8.1.0", "5.10.0", "5.10.0rc1", "5.9.2", "4.16.0", "2.14.3", "2.10.1", "",
    ]  # fmt: skip
    page.click(head(0))
    assert rows(page, 0)[:3] == ["amqp", "anyio", "click"]
    assert page.run("document.querySelectorAll('th[aria-sort]').length") == 1


def test_the_keyboard_sorts_too(opened: Opener) -> None:
    page = opened(samples.check())
    page.run(f"document.querySelector({json.dumps(head(4))}).focus()")
    page.press("Enter", "\r")
    assert rows(page, 4) == ["warning"] * 3 + ["note"] * 5
    page.press(" ", " ")
    assert rows(page, 4) == ["note"] * 5 + ["warning"] * 3


def test_every_kind_of_version_has_its_place(opened: Opener) -> None:
    order = [
        "0.9", "1.0.dev1", "1.0a1", "1.0b2", "1.0b10", "1.0rc1", "1.0", "1.0-1", "1.0.post1",
        "1.0.1", "1.0.10", "1.9", "1.10", "2.0 → 3.0", "2.0.1 → 2.0", "10.0",
        "99999999999999999999", "100000000000000000000", "apple", "pear",
    ]  # fmt: skip
    cells = tuple((replace(samples.SHIFTS.rows[0][0], text=text),) for text in reversed(order))
    table = replace(samples.SHIFTS, columns=("version",), rows=cells)
    page = opened(replace(samples.clean(), tables=(table,)))
    page.click(head(0))
    assert rows(page, 0) == order


# Filtering


def test_slash_leads_to_the_filter_and_words_narrow_everything_down(opened: Opener) -> None:
    page = opened(samples.check())
    page.press("/", "/")
    assert page.run("document.activeElement.id") == "filter"
    page.type("pyjwt 1.7")
    assert rows(page, 0) == ["pyjwt"]
    assert shown(page, "#findings [data-item]") == 1
    assert page.run("document.querySelector('#findings h2 .count').textContent") == "1 of 14"
    assert page.run("document.getElementById('matches').textContent") == "2 of 26 shown"
    page.press("Escape")
    assert len(rows(page, 0)) == len(samples.SHIFTS.rows)
    assert page.run("document.getElementById('filter').value") == ""
    assert page.run("document.querySelector('#findings h2 .count').textContent") == "14"


def test_a_filter_looks_into_what_is_folded_and_folds_it_again(opened: Opener) -> None:
    page = opened(samples.check())
    there = "document.querySelectorAll('[data-group]')[1].open"
    assert not page.run(there)
    page.press("/", "/")
    page.type("ADDED-3")
    assert page.run(there)
    assert shown(page, "#findings [data-item]") == 1
    page.press("Escape")
    assert not page.run(there)


@pytest.mark.parametrize(
    ("chips", "left"),
    [(("novelty=new",), 1), (("novelty=new", "novelty=worse"), 2), (("severity=warning",), 2),
     (("severity=note", "novelty=changed"), 1), (("severity=error", "novelty=known"), 0)],
)  # fmt: skip
def test_chips_choose_by_severity_and_novelty(
    chips: tuple[str, ...], left: int, opened: Opener
) -> None:
    page = opened(samples.check())
    for chip in chips:
        name, _, value = chip.partition("=")
        page.click(f"[data-facet={name}][data-value={value}]")
    # Folded groups count as well: their heading says how many are left in them.
    count = page.run("document.querySelectorAll('#findings [data-item]:not([hidden])').length")
    assert count == left
    for chip in chips:
        name, _, value = chip.partition("=")
        page.click(f"[data-facet={name}][data-value={value}]")
    assert page.run("document.querySelectorAll('[data-item][hidden]').length") == 0


def test_a_column_is_a_choice(opened: Opener) -> None:
    page = opened(samples.check())
    page.run(
        "(() => { const s = document.querySelector('select[data-column=\"3\"]'); s.value = 'minor';"
        "s.dispatchEvent(new Event('change')); })()"
    )
    page.settle()
    assert rows(page, 0) == ["amqp", "idna", "click"]
    assert page.run("document.querySelector('#table-1 h2 .count').textContent") == "3 of 8"


def test_two_thousand_rows_are_filtered_and_sorted(opened: Opener) -> None:
    page = opened(samples.parity(2_000))
    page.run(
        "(() => { const filter = document.getElementById('filter'); filter.value = 'package-19';"
        "filter.dispatchEvent(new Event('input')); })()"
    )
    page.settle()
    assert 0 < len(page.run(SHOWN.format("table.data tbody tr") + ".map(e => e.id)")) < 2_000
    page.run(
        "(() => { const filter = document.getElementById('filter'); filter.value = '';"
        "filter.dispatchEvent(new Event('input'));"
        "document.querySelectorAll('table.data th button')[2].click(); })()"
    )
    page.settle()
    assert len(rows(page, 0)) == 2_000


# Colours, folding, copying


def test_the_colours_follow_the_system_and_the_button(opened: Opener) -> None:
    page = opened(samples.check())
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.run(ground)
    page.scheme("dark")
    page.settle()
    dark = page.run(ground)
    assert light != dark
    assert page.run("document.getElementById('scheme').textContent") == "Light"
    page.click("#scheme")
    assert page.run(ground) == light
    page.click("#scheme")
    assert page.run(ground) == dark
    page.scheme("light")
    page.settle()
    assert page.run(ground) == dark


def test_all_can_be_unfolded_and_folded(opened: Opener) -> None:
    page = opened(samples.check())
    page.click("[data-fold=open]")
    assert page.run("document.querySelectorAll('#findings details:not([open])').length") == 0
    page.click("[data-fold=close]")
    assert page.run("document.querySelectorAll('#findings .entry[open]').length") == 0


def test_a_line_is_copied_as_it_is_shown(opened: Opener) -> None:
    page = opened(samples.check())
    page.run("document.addEventListener('copy', () => {window.copied = `${getSelection()}`})")
    page.run(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => "
        "{window.copied = text}}})"
    )
    page.click("[data-copy='cure-1-1']")
    assert page.run("window.copied") == "pydantic>=2.7.4"
    assert page.run("document.querySelector('[data-copy=\"cure-1-1\"]').textContent") == "Copied"


def test_a_line_is_copied_without_the_clipboards_permission_too(opened: Opener) -> None:
    page = opened(samples.check())
    page.run("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.run(
        "document.addEventListener('copy', () => {window.copied = document.activeElement.value})"
    )
    page.click("[data-copy=command]")
    assert page.run("window.copied") == "depcheck check --config shop/depcheck.toml --base main"
    assert page.run("document.querySelectorAll('textarea').length") == 0


def test_an_address_leads_into_what_is_folded(opened: Opener, tmp_path: Path) -> None:
    page = opened(samples.check())
    page.ask("Page.navigate", url=(tmp_path / "report.html").as_uri() + "#finding-5")
    page.settle()
    assert page.run("document.getElementById('finding-5').checkVisibility()")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(opened: Opener) -> None:
    page = opened(samples.check())
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().top") >= 0
    page.press("Enter", "\r")
    assert page.run("document.activeElement.id") == "report"


def test_every_stop_of_the_keyboard_shows(opened: Opener) -> None:
    page = opened(samples.check())
    seen = set()
    for _ in range(60):
        page.press("Tab")
        stop = page.run(
            "(() => { const e = document.activeElement, s = getComputedStyle(e), "
            "b = e.getBoundingClientRect(); return [e.outerHTML.slice(0, 80), s.outlineStyle, "
            "b.width > 0 && b.height > 0]; })()"
        )
        seen.add(stop[0])
        assert stop[1:] == ["solid", True] or stop[0].startswith("<body"), stop
    assert len(seen) > 30


# Paper


def test_it_is_printed_with_everything_unfolded_and_no_controls(
    opened: Opener, tmp_path: Path
) -> None:
    page = opened(samples.check(), dark=True)
    (tmp_path / "report.pdf").write_bytes(page.pdf())
    if shutil.which("pdftotext") is None:
        lacking("no pdftotext is installed")
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, check=True
    )
    text = told.stdout.decode()
    words = " ".join(text.split())
    assert "newer is what we want" in words  # of a suppressed one, folded
    assert "Pin added-8==1.0 to keep it." in words  # two folds deep
    assert not re.search(r"\b(Copy|Dark|Light|Unfold all)\b", words)
