"""Text from data in a SARIF log: one line, no controls, nothing that becomes a link."""

from __future__ import annotations

import re

from depcheck.report.escape import plain

_LONGEST = 4000
_MARKS = re.compile(r"[\\\[\]]")


def formatted(text: str) -> str:
    """Return text as one harmless line."""
    shown = plain(text[: 2 * _LONGEST])
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def message(text: str) -> dict[str, str]:
    """Return a message (§3.11) in plain text.

    What a reader would take for an embedded link (§3.11.6) is escaped; elsewhere brackets
    stay as they are, since every extra has them.
    """
    shown = formatted(text)
    if "](" in shown:
        shown = _MARKS.sub(r"\\\g<0>", shown)
    return {"text": shown}
