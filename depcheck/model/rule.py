"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass

from depcheck.model.findings import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """``id`` is stable. ``severity`` is the default. ``title`` is a few words.

    ``meaning`` says what was found, ``why`` what it can break: the reason for the
    severity. ``heal`` says how to get rid of it. ``example`` are
    lines that show it, and its end, where that helps.
    """

    id: str
    severity: Severity
    title: str
    meaning: str
    why: str = ""
    heal: str = ""
    example: tuple[str, ...] = ()
