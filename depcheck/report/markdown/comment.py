"""A digest as the comment on a pull request."""

from __future__ import annotations

from depcheck.report.digest import Digest
from depcheck.report.markdown import parts
from depcheck.report.markdown.fitting import fitted
from depcheck.report.tally import known, parted, told_anew

_OPEN = 30
_LIMIT = 65_000
"""A comment may have 65,536 characters; bytes are counted here, which are never fewer."""


def render_comment(digest: Digest) -> str:
    """Return GitHub-flavoured Markdown of less than 65,536 characters, folded.

    The first line is a comment in HTML that says of which job it is, so that it can be found
    again. What does not fit is left out row by row, and a last sentence says what. A table
    whose rows are findings is left out, since those are told one by one. Nothing of the data
    is markup, a mention, a reference or a link.
    """
    context = digest.context
    grave, notes = parted(told_anew(digest))
    sections = [
        parts.opening(digest),
        parts.compared(digest),
        parts.findings(context, "Findings", grave, folded=len(grave) > _OPEN),
        *parts.cures(context, digest.cures),
        *parts.chains(context, grave),
        parts.findings(context, "Notes", notes, folded=True),
        parts.remarks(digest),
        *(parts.table(context, t, folded=True) for t in digest.tables if not t.repeats),
        parts.picture(digest),
        parts.gaps(digest),
        parts.findings(context, "Fixed", digest.fixed, folded=True),
        parts.findings(context, "Already there", known(digest), folded=True),
        parts.notes(digest),
        parts.reproduce(digest),
    ]
    body = fitted([section for section in sections if section is not None], _LIMIT)
    return f"{marker(digest.job)}\n{body}"


def marker(job: str) -> str:
    """Return the hidden line by which a job's comment is found again."""
    return f"<!-- depcheck:{job} -->"
