"""HTML made of parts, so that no text can become markup.

``tag`` escapes every text it is given; only what ``tag`` and ``joined`` return passes as it is.
Names and values come from strangers: what does not show (controls, bidirectional marks,
zero-width and filling characters, lone surrogates) becomes a visible escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from depcheck.model.text import redact

_SILENT = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""What counts as printable, and yet shows nothing."""
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])")
_VOID = frozenset({"meta", "link", "input", "br", "hr"})


class Html(str):
    """Markup of this page's own."""

    __slots__ = ()


Content = str | None
"""A text to escape, or ``Html``; None is nothing."""


def shown(text: str) -> str:
    """Return ``text`` as one line in which everything shows, secrets of URLs taken out."""
    text = redact(text)
    if text.isprintable() and (text.isascii() or not _SILENT.search(text)):
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character.isprintable() and not _SILENT.match(character):
        return character
    return character.encode("unicode_escape").decode("ascii")


def inert(text: Content) -> Html:
    """Return a text as markup that shows it; escapes that were put in are set apart."""
    if text is None:
        return Html()
    if isinstance(text, Html):
        return text
    visible = shown(text)
    markup = _escaped(visible)
    if visible != redact(text):
        markup = _ESCAPE.sub(r'<span class="esc">\g<0></span>', markup)
    return Html(markup)


def joined(parts: Iterable[Content], between: str = "") -> Html:
    """Return the parts one after the other."""
    return Html(escape(between).join(inert(part) for part in parts))


def tag(name: str, /, *content: Content, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    A trailing underscore of an attribute's name is dropped, others become hyphens
    (``class_``, ``aria_label``). True stands for an attribute without a value; what is
    None or False is left out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID:
        return Html(start)
    return Html(f"{start}{''.join([inert(part) for part in content])}</{name}>")


def _attribute(name: str, value: str | int | bool | None) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    # What an address points to behind its # is no secret: it must stay as it is.
    text = _quoted(str(value)) if name == "href" else shown(str(value))
    return f' {name}="{_escaped(text)}"'


def _escaped(text: str) -> str:
    # A page may end up in the log of a CI, where ## begins a command.
    return escape(text).replace("##", "&#35;&#35;")


def _quoted(address: str) -> str:
    return quote(address.encode("utf-8", "replace"), safe="%/:=&?~#+!$,;'@()*[]")
