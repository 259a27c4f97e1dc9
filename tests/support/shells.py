"""Shells on a real terminal: what is typed, and what the words then are."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

_MARK = "READY-NOW"
_START = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "bind 'set enable-bracketed-paste off'; PS1=; PS2=; eval \"$(depcheck completion bash)\"",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        "unset zle_bracketed_paste; unsetopt prompt_cr prompt_sp; bindkey -e; "
        "autoload -Uz compinit; compinit -u -D; "
        'eval "$(depcheck completion zsh)"; PS1=; PS2=; LISTMAX=1000',
    ),
    "fish": (
        ["fish", "--no-config", "--private", "-i"],
        "function fish_prompt; end; set -g fish_autosuggestion_enabled 0; "
        "depcheck completion fish | source",
    ),
}


def need(shell: str) -> str:
    """Return the path of a shell; without it the test is skipped, or fails in CI."""
    path = shutil.which(shell)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{shell} is not installed")
        pytest.skip(f"no {shell} here")
    return path


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which ``depcheck`` is the one under test."""
    folder = Path(sys.executable).parent
    return {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".data"),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


class Terminal:
    """A shell in ``folder`` on a pseudo-terminal, with the completion of depcheck loaded."""

    def __init__(self, shell: str, folder: Path, home: Path) -> None:
        import pty
        import termios

        command, begin = _START[shell]
        program = need(shell)
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            termios.tcsetwinsize(0, (50, 500))
            os.execve(program, command, environment(home))
        self._send(f"{begin}; echo {_MARK[:3]}''{_MARK[3:]}\n")
        self._until(_MARK)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exc: object) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def words(self, typed: str) -> list[str]:
        """Type, press Tab, and return the words that the line then has."""
        self._send(f"{typed}\t")
        # What is typed ahead waits until the completion is done. The line becomes the
        # arguments of a command that prints them.
        self._send("\x01printf '<%s>\\n' \x05 ; echo ''" + f"{_MARK}\n")
        told = self._until(f"\r\n{_MARK}")
        return [line[1:-1] for line in told.split("\r\n") if line[:1] == "<" and line[-1:] == ">"]

    def listed(self, typed: str, last: str) -> str:
        """Type, press Tab twice, and return what the terminal shows, ``last`` at its end."""
        self._send(f"{typed}\t")
        self._settle()
        self._send("\t")
        shown = self._until(last) + self._settle()
        self._send("\x03")
        self._settle()
        return shown

    def _send(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def _settle(self, quiet: float = 0.6, limit: float = 15.0) -> str:
        """Return what comes until nothing more does for a while."""
        told, end = "", time.monotonic() + limit
        while time.monotonic() < end:
            if not select.select([self._terminal], [], [], quiet)[0]:
                break
            told += os.read(self._terminal, 65536).decode(errors="replace")
        return told

    def _until(self, mark: str, limit: float = 30.0) -> str:
        told, end = "", time.monotonic() + limit
        while mark not in told and time.monotonic() < end:
            if select.select([self._terminal], [], [], 0.2)[0]:
                told += os.read(self._terminal, 65536).decode(errors="replace")
        assert mark in told, told
        return told
