"""Text written by strangers, made safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterable

_USER_INFO = re.compile(r"(?<=://)[^\s/?#]*@")
# Bounded, so that no text is read again and again; a digest after @ is no host.
_LOGIN = re.compile(
    r"(?<![\w/])[^\s/@:]{1,100}:[^\s/@]{1,400}@(?=[\w.-]{1,255}(?::\d{1,5})?(?:[/\s\"']|$))"
)
# Every part is optional, so that a match never fails and no text is read twice.
_REST = re.compile(r"(://[^\s?#]*)(\?[^\s#]*)?(#\S*)?")
_KNOWN_FRAGMENTS = ("#egg=", "#subdirectory=", "#sha256=")


def redact(text: str) -> str:
    """Return ``text`` with user information, queries and odd fragments of URLs hidden.

    So is a user with a password before a host where no scheme is written.
    """
    if "@" in text:
        text = _LOGIN.sub("***@", text)
    if "://" not in text:
        return text
    return _REST.sub(_masked, _USER_INFO.sub("***@", text))


def _masked(match: re.Match[str]) -> str:
    address, query, fragment = match.groups(default="")
    if fragment and not fragment.startswith(_KNOWN_FRAGMENTS):
        fragment = "#***"
    return f"{address}{'?***' if query else ''}{fragment}"


def printable(text: str, *, limit: int = 200) -> str:
    """Return ``text`` on one line: controls as visible escapes, secrets of URLs hidden.

    Bidirectional and zero-width controls are escaped as well. What is longer
    than ``limit`` characters is cut, with an ellipsis.
    """
    text = redact(text)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def in_one_line(faults: str, *, most: int = 3) -> str:
    """Return faults, a line each, as one line: the first ``most``, and how many more there are."""
    lines = faults.split("\n")
    more = [f"{len(lines) - most} more"] if len(lines) > most else []
    return "; ".join(lines[:most] + more)


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return ``did you mean "x"?`` for the known word nearest to ``wrong``, or an empty text."""
    import difflib

    folded = {word.lower(): word for word in sorted(known)}
    close = difflib.get_close_matches(wrong[:100].lower(), folded, n=1, cutoff=0.6)
    return f'did you mean "{printable(folded[close[0]])}"?' if close else ""
