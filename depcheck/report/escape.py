"""Text from data made inert: no control characters, no secrets, no commands to a CI.

What a report shows was written by strangers (names, versions, lines of files).
Everything that reaches a terminal or a CI log goes through ``plain``.
"""

from __future__ import annotations

import re

from depcheck.model.text import redact

_COMMAND = re.compile(r"(?:(?<=\s)|^)::|##")
_BREAKS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def plain(text: str, *, unicode: bool = True) -> str:
    """Return ``text`` as one harmless line, secrets taken out.

    What does not print (control characters, ESC, line breaks, bidirectional and
    zero-width marks, lone surrogates) becomes a visible escape such as
    ``\\x1b``; so does the beginning of what a CI log takes for a command
    (``::`` before a word, ``##`` anywhere). Without ``unicode`` whatever is not
    ASCII is escaped as well.
    """
    text = redact(text)
    if not (text.isprintable() and (unicode or text.isascii())):
        text = "".join(_visible(character, unicode) for character in text)
    return _COMMAND.sub(lambda match: f"\\x{ord(match[0][0]):02x}{match[0][1:]}", text)


def one_line(text: str) -> str:
    """Return ``text`` as one line, secrets taken out, and nothing else made harmless.

    It is for digests: the format that tells it makes the rest inert in its own way.
    """
    return _BREAKS.sub(lambda match: _visible(match[0], unicode=True), redact(text))


def _visible(character: str, unicode: bool) -> str:
    if character.isprintable() and (unicode or character.isascii()):
        return character
    return character.encode("unicode_escape").decode("ascii")
