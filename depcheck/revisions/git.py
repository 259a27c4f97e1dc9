"""The ``git`` command, run so that nothing of the inspected repository can run with it.

A repository's own configuration and attributes may name programs: hooks, a file system
monitor, filters that clean a working file, external and text-converting diffs, a pager, a
transport that fetches what a partial clone lacks. What is done against it:

- only plumbing that reads objects and references is run in the repository (``rev-parse``,
  ``merge-base``, ``cat-file --batch``): git never looks at the index or a working file here,
  so neither filters nor the monitor have a place. Files are compared by ``diff --no-index``
  in a folder of one's own, outside of any repository (``changes``);
- hooks and the monitor are switched off all the same, fetching twice (``GIT_NO_LAZY_FETCH``,
  which git knows from 2.45 on, and no transport is allowed), replacements of objects as well;
- the environment is passed on by name, so that no ``GIT_DIR`` leads elsewhere;
- git's own check of who owns the repository (``safe.directory``) stays as the user has it.

What a repository's configuration can still do is to name another file to include, or a
working tree elsewhere (``core.worktree``), which ``find_repository`` refuses.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from depcheck.errors import RevisionError, UsageError

_PASSED = (
    "PATH", "HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "XDG_CONFIG_HOME", "SYSTEMROOT",
    "TMPDIR", "TEMP", "TMP", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",
)  # fmt: skip
_PASSED_TOO = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_FIXED = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_SWITCHES = (
    "--no-pager",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.fsmonitor=false",
    "-c", "core.attributesFile=",
)  # fmt: skip
_NAMES = ("git.exe",) if os.name == "nt" else ("git",)
_SECONDS = 60.0
_MOST = 1 << 20
_MOST_TOLD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command answered; ``told`` is the beginning of what it wrote to stderr."""

    status: int
    out: bytes
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs ``program`` (an absolute path) with ``environ`` and nothing else."""

    program: str
    environ: Mapping[str, str]

    def run(self, *arguments: str, folder: Path, most: int = _MOST) -> Ran:
        """Run a command in ``folder`` to its end, with no input.

        Raises RevisionError where it takes too long or writes more than ``most`` bytes.
        """
        process = self.start(*arguments, folder=folder, reads=False)
        with watched(process), process:
            assert process.stdout is not None
            assert process.stderr is not None
            told = _Beginning(process.stderr)
            out = process.stdout.read(most + 1)
            if len(out) > most:
                process.kill()
                process.stdout.close()  # ends what it may have started, too
            text = told.text()
        if len(out) > most:
            raise RevisionError(f"git {arguments[0]} answers with more than {most} bytes")
        if process.returncode < 0:
            raise RevisionError(f"git {arguments[0]} was ended: it took more than {_SECONDS:.0f} s")
        return Ran(status=process.returncode, out=out, told=text)

    def start(self, *arguments: str, folder: Path, reads: bool) -> subprocess.Popen[bytes]:
        """Start a command in ``folder``; its input is open where it ``reads``, else its stderr.

        Raises UsageError where it cannot be started.
        """
        try:
            return subprocess.Popen(  # noqa: S603 - no shell, and git ends its options itself
                [self.program, *_SWITCHES, *arguments],
                cwd=folder,
                env=dict(self.environ),
                stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if reads else subprocess.PIPE,
            )
        except OSError as fault:
            reason = (fault.strerror or "unknown fault").lower()
            raise UsageError(f"git cannot be started: {reason}") from None


class _Beginning:
    """Reads a stream to its end in a thread of its own, and keeps what it begins with."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._kept = stream, b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        self._kept = self._stream.read(_MOST_TOLD)
        while self._stream.read(_MOST_TOLD):
            pass

    def text(self) -> str:
        """Return the beginning, once the stream has ended."""
        self._thread.join()
        return self._kept.decode("utf-8", "replace")


class watched:
    """Ends a process that does not come to an end in time, while a ``with`` block runs."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float = _SECONDS) -> None:
        self._timer = threading.Timer(seconds, process.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def find_git(environ: Mapping[str, str]) -> Git:
    """Return the ``git`` of the ``PATH`` in ``environ``; raises UsageError without one.

    A folder of ``PATH`` that is no absolute path is passed over: it may lie in what is
    inspected.
    """
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        for name in _NAMES if os.path.isabs(folder) else ():
            program = os.path.join(folder, name)
            if os.path.isfile(program) and os.access(program, os.X_OK):
                return Git(program=program, environ=_passed_on(environ))
    raise UsageError(
        "--base needs git, and there is none in PATH",
        hint="install git, or compare with the JSON report of an earlier run: --baseline FILE",
    )


def _passed_on(environ: Mapping[str, str]) -> Mapping[str, str]:
    passed = {
        name: value
        for name, value in environ.items()
        if name in _PASSED or name.startswith(_PASSED_TOO)
    }
    return passed | _FIXED
