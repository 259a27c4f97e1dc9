"""The page in a real Chromium, attacked, and heard as those who do not see it hear it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from depcheck.report.digest import Digest
from tests.report import html_samples as samples
from tests.report.conftest import Opener
from tests.report.test_html import INVISIBLE, MARKUP, poisoned
from tests.report.test_html_browser import EVERY
from tests.support.browser import lacking


@pytest.mark.parametrize("poison", [*MARKUP, *INVISIBLE], ids=ascii)
def test_nothing_that_strangers_wrote_lives(poison: str, opened: Opener) -> None:
    for digest in (samples.check(), samples.isolation(4)):
        dirty = poisoned(digest, poison)
        assert isinstance(dirty, Digest)
        page = opened(dirty)
        page.click("#scheme")
        page.press("/", "/")
        page.type("a")
        page.press("Escape")
        page.run("document.querySelectorAll('th button, [data-fold]').forEach(b => b.click())")
        assert page.run("document.querySelectorAll('script, style').length") == 2
        assert page.run("document.querySelectorAll('img, iframe, form, svg, base').length") == 0
        assert page.run("document.querySelectorAll('[onclick], [onfocus], [onerror]').length") == 0
        assert page.run("[...document.querySelectorAll('a')].every(a => a.protocol === 'file:' || "
                        "a.protocol === 'https:')")  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core; from ``DEPCHECK_AXE``, or where npm puts what it installs."""
    named = os.environ.get("DEPCHECK_AXE", "node_modules/axe-core/axe.min.js")
    if not Path(named).is_file():
        lacking("no axe-core: npm install axe-core, and its axe.min.js as DEPCHECK_AXE")
    return Path(named).read_text(encoding="utf-8")


@EVERY
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_accessible(digest: Digest, dark: bool, width: int, opened: Opener, axe: str) -> None:
    page = opened(digest, dark=dark, width=width)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.run(f"{axe}; 0")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.run(
        f"axe.run({{runOnly: {json.dumps(tags)}}}).then(r => r.violations.map(v => "
        "[v.id, v.impact, v.nodes.slice(0, 3).map(n => [n.html.slice(0, 200), n.failureSummary])]))"
    )
    assert found == []
