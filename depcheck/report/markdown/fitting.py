"""Sections of a page that has a largest size, cut where it hurts least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CLOSING = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``head``, then rows of a table or a list, then ``tail``: Markdown, no blank line at its ends.

    ``what`` names the rows (``findings``). Where ``vital``, it is there whatever it displaces.
    """

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""
    what: str = ""
    vital: bool = False

    def __str__(self) -> str:
        return "\n".join(part for part in (self.head, *self.rows, self.tail) if part)


def fitted(sections: Sequence[Section], limit: int) -> str:
    """Return the sections as one text of at most ``limit`` bytes of UTF-8.

    What does not fit is left out row by row, the last sections first, and a last
    sentence says what.
    """
    left = limit - _CLOSING - sum(_size(str(s)) for s in sections if s.vital)
    texts, missing = list[str](), list[str]()
    for section in sections:
        shown = section if section.vital else _shortened(section, left)
        if shown is not None:
            texts.append(str(shown))
            left -= 0 if section.vital else _size(str(shown))
        if cut := len(section.rows) - len(shown.rows if shown is not None else ()):
            missing.append(f"{cut} {section.what}")
        elif shown is None:
            missing.append(section.what)
    return "\n\n".join([*texts, *_closing(missing)]) + "\n"


def _shortened(section: Section, left: int) -> Section | None:
    """Return a section with as many rows as there is room for, None where there is for none."""
    if _size(str(section)) <= left:
        return section
    room = left - _size(section.head) - _size(section.tail)
    rows = tuple(_while_room(section.rows, room))
    if not rows:
        return None
    return Section(head=section.head, rows=rows, tail=section.tail, what=section.what)


def _while_room(rows: Iterable[str], room: int) -> Iterable[str]:
    for row in rows:
        room -= _size(row)
        if room < 0:
            return
        yield row


def _closing(missing: Sequence[str]) -> list[str]:
    if not missing:
        return []
    kinds = list(dict.fromkeys(missing))
    more = ", and more" if kinds[8:] else ""
    return [f"**Cut to fit here.** Left out: {', '.join(kinds[:8])}{more}."]


def _size(text: str) -> int:
    # Two more for what joins it to the next.
    return len(text.encode("utf-8", "backslashreplace")) + 2
