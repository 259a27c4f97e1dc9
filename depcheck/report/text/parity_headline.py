"""The first lines of the parity report: the verdict, and the differences that matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from depcheck.model.findings import Finding
from depcheck.model.parity import Pair, ParityReport
from depcheck.report.status import ABOUT_POLICY, GAPS, is_all_read
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_words import COLOURS, change, clipped, drift_of, likeness
from depcheck.report.words import plural

_SHOWN = 5
_LONGEST = 60


def headline(page: Page, report: ParityReport) -> None:
    """Add the verdict in a line or two, then what to look at first."""
    match report.verdict:
        case "drift":
            _drift(page, report)
        case "undetermined":
            _undetermined(page, report)
        case "expected":
            _expected(page, report)
        case "identical":
            _identical(page, report)
    _policy(page, report)
    if report.verdict != "undetermined" and not is_all_read(report):
        page.say(Span("Not everything could be read; see the end of this report.", "yellow"))


def _drift(page: Page, report: ParityReport) -> None:
    found = _once([f for f in report.findings if f.rule not in (*GAPS, *ABOUT_POLICY)])
    page.say(
        Span("DRIFT: ", "bold red"),
        Span(f"{report.right} is not what was tested: {_counted(found)}.", "bold"),
    )
    # A finding that is no difference has no name of its own: it is a row of fewer cells.
    for _, rows in groupby((_first(page, f) for f in found[:_SHOWN]), key=len):
        page.rows(list(rows), indent=2)
    if len(found) > _SHOWN:
        page.say(f"and {len(found) - _SHOWN} more, below", indent=2)
    if report.excused:
        are = "is" if len(report.excused) == 1 else "are"
        page.say(f"{plural(len(report.excused), 'further difference')} {are} expected by policy.")


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings without what several replicas of a service have in common."""
    seen: dict[object, Finding] = {}
    for finding in findings:
        drift = drift_of(finding)
        key = (drift.service, *likeness(finding, drift)) if drift else finding
        seen.setdefault(key, finding)
    return list(seen.values())


def _policy(page: Page, report: ParityReport) -> None:
    """Say that the policy itself needs mending, if it does."""
    counts = Counter(finding.rule for finding in report.findings)
    unused, expired = counts["policy-unused"], counts["policy-expired"]
    parts = [f"{_entries(unused, 'matches', 'match')} nothing"] if unused else []
    parts += [f"{_entries(expired, 'has', 'have')} expired"] if expired else []
    if parts:
        page.say(Span(f"But the policy itself needs mending: {', '.join(parts)}.", "yellow"))


def _entries(count: int, one: str, many: str) -> str:
    return f"{plural(count, 'entry', 'entries')} {one if count == 1 else many}"


def _counted(found: Sequence[Finding]) -> str:
    """Return how many of each severity, in words for what the severities mean."""
    count = Counter(finding.severity for finding in found)
    errors, warnings, notes = count["error"], count["warning"], count["note"]
    if not errors + warnings:
        return f"{plural(notes, 'difference')} of note, none known to break anything"
    parts = [f"{plural(errors, 'difference')} that can break it"] if errors else []
    if warnings:
        what = f"{warnings} more" if errors else plural(warnings, "difference")
        parts.append(f"{what} that can change what it does")
    return ", ".join([*parts, *([plural(notes, "note")] if notes else [])])


def _first(page: Page, finding: Finding) -> list[list[Span]]:
    """Return a line for one finding: how grave, what, and how it differs."""
    severity = [Span(finding.severity, COLOURS[finding.severity])]
    drift = drift_of(finding)
    if drift is None or finding.rule == "replica-differs":
        return [severity, [Span(clipped(finding.message, 2 * _LONGEST))]]
    whose = f"{drift.service}: " if drift.service not in ("", drift.name) else ""
    name = [Span(whose + clipped(drift.name, min(_LONGEST, page.width // 2 - 8)), "bold")]
    if drift.left == drift.right and not drift.hidden:
        return [severity, name, [Span(finding.message.removeprefix(f"{drift.name} "))]]
    room = max(16, page.width // 2 - 10)
    parts = [Span(clipped(part.text, room), part.style) for part in change(page, drift)]
    return [severity, name, parts]


def _undetermined(page: Page, report: ParityReport) -> None:
    gaps = [entry for entry in report.undetermined if not entry.harmless]
    page.say(
        Span("COULD NOT COMPARE: ", "bold yellow"),
        Span(f"whether {report.right} is what was tested ({report.left}) is not known.", "bold"),
    )
    count = len(gaps) or sum(finding.rule in GAPS for finding in report.findings)
    mended = any(entry.hint for entry in gaps)
    below = "; what, and how to mend it, stands below." if mended else ", as listed below."
    page.say(f"{plural(count, 'thing')} could not be read{below}")
    if any(summary for pair in report.pairs for summary in pair.compared):
        page.say("What could be read shows no unexpected difference.")


def _expected(page: Page, report: ParityReport) -> None:
    count = plural(len(report.excused), "difference")
    all_of = "expected" if len(report.excused) == 1 else "all expected"
    page.say(
        Span("AS EXPECTED: ", "bold green"),
        Span(f"{count} between {report.left} and {report.right}, {all_of} by policy.", "bold"),
    )


def _identical(page: Page, report: ParityReport) -> None:
    page.say(
        Span("IDENTICAL: ", "bold green"),
        Span(f"{report.right} is what was tested ({report.left}).", "bold"),
    )
    if report.pairs and all(_is_one_image(pair) for pair in report.pairs):
        page.say("Both are the same image, by digest.")


def _is_one_image(pair: Pair) -> bool:
    if pair.left is None or pair.right is None or pair.right.identity.container:
        return False
    return bool(pair.left.identity.config) and (
        pair.left.identity.config == pair.right.identity.config
    )
