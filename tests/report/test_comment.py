"""The comment on a pull request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.report.digest import Context
from depcheck.report.digests.check import digest_check
from depcheck.report.digests.parity import digest_parity
from depcheck.report.markdown.comment import render_comment
from tests.report import digests, parity_samples, samples
from tests.report.gfm import PARSERS, shown
from tests.report.golden_files import compare

LONGEST = 65_536


@pytest.mark.parametrize("name", digests.SAMPLES)
def test_golden(name: str) -> None:
    compare(f"{name}-comment.md", render_comment(digests.SAMPLES[name]))


@pytest.mark.parametrize("name", digests.SAMPLES)
def test_it_can_be_found_again(name: str) -> None:
    digest = digests.SAMPLES[name]
    lines = render_comment(digest).splitlines()
    assert lines[0] == f"<!-- depcheck:{digest.job} -->"
    assert lines[1].startswith("### ")


@pytest.mark.parametrize("parser", PARSERS)
def test_the_marker_does_not_swallow_the_verdict(parser: str) -> None:
    page = shown(render_comment(digests.CHECK), parser)
    assert "h3" in page.tags
    assert page.comments == [" depcheck:check "]


def test_what_is_long_is_folded() -> None:
    comment = render_comment(digests.CHECK)
    before, _, folded = comment.partition("<details>")
    assert "web needs `pydantic<2`" in before
    assert "+ pydantic>=2.7.4" in before
    for summary in ("Shifts", "Why:", "Fixed", "Already there", "Not checked"):
        assert summary in folded


def test_suppressed_ones_are_counted_and_not_told() -> None:
    comment = render_comment(digests.CHECK)
    assert "1 finding suppressed" in comment
    assert "the login was tested with it" not in comment


@pytest.mark.parametrize("count", [5, 100, 2_000])
def test_it_stays_below_its_largest_size(count: int) -> None:
    comment = render_comment(digests.many(count))
    assert len(comment) < LONGEST
    shown(comment, "cmark")
    assert ("Cut to fit here" in comment) == (count > 50)
    assert "```sh\ndepcheck check --base origin/main\n```" in comment


def test_it_stays_below_its_largest_size_whatever_is_in_it() -> None:
    digest = digests.poisoned(digests.many(200), "<`|@#ü" * 5_000)
    digest = replace(digest, advice=digest.advice * 1_000, base=digests.BASE)
    assert len(render_comment(digest)) < LONGEST


def test_many_notes_are_in_one_table() -> None:
    small = [finding for finding in samples.SHIFTS.findings if finding.severity == "note"]
    report = replace(samples.SHIFTS, findings=tuple(small))
    comment = render_comment(digest_check(report, Context(), fail_on="warning"))
    assert len(small) > 3
    assert comment.count("\n| ---") == 1
    assert all(finding.message in comment for finding in small)


def test_the_remark_of_a_table_that_is_left_out_stays() -> None:
    comment = render_comment(digest_parity(parity_samples.DRIFT, Context(), fail_on="warning"))
    assert comment.count("Values of variables and labels are hidden") == 1
