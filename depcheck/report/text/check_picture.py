"""The picture of a check: components as boxes, what keeps them apart, what one moves in another."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Conflict, Finding, Rollback, Shift
from depcheck.model.report import Report
from depcheck.model.requirement import Component
from depcheck.report.digest import Box, Line, Picture, Tone
from depcheck.report.escape import one_line
from depcheck.report.text.boxes import MARGIN, Between, boxes, shortened
from depcheck.report.text.boxes import Line as Spans
from depcheck.report.text.check_headline import grave_moves
from depcheck.report.text.isolation_words import asks
from depcheck.report.text.layout import Marks, Page, Span
from depcheck.report.words import change, owners, plural

_WIDTH = 100
_ON_A_WALL = 8
_LISTED = 12
_LONGEST = 26
_SHARED = "╎"


def picture(report: Report) -> Picture | None:
    """Return the components and what stands between them; None of one component alone."""
    if len(report.components) < 2:
        return None
    ordered = sorted(report.components, key=lambda component: component.role != "core")
    drawn = tuple(_box(report, component) for component in ordered)
    names = [component.name for component in ordered]
    lines = (*_walls(report, names), *_moves(report, names))
    return Picture(boxes=drawn, lines=lines, text=_text(drawn, lines))


def _box(report: Report, component: Component) -> Box:
    alone = report.alone.get(component.name)
    outcome = "cannot be installed alone"
    if alone is not None:
        outcome = f"{plural(len(alone), 'distribution')} alone"
    return Box(
        name=one_line(component.name),
        lines=(plural(len(component.requirements), "requirement"), outcome),
        core=component.role == "core",
    )


def _walls(report: Report, names: Sequence[str]) -> list[Line]:
    """Return a wall for each conflict between components, with what each of them wants."""
    found = []
    for finding, tone in _every(report):
        conflict = finding.evidence
        clashing = [name for name in names if name in owners(finding)]
        if isinstance(conflict, Conflict) and len(clashing) > 1:
            demands = {one_line(name): one_line(asks(conflict, name)) for name in clashing}
            text = one_line(conflict.project)
            boxed = tuple(demands)
            found.append(Line(kind="wall", boxes=boxed, demands=demands, text=text, tone=tone))
    return found


def _every(report: Report) -> list[tuple[Finding, Tone]]:
    """Return what is found, and what is suppressed: it stands between them all the same."""
    accepted: list[tuple[Finding, Tone]] = [(e.finding, "plain") for e in report.suppressed]
    return [*((finding, "bad") for finding in report.findings), *accepted]


def _moves(report: Report, names: Sequence[str]) -> list[Line]:
    """Return what one component moves gravely in another."""
    marks = Marks()
    found: dict[tuple[str, str], Line] = {}
    every = [finding for finding, _ in _every(report)]
    accepted = [entry.finding.evidence for entry in report.suppressed]
    for move in grave_moves(every, report):
        mover = _mover(move, names)
        text = f"{move.name} "
        if isinstance(move, Shift):
            text += change(move, marks)
        else:
            text += f"{move.before} {marks.arrow} {move.after}"
        between = (*([one_line(mover)] if mover else []), one_line(move.component))
        tone: Tone = "plain" if move in accepted else "warn"
        line = Line(kind="shift", boxes=between, text=one_line(text), tone=tone)
        found.setdefault((move.component, move.name), line)
    return list(found.values())


def _mover(move: Shift | Rollback, names: Sequence[str]) -> str:
    """Return the component that moves something, as far as the chain tells."""
    others = [name for name in names if name != move.component]
    by = [step.origin.component for step in move.chain if step.origin is not None]
    found = next((name for name in by if name in others), "")
    return found or (others[0] if len(others) == 1 else "")


# Drawn with characters


def _text(drawn: Sequence[Box], lines: Sequence[Line]) -> str:
    page = Page(width=_WIDTH)
    content = [_content(page, box) for box in drawn]
    walls = any(line.kind == "wall" for line in lines)
    between = Between(
        rows=_rows(page, drawn, lines),
        mark=page.marks.wall if walls else _SHARED,
        style="",
    )
    if len(lines) > _ON_A_WALL or not boxes(page, content, between):
        if len(lines) > _ON_A_WALL:
            boxes(page, content, Between(rows=(), mark=between.mark, style=""))
        page.gap()
        page.rows([_row(page, line) for line in lines[:_LISTED]], indent=MARGIN)
    if len(lines) > _LISTED:
        page.say(f"and {len(lines) - _LISTED} more", indent=MARGIN)
    return page.text(colour=False).rstrip("\n")


def _content(page: Page, box: Box) -> list[Spans]:
    title = f"{box.name} (core)" if box.core else box.name
    return [[Span(page.inert(text))] for text in (title, *box.lines)]


def _rows(
    page: Page, drawn: Sequence[Box], lines: Sequence[Line]
) -> tuple[tuple[str, str, str], ...]:
    """Return what stands between two boxes; what one side wants twice is said once."""
    told = list(dict.fromkeys(_beside(page, drawn, line) for line in lines[:_ON_A_WALL]))
    before = ["", *(here for here, _, _ in told)]
    return tuple(
        ("" if here == last and there else here, there, style)
        for (here, there, style), last in zip(told, before, strict=False)
    )


def _beside(page: Page, drawn: Sequence[Box], line: Line) -> tuple[str, str, str]:
    """Return what belongs to the left and to the right of two boxes."""
    left, right = (box.name for box in drawn[:2])
    if line.kind == "wall":
        texts = (line.demands.get(left, ""), line.demands.get(right, ""))
    else:
        texts = (line.text, "") if line.boxes[-1] == left else ("", line.text)
    short = [shortened(page, page.inert(text), _LONGEST) for text in texts]
    return (short[0], short[1], "")


def _row(page: Page, line: Line) -> list[list[Span]]:
    """Return a line of the list: who, and why."""
    if line.kind == "wall":
        who = f" {page.marks.wall} ".join(line.boxes)
        return [[Span(who)], [Span(f" {page.marks.wall} ".join(line.demands.values()))]]
    who, *by = reversed(line.boxes)
    moved = f"{line.text} (by {by[0]})" if by else line.text
    return [[Span(who)], [Span(moved)]]
