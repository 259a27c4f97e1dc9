"""What to do, told once for findings that want the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_words import drift_of

_REMEDIES = 2
_NAMED = 8
_GAP = "\0"


def remedies(page: Page, findings: Sequence[Finding], indent: int) -> None:
    """Add the remedies; those that differ in what they name alone are one line."""
    lines: dict[str, list[str]] = {}
    for finding in findings:
        if finding.remedy:
            form, named = _form(finding)
            lines.setdefault(form, []).append(named)
    limit = len(lines) if len(lines) <= _REMEDIES + 1 else _REMEDIES
    for form, names in list(lines.items())[:limit]:
        text = form.replace(_GAP, _listed(page, list(dict.fromkeys(names))))
        page.say(Span("what to do: ", "dim"), text, indent=indent, hang=2)
    if limit < len(lines):
        page.say(f"and likewise for the other {len(lines) - limit}", indent=indent)


def _form(finding: Finding) -> tuple[str, str]:
    """Return a remedy with a gap for what it names, and what it names (``a==1``)."""
    drift = drift_of(finding)
    for name in (drift.name, drift.name.partition(".")[2]) if drift else ():
        pinned = re.compile(rf"(?<!\S){re.escape(name)}(?:[=@-][^\s,]*[^\s,;])?(?=[\s,]|$)")
        if name and (found := pinned.search(finding.remedy)):
            before, after = finding.remedy[: found.start()], finding.remedy[found.end() :]
            return f"{before}{_GAP}{after}", found[0]
    return finding.remedy, ""


def _listed(page: Page, names: list[str]) -> str:
    limit = len(names) if page.verbose or len(names) <= _NAMED + 1 else _NAMED
    more = f" and {len(names) - limit} more" if limit < len(names) else ""
    return ", ".join(names[:limit]) + more
