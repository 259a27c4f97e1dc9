"""Who is told how a run goes on. The core prints nothing itself."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Told of progress; every call is cheap and may come from any thread.

    ``requested`` and ``answered`` carry running totals of index requests.
    ``stage`` names what is being done now, ``note`` says something worth keeping.
    """

    def requested(self, total: int) -> None: ...

    def answered(self, total: int) -> None: ...

    def stage(self, text: str) -> None: ...

    def note(self, text: str) -> None: ...


class Silent:
    """An observer that tells nobody."""

    def requested(self, total: int) -> None:
        """Ignore it."""

    def answered(self, total: int) -> None:
        """Ignore it."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""
