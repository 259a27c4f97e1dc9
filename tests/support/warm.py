"""Processes of ``depcheck`` that start at once: forked from one in which its modules are loaded.

A script, run by ``tests.support.command``, with the descriptor of a socket as its argument. It
takes requests from there: arguments, folder and environment as JSON, with the descriptors of
stdout and stderr. Each gets a process of its own, in which ``depcheck`` starts as ``python -m
depcheck`` does, and which ends as any program of Python ends. The answer is its exit status.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys

LARGEST = 1 << 20
_MORE = ("pip_api", "rich.console", "rich.table", "typer.core", "typer.main")


def load() -> None:
    sys.path.pop(0)  # the folder of this script
    import depcheck

    for module in pkgutil.walk_packages(depcheck.__path__, "depcheck."):
        if module.name != "depcheck.__main__":
            importlib.import_module(module.name)
    for name in _MORE:
        importlib.import_module(name)
    # This one settles the look of a help text by the environment in which it is loaded.
    assert "typer.rich_utils" not in sys.modules


def become(arguments: list[str], folder: str, environ: dict[str, str]) -> None:
    """Make this process one that was just started."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.path.insert(0, folder)
    sys.argv = ["-m", *arguments]
    for number, name, mode, errors in (
        (0, "stdin", "r", "strict"), (1, "stdout", "w", "strict"),
        (2, "stderr", "w", "backslashreplace"),
    ):  # fmt: skip
        stream = io.TextIOWrapper(
            open(number, f"{mode}b", closefd=False),  # noqa: SIM115 - open as long as the process
            encoding="utf-8",
            errors=errors,
            line_buffering=name == "stderr",
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def serve(line: socket.socket) -> None:
    """Answer requests; return in the process that is to answer one."""
    while True:
        data, ends, _, _ = socket.recv_fds(line, LARGEST, 2)
        if not data:
            sys.exit()
        if child := os.fork():
            for end in ends:
                os.close(end)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            line.send(str(status).encode())
            continue
        line.close()
        for number, end in enumerate(ends, 1):
            os.dup2(end, number)
            os.close(end)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        become(**json.loads(data))
        return


if __name__ == "__main__":
    load()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a Ctrl-C at the tests
    serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("depcheck", run_name="__main__", alter_sys=True)
