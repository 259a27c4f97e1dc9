"""Text from data made inert: no control characters, no secrets, no commands to a CI.

What a report shows was written by strangers (names, versions, lines of files).
Everything that reaches a terminal or a CI log goes through ``plain``.
"""

from __future__ import annotations

import re

from depcheck.model.text import redact

_COMMAND = re.compile(r"(?:(?<=\s)|^)::|##")


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


def _visible(character: str, unicode: bool) -> str:
    if character.isprintable() and (unicode or character.isascii()):
        return character
    return character.encode("unicode_escape").decode("ascii")
