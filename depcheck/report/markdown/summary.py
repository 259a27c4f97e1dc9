"""A digest as the summary of a run of GitHub Actions."""

from __future__ import annotations

from depcheck.report.digest import Digest
from depcheck.report.markdown import parts
from depcheck.report.markdown.fitting import fitted
from depcheck.report.tally import known, parted, told_anew

_LIMIT = 1_000_000
"""The summary of a step may have 1 MiB; this leaves room for what a step says itself."""

_OPEN = 30


def render_markdown(digest: Digest) -> str:
    """Return GitHub-flavoured Markdown of less than 1 MiB of UTF-8.

    What does not fit is left out row by row, and a last sentence says what. Nothing of the
    data is markup, a mention, a reference or a link.
    """
    context = digest.context
    grave, notes = parted(told_anew(digest))
    sections = [
        parts.opening(digest),
        parts.compared(digest),
        parts.findings(context, "Findings", grave),
        *parts.cures(context, digest.cures),
        parts.picture(digest),
        *(parts.table(context, t, folded=len(t.rows) > _OPEN) for t in digest.tables),
        parts.gaps(digest),
        *parts.chains(context, grave),
        parts.findings(context, "Notes", notes, folded=True),
        parts.findings(context, "Fixed", digest.fixed, folded=True),
        parts.findings(context, "Already there", known(digest), folded=True),
        parts.suppressed(context, digest.suppressed),
        parts.notes(digest),
        parts.reproduce(digest),
    ]
    return fitted([section for section in sections if section is not None], _LIMIT)
