"""Tables on the page: every row is there; sorting and filtering come with the script.

On small screens rows are drawn as cards, and some browsers then no longer take them for rows
of a table: so each part says by its role what it is (WAI-ARIA 1.2).
"""

from __future__ import annotations

import re
from dataclasses import replace

from depcheck.report.digest import Cell, Context, Table
from depcheck.report.html.parts import badge, brief_spot, moved
from depcheck.report.html.tag import Html, joined, tag

_CHOICES = 9
"""A column with more different values is no choice."""
_FEWEST = 6
"""A table with fewer rows is read faster than it is filtered."""
_SHORT = 40
"""What is longer is neither a choice nor said once for all rows."""
_LONGEST = 13
"""A longer word may be broken anywhere, so that no table is wider than the page."""
_MANY = 300
_NARROWEST, _WIDEST = 8, 48
"""Of a column of a long table, in characters."""
_BREAKS = re.compile(r"[\s-]")
_BADGES = ("error", "warning", "note")


def table(content: Table, context: Context) -> Html:
    """Return a table with its note and the choices that its columns offer."""
    content, same = _without_sameness(content)
    head = tag("tr", joined(_head(column) for column in content.columns), role="row")
    rows = joined(_row(row, content.columns, context) for row in content.rows)
    return joined(
        (
            tag("p", content.note, class_="quiet") if content.note else None,
            tag("p", f"In every row: {', '.join(same)}.", class_="quiet") if same else None,
            _choices(content),
            tag(
                "table",
                tag("caption", content.title, class_="sr"),
                tag("thead", head, role="rowgroup"),
                tag("tbody", rows, role="rowgroup"),
                role="table",
                class_=f"data c{len(content.columns)}{' many' if _is_many(content) else ''}",
                data_sortable=len(content.rows) > 1,
            ),
        )
    )


def rules(content: Table, section: str) -> str:
    """Return the style rules of a long table in the section with this id; else nothing.

    A browser lays out the rows of such a table for themselves, those in view first. So the
    widths of the columns cannot come from what is in them, and are worked out here.
    """
    if not _is_many(content):
        return ""
    content, _ = _without_sameness(content)
    shares = []
    for position, column in enumerate(content.columns):
        lengths = sorted(len(row[position].text) for row in content.rows)
        usual = lengths[len(lengths) * 9 // 10]
        shares.append(max(len(column) + 3, min(usual, _WIDEST), _NARROWEST))
    widths = " ".join(f"minmax(0, {share}fr)" for share in shares)
    return f"#{section} .many tr {{ grid-template-columns: {widths}; }}\n"


def _is_many(content: Table) -> bool:
    return len(content.rows) > _MANY


def _head(column: str) -> Html:
    return tag(
        "th", column, role="columnheader", scope="col", class_="long" if _is_long(column) else None
    )


def _is_long(text: str) -> bool:
    return any(len(word) > _LONGEST for word in _BREAKS.split(text))


def _without_sameness(content: Table) -> tuple[Table, tuple[str, ...]]:
    """Return the table without columns that say the same in every row, and what they say.

    The first column is what its rows are about, and stays.
    """
    if len(content.rows) < _FEWEST:
        return content, ()
    same: list[str] = []
    kept: list[int] = []
    for position, column in enumerate(content.columns):
        values = {(row[position].text, row[position].place) for row in content.rows}
        text, place = min(values, key=str)
        if len(values) > 1 or place is not None or len(text) > _SHORT or kept == []:
            kept.append(position)
        elif text:
            same.append(f"{column} {text}")
    rows = tuple(tuple(row[position] for position in kept) for row in content.rows)
    columns = tuple(content.columns[position] for position in kept)
    return replace(content, columns=columns, rows=rows), tuple(same)


def _row(cells: tuple[Cell, ...], columns: tuple[str, ...], context: Context) -> Html:
    tone = next((cell.tone for cell in cells if cell.tone != "plain"), None)
    told = [_cell(cell, column, context) for cell, column in zip(cells, columns, strict=False)]
    return tag("tr", joined(told), role="row", data_item=True, class_=tone)


def _cell(cell: Cell, column: str, context: Context) -> Html:
    if cell.text in _BADGES:
        shown = badge(cell.text, cell.tone)
    else:
        shown = tag("code", moved(cell.text)) if cell.code else moved(cell.text)
    if cell.place is not None:
        where = brief_spot(cell.place, context)
        lead = tag("span", cell.lead, class_="whose lead") if cell.lead else None
        shown = where if cell.text in ("", str(cell.place)) else joined((shown, lead, where))
    classes = [] if cell.tone == "plain" or cell.text in _BADGES else [f"t {cell.tone}"]
    if _is_long(cell.text):
        classes.append("long")
    return tag(
        "td", shown, role="cell", data_label=column, class_=" ".join(classes) or None,
        data_sort=_sort(cell) or None,
    )  # fmt: skip


def _sort(cell: Cell) -> str:
    if cell.sort:
        return cell.sort
    return str(_BADGES.index(cell.text)) if cell.text in _BADGES else ""


def _choices(content: Table) -> Html | None:
    """Return one choice for each column that has a few values again and again."""
    if len(content.rows) < _FEWEST:
        return None
    choices = [
        _choice(content, position, column)
        for position, column in enumerate(content.columns)
        if column and _is_choice(content, position)
    ]
    return tag("div", *choices, class_="toolbar js-only") if choices else None


def _is_choice(content: Table, position: int) -> bool:
    cells = [row[position] for row in content.rows if position < len(row)]
    values = {cell.text for cell in cells}
    return (
        1 < len(values) <= min(_CHOICES, len(cells) // 2)
        and all(len(value) <= _SHORT for value in values)
        and not any(cell.place for cell in cells)
    )


def _choice(content: Table, position: int, column: str) -> Html:
    values = sorted(
        {(cell.sort or _sort(cell), cell.text) for cell in (row[position] for row in content.rows)}
    )
    options = [tag("option", f"{column}: all", value="", data_all=True)]
    options += [tag("option", text or "(nothing)") for _, text in values]
    return tag(
        "select",
        *options,
        aria_label=f"{column} in {content.title}",
        autocomplete="off",
        name=f"column-{position}",
        data_column=position,
    )
