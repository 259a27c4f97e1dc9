"""A line on the terminal that tells how a run goes on. What nobody reads is lost."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TextIO

from depcheck.report.escape import plain

_PAUSE = 0.1


class ProgressLine:
    """An observer that keeps one line of ``stream`` up to date, ``width`` cells wide."""

    def __init__(self, stream: TextIO, width: int) -> None:
        self._stream = stream
        self._width = width
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._stage = "starting"
        self._asked = self._came = 0
        self._over = False

    def requested(self, total: int) -> None:
        """Show how many requests were made."""
        self._asked = total
        self._draw()

    def answered(self, total: int) -> None:
        """Show how many requests were answered."""
        self._came = total
        self._draw()

    def stage(self, text: str) -> None:
        """Show what is being done."""
        self._stage = text
        self._draw()

    def note(self, text: str) -> None:
        """Write a line that stays."""
        with self._lock, suppress(OSError):
            self._stream.write(f"\r\x1b[Knote: {plain(text)}\n")

    def close(self) -> None:
        """Take the line away."""
        with self._lock, suppress(OSError):
            if not self._over:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
            self._over = True

    def _draw(self) -> None:
        now = time.monotonic()
        with self._lock, suppress(OSError):
            if self._over or now - self._drawn < _PAUSE:
                return
            self._drawn = now
            answers = f", {self._came} of {self._asked} answers" if self._asked else ""
            line = plain(f"{self._stage}{answers}, {now - self._begun:.0f} s", unicode=False)
            self._stream.write(f"\r{line[: self._width - 1]}\x1b[K")
            self._stream.flush()


class Notes:
    """An observer for a stream that is no terminal: only what is worth keeping."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def requested(self, total: int) -> None:
        """Ignore it."""

    def answered(self, total: int) -> None:
        """Ignore it."""

    def stage(self, text: str) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Write a line."""
        with suppress(OSError):
            print(f"note: {plain(text, unicode=False)}", file=self._stream)

    def close(self) -> None:
        """Do nothing."""
