"""Boxes side by side, and what stands between two of them: pictures of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from depcheck.report.text.layout import Page, Span, width_of

MARGIN = 2
_GAP = 2
_NARROWEST = 20
_WIDEST = 38

Line = list[Span]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What stands between two boxes: rows of what belongs to the left and to the right side,
    with their style, and the ``mark`` that divides them, in its own."""

    rows: tuple[tuple[str, str, str], ...]
    mark: str
    style: str


def boxes(page: Page, content: Sequence[Sequence[Line]], between: Between) -> bool:
    """Add boxes, each from its lines, the title first; return whether they tell all.

    Two of them stand on both sides of what is ``between``, where there is room for it.
    """
    room = page.width - MARGIN
    # A title has its frame on both sides, which takes two cells more.
    natural = max(width_of(line) + (6 if line is box[0] else 4) for box in content for line in box)
    size = min(max(_NARROWEST, natural), _WIDEST, room)
    if len(content) == 2 and _face_to_face(page, content, size, room, between):
        return True
    _rows(page, content, size, room)
    return len(content) == 1


def shortened(page: Page, text: str, size: int) -> str:
    """Return text of at most ``size`` cells, cut with dots where it is longer."""
    frame = _Frame() if page.unicode else _ASCII
    return "".join(span.text for span in _fitted([Span(text)], size, frame))


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


def _rows(page: Page, content: Sequence[Sequence[Line]], size: int, room: int) -> None:
    """Add the boxes, as many beside one another as there is room for."""
    many = max(1, (room + _GAP) // (size + _GAP))
    # Rows of one length look like one thing: 3 and 3, not 4 and 2.
    rows = -(-len(content) // many)
    many = -(-len(content) // rows)
    for start in range(0, len(content), many):
        row = content[start : start + many]
        height = max(len(box) for box in row) - 1
        drawn = [_box(page, box, size, height) for box in row]
        for parts in zip(*drawn, strict=True):
            line = list(parts[0])
            for part in parts[1:]:
                line += [Span(" " * _GAP), *part]
            page.draw(*line, indent=MARGIN)


# Two boxes and what stands between them


def _face_to_face(
    page: Page, content: Sequence[Sequence[Line]], size: int, room: int, between: Between
) -> bool:
    """Add two boxes on both sides of a wall; return whether there was room for it."""
    told, mark = between.rows, between.mark
    left = max((width_of([Span(entry[0])]) for entry in told), default=0)
    right = max((width_of([Span(entry[1])]) for entry in told), default=0)
    if 2 * size + left + right + len(mark) + 6 > room:
        return False
    height = max(len(told) + 1, *(len(box) - 1 for box in content))
    drawn = [_box(page, box, size, height) for box in content]
    # Air above: the reasons begin beside the first component.
    lines: list[tuple[str, str, str]] = [("", "", ""), *told]
    for one, wants, other in zip_longest(drawn[0], lines, drawn[1], fillvalue=None):
        here, there, colour = wants or ("", "", "")
        middle = [
            Span(" " * (left - width_of([Span(here)]) + 1)),
            Span(here, colour),
            Span(" "),
            Span(mark, between.style),
            Span(" "),
            Span(there, colour),
            Span(" " * (right - width_of([Span(there)]) + 1)),
        ]
        page.draw(*(one or ()), *middle, *(other or ()), indent=MARGIN)
    return True
