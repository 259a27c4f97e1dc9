"""Reports on a real terminal: within its width, coloured or not, nothing left of the progress."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.support.jobs import JOBS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def shown(columns: int, folder: Path, *arguments: str, **environ: str) -> tuple[int, str, str]:
    """Return the exit status, what was drawn and taken away again, and what stays."""
    import pty
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        termios.tcsetwinsize(0, (40, columns))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        repository = str(Path(__file__).parents[2])
        env = {**kept, "PYTHONPATH": repository, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environ}
        os.execve(sys.executable, [sys.executable, "-m", "depcheck", *arguments], env)
    told = b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # so Linux says that the other side is closed
            break
        if not data:
            break
        told += data
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    drawn, _, left = told.decode().rpartition("\r\x1b[K")
    return status, drawn, left


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("job", JOBS)
def test_a_report_keeps_to_the_width(job: str, columns: int, tmp_path: Path) -> None:
    status, drawn, left = shown(columns, tmp_path, *JOBS[job])
    assert status == 1
    assert drawn
    assert _COLOURS.search(left)
    lines = _COLOURS.sub("", left).split("\r\n")
    assert len(lines) > 20
    assert max(map(len, lines)) <= columns
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        (("--color", "never"), {}),
        (("--color", "never"), {"FORCE_COLOR": "1"}),
    ],
)
def test_no_colour_where_none_is_wanted(
    arguments: tuple[str, ...], environ: dict[str, str], tmp_path: Path
) -> None:
    _, _, left = shown(80, tmp_path, *JOBS["audit"], *arguments, **environ)
    assert "\x1b" not in left


@pytest.mark.parametrize("switch", ["--no-progress", "--quiet"])
def test_no_progress_line(switch: str, tmp_path: Path) -> None:
    _, drawn, left = shown(80, tmp_path, *JOBS["check"], switch)
    assert drawn == ""
    assert "CONFLICT" in left


@pytest.mark.parametrize("command", ["check", "isolate", "parity", "init", "completion"])
def test_the_help_keeps_to_the_width(command: str, tmp_path: Path) -> None:
    status, _, left = shown(80, tmp_path, command, "--help")
    assert status == 0
    assert max(map(len, left.split("\r\n"))) <= 80
