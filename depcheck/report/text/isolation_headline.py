"""The first lines of the isolation report: how many containers, why, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from depcheck.model.findings import SEVERITIES, Conflict, Finding, Shift
from depcheck.model.isolation import Boundary, IsolationReport
from depcheck.model.isolation_rules import WALLS
from depcheck.report.status import is_all_known
from depcheck.report.text.isolation_wishes import answers
from depcheck.report.text.isolation_words import (
    bulk,
    counted,
    is_today,
    more_images,
    over,
    severest,
    title,
    walls,
    weight,
)
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import change, edited, listed, once, place, plural

_SHOWN = 4
_KINDS = 4
_ORDER = [rule.id for rule in WALLS]
_BECAUSE = {
    "wall-conflict": "conflicts",
    "wall-python": "another Python",
    "wall-native": "native libraries that clash",
    "wall-heavy": "a heavy stack",
    "wall-gpu": "a GPU",
    "wall-trust": "different trust",
    "wall-release": "different release rhythms",
    "wall-apart": "the team's wish",
    "wall-shift": "what would move under the core",
}


def headline(page: Page, report: IsolationReport) -> None:
    """Add the count of containers in a line or two, then what speaks against deploying so."""
    _impossible(page, report)
    standing = walls(report)
    if not report.containers:
        _none(page)
    elif report.verdict == "undetermined":
        _undetermined(page, report)
    elif len(report.containers) == 1:
        _one(page, report)
    else:
        _several(page, report, standing)
    answers(page, report)
    if report.verdict != "undetermined" and len(report.containers) == 1:
        _deploy(page, report)
    if report.verdict != "undetermined" and len(report.containers) > 1:
        page.say(_costs(report, standing))
        _cure(page, standing)
    _warnings(page, report)


def _impossible(page: Page, report: IsolationReport) -> None:
    """Say first what cannot be installed at all: no number of containers helps it."""
    if not report.impossible:
        return
    count, every = len(report.impossible), len(report.components)
    rest = f" The other {every - count}:" if report.containers and every > count else ""
    page.say(
        Span(f"{count} OF {plural(every, 'COMPONENT', 'COMPONENTS')} ", "bold red"),
        Span(f"cannot be installed anywhere: {_who(report.impossible)}.", "bold"),
        Span(rest, "bold"),
    )


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
    told = any(wall.reasons for wall in report.boundaries)
    who = f"{_who(inside)} resolve together" if len(inside) > 1 else f"it holds {inside[0]} alone"
    calls = "forces" if told else "calls for"
    page.say(
        Span("ONE CONTAINER is enough: ", "bold green"),
        Span(f"{who}, and nothing {calls} a wall.", "bold"),
    )


def _deploy(page: Page, report: IsolationReport) -> None:
    """Say what speaks against one container, if anything does."""
    told = [wall for wall in report.boundaries if wall.reasons]
    if told:
        page.say(f"But a wall is advised, since {_advice(page, told)}. What it takes, below.")
    elif len(report.containers[0].components) > 1:
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


# Several containers


def _several(page: Page, report: IsolationReport, standing: list[Boundary]) -> None:
    decisive = [wall for wall in standing if wall.decisive]
    # Walls that only the team asked for say nothing about today.
    told = [w for w in decisive if any(f.rule != "wall-apart" for f in w.reasons)]
    today = ", as today" if told and all(is_today(wall) for wall in told) else ""
    count = counted(len(report.containers)).upper()
    page.say(
        Span(f"{count} CONTAINERS{today}", severest(standing)),
        Span(f"{_reason(report, standing)}.", "bold"),
    )


def _reason(report: IsolationReport, standing: list[Boundary]) -> str:
    """Return why: by name for one wall, the count of each kind for many."""
    if not standing:
        return ": they were asked for"
    if len(standing) == 1:
        return f": {_of_one(standing[0])}"
    inside = plural(sum(len(c.components) for c in report.containers), "component")
    between = _between(standing)
    if len(between) == 1:
        found = [f for reasons in between.values() for f in reasons]
        kinds = _kinds(found)
        if len(kinds) > _KINDS:
            kinds[_KINDS - 1 :] = [plural(len(kinds) - _KINDS + 1, "other reason")]
        return f" for {inside}, because of {listed(kinds)}"
    firsts = Counter(_gravest(reasons).rule for reasons in between.values())
    told = []
    for rule, count in sorted(firsts.items(), key=lambda item: _rank(item[0])):
        alike = [f for reasons in between.values() for f in reasons if f.rule == rule]
        told.append(f"{count} for {_kinds(alike)[0]}")
    if len(told) > _KINDS:
        told[_KINDS - 1 :] = [f"{len(between) - _first(firsts)} for other reasons"]
    every = plural(len(between), "wall")
    if len(told) == 1:
        return f" for {inside}, with {every}, all{told[0].removeprefix(str(len(between)))}"
    return f" for {inside}, with {every}: {listed(told)}"


def _first(firsts: Counter[str]) -> int:
    """Return how many walls the kinds that are named have."""
    ranked = sorted(firsts, key=_rank)
    return sum(firsts[rule] for rule in ranked[: _KINDS - 1])


def _between(standing: Sequence[Boundary]) -> dict[frozenset[str], list[Finding]]:
    """Return the walls as the picture has them: by containers, with all their reasons."""
    found: dict[frozenset[str], list[Finding]] = {}
    for wall in standing:
        found.setdefault(frozenset(wall.containers), []).extend(wall.reasons)
    return {containers: reasons for containers, reasons in found.items() if reasons}


def _gravest(reasons: Sequence[Finding]) -> Finding:
    return min(reasons, key=lambda finding: _rank(finding.rule))


def _rank(rule: str) -> tuple[int, int]:
    """Return where a kind of reasons stands: the severest first, then as the rules are listed."""
    if rule not in _ORDER:
        return len(SEVERITIES), 0
    order = _ORDER.index(rule)
    return -SEVERITIES.index(WALLS[order].severity), _LATER.get(rule, order)


_LATER = {"wall-heavy": len(WALLS), "wall-gpu": len(WALLS) - 1}
"""Labels are what the team says; these are only what was seen."""


def _kinds(reasons: Sequence[Finding]) -> list[str]:
    """Return kinds of reasons, the gravest first: ``conflicts over numpy``, ``a GPU``."""
    told = []
    for rule in sorted(dict.fromkeys(f.rule for f in reasons), key=_rank):
        alike = [finding for finding in reasons if finding.rule == rule]
        about = [over(f) for f in alike if rule == "wall-conflict" and over(f)]
        kind = _BECAUSE.get(rule, title(alike[0]))
        if about:
            kind = "a conflict" if len(about) == 1 else kind
            kind = f"{kind} over {listed(_few(about))}"
        told.append(kind)
    return told


def _of_one(wall: Boundary) -> str:
    who = _who(wall.components)
    clashes = [f.evidence.project for f in wall.reasons if isinstance(f.evidence, Conflict)]
    if clashes:
        about = listed(_few(clashes))
        return f"{who} cannot share one environment: they clash over {about}"
    if not wall.reasons:
        return f"{who} are kept apart"
    must = any(weight(finding) == "error" for finding in wall.reasons)
    why = listed(_kinds(wall.reasons))
    return f"{who} {'cannot' if must else 'had better not'} share one environment, because of {why}"


def _who(names: tuple[str, ...]) -> str:
    return listed(_few(names))


def _costs(report: IsolationReport, standing: list[Boundary]) -> str:
    """Return what the walls cost together: images, bytes, hops."""
    count = len(report.containers)
    added = sum(cost.added for cost in report.costs)
    parts = [more_images(count - 1), *([f"{bulk(added)} more"] if added else [])]
    if standing and all(wall.strength == "environment" for wall in standing):
        host = f"on one host {counted(count)} virtual environments would do"
        return f"It costs {listed(parts)}; {host}."
    return f"It costs {listed([*parts, 'network hops'])}."


def _cure(page: Page, standing: list[Boundary]) -> None:
    """Say which edit would save the only wall, if nothing but a conflict raises it."""
    decisive = [wall for wall in standing if wall.decisive]
    if len(decisive) != 1 or any(f.rule != "wall-conflict" for f in decisive[0].reasons):
        return
    edits = once(next((cure.edits for cure in decisive[0].heals if cure.edits), ()))
    if edits:
        page.say(f"Or change {plural(len(edits), 'line')}, and one container is enough:")
        page.rows([[[place(page, e.origin)], edited(e, page.marks)] for e in edits], indent=2)


def _warnings(page: Page, report: IsolationReport) -> None:
    if any(step.passed is False for step in report.verified):
        page.say(Span("The proof failed: do not deploy this. See below.", "bold red"))
    if report.verdict != "undetermined" and not is_all_known(report):
        page.say(Span("Not everything could be checked; see the end of this report.", "yellow"))
