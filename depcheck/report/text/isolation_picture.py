"""The picture of a partition: containers as boxes, the walls between them with their reasons.

Two containers stand on both sides of one wall, which bears the reasons. More of them
stand in rows, and the walls follow as a list.
"""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.isolation import Boundary, Container, IsolationReport
from depcheck.report.text.boxes import MARGIN, Between, Line, boxes, shortened
from depcheck.report.text.isolation_words import (
    COLOURS,
    demands,
    mass,
    minor,
    named,
    severest,
    walls,
)
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import plural

_LONGEST_DEMAND = 26
_LONGEST_LISTED = 60
_LONGEST_SIDE = 24
_COMPONENTS = 6
_ON_A_WALL = 6
_LISTED = 8
_OTHERS = 4

Told = tuple[str, str]


def picture(page: Page, report: IsolationReport) -> None:
    """Add the containers as boxes, and why they are apart."""
    if not report.containers:
        return
    page.gap()
    content = [_content(page, report, container) for container in report.containers]
    wall = Between(
        rows=tuple(_on_the_wall(page, report)),
        mark=page.marks.wall,
        style=severest(walls(report)),
    )
    if not boxes(page, content, wall):
        _list(page, report)


def reasons(page: Page, report: IsolationReport, wall: Boundary) -> list[tuple[str, str, str]]:
    """Return for each reason what the left side wants, what the others want, and its style."""
    told = []
    # The core's container stands on the left.
    order = [container.name for container in report.containers]
    first = min(wall.containers, key=lambda name: _rank(order, name))
    for finding in wall.reasons:
        wants = demands(wall, finding, report.containers)
        sides: tuple[list[str], list[str]] = ([], [])
        for component, container in zip(wall.components, wall.containers, strict=False):
            if want := wants.get(component):
                sides[container != first].append(want)
        left, right = (", ".join(dict.fromkeys(side)) for side in sides)
        told.append((page.inert(left), page.inert(right)))
    styles = [COLOURS[finding.severity] for finding in wall.reasons]
    return [(left, right, style) for (left, right), style in zip(told, styles, strict=True)]


def _rank(order: Sequence[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


# The boxes


def _content(page: Page, report: IsolationReport, container: Container) -> list[Line]:
    """Return the lines of a box, its title first."""
    roles = {component.name: component.role for component in report.components}
    lines: list[Line] = [[_text(page, container.name, "bold")]]
    limit = len(container.components)
    if limit > _COMPONENTS and not page.verbose:
        limit = _COMPONENTS - 1
    for name in container.components[:limit]:
        core = [Span(" (core)", "green")] if roles.get(name) == "core" else []
        lines.append([_text(page, name), *core])
    if limit < len(container.components):
        lines.append([Span(f"and {len(container.components) - limit} more", "dim")])
    gpu = [Span(", "), Span("GPU", "bold magenta")] if container.gpu else []
    facts: list[Line] = [
        [_text(page, f"Python {minor(container.target.python)}", "dim"), *gpu],
        [Span(plural(len(container.picked), "distribution"), "dim")],
        [Span(mass(container), "dim")],
    ]
    return lines + facts


def _text(page: Page, text: str, style: str = "") -> Span:
    return Span(page.inert(text), style)


def _on_the_wall(page: Page, report: IsolationReport) -> list[tuple[str, str, str]]:
    every = [entry for wall in walls(report) for entry in reasons(page, report, wall)]
    told = list(dict.fromkeys(every))
    # What one side wants against several things is said once.
    before = ["", *(here for here, _, _ in told)]
    told = [
        ("" if here == last and there else here, there, colour)
        for (here, there, colour), last in zip(told, before, strict=False)
    ]
    if len(told) > _ON_A_WALL:
        more = f"and {len(told) - _ON_A_WALL + 1} more"
        told = [*told[: _ON_A_WALL - 1], ("", more, "dim")]
    return [
        (shortened(page, here, _LONGEST_DEMAND), shortened(page, there, _LONGEST_DEMAND), colour)
        for here, there, colour in told
    ]


# Many boxes and a list of walls


def _list(page: Page, report: IsolationReport) -> None:
    """Add the walls as a list: who, and why."""
    rows = _entries(page, report)
    limit = len(rows) if page.verbose or len(rows) <= _LISTED + 1 else _LISTED
    if rows:
        page.gap()
        page.rows(rows[:limit], indent=MARGIN)
    if limit < len(rows):
        page.say(f"and {len(rows) - limit} more, below", indent=MARGIN)


def _entries(page: Page, report: IsolationReport) -> list[list[list[Span]]]:
    """Return a row for each wall; those that one container has for one reason share theirs."""
    alike: dict[tuple[Told, ...], list[tuple[str, ...]]] = {}
    for names, reasons_of in _between(page, report).items():
        alike.setdefault(tuple(reasons_of), []).append(names)
    mark = page.marks.wall
    entries = []
    for told, walls_of in alike.items():
        for sides in _sides(walls_of):
            who = named([", ".join(_several(side)) for side in sides], mark)
            entries.append([[Span(who, "bold")], _joined(told)])
    return entries


def _sides(walls_of: Sequence[tuple[str, ...]]) -> list[list[list[str]]]:
    """Return walls by their sides: many against the one that they all are kept from, if any."""
    last = {names[-1] for names in walls_of}
    firsts = [names[0] for names in walls_of]
    short = sum(map(len, firsts)) < _LONGEST_SIDE
    if all(len(names) == 2 for names in walls_of) and len(last) == 1 < len(walls_of) and short:
        return [[firsts, [*last]]]
    rows: dict[tuple[str, ...], list[str]] = {}
    for names in walls_of:
        shared = names[:1] if len(names) == 2 else names
        rows.setdefault(shared, []).extend(names[len(shared) :])
    return [
        [*([name] for name in shared), *([others] if others else [])]
        for shared, others in rows.items()
    ]


def _several(names: Sequence[str]) -> list[str]:
    """Return names, the last of many as a count."""
    if len(names) <= _OTHERS:
        return list(names)
    return [*names[: _OTHERS - 1], f"{len(names) - _OTHERS + 1} more"]


def _between(page: Page, report: IsolationReport) -> dict[tuple[str, ...], dict[Told, None]]:
    """Return for each set of containers what sets them apart, each reason once."""
    grouped: dict[tuple[str, ...], dict[Told, None]] = {}
    order = [container.name for container in report.containers]
    for wall in walls(report):
        names = sorted(set(wall.containers), key=lambda name: _rank(order, name))
        told = grouped.setdefault(tuple(names), {})
        for here, there, style in reasons(page, report, wall):
            both = [shortened(page, side, _LONGEST_LISTED) for side in (here, there) if side]
            told.setdefault((f" {page.marks.wall} ".join(both), style))
    return grouped


def _joined(told: Sequence[Told]) -> list[Span]:
    spans: list[Span] = []
    for text, style in told:
        if spans:
            spans.append(Span("; "))
        spans.append(Span(text, style, solid=True))
    return spans
