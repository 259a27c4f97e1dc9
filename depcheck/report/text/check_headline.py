"""The first lines of the terminal report: the verdict, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence

from depcheck.model.findings import Finding, Rollback, Shift
from depcheck.model.report import Report
from depcheck.report.status import is_covered, unchecked
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import (
    change,
    commas,
    cores,
    edited,
    everyone,
    listed,
    once,
    owners,
    place,
    plural,
    priced,
)

_SHOWN = 4
_DEAR = 2

Move = Shift | Rollback


def headline(page: Page, report: Report) -> None:
    """Add the verdict in a line or two, then what to do about it."""
    match report.verdict:
        case "conflict":
            _conflict(page, report)
        case "undetermined":
            _undetermined(page, report)
        case "shifts":
            _shifts(page, report)
        case "compatible":
            _compatible(page, report)
    if report.verdict != "undetermined" and not is_covered(report):
        page.say(Span("Not everything could be checked; see the end of this report.", "yellow"))


def _conflict(page: Page, report: Report) -> None:
    found = [f for f in report.findings if f.rule.startswith("conflict-")]
    accepted = [e.finding for e in report.suppressed if e.finding.rule.startswith("conflict-")]
    if not found and accepted:
        told = f"{clash(report, accepted)}, all suppressed."
        page.say(Span("CONFLICT: ", "bold yellow"), Span(told, "bold"))
        return
    are = "is" if len(accepted) == 1 else "are"
    more = f" ({len(accepted)} more {are} suppressed)" if accepted else ""
    page.say(Span("CONFLICT: ", "bold red"), Span(f"{clash(report, found)}{more}.", "bold"))
    first_cure(page, report)


def clash(report: Report, found: Sequence[Finding], *, count: bool = True) -> str:
    """Return who cannot be installed by itself, then who cannot be together, and how often."""
    who = [owners(finding) for finding in found]
    own = Counter(name for names in who if len(names) == 1 for name in names)
    shared = [names for names in who if len(names) != 1]
    often = f": {plural(len(found), 'conflict')}" if count else ""
    if not own:
        return f"{_parties(report, shared)} cannot share one environment{often}"
    cannot = "cannot be installed" + (", not even alone" if len(report.components) > 1 else "")
    if len(own) == 1 and not shared:
        return f"{next(iter(own))} {cannot}{often}"
    if len(own) == 1:
        told = f"{next(iter(own))} {cannot} ({plural(own.total(), 'conflict')})"
    else:
        each = [f"{name} ({plural(number, 'conflict')})" for name, number in own.items()]
        told = f"{listed(each)} {cannot}"
    return told + (f"; {_parties(report, shared)} together: {len(shared)} more" if shared else "")


def _parties(report: Report, shared: Sequence[frozenset[str]]) -> str:
    involved = frozenset().union(*shared)
    return listed([c.name for c in report.components if c.name in involved] or [everyone(report)])


def first_cure(page: Page, report: Report) -> None:
    """Add the edits that heal all conflicts, the closest to what stands there."""
    healing = [c for c in report.corrections if c.edits]
    if not healing:
        if report.corrections:
            page.say("No edit of the lines heals it; see what would, below.")
        elif not any(finding.remedy for finding in report.findings):
            apart = ": keep the components apart" if len(report.components) > 1 else ""
            page.say(f"No edit is known that heals it{apart}.")
        return
    best = once(healing[0].edits)
    others = len(report.corrections) - 1
    more = f" (or {plural(others, 'other way', 'other ways')}, below)" if others else ""
    page.say(f"To heal it, change {plural(len(best), 'line')}{more}:")
    page.rows([[[place(page, e.origin)], edited(e, page.marks)] for e in best], indent=2)


def _undetermined(page: Page, report: Report) -> None:
    can = "can share one environment" if len(report.components) > 1 else "can be installed"
    page.say(
        Span("UNDETERMINED: ", "bold yellow"),
        Span(f"whether {everyone(report)} {can} is not known.", "bold"),
    )
    missing = [entry for entry in unchecked(report) if not entry.harmless]
    told = [finding for finding in report.findings if finding.rule == "undetermined"]
    mended = any(entry.hint for entry in missing) or any(finding.remedy for finding in told)
    below = "; what, and how to mend it, stands below." if mended else ", as listed below."
    count = plural(len(missing or told), "thing")
    page.say(f"{count} that the answer rests on could not be checked{below}")
    if report.combined is not None:
        _known_so_far(page, report)


def _known_so_far(page: Page, report: Report) -> None:
    """Say what the part that could be read shows, and that it is a part."""
    dark = {entry.subject.partition(" ")[0] for entry in unchecked(report) if not entry.harmless}
    read = [pick for pick in report.combined or () if pick.name not in dark]
    if not read:
        page.say("Nothing else could be read, so that what moves is not known either.")
        return
    told = moves_told(page, report, grave_moves(report.findings, report))
    page.say(
        f"What could be read ({plural(len(read), 'distribution')}) shows no conflict",
        *([Span(", but this moves "), *commas(told)] if told else []),
        Span(". What moves is known only as far as it could be read."),
    )


def _shifts(page: Page, report: Report) -> None:
    grave = grave_moves(report.findings, report)
    told = moves_told(page, report, grave)
    names = everyone(report)
    resolve = "resolve together" if len(report.components) > 1 else "resolves"
    if not told:
        accepted = grave_moves([entry.finding for entry in report.suppressed], report)
        small = "small, or suppressed" if accepted else "small"
        page.say(
            Span("SHIFTS: ", "bold green"),
            Span(f"{names} {resolve}; what moves is {small}.", "bold"),
        )
        return
    page.say(
        Span("SHIFTS: ", "bold yellow"),
        Span(f"{names} {resolve}, but this moves ", "bold"),
        *commas(told, "bold"),
        Span(".", "bold"),
    )
    page.say(advice(page, report, grave))


def moves_told(page: Page, report: Report, grave: Sequence[Move]) -> list[str]:
    """Return grave moves, a few in full: ``pyjwt 1.7.1 → 2.10.1``."""
    told: dict[tuple[str, str], str] = {}
    for move in grave:
        text = f"{_whose(report, move)}{move.name} "
        match move:
            case Shift():
                text += change(move, page.marks)
            case Rollback():
                text += f"{move.before} {page.marks.arrow} {move.after}"
        told.setdefault((move.component, move.name), text)
    names = list(told.values())
    if len(names) <= _SHOWN:
        return names
    return [*names[: _SHOWN - 1], f"{len(names) - _SHOWN + 1} more"]


def _whose(report: Report, move: Move) -> str:
    """Return whose version the old one is, where it is not the only core's."""
    core = cores(report)
    plainly = len(report.components) == 1 or (move.component in core and len(core) == 1)
    return "" if plainly else f"{move.component}'s "


