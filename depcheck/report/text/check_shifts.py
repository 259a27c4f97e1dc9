"""Shifts and rollbacks in the terminal report."""

from __future__ import annotations

from collections.abc import Sequence, Set

from depcheck.model.findings import SEVERITIES, Finding, Rollback, Shift, Step
from depcheck.model.requirement import Origin
from depcheck.report.review_words import tag
from depcheck.report.text.check_conflicts import labelled, ruled
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import change, commas, place, plural, priced, sentence

_GRADES = ("major", "other", "minor", "patch")
_LABEL = 10
_SHOWN = 10

Row = list[list[Span]]


def shifts(page: Page, findings: Sequence[Finding], backs: Sequence[Finding] = ()) -> None:
    """Add the shifts: those that can break at length, the rest summed up.

    ``backs`` are rollbacks: one of a distribution that shifts is told with its
    shift, so that there is one advice.
    """
    if not findings:
        return
    page.heading("What moves")
    known = {key_of(finding): finding for finding in backs}
    told = [(finding, known.get(key_of(finding))) for finding in sorted(findings, key=weight)]
    several = len({f.evidence.component for f in findings if isinstance(f.evidence, Shift)}) > 1
    long = [(f, back) for f, back in told if page.verbose or _is_grave(f, back)]
    page.rows(
        [_row(page, finding, back, several) for finding, back in long],
        indent=2,
        details=[facts(page, finding, back) for finding, back in long],
    )
    if not page.verbose:
        _summed(page, [f for f, back in told if not _is_grave(f, back)], several)


def unfolded(findings: Sequence[Finding], backs: Sequence[Finding]) -> list[Finding]:
    """Return the rollbacks that no shift of the same distribution tells already."""
    known = {key_of(finding) for finding in findings}
    return [back for back in backs if key_of(back) not in known]


def is_told(page: Page, finding: Finding, backs: Sequence[Finding]) -> bool:
    """Return whether a shift is told in full, not summed up."""
    back = next((back for back in backs if key_of(back) == key_of(finding)), None)
    return page.verbose or _is_grave(finding, back)


def key_of(finding: Finding) -> tuple[str, str] | int:
    """Return what a shift and a rollback of one distribution have in common."""
    move = finding.evidence
    return (move.component, move.name) if isinstance(move, Shift | Rollback) else id(finding)


def _is_grave(finding: Finding, back: Finding | None) -> bool:
    return finding.severity != "note" or (back is not None and back.severity != "note")


def weight(finding: Finding) -> tuple[int, int, bool, bool, str]:
    """Return where a shift stands among others: the gravest first."""
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return (0, 0, False, False, finding.message)
    severity = ("error", "warning", "note").index(finding.severity)
    grade = _GRADES.index(shift.grade) if _moved(shift) else len(_GRADES)
    return (severity, grade, not shift.forced, shift.direct is None, shift.name)


def _moved(shift: Shift) -> bool:
    return shift.direction in ("up", "down")


def _row(page: Page, finding: Finding, back: Finding | None, several: bool) -> Row:
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return [ruled(finding), [], [], [Span(finding.message)]]
    words = []
    if _moved(shift):
        words = [shift.grade, *(["down"] if shift.direction == "down" else [])]
        words.append("forced" if shift.forced else "incidental")
    first = _first(finding, back)
    if back:
        words.append(_older(back, named=first is not back))
    if several:
        words.append(f"under {shift.component}")
    words += [label] if (label := tag(first.novelty, page.marks)) else []
    return [
        ruled(first),
        [Span(shift.name, "bold yellow" if _is_grave(finding, back) else "bold", solid=True)],
        [Span(change(shift, page.marks), "bold", solid=True)],
        [Span(", ".join(words))],
    ]


def _first(finding: Finding, back: Finding | None) -> Finding:
    """Return the graver of a shift and the rollback of the same distribution."""
    both = (finding, back) if back else (finding,)
    return max(both, key=lambda each: SEVERITIES.index(each.severity))


def _older(back: Finding, *, named: bool) -> str:
    """Return how far back it is, with the rule where it is not the row's."""
    days = back.evidence.days if isinstance(back.evidence, Rollback) else None
    told = "pushed back" if days is None else f"{plural(days, 'day')} older"
    return f"{told} ({back.severity}[{back.rule}])" if named else told


def facts(page: Page, finding: Finding, back: Finding | None) -> list[Row]:
    """Return a label and a text for each thing to know of a shift beside its versions.

    ``back`` is the rollback of the same distribution, if there is one.
    """
    shift = finding.evidence
    if not isinstance(shift, Shift):
        return []
    rows = []
    if shift.direct is not None:
        rows.append(_fact("asked for", *_stand(page, shift.direct.origin)))
    if shift.locked is not None:
        rows.append(_fact("locked", *_stand(page, shift.locked.origin)))
    rows += _because(page, shift.chain)
    if back and isinstance(back.evidence, Rollback) and back.evidence.better:
        return [*rows, *_improve(back.evidence, back.remedy)]
    return rows + _what_to_do(page, shift, finding.remedy)


