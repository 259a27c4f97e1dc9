"""Text from data as GitHub-flavoured Markdown that shows it and means nothing.

What GitHub links by itself (mentions, references to issues and commits, addresses) it looks
for after the Markdown is rendered, so that no backslash and no entity holds it back: only code
spans and fenced blocks do. So every word that is not plainly prose or a number becomes code.

Follows CommonMark 0.31 and the GitHub Flavored Markdown specification (tables, autolinks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from depcheck.model.text import redact
from depcheck.report.digest import Context, Place
from depcheck.report.escape import plain

TEXT, CODE, _PATH = 400, 160, 1000

_SIGNS = frozenset("→—–…·≥≤≠×")  # the report's own signs, when they stand alone
_WORD = re.compile(r"""(["'(]*)(.*?)(["'),.;:!?…]*)""", re.DOTALL)
_PROSE = re.compile(r"[^\W\d_]+\d*(?:[-'’][^\W\d_]+\d*)*")
_PREFIXED = re.compile(r"[A-Z]+\d*-")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_HASH = re.compile(r"[0-9a-fA-F]{7,}")
_TICKS = re.compile(r"`+")
_BASE = re.compile(r"https?://[A-Za-z0-9._~:/%@+-]+")


def text(data: str, *, limit: int = TEXT) -> str:
    """Return prose for one line of a paragraph, a list or a cell; at most ``limit`` of it."""
    return " ".join(_word(word) for word in _short(data, limit).split())


def _word(word: str) -> str:
    if word in _SIGNS:
        return word
    match = _WORD.fullmatch(word)
    assert match is not None
    before, core, after = match.groups()
    if not core or _is_prose(core) or (_NUMBER.fullmatch(core) and _is_number(core, after)):
        return word
    return f"{before}{_span(core)}{after}"


def _is_prose(word: str) -> bool:
    """Whether nothing can take it for a commit's hash, or for a ticket or an advisory by id."""
    return bool(_PROSE.fullmatch(word)) and not (
        _HASH.fullmatch(word) or _PREFIXED.match(word.upper() if "GHSA" in word.upper() else word)
    )


def _is_number(word: str, after: str) -> bool:
    """Whether it is neither a commit's hash nor the beginning of a numbered list."""
    return len(word) < 7 and after[:1] not in (".", ")") if word.isdigit() else True


def value(data: str, *, limit: int = TEXT) -> str:
    """Return what may be a word or a line of a file: code as a whole, where it is not prose."""
    prose = text(data, limit=limit)
    return code(data, limit=limit) if "`" in prose else prose


def code(data: str, *, limit: int = CODE) -> str:
    """Return a code span; empty where there is nothing to show."""
    return _span(_short(data, limit).strip())


def _span(shown: str) -> str:
    if not shown:
        return ""
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def cell(markup: str) -> str:
    """Return what ``text`` or ``code`` gave so that it stays in its cell of a table.

    A backslash before a bar becomes a visible escape: how many of them a table takes away,
    the parsers do not agree about.
    """
    return re.sub(r"\\(?=\|)", r"\\x5c", markup).replace("|", "\\|")


def row(cells: Iterable[str]) -> str:
    """Return a row of a table; the cells are markup."""
    return f"| {' | '.join(cell(markup) for markup in cells)} |"


def block(lines: Iterable[str], language: str = "", *, limit: int = 2000) -> str:
    """Return a fenced block that nothing in ``lines`` ends; ``language`` is our own word."""
    shown = [_short(line, limit) for line in lines]
    runs = (len(run) for line in shown for run in _TICKS.findall(line))
    fence = "`" * max(3, 1 + max(runs, default=0))
    return "\n".join([f"{fence}{language}", *shown, fence])


def html_code(data: str, *, limit: int = CODE) -> str:
    """Return a ``<code>`` element, for where Markdown is not read (``<summary>``)."""
    return f"<code>{escape(_short(data, limit))}</code>"


def link(markup: str, address: str) -> str:
    """Return a link to an address of ours; only the text where there is none."""
    return f"[{markup}]({address})" if markup and address else markup


def address(context: Context, place: Place) -> str:
    """Return where a place can be opened; empty where that is not known."""
    base = _base(context.links)
    path = place.path
    if not (base and place.inside and path) or path[0] == "/" or ".." in path.split("/"):
        return ""
    if redact(path) != path or len(path) > _PATH:
        return ""
    lines = "" if place.line is None else f"#L{place.line}"
    if lines and place.end is not None and place.line is not None and place.end > place.line:
        lines += f"-L{place.end}"
    return f"{base}{quote(path.encode('utf-8', 'surrogatepass'), safe='/')}{lines}"


def rule_address(context: Context, rule: str) -> str:
    """Return where a rule is explained; empty where that is not known."""
    base = _base(context.docs)
    return f"{base}#{quote(rule, safe='')}" if base else ""


def _base(given: str) -> str:
    return given if _BASE.fullmatch(given) and redact(given) == given else ""


def located(context: Context, place: Place) -> str:
    """Return a place as code, linked where it can be opened."""
    return link(code(str(place)), address(context, place))


def _short(data: str, limit: int) -> str:
    # Cut twice: an escape is longer than what it stands for.
    shown = plain(data if len(data) <= 4 * limit else data[: 4 * limit])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
