"""The picture of a partition: containers as boxes, the walls between them with their reasons.

Two containers stand on both sides of one wall, which bears the reasons. More of them
stand in rows, and the walls follow as a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from depcheck.model.isolation import Boundary, Container, IsolationReport
from depcheck.report.escape import plain
from depcheck.report.isolation_words import COLOURS, demands, mass, minor, named, severest, walls
from depcheck.report.layout import Page, Span, width_of
from depcheck.report.words import plural

_MARGIN = 2
_GAP = 2
_NARROWEST = 20
_WIDEST = 38
_LONGEST_DEMAND = 26
_LONGEST_LISTED = 60
_LONGEST_SIDE = 24
_COMPONENTS = 6
_ON_A_WALL = 6
_LISTED = 8
_OTHERS = 4

Line = list[Span]
Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Frame:
    top: str = "┌─"
    corner: str = "┐"
    side: str = "│"
    bottom: str = "└"
    end: str = "┘"
    rule: str = "─"
    dots: str = "…"


_ASCII = _Frame("+-", "+", "|", "+", "+", "-", "...")


def picture(page: Page, report: IsolationReport) -> None:
    """Add the containers as boxes, and why they are apart."""
    if not report.containers:
        return
    page.gap()
    boxes = [_content(page, report, container) for container in report.containers]
    room = page.width - _MARGIN
    # A title has its frame on both sides, which takes two cells more.
    natural = max(width_of(line) + (6 if line is box[0] else 4) for box in boxes for line in box)
    size = min(max(_NARROWEST, natural), _WIDEST, room)
    if len(boxes) == 2 and _face_to_face(page, report, boxes, size, room):
        return
    _rows(page, boxes, size, room)
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
        told.append((plain(left, unicode=page.unicode), plain(right, unicode=page.unicode)))
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
    return Span(plain(text, unicode=page.unicode), style)


def _box(page: Page, content: Sequence[Line], size: int, height: int) -> list[Line]:
    """Return a box ``size`` cells wide around ``content``, ``height`` lines inside."""
    frame = _Frame() if page.unicode else _ASCII
    title = _fitted(content[0], size - 6, frame)
    rule = frame.rule * (size - width_of(title) - 5)
    lines = [[Span(f"{frame.top} "), *title, Span(f" {rule}{frame.corner}")]]
    body = [*content[1:], *([[]] * (height - len(content) + 1))]
    for line in body:
        inner = _fitted(line, size - 4, frame)
        fill = " " * (size - 4 - width_of(inner))
        lines.append([Span(f"{frame.side} "), *inner, Span(f"{fill} {frame.side}")])
    lines.append([Span(f"{frame.bottom}{frame.rule * (size - 2)}{frame.end}")])
    return lines


def _fitted(line: Sequence[Span], size: int, frame: _Frame) -> Line:
    """Return a line of at most ``size`` cells, cut with dots where it is longer."""
    if width_of(line) <= size:
        return list(line)
    kept: Line = []
    left = size - len(frame.dots)
    for span in line:
        text = _cut(span.text, left)
        kept.append(Span(text, span.style))
        left -= width_of([kept[-1]])
        if text != span.text:
            break
    return [*kept, Span(frame.dots)]


def _cut(text: str, size: int) -> str:
    """Return the beginning of ``text`` that takes at most ``size`` cells."""
    used = 0
    for position, character in enumerate(text):
        used += width_of([Span(character)])
        if used > size:
            return text[:position]
    return text


def _short(page: Page, text: str, size: int) -> str:
    frame = _Frame() if page.unicode else _ASCII
    return "".join(span.text for span in _fitted([Span(text)], size, frame))


def _rows(page: Page, boxes: Sequence[list[Line]], size: int, room: int) -> None:
    """Add the boxes, as many beside one another as there is room for."""
    many = max(1, (room + _GAP) // (size + _GAP))
    # Rows of one length look like one thing: 3 and 3, not 4 and 2.
    rows = -(-len(boxes) // many)
    many = -(-len(boxes) // rows)
    for start in range(0, len(boxes), many):
        row = boxes[start : start + many]
        height = max(len(box) for box in row) - 1
        drawn = [_box(page, box, size, height) for box in row]
        for parts in zip(*drawn, strict=True):
            line = list(parts[0])
            for part in parts[1:]:
                line += [Span(" " * _GAP), *part]
            page.draw(*line, indent=_MARGIN)


# Two boxes and their wall


def _face_to_face(
    page: Page, report: IsolationReport, boxes: Sequence[list[Line]], size: int, room: int
) -> bool:
    """Add two boxes on both sides of a wall; return whether there was room for it."""
    told = _on_the_wall(page, report)
    left = max((width_of([Span(entry[0])]) for entry in told), default=0)
    right = max((width_of([Span(entry[1])]) for entry in told), default=0)
    mark = page.marks.wall
    if 2 * size + left + right + len(mark) + 6 > room:
        return False
    height = max(len(told) + 1, *(len(box) - 1 for box in boxes))
    drawn = [_box(page, box, size, height) for box in boxes]
    style = severest(walls(report))
    # Air above: the reasons begin beside the first component.
    lines: list[tuple[str, str, str]] = [("", "", ""), *told]
    for one, wants, other in zip_longest(drawn[0], lines, drawn[1], fillvalue=None):
        here, there, colour = wants or ("", "", "")
        middle = [
            Span(" " * (left - width_of([Span(here)]) + 1)),
            Span(here, colour),
            Span(" "),
            Span(mark, style),
            Span(" "),
            Span(there, colour),
            Span(" " * (right - width_of([Span(there)]) + 1)),
        ]
        page.draw(*(one or ()), *middle, *(other or ()), indent=_MARGIN)
    return True


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
        (_short(page, here, _LONGEST_DEMAND), _short(page, there, _LONGEST_DEMAND), colour)
        for here, there, colour in told
    ]


# Many boxes and a list of walls


def _list(page: Page, report: IsolationReport) -> None:
    """Add the walls as a list: who, and why."""
    if len(report.containers) < 2:
        return
    rows = _entries(page, report)
    limit = len(rows) if page.verbose or len(rows) <= _LISTED + 1 else _LISTED
    if rows:
        page.gap()
        page.rows(rows[:limit], indent=_MARGIN)
    if limit < len(rows):
        page.say(f"and {len(rows) - limit} more, below", indent=_MARGIN)


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
            both = [_short(page, side, _LONGEST_LISTED) for side in (here, there) if side]
            told.setdefault((f" {page.marks.wall} ".join(both), style))
    return grouped


def _joined(told: Sequence[Told]) -> list[Span]:
    spans: list[Span] = []
    for text, style in told:
        if spans:
            spans.append(Span("; "))
        spans.append(Span(text, style, solid=True))
    return spans