def _what_to_do(page: Page, shift: Shift, remedy: str) -> list[Row]:
    dear = bool(shift.pin and shift.price)
    rows = []
    if shift.alone and (dear or not remedy):
        rows.append(_fact("also", Span(f"resolving {shift.component} alone today moves it too")))
    # A remedy that does not name the price would sell the pin too cheap.
    if dear:
        return [*rows, _fact("to keep it", Span(priced(shift, page.marks)))]
    rows += _hold(shift, remedy)
    if remedy:
        rows.append(_fact("what to do", Span(remedy)))
    return rows


def _hold(shift: Shift, remedy: str) -> list[Row]:
    if shift.pin and shift.pin not in remedy:
        return [_fact("to keep it", Span("pin "), Span(shift.pin, "bold green", solid=True))]
    if shift.forced and _moved(shift):
        why = f"nothing does: no solution has {shift.before}"
        if shift.far:
            why = "only a set that pushes other packages far back does"
        if not shift.sought:
            why = "not searched for: at best a set that pushes other packages far back"
        return [_fact("to keep it", Span(why))]
    return []


def _fact(label: str, *spans: Span) -> Row:
    return [[Span(label.ljust(_LABEL), "dim")], list(spans)]


def _stand(page: Page, origin: Origin) -> tuple[Span, ...]:
    return (place(page, origin), Span("  "), Span(origin.text, "bold"))


def _because(page: Page, chain: Sequence[Step]) -> list[Row]:
    labels = ["because", *[""] * len(chain)]
    return [
        _fact(label, Span(sentence(step)), *_at(page, step))
        for label, step in zip(labels, chain, strict=False)
    ]


def _at(page: Page, step: Step) -> tuple[Span, ...]:
    return (Span(" ("), place(page, step.origin), Span(")")) if step.origin else ()


def _summed(page: Page, findings: Sequence[Finding], several: bool) -> None:
    """Add what the combination moves a little, then what only a lock has held so far."""
    for finding in findings:
        if not isinstance(finding.evidence, Shift):
            page.say(finding.message, indent=2, hang=2)
    every = [f.evidence for f in findings if isinstance(f.evidence, Shift)]
    # What is forced would move whatever the lock says.
    held = [shift for shift in every if shift.alone and not shift.forced]
    page.rows(_sums(page, [s for s in every if s not in held], several), indent=2)
    for component in dict.fromkeys(shift.component for shift in held):
        own = [shift for shift in held if shift.component == component]
        these, them = ("this", "it") if len(own) == 1 else ("these", "them")
        page.say(
            f"Only {component}'s lock holds {these}; resolving {component} alone today moves "
            f"{them} too:",
            indent=2,
            hang=2,
        )
        page.rows(_sums(page, own, several=False), indent=4)


def _sums(page: Page, shifts: Sequence[Shift], several: bool) -> list[Row]:
    groups: dict[tuple[str, str], list[str]] = {}
    for shift in shifts:
        moved = _moved(shift)
        kind = shift.grade if moved else shift.direction
        text = change(shift, page.marks) if moved else str(shift.after or shift.before)
        component = shift.component if several else ""
        groups.setdefault((kind, component), []).append(f"{shift.name} {text}")
    return [_sum(kind, items) for kind, items in groups.items()]


def _sum(kind: tuple[str, str], items: list[str]) -> Row:
    grade, component = kind
    label = f"{len(items)} {grade}" + (f", {component}" if component else "")
    if grade != "major" and len(items) > _SHOWN + 1:
        items = [*items[:_SHOWN], f"{len(items) - _SHOWN} more (--verbose)"]
    return [[Span(label, "bold")], commas(items)]


def rollbacks(page: Page, findings: Sequence[Finding], told: Sequence[Finding]) -> None:
    """Add the rollbacks: how far back, and whether a better set exists.

    The reasons of a shift that was ``told`` in full are not told again.
    """
    known = {f.evidence.chain for f in told if isinstance(f.evidence, Shift)}
    if findings:
        page.heading("What is pushed back")
    for finding in findings:
        page.say(*labelled(page, finding), f": {finding.message}", indent=2, hang=2)
        if page.verbose or finding.severity != "note":
            page.rows(back_facts(page, finding, known), indent=6)


def back_facts(page: Page, finding: Finding, known: Set[tuple[Step, ...]]) -> list[Row]:
    """Return a label and a text for each thing to know of a rollback, without ``known`` chains."""
    rollback = finding.evidence
    rows = []
    if isinstance(rollback, Rollback):
        if rollback.direct is not None:
            rows.append(_fact("asked for", *_stand(page, rollback.direct.origin)))
        if rollback.chain not in known:
            rows += _because(page, rollback.chain)
        return rows + _improve(rollback, finding.remedy)
    return [_fact("what to do", Span(finding.remedy))] if finding.remedy else []


def _improve(rollback: Rollback, remedy: str) -> list[Row]:
    return [_fact("what to do", Span(remedy)) if remedy else _better(rollback)]


def _better(rollback: Rollback) -> Row:
    if rollback.better is None:
        return _fact("better", Span(f"no solution has a newer {rollback.name}"))
    return _fact(
        "better",
        Span(f"{rollback.name} {rollback.better} is possible; pin "),
        *commas(rollback.pins, "bold green"),
    )
