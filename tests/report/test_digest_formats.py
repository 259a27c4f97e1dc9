"""Real digests of every job in every format: nothing fails, and no secret comes through."""

from __future__ import annotations

import pytest

from depcheck.report.github import render_github
from depcheck.report.html.page import render_html
from depcheck.report.markdown.comment import render_comment
from depcheck.report.markdown.summary import render_markdown
from depcheck.report.sarif.log import render_sarif
from tests.report import review_samples, samples
from tests.report.test_digest_check import REPORTS, digest
from tests.report.test_digest_jobs import HOSTILE, JOBS, made

FORMATS = (render_github, render_markdown, render_comment, render_sarif, render_html)
PLAIN = {
    **{name: made(entry) for name, entry in JOBS.items()},
    **{f"check-{name}": digest(report) for name, report in REPORTS.items()},
}
EVIL = {
    **{name: made(entry) for name, entry in HOSTILE.items()},
    "check": digest(samples.hostile()),
    "review": digest(review_samples.hostile()),
}


@pytest.mark.parametrize("render", FORMATS)
@pytest.mark.parametrize("name", PLAIN)
def test_every_digest_can_be_told(name, render):
    told = PLAIN[name]
    text = render(told)
    if told.failing:
        assert any(entry.rule in text for entry in told.entries)


@pytest.mark.parametrize("render", FORMATS)
@pytest.mark.parametrize("name", EVIL)
def test_no_secret_comes_through(name, render):
    text = render(EVIL[name])
    assert "hunter2" not in text
    assert "abcdef" not in text.replace("0123456789abcdef", "")
