"""``depcheck`` as a process, as its users start it.

    ran = depcheck("check", "--core", "web.txt", cwd=folder, FORCE_COLOR="1")
    ran.returncode, ran.stdout, ran.stderr          # texts

An interpreter takes longer to start and to load the modules than most runs take. So each process
is forked from one that has loaded them (``warm``), where the system is Linux and the environment
says nothing that an interpreter heeds only when it starts.
"""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.warm import LARGEST

_HEEDED = ("PYTHON", "LC_", "LANG")
_WARM = Path(__file__).with_name("warm.py")


def depcheck(
    *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in ``cwd``; its environment is ``environ``, else this one's, and ``more``."""
    ran = depcheck_bytes(*arguments, cwd=cwd, environ=environ, **more)
    return subprocess.CompletedProcess(
        ran.args, ran.returncode, ran.stdout.decode(), ran.stderr.decode()
    )


def depcheck_bytes(
    *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None, **more: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as above, for its bytes."""
    folder = os.path.abspath(cwd or ".")
    told = {**(os.environ if environ is None else environ), "PYTHONIOENCODING": "utf-8", **more}
    if sys.platform != "linux" or any(name.startswith(_HEEDED) for name in more):
        return subprocess.run(
            [sys.executable, "-m", "depcheck", *arguments], cwd=folder, env=told,
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
    request = {"arguments": arguments, "folder": folder, "environ": told}
    data = json.dumps(request).encode()
    assert len(data) < LARGEST
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        status = _ask(data, [output.fileno(), errors.fileno()])
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, status, output.read(), errors.read())


def _ask(request: bytes, ends: list[int]) -> int:
    line = _warm()
    try:
        socket.send_fds(line, [request], ends)
        return int(line.recv(100))
    except BaseException:
        _warm.cache_clear()  # whatever it still does, the next one starts anew
        raise


@functools.cache
def _warm() -> socket.socket:
    """Start the process to fork from; it ends when its line is closed, with this one at latest."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        number = theirs.fileno()
        subprocess.Popen(
            [sys.executable, str(_WARM), str(number)], pass_fds=[number], stdin=subprocess.DEVNULL
        )
    ours.settimeout(120)
    return ours
