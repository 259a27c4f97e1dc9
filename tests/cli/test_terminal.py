"""Width, colour and signs as the terminal and the environment allow."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

import pytest

from depcheck.cli import terminal


@pytest.fixture
def screen() -> Iterator[TextIO]:
    """A real terminal of 123 columns."""
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 123, 0, 0))
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        yield stream
    os.close(master)


@pytest.mark.parametrize(
    ("columns", "width"),
    [(None, 123), ("", 123), ("60", 60), ("0", 123), ("-5", 123), ("wide", 123), ("²", 123)],
)
def test_width_of_a_terminal(columns: str | None, width: int, screen: TextIO) -> None:
    environ = {} if columns is None else {"COLUMNS": columns}
    assert terminal.width(screen, environ) == width


def test_width_of_a_pipe() -> None:
    assert terminal.width(io.StringIO(), {}) == 80
    assert terminal.width(io.StringIO(), {"COLUMNS": "200"}) == 200


@pytest.mark.parametrize(
    ("environ", "on_screen", "piped"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colour(environ: dict[str, str], on_screen: bool, piped: bool, screen: TextIO) -> None:
    assert terminal.colour(screen, environ) is on_screen
    assert terminal.colour(io.StringIO(), environ) is piped


@pytest.mark.parametrize(
    ("encoding", "able"), [("utf-8", True), ("UTF-8", True), ("cp1252", False), ("ascii", False)]
)
def test_unicode(encoding: str, able: bool) -> None:
    assert terminal.unicode(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is able
