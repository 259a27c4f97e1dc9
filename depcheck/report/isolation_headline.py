"""The first lines of the isolation report: how many containers, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Conflict, Shift
from depcheck.model.isolation import Boundary, IsolationReport
from depcheck.report.isolation_words import bulk, counted, severest, title, walls
from depcheck.report.layout import Page, Span
from depcheck.report.status import is_all_known
from depcheck.report.words import change, edited, listed, place, plural

_SHOWN = 4
_SAYS = {"error": "must stand", "warning": "had better stand", "note": "wished for or there today"}


def headline(page: Page, report: IsolationReport) -> None:
    """Add the count of containers in a line or two, then what speaks against deploying so."""
    if not report.containers:
        _none(page)
    elif report.verdict == "undetermined":
        _undetermined(page, report)
    elif len(report.containers) == 1:
        _one(page, report)
    else:
        _several(page, report)
    _warnings(page, report)


def _none(page: Page) -> None:
    page.say(
        Span("NO CONTAINER: ", "bold red"),
        Span("nothing that was asked for can be installed.", "bold"),
    )


def _undetermined(page: Page, report: IsolationReport) -> None:
    page.say(
        Span("UNDETERMINED: ", "bold yellow"),
        Span("how many containers are needed is not known.", "bold"),
    )
    count = plural(len(report.containers), "container")
    page.say(f"As far as it could be read, {count} would do; what could not be stands below.")


def _one(page: Page, report: IsolationReport) -> None:
    inside = report.containers[0].components
    told = [wall for wall in report.boundaries if wall.reasons]
    who = f"{_who(inside)} resolve together" if len(inside) > 1 else f"it holds {inside[0]} alone"
    calls = "forces" if told else "calls for"
    page.say(
        Span("ONE CONTAINER is enough: ", "bold green"),
        Span(f"{who}, and nothing {calls} a wall.", "bold"),
    )
    if told:
        page.say(f"But a wall is advised, since {_advice(page, told)}. What it takes, below.")
    elif len(inside) > 1:
        page.say("Deploy them in one image.")


def _advice(page: Page, told: Sequence[Boundary]) -> str:
    """Return what speaks for walls that are only advised."""
    moved, said = [], []
    for wall in told:
        for finding in wall.reasons:
            if isinstance(shift := finding.evidence, Shift):
                moved.append(f"{shift.component}'s {shift.name} {change(shift, page.marks)}")
            else:
                said.append(title(finding))
    moves = [f"sharing moves {listed(_few(moved))}"] if moved else []
    return "; ".join([*moves, *([", ".join(_few(said))] if said else [])])


def _few(texts: Sequence[str]) -> list[str]:
    """Return each text once, the last of many as a count."""
    once = list(dict.fromkeys(texts))
    return once if len(once) <= _SHOWN else [*once[: _SHOWN - 1], f"{len(once) - _SHOWN + 1} more"]


def _several(page: Page, report: IsolationReport) -> None:
    count = len(report.containers)
    standing = walls(report)
    page.say(
        Span(f"{counted(count).upper()} CONTAINERS{_today(standing)}", severest(standing)),
        Span(f"{_reason(report, standing)}.", "bold"),
    )
    page.say(_costs(report, standing))
    _cure(page, standing)


def _costs(report: IsolationReport, standing: list[Boundary]) -> str:
    """Return what the walls cost together: bytes, things to deploy, hops."""
    count = len(report.containers)
    added = sum(cost.added for cost in report.costs)
    things = "one more thing" if count == 2 else f"{counted(count - 1)} more things"
    parts = [f"{bulk(added)} more than one image for all"] if added else []
    parts.append(f"{things} to deploy")
    if standing and all(wall.strength == "environment" for wall in standing):
        host = f"On one host {counted(count)} virtual environments would do."
        return f"That costs {listed(parts)}. {host}"
    return f"That costs {listed([*parts, 'a network hop where they call each other'])}."


def _today(standing: list[Boundary]) -> str:
    """Return what ends the count: that it is so today, where every wall stands already."""
    decisive = [f for wall in standing if wall.decisive for f in wall.reasons]
    asked = [finding for finding in decisive if finding.rule == "wall-apart"]
    calm = all(finding.severity == "note" for finding in decisive)
    return ", as today: " if calm and len(asked) < len(decisive) else ": "


def _reason(report: IsolationReport, standing: list[Boundary]) -> str:
    """Return why, in a line: by name for one wall, what must be and what had better for many."""
    if not standing:
        return "they were asked for"
    if len(standing) == 1:
        return _of_one(standing[0])
    parts = []
    for severity, says in _SAYS.items():
        walls_of = [wall for wall in standing if _gravest(wall) == severity]
        if walls_of:
            parts.append(f"{plural(len(walls_of), 'wall')} {says} ({_kinds(walls_of)})")
    return f"for {_names(report)}, {listed(parts)}"


def _gravest(wall: Boundary) -> str:
    found = [finding.severity for finding in wall.reasons]
    return next((severity for severity in _SAYS if severity in found), "note")


def _kinds(standing: list[Boundary]) -> str:
    """Return the kinds of reasons: ``no common set, needs a GPU``."""
    return ", ".join(_few([title(finding) for wall in standing for finding in wall.reasons]))


def _names(report: IsolationReport) -> str:
    return plural(sum(len(c.components) for c in report.containers), "component")


def _of_one(wall: Boundary) -> str:
    who = _who(wall.components)
    clashes = [f.evidence.project for f in wall.reasons if isinstance(f.evidence, Conflict)]
    if clashes:
        over = listed(list(dict.fromkeys(clashes)))
        return f"{who} cannot share one environment: they clash over {over}"
    if not wall.reasons:
        return f"{who} are kept apart"
    why = listed(list(dict.fromkeys(title(finding) for finding in wall.reasons)))
    must = "cannot" if _gravest(wall) == "error" else "had better not"
    return f"{who} {must} share one environment: {why}"


def _who(names: tuple[str, ...]) -> str:
    return listed(_few(names))


def _cure(page: Page, standing: list[Boundary]) -> None:
    """Say which edit would save the only wall, if nothing but a conflict raises it."""
    decisive = [wall for wall in standing if wall.decisive]
    if len(decisive) != 1 or any(f.rule != "wall-conflict" for f in decisive[0].reasons):
        return
    edits = next((cure.edits for cure in decisive[0].heals if cure.edits), ())
    if edits:
        page.say(f"Or change {plural(len(edits), 'line')}, and one container is enough:")
        page.rows([[[place(page, e.origin)], edited(e, page.marks)] for e in edits], indent=2)


def _warnings(page: Page, report: IsolationReport) -> None:
    if report.impossible:
        alone = "cannot be installed, not even alone, and is in no container"
        if len(report.impossible) > 1:
            alone = "cannot be installed, not even alone, and are in no container"
        page.say(Span(f"{_who(report.impossible)} {alone}.", "bold red"))
    for wish in report.wishes:
        if not wish.possible:
            page.say(Span(f"{wish.asked} is impossible; why stands below.", "bold red"))
    if any(step.passed is False for step in report.verified):
        page.say(Span("The proof failed: do not deploy this. See below.", "bold red"))
    if report.verdict != "undetermined" and not is_all_known(report):
        page.say(Span("Not everything could be checked; see the end of this report.", "yellow"))
