"""Small pieces of prose that several sections share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.model.findings import Conflict, Edit, Finding, Shift, Step
from depcheck.model.report import Report
from depcheck.model.requirement import Component, Origin
from depcheck.report.text.layout import Marks, Page, Span

CODE = "bold"
PLACE = "cyan"


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``3 packages`` or ``1 package``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; ``nothing`` for none."""
    if not words:
        return "nothing"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def commas(items: Sequence[str], style: str = "") -> list[Span]:
    """Return ``a 1, b 2``, each item kept in one piece."""
    spans: list[Span] = []
    for item in items:
        if spans:
            spans.append(Span(", "))
        spans.append(Span(item, style, solid=True))
    return spans


def everyone(report: Report) -> str:
    """Return the components' names as a person would list them."""
    return listed([component.name for component in report.components])


def told_findings(report: Report) -> list[Finding]:
    """Return the findings that are known: what is gone may be among what could not be read."""
    if report.verdict != "undetermined":
        return list(report.findings)
    return [finding for finding in report.findings if finding.rule != "shift-gone"]


def outcome_of(report: Report, component: Component) -> str:
    """Return what a component resolves to by itself: ``28 alone``, ``unsolvable``."""
    alone = report.alone.get(component.name)
    if alone is None:
        return "unsolvable"
    if len(report.components) == 1:
        return plural(len(alone), "distribution") + so_far(report)
    return f"{len(alone)} alone"


def so_far(report: Report) -> str:
    """Return the words that limit a count where not everything could be read."""
    return " as far as read" if report.verdict == "undetermined" else ""


def owners(finding: Finding) -> frozenset[str]:
    """Return the components whose statements clash: one where it cannot stand by itself."""
    if isinstance(finding.evidence, Conflict):
        return frozenset(s.origin.component for s in finding.evidence.statements)
    return frozenset(origin.component for origin in finding.locations)


def cores(report: Report) -> frozenset[str]:
    """Return the components that must not be moved."""
    return frozenset(c.name for c in report.components if c.role == "core")


def place(page: Page, origin: Origin) -> Span:
    """Return ``path:line`` as seen from where the reader stands, kept in one piece."""
    line = "" if origin.line is None else f":{origin.line}"
    return Span(page.path(origin.path) + line, PLACE, solid=True)


def stands(page: Page, origins: Iterable[Origin]) -> list[list[list[Span]]]:
    """Return rows of place and text as written, for ``Page.rows``; a line that several
    components have is there once."""
    lines: dict[object, Origin] = {}
    for origin in origins:
        lines.setdefault((origin.path, origin.line, origin.text), origin)
    return [[[place(page, origin)], [Span(origin.text, CODE)]] for origin in lines.values()]


def sentence(step: Step) -> str:
    """Return a step as a clause: ``every langchain 0.3.0 to 1.5.0 needs …``."""
    if step.count < 2:
        return str(step)
    return f"every {step.subject} {step.versions} ({step.count} releases) {step.verb} {step.object}"


def change(shift: Shift, marks: Marks) -> str:
    """Return ``1.7.1 → 2.10.1``, ``added 1.2`` or ``gone (was 1.2)``."""
    if shift.before is None:
        return f"added {shift.after}"
    if shift.after is None:
        return f"gone (was {shift.before})"
    return f"{shift.before} {marks.arrow} {shift.after}"


def priced(shift: Shift, marks: Marks) -> str:
    """Return ``pin X==1``, and at what price where it pushes others back."""
    price = listed([text.replace("→", marks.arrow) for text in shift.price]) if shift.price else ""
    return f"pin {shift.pin}" + (f", at the price of {price}" if price else "")


def asked_at(indexes: Sequence[str], exclude_newer: str | None) -> str:
    """Return where releases were looked up, and as of when, for the foot of a report."""
    limit = f", nothing newer than {exclude_newer}" if exclude_newer else ""
    return (", ".join(indexes) or "no index") + limit


def once(edits: Iterable[Edit]) -> list[Edit]:
    """Return each edit once, where several components come from the same lines of a file."""
    lines: dict[object, Edit] = {}
    for edit in edits:
        at = edit.origin
        lines.setdefault((at.path, at.line, at.text, edit.before, edit.after), edit)
    return list(lines.values())


def edited(edit: Edit, marks: Marks) -> list[Span]:
    """Return ``before → after``, or that the line goes."""
    if not edit.after:
        return [Span(edit.before, CODE), Span(" (take this line out)")]
    return [
        Span(edit.before, "red"),
        Span(f" {marks.arrow} "),
        Span(edit.after, "bold green"),
    ]
