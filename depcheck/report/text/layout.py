"""Lines of styled text: wrapping, columns, and the bytes of colour.

Words are never broken, so that a path or a URL can be copied from the report
whole; one that is wider than the page sticks out, and nothing else does.
Everything put on a page is made inert here (``plain``), so no section can
forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from depcheck.report.escape import one_line, plain

_NARROWEST = 28
_COMFORTABLE = 40


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style (rich's names); ``solid`` is wrapped only if it must be."""

    text: str
    style: str = ""
    solid: bool = False


Spans = Sequence[Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The typographic signs that the output can show."""

    arrow: str = "→"
    bullet: str = "•"
    dot: str = "·"
    wall: str = "║"


ASCII = Marks(arrow="->", bullet="-", dot="-", wall="||")


def width_of(spans: Spans) -> int:
    """Return how many terminal cells ``spans`` take."""
    from rich.cells import cell_len

    return sum(cell_len(span.text) for span in spans)


def wrap(spans: Spans, width: int) -> list[list[Span]]:
    """Return ``spans`` broken at spaces into lines of at most ``width`` cells."""
    lines: list[list[Span]] = [[]]
    used = 0
    for word in _words(spans, width):
        size = width_of(word)
        if lines[-1] and used + 1 + size > width:
            lines.append([])
            used = 0
        if lines[-1]:
            # A space between two words of one style belongs to them: less to encode.
            last = lines[-1][-1].style
            lines[-1].append(Span(" ", last if last == word[0].style else ""))
            used += 1
        lines[-1].extend(word)
        used += size
    return lines


def _words(spans: Spans, width: int) -> list[list[Span]]:
    words: list[list[Span]] = [[]]
    for span in spans:
        whole = span.solid and width_of([span]) <= width
        parts = [span.text] if whole else span.text.split(" ")
        for position, part in enumerate(parts):
            if position and words[-1]:
                words.append([])
            if part:
                words[-1].append(Span(part, span.style))
    return [word for word in words if word]


@dataclass(slots=True)
class Page:
    """Lines that grow downwards, ``width`` cells wide.

    ``prefix`` leads from where the reader stands to the project root. Where ``raw`` is True,
    text is kept on one line, and another format makes it inert.
    """

    width: int
    unicode: bool = True
    verbose: bool = False
    prefix: str = ""
    raw: bool = False
    lines: list[list[Span]] = field(default_factory=list)

    @property
    def marks(self) -> Marks:
        return Marks() if self.unicode else ASCII

    def path(self, text: str) -> str:
        """Return a path with ``prefix`` before it where it is relative to the root."""
        # An interpreter (``env:…``), a drive or a URL begins with a word and a colon.
        absolute = text.startswith(("/", "\\")) or ":" in text.partition("/")[0]
        return text if absolute or not text else self.prefix + text

    def say(self, *spans: Span | str, indent: int = 0, hang: int = 0) -> None:
        """Add a paragraph; lines after the first are ``hang`` cells further in."""
        lines = wrap(self._inert(spans), self.width - indent - hang)
        for position, line in enumerate(lines):
            self._add(line, indent + (hang if position else 0))

    def draw(self, *spans: Span | str, indent: int = 0) -> None:
        """Add one line as it is: a row of a picture, which must not be wrapped."""
        self._add(self._inert(spans), indent)

    def heading(self, text: str) -> None:
        """Add a heading with air above it."""
        self.gap()
        self.say(Span(text, "bold"))

    def gap(self) -> None:
        """Add an empty line, unless there is one already or the page is empty."""
        if self.lines and self.lines[-1]:
            self.lines.append([])

    def sober(self) -> None:
        """Take the green from the first line, where it would say more than the exit status."""
        self.lines[:1] = [
            [Span(span.text, span.style.replace("green", "yellow"), span.solid) for span in line]
            for line in self.lines[:1]
        ]

    def rows(
        self,
        rows: Iterable[Sequence[Spans]],
        *,
        indent: int = 0,
        details: Sequence[Iterable[Sequence[Spans]]] = (),
        together: bool = False,
    ) -> None:
        """Add rows of aligned columns, the last of which wraps.

        Where too little room is left for the last column it goes below its row.
        ``details`` are rows to add, further in, after each of the rows. ``together``
        aligns all rows, as they fit; else long ones are left aside.
        """
        table = [[self._inert(cell) for cell in row] for row in rows]
        widths = self._widths(table, indent, together)
        left = indent + sum(size + 2 for size in widths)
        for position, row in enumerate(table):
            head = _padded(row[:-1], widths)
            size = indent + width_of(head)
            if size <= left and self._is_room(row[-1], self.width - size, indent):
                self._beside(head, row[-1], indent, left)
            else:
                self._below(head, row[-1], indent)
            if details:
                self.rows(details[position], indent=indent + 4)

    def _widths(self, table: Sequence[Sequence[Spans]], indent: int, together: bool) -> list[int]:
        """Return the widths of all columns but the last, long rows left aside."""

        def natural(row: Sequence[Spans]) -> int:
            return indent + sum(width_of(cell) + 2 for cell in row[:-1])

        def fits(row: Sequence[Spans]) -> bool:
            return natural(row) <= max(self.width * 3 // 5, self.width - width_of(row[-1]))

        short = [row for row in table if together or fits(row)] or table
        columns = len(short[0]) - 1 if short else 0
        return [max(width_of(row[i]) for row in short) for i in range(columns)]

    def _is_room(self, cell: Spans, room: int, indent: int) -> bool:
        """Return whether the last cell stands better beside its row than below it."""
        size = width_of(cell)
        whole_below = size <= self.width - indent - 4
        return size <= room or (room >= _NARROWEST and (room >= _COMFORTABLE or not whole_below))

    def _beside(self, head: list[Span], cell: Spans, indent: int, left: int) -> None:
        for position, line in enumerate(wrap(cell, self.width - left)):
            if position:
                self._add(line, left)
            else:
                self._add([*head, *line], indent)

    def _below(self, head: list[Span], cell: Spans, indent: int) -> None:
        if indent + width_of(_trimmed(head[:])) > self.width:
            for position, line in enumerate(wrap(head, self.width - indent - 4)):
                self._add(line, indent + (4 if position else 0))
        elif _trimmed(head[:]):
            self._add(head, indent)
        if cell:
            for line in wrap(cell, self.width - indent - 4):
                self._add(line, indent + 4)

    def _inert(self, spans: Iterable[Span | str]) -> list[Span]:
        return [
            Span(self.inert(span.text), span.style, span.solid)
            for span in (Span(item) if isinstance(item, str) else item for item in spans)
        ]

    def inert(self, text: str) -> str:
        """Return text as the page shows it."""
        return one_line(text) if self.raw else plain(text, unicode=self.unicode)

    def _add(self, line: Sequence[Span], indent: int) -> None:
        margin = [Span(" " * indent)] if indent else []
        self.lines.append(_trimmed([*margin, *line]))

    def text(self, *, colour: bool) -> str:
        """Return the page as one string, each line ended."""
        return "".join(_encode(line, colour) + "\n" for line in self.lines)


def _padded(cells: Sequence[Spans], widths: Sequence[int]) -> list[Span]:
    head: list[Span] = []
    for cell, size in zip(cells, widths, strict=True):
        head.extend(cell)
        head.append(Span(" " * (max(0, size - width_of(cell)) + 2)))
    return head


def _trimmed(line: list[Span]) -> list[Span]:
    while line and not line[-1].text.strip():
        line.pop()
    if line:
        last = line[-1]
        line[-1] = Span(last.text.rstrip(), last.style, last.solid)
    return line


def _encode(line: Sequence[Span], colour: bool) -> str:
    if not colour:
        return "".join(span.text for span in line)
    from rich.color import ColorSystem
    from rich.style import Style

    parts = []
    for style, run in groupby(line, key=lambda span: span.style):
        text = "".join(span.text for span in run)
        parts.append(
            Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text
        )
    return "".join(parts)