def grave_moves(findings: Iterable[Finding], report: Report) -> list[Move]:
    """Return what moves gravely: the core's first, and shifts before rollbacks."""
    core = cores(report)
    moves = [
        finding.evidence
        for finding in findings
        if finding.severity != "note" and isinstance(finding.evidence, Shift | Rollback)
    ]
    return sorted(moves, key=lambda move: _gravity(move, core))


def _gravity(move: Shift | Rollback, core: Container[str]) -> tuple[bool, bool, bool, bool]:
    """The core's before others', what nothing can keep before what a pin keeps."""
    if isinstance(move, Rollback):
        return move.component not in core, True, False, False
    return move.component not in core, False, not move.forced, move.direct is None


def advice(page: Page, report: Report, grave: Sequence[Move]) -> str:
    """Return what to do about grave moves; pins only as far as they were tried."""
    moved = [move for move in grave if isinstance(move, Shift)]
    dear = [shift for shift in moved if shift.pin and shift.price]
    forced = [shift.name for shift in moved if shift.forced]
    better = _better(grave)
    told, left = [], [s for s in moved if s.pin and not s.price and s.pin not in report.keep]
    if report.keep:
        together = ", which were tried together" if len(report.keep) > 1 else ""
        told.append(f"To keep what you have, pin {listed(report.keep)}{together}.")
    elif better:
        told.append(f"A better set exists: add {listed(better)}.")
    told += [f"To keep {s.name} {s.before}: {priced(s, page.marks)}." for s in dear[:_DEAR]]
    if forced:
        apart = ", or keep the components apart" if len(report.components) > 1 else ""
        told.append(
            f"Nothing keeps the old {listed(list(dict.fromkeys(forced)))}: make sure of the new "
            f"version before you deploy{apart}."
        )
    if not told:
        return "What to do about it stands below."
    if left or dear[_DEAR:] or (report.keep and better):
        told.append("What to do about the rest stands below.")
    return " ".join(told)


def _better(grave: Sequence[Move]) -> list[str]:
    """Return the pins that lead to a better set: the same set for all that has one."""
    pins = [p for m in grave if isinstance(m, Rollback) and m.better for p in m.pins]
    return list(dict.fromkeys(pins))


def _compatible(page: Page, report: Report) -> None:
    count = f" in {plural(len(report.combined), 'distribution')}" if report.combined else ""
    text = f"{everyone(report)} resolve together{count}, and nothing moves."
    if len(report.components) == 1:
        comma = "," if count else ""
        text = f"{everyone(report)} resolves{comma}{count}; there was nothing to compare it with."
    page.say(Span("COMPATIBLE: ", "bold green"), Span(text, "bold"))
    if any(f.severity != "note" and f.rule != "undetermined" for f in report.findings):
        page.say(Span("What else is wrong stands below.", "yellow"))
