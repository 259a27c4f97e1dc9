"""What a change brings, against what was there, and what a team has decided to live with."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from depcheck.model.requirement import Origin

Status = Literal["new", "changed", "known", "unknown"]
"""Of a finding: the base has none like it, has it in another form, has it just so, or
could not be analysed. What only the base has is *fixed*, and listed for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """A finding against the base.

    ``worse`` is True where the base has a milder form (only of what ``changed``). ``was``
    is that form in a few words (``pyjwt 1.7.1 → 2.8.0``), empty where it is the same.
    ``touched`` is True where one of the finding's locations is a line of the change.
    """

    status: Status
    worse: bool = False
    was: str = ""
    touched: bool = False

    @property
    def brought(self) -> bool:
        """Whether the change is to be held to account for it: new, or made worse."""
        return self.status == "new" or (self.status == "changed" and self.worse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A finding that a team has decided to live with: one entry of ``[[suppress]]``.

    ``rule`` is a shell-style pattern over rule ids. ``package`` (normalised) and
    ``component`` limit it, None means any. After ``expires`` it no longer counts.
    ``origin`` is its place in the configuration.
    """

    rule: str
    package: str | None = None
    component: str | None = None
    reason: str
    owner: str = ""
    expires: datetime.date | None = None
    origin: Origin | None = None


LineRange = tuple[int, int]
"""The first and the last of changed lines, from 1."""
