"""Conflicts and their corrections in the terminal report."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Conflict, Correction, Finding, Step
from depcheck.report.review_words import tag
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import commas, edited, once, owners, place, plural, sentence, stands

COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
_PICKS = 12


def ruled(finding: Finding) -> list[Span]:
    """Return ``warning[shift-major]``: what to give to ``explain``, or to suppress."""
    return [
        Span(finding.severity, COLOURS[finding.severity], solid=True),
        Span(f"[{finding.rule}]", "dim", solid=True),
    ]


def labelled(page: Page, finding: Finding) -> list[Span]:
    """Return a finding's severity, rule id, and what it is against the base."""
    label = tag(finding.novelty, page.marks)
    return [*ruled(finding), *([Span(f" {label}", "cyan")] if label else [])]


def titled(page: Page, finding: Finding) -> None:
    """Add a finding's severity, rule id and message."""
    page.gap()
    page.say(*labelled(page, finding), Span(f": {finding.message}", "bold"), hang=2)


def conflicts(page: Page, findings: Sequence[Finding]) -> None:
    """Add each conflict: what is wrong, where, why, and how sure that is.

    Those of one component by itself come first: no other can mend them.
    """
    for finding in findings if any(f.novelty for f in findings) else _own_first(findings):
        titled(page, finding)
        where(page, finding)
        if isinstance(finding.evidence, Conflict):
            why(page, finding.evidence.steps)
            certainty(page, finding.evidence)
        if finding.remedy:
            page.say(Span("what to do: ", "dim"), finding.remedy, indent=2, hang=2)


def _own_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: len(owners(finding)) > 1)


def where(page: Page, finding: Finding) -> None:
    """Add the lines that a finding is about."""
    origins = list(finding.locations)
    if isinstance(finding.evidence, Conflict):
        origins = [*(s.origin for s in finding.evidence.statements), *origins]
    if origins:
        page.say(Span("where", "dim"), indent=2)
        page.rows(stands(page, origins), indent=4)


def why(page: Page, steps: Sequence[Step]) -> None:
    """Add the chain of releases behind it."""
    if steps:
        page.say(Span("why", "dim"), indent=2)
    for step in steps:
        page.say(f"{page.marks.bullet} ", *clause(page, step), indent=4, hang=2)


def clause(page: Page, step: Step) -> list[Span]:
    """Return a step with its place: ``web needs pydantic<2 (web/requirements.txt:8)``."""
    spans = [Span(sentence(step))]
    if step.origin is not None:
        spans += [Span(" ("), place(page, step.origin), Span(")")]
    if step.presumed:
        spans.append(Span(" [presumed]", "yellow"))
    return spans


def certainty(page: Page, conflict: Conflict) -> None:
    """Add what a conflict rests on where it is not proven."""
    if conflict.presumed:
        page.say(Span("not proven: ", "yellow"), rests_on(conflict), indent=2, hang=2)


def rests_on(conflict: Conflict) -> str:
    """Return what a conflict that is not proven rests on, in a sentence."""
    shown = ", ".join(conflict.presumed[:5])
    more = f" and {len(conflict.presumed) - 5} more" if len(conflict.presumed) > 5 else ""
    return (
        f"this rests on what the sdist of {shown}{more} says about its requirements, "
        "which building it might change."
    )


def corrections(page: Page, alternatives: Sequence[Correction]) -> None:
    """Add the alternatives, numbered, each with its edits and what it gives."""
    if not alternatives:
        return
    page.heading("To heal it")
    if len(alternatives) > 1:
        page.say(
            "Any one of these is enough; the closest to what stands there comes first.", indent=2
        )
    for number, alternative in enumerate(alternatives, 1):
        correction(page, alternative, number)


def correction(page: Page, told: Correction, number: int) -> None:
    """Add one alternative: its edits, what they resolve to, what they rest on."""
    lead = f"{number}. "
    if edits := once(told.edits):
        page.say(f"{lead}change {plural(len(edits), 'line')}", indent=2)
        page.rows(
            [[[place(page, edit.origin)], edited(edit, page.marks)] for edit in edits], indent=5
        )
    else:
        page.say(f"{lead}no edit of these lines alone heals it", indent=2)
        page.rows(stands(page, (s.origin for s in told.statements)), indent=5)
    if told.picks:
        page.say(Span("re-solved: ", "dim"), *_picks(page, told), indent=5, hang=2)
    if told.remark:
        page.say(told.remark, indent=5)


def _picks(page: Page, correction: Correction) -> list[Span]:
    limit = len(correction.picks) if page.verbose else _PICKS
    rest = len(correction.picks) - limit
    shown = [f"{name} {version}" for name, version in correction.picks[:limit]]
    return commas([*shown, f"{rest} more"] if rest > 0 else shown)
