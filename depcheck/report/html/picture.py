"""The picture on the page: boxes, the walls between them with both sides' demands, and shifts.

Two boxes stand on both sides of their wall. More stand in rows, and each wall follows for
itself; from four on, a grid shows which pairs are kept apart. Walls are tables whose columns
are the boxes, so that they are heard as they are seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.report.digest import Box, Line, Picture
from depcheck.report.html.parts import badge, copy_button, hidden, moved
from depcheck.report.html.tag import Html, joined, shown, tag

_GRID_FROM = 4
_KINDS = {"wall": "wall", "advice": "advised wall", "shift": "shift"}
_WORDS = {"wall": "Wall between", "advice": "Better apart:", "shift": "Moved between"}

Group = tuple[Line, ...]


def picture(drawn: Picture) -> Html:
    """Return the picture, and the same drawn with characters, folded."""
    groups = _groups(drawn.lines)
    drawing = _face_to_face(drawn, groups) if _faces(drawn, groups) else _rows(drawn, groups)
    parts = [drawing]
    if drawn.text:
        text = Html("\n".join(tag("span", line) for line in drawn.text.split("\n")))
        parts.append(
            tag(
                "details",
                tag("summary", "The same as text"),
                tag("div", copy_button("picture-text", "the picture as text"), class_="right"),
                # A keyboard must be able to scroll what is wider than the screen.
                tag("pre", text, id="picture-text", tabindex=0, role="group", aria_label="as text"),
                class_="as-text",
            )
        )
    return tag("figure", *parts, class_="picture", aria_label="Boxes and what stands between them")


def _groups(lines: Sequence[Line]) -> list[Group]:
    """Return the lines by the boxes that they stand between, in the order of their first."""
    found: dict[frozenset[str], list[Line]] = {}
    for line in lines:
        found.setdefault(frozenset(line.boxes), []).append(line)
    # Several findings may be told with the same words.
    return [
        tuple(line for position, line in enumerate(group) if line not in group[:position])
        for group in found.values()
    ]


def _faces(drawn: Picture, groups: Sequence[Group]) -> bool:
    return len(drawn.boxes) == 2 and len(groups) == 1 and len(set(groups[0][0].boxes)) == 2


def _face_to_face(drawn: Picture, groups: Sequence[Group]) -> Html:
    left, right = drawn.boxes
    wall = _wall(groups[0], (left.name, right.name), "wall-1")
    return tag("div", _box(left), wall, _box(right), class_="facing")


def _rows(drawn: Picture, groups: Sequence[Group]) -> Html:
    names = [box.name for box in drawn.boxes]
    is_grid = len(names) >= _GRID_FROM and bool(groups)
    boxes = [_box(box, number if is_grid else None) for number, box in enumerate(drawn.boxes, 1)]
    walls = [
        _wall(group, _ordered(group[0].boxes, names), f"wall-{number}", titled=True)
        for number, group in enumerate(groups, 1)
    ]
    return joined(
        (
            tag("div", *boxes, class_="boxes"),
            _grid(names, groups) if is_grid else None,
            tag("div", *walls, class_="walls") if walls else None,
        )
    )


def _ordered(boxes: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    known = [name for name in names if name in boxes]
    return (*known, *(name for name in dict.fromkeys(boxes) if name not in known))


def _box(box: Box, number: int | None = None) -> Html:
    """Return a box; ``number`` is its column in the grid."""
    mark = tag("span", str(number), class_="number", aria_hidden="true") if number else None
    core = badge("core", "good") if box.core else None
    # Its own name, as that of the only component in it, would stand there twice.
    told = [line for line in box.lines if line not in (box.name, f"{box.name} (core)")]
    lines = joined(tag("li", line) for line in told)
    head = tag("h3", joined((mark, tag("span", box.name), core), " "))
    return tag(
        "div",
        head,
        tag("ul", lines) if told else None,
        class_="box core" if box.core else "box",
    )


def _wall(group: Group, names: tuple[str, ...], key: str, *, titled: bool = False) -> Html:
    """Return what stands between boxes as a table, a column for each of them."""
    kind = min((line.kind for line in group), key=list(_KINDS).index)
    words = _WORDS[kind] if len(names) > 1 else "Advised inside"
    title = tag("p", words, " ", _named(names), id=f"{key}-title", class_="wall-title")
    heads = joined(tag("th", name, scope="col") for name in names)
    reasons = tag(
        "table",
        tag("thead", tag("tr", heads), class_=None if len(names) > 2 else "sr"),
        tag("tbody", joined(_reason(line, names) for line in group)),
        aria_labelledby=f"{key}-title" if titled else None,
        aria_label=None if titled else shown(f"{words} {' and '.join(names)}"),
    )
    drawn = tag("div", reasons, class_=f"wall {kind} k{min(len(names), 3)}")
    return tag("div", title if titled else None, drawn, id=key, class_="between")


def _named(names: Sequence[str]) -> Html:
    parts = [tag("b", name) for name in names]
    head, last = joined(parts[:-1], ", "), parts[-1] if parts else Html()
    return joined((head, " and ", last)) if len(parts) > 1 else last


def _reason(line: Line, names: tuple[str, ...]) -> Html:
    """Return one reason: what each side demands, or a plate on the wall where none does."""
    if line.kind == "shift" and len(line.boxes) == 2 and len(names) == 2:
        return _shift(line, names)
    if any(line.demands.get(name) for name in names):
        cells = joined(
            tag("td", tag("code", line.demands.get(name, "")) if line.demands.get(name) else None)
            for name in names
        )
        return tag("tr", cells, class_=line.tone)
    plate = tag("span", hidden(f"{_KINDS[line.kind]}: "), moved(line.text), class_="plate")
    return tag("tr", tag("td", plate, colspan=max(1, len(names))), class_=line.tone)


def _shift(line: Line, names: tuple[str, ...]) -> Html:
    """Return an arrow from the box that moves something to the box in which it moves."""
    mover, mended = line.boxes
    way = "rightwards" if mended == names[1] else "leftwards"
    told = tag(
        "span",
        hidden(f"{shown(mover)} moves in {shown(mended)}: "),
        tag("code", moved(line.text)),
        class_=f"flight {way}",
    )
    return tag("tr", tag("td", told, colspan=2), class_=line.tone)


def _grid(names: Sequence[str], groups: Sequence[Group]) -> Html:
    """Return which pairs are kept apart: half of a square, each mark a link to its wall."""
    between: dict[frozenset[str], tuple[int, Line]] = {}
    for number, group in enumerate(groups, 1):
        for line in group:
            for one in line.boxes:
                for other in line.boxes:
                    between.setdefault(frozenset((one, other)), (number, line))
    heads = joined(
        tag("th", tag("span", str(number), aria_hidden="true"), hidden(name), scope="col")
        for number, name in enumerate(names[:-1], 1)
    )
    rows = []
    for position, name in enumerate(names[1:], 1):
        label = tag("th", tag("span", str(position + 1), class_="number"), " ", name, scope="row")
        marks = [_mark(between.get(frozenset((name, other)))) for other in names[:position]]
        rows.append(tag("tr", label, *marks))
    return tag(
        "table",
        tag("caption", "Who is kept apart from whom"),
        tag("thead", tag("tr", tag("td"), heads)),
        tag("tbody", *rows),
        class_="pairs",
    )


def _mark(found: tuple[int, Line] | None) -> Html:
    if found is None:
        return tag("td", tag("span", "·", aria_hidden="true"), hidden("no wall"))
    number, line = found
    word = _KINDS[line.kind]
    signs = {"wall": "▮", "advice": "┊", "shift": "→"}
    sign = tag("span", signs[line.kind], aria_hidden="true")
    mark = tag("a", sign, hidden(word), href=f"#wall-{number}", title=word)
    return tag("td", mark, class_=line.tone)
