"""Reports as a run gives them, through their digests, in the formats of a pull request."""

from __future__ import annotations

import pytest

from depcheck.report.digest import Context, Digest
from depcheck.report.digests.audit import digest_audit
from depcheck.report.digests.check import digest_check
from depcheck.report.digests.isolation import digest_isolation
from depcheck.report.digests.parity import digest_parity
from depcheck.report.github import render_github
from depcheck.report.markdown.comment import render_comment
from depcheck.report.markdown.summary import render_markdown
from depcheck.report.sarif.log import render_sarif
from tests.report import audit_samples, parity_samples, samples
from tests.report.digests import DOCS, LINKS
from tests.report.gfm import shown
from tests.report.golden_files import compare
from tests.report.runner import commands
from tests.report.sarif_checks import read
from tests.support import isolation_reports

ISOLATED, ISOLATED_HOSTILE = isolation_reports.ALL, isolation_reports.hostile()
CONTEXT = Context(prefix="shop/", links=LINKS, docs=DOCS, command=("depcheck", "check"))

DIGESTS: dict[str, Digest] = {
    **{
        f"report-{name}": digest_check(report, CONTEXT, fail_on="warning")
        for name, report in samples.ALL.items()
    },
    "report-check-hostile": digest_check(samples.hostile(), CONTEXT, fail_on="warning"),
    "report-drift": digest_parity(parity_samples.DRIFT, CONTEXT, fail_on="warning"),
    "report-drift-hostile": digest_parity(parity_samples.hostile(), CONTEXT, fail_on="warning"),
    "report-exposed": digest_audit(audit_samples.EXPOSED, CONTEXT, fail_on="warning"),
    "report-exposed-hostile": digest_audit(audit_samples.hostile(), CONTEXT, fail_on="warning"),
    "report-isolation": digest_isolation(ISOLATED["five"], CONTEXT, fail_on="warning"),
    "report-isolation-hostile": digest_isolation(ISOLATED_HOSTILE, CONTEXT, fail_on="warning"),
}
WRITTEN = ("report-conflict", "report-shifts", "report-drift", "report-exposed", "report-isolation")


@pytest.mark.parametrize("name", DIGESTS)
def test_annotations(name: str) -> None:
    text = render_github(DIGESTS[name])
    assert len(list(commands(text))) == text.count("\n")
    if name in WRITTEN:
        compare(f"{name}-github.txt", text)


@pytest.mark.parametrize("name", DIGESTS)
def test_comments(name: str) -> None:
    text = render_comment(DIGESTS[name])
    page = shown(text, "cmark")
    assert not page.references()
    assert all(link.startswith((LINKS, DOCS)) for link in page.links)
    if name in WRITTEN:
        compare(f"{name}-comment.md", text)


@pytest.mark.parametrize("name", DIGESTS)
def test_summaries(name: str) -> None:
    page = shown(render_markdown(DIGESTS[name]), "markdown-it")
    assert not page.references()
    assert all(link.startswith((LINKS, DOCS)) for link in page.links)


@pytest.mark.parametrize("name", DIGESTS)
def test_sarif(name: str) -> None:
    run = read(render_sarif(DIGESTS[name]))
    assert len(run["results"]) == len(DIGESTS[name].entries)
