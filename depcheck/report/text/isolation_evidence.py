"""What the reasons of walls rest on, in the isolation report."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Conflict, Correction, Finding, Shift, Step
from depcheck.model.requirement import Origin
from depcheck.model.walls import GpuNeed, Labels, NativeClash, NativeUse, PythonNeed, Weight
from depcheck.report.text.check_conflicts import certainty, correction, where, why
from depcheck.report.text.isolation_words import bulk
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import PLACE, change, commas, plural, priced, stands

_LARGEST = 5
_HEALS = 3

Row = list[list[Span]]


def fact(page: Page, label: str, *spans: Span | str) -> None:
    """Add ``label: text``."""
    page.say(Span(f"{label}: ", "dim"), *spans, indent=2, hang=2)


def evidence(page: Page, finding: Finding) -> None:
    """Add where a finding stands, and what it rests on."""
    where(page, finding)
    match finding.evidence:
        case Conflict() as conflict:
            why(page, chain(page, conflict))
            certainty(page, conflict)
        case Shift() as shift:
            _shift(page, shift, finding)
        case PythonNeed(because=because) if because not in finding.message:
            fact(page, "why", because)
        case NativeClash(left=left, right=right):
            if not all(use.path and use.path in finding.message for use in (left, right)):
                page.rows([_use(left), _use(right)], indent=4, together=True)
        case Weight() as weight:
            _weight(page, weight)
        case GpuNeed(distributions=brought):
            if page.verbose or not any(each in finding.message for each in brought):
                _gpu(page, brought)
        case Labels(values=values):
            if any(value not in finding.message for _, value in values):
                rows = [[[Span(name, "bold")], [Span(value)]] for name, value in values]
                page.rows(rows, indent=4)
    if finding.remedy:
        fact(page, "what to do", finding.remedy)


def chain(page: Page, *conflicts: Conflict) -> Sequence[Step]:
    """Return the steps of conflicts, each once; none where they only repeat the lines."""
    steps = list(dict.fromkeys(step for conflict in conflicts for step in conflict.steps))
    lines = {s.origin for conflict in conflicts for s in conflict.statements}
    if not page.verbose and all(step.origin in lines for step in steps):
        return ()
    # What a line asks for comes before what that leads to.
    return sorted(steps, key=lambda step: step.origin not in lines)


def seats(page: Page, origins: Sequence[Origin]) -> None:
    """Add places in a line (``depcheck.toml:9, 23``): the message says what stands there."""
    lines: dict[str, list[int]] = {}
    for origin in origins:
        lines.setdefault(origin.path, []).append(origin.line or 0)
    told = []
    for path, numbers in lines.items():
        shown = ", ".join(str(number) for number in sorted(set(numbers)) if number)
        told.append(f"{page.path(path)}{':' if shown else ''}{shown}")
    if told:
        fact(page, "where", Span("; ".join(told), PLACE))


def heal(page: Page, heals: Sequence[Correction], what: str = "it") -> None:
    """Add the edits that would take a conflict away."""
    shown = heals if page.verbose else heals[:_HEALS]
    if shown:
        any_of = " (any one of these)" if len(shown) > 1 else ""
        page.say(Span(f"to heal {what} instead", "dim"), any_of, indent=2)
    for number, cure in enumerate(shown, 1):
        correction(page, cure, number)
    if rest := len(heals) - len(shown):
        page.say(f"and {plural(rest, 'other way', 'other ways')} (--verbose)", indent=2)


def _shift(page: Page, shift: Shift, finding: Finding) -> None:
    """Add what the message and the places do not say of a shift."""
    if not all(text in finding.message for text in (shift.before or "", shift.after or "")):
        words = [shift.grade, "forced" if shift.forced else "incidental"]
        moved = f"{shift.name} {change(shift, page.marks)}"
        fact(page, "moves", Span(moved, "bold", solid=True), f" ({', '.join(words)})")
    if shift.direct is not None and shift.direct.origin not in finding.locations:
        page.say(Span("asked for", "dim"), indent=2)
        page.rows(stands(page, [shift.direct.origin]), indent=4)
    why(page, shift.chain)
    if shift.pin and shift.pin not in finding.remedy:
        fact(page, "to keep it", priced(shift, page.marks))


def _use(use: NativeUse) -> Row:
    library = use.path if use.path.endswith(use.library) else f"{use.library} {use.path}".strip()
    return [
        [Span(use.component, "bold")],
        [Span(f"{use.distribution} {use.version}")],
        [Span(library, "cyan")],
    ]


def _gpu(page: Page, brought: Sequence[str]) -> None:
    if brought:
        fact(page, "why", "it brings ", *commas(brought))


def _weight(page: Page, weight: Weight) -> None:
    shown = weight.largest if page.verbose else weight.largest[:_LARGEST]
    if shown:
        page.say(Span("the largest", "dim"), indent=2)
    page.rows([[[Span(name, "bold")], [Span(bulk(size))]] for name, size in shown], indent=4)
