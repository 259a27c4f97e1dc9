"""Ctrl-C, and the signals with which a CI or a closed terminal ends a run.

The first one becomes an exception that unwinds everything, so that temporary files go. A run
that does not come to its end within two seconds of it is ended by the next one.
"""

from __future__ import annotations

import os
import signal
import time
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_PATIENCE = 2.0
_stopped: float | None = None


class Stopped(BaseException):
    """The process was told to end. ``exit_status`` is 128 and the signal's number.

    Not a KeyboardInterrupt: the command-line library makes one of its own messages of that.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_status = 128 + number


def watch() -> None:
    """Raise Stopped in the main thread on a signal; one that is ignored stays ignored."""
    for number in _numbers():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def unwatch() -> None:
    """End at once on a signal: there is nothing left to tidy up."""
    for number in _numbers():
        if signal.getsignal(number) is _stop:
            signal.signal(number, _leave)


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def _stop(number: int, frame: FrameType | None) -> None:
    global _stopped
    now = time.monotonic()
    if _stopped is None:
        _stopped = now
        raise Stopped(number)
    if now - _stopped > _PATIENCE:
        os._exit(128 + number)


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)
