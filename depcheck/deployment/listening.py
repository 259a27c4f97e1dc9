"""Servers whose command leaves them on the loopback address, where no other container comes.

A container's loopback is its own: its health check passes, and every connection from outside is
refused. Only commands are read; what a server's configuration file says is not known here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """How a server is told where to listen.

    ``options`` take the address, ``local`` says that it is the loopback where none does.
    ``elsewhere`` are options after which the command does not tell: a file, a socket.
    ``ports`` are the options that take the port alone; ``bound`` says that ``options`` take
    one behind the address. ``verb`` is the word that starts the server where the program can do
    other things.
    """

    options: tuple[str, ...]
    mend: str
    local: bool = True
    elsewhere: tuple[str, ...] = ()
    verb: tuple[str, ...] = ()
    ports: tuple[str, ...] = ("--port",)
    bound: bool = False


_HOST = "--host 0.0.0.0"
_SERVERS = {
    "uvicorn": _Server(options=("--host",), mend=_HOST, elsewhere=("--uds", "--fd")),
    "gunicorn": _Server(
        options=("--bind", "-b"), mend="--bind 0.0.0.0:{port}", elsewhere=("--config", "-c"),
        ports=(), bound=True,
    ),
    "hypercorn": _Server(
        options=("--bind", "-b"), mend="--bind 0.0.0.0:{port}", elsewhere=("--config", "-c"),
        ports=(), bound=True,
    ),
    "daphne": _Server(
        options=("--bind", "-b"),
        mend="--bind 0.0.0.0",
        elsewhere=("--endpoint", "-e", "--unix-socket", "-u", "--fd"),
        ports=("--port", "-p"),
    ),
    "granian": _Server(options=("--host",), mend=_HOST, elsewhere=("--uds",)),
    "waitress-serve": _Server(
        options=("--host", "--listen"), mend="--listen 0.0.0.0:{port}", local=False,
        bound=True,
    ),
    "flask": _Server(
        options=("--host", "-h"), mend=_HOST, verb=("run",), ports=("--port", "-p")
    ),
    "fastapi": _Server(options=("--host",), mend=_HOST, local=False, verb=("run",)),
    "litestar": _Server(
        options=("--host", "-H"), mend=_HOST, verb=("run",), ports=("--port", "-p")
    ),
    "sanic": _Server(
        options=("--host", "-H"), mend=_HOST, elsewhere=("--unix", "-u"), ports=("--port", "-p")
    ),
    "mlflow": _Server(
        options=("--host", "-h"), mend=_HOST, verb=("server", "serve", "ui", "models"),
        ports=("--port", "-p"),
    ),
    "http.server": _Server(
        options=("--bind", "-b"), mend="--bind 0.0.0.0", local=False, ports=()
    ),
}  # fmt: skip
_NAMES = {"waitress": "waitress-serve"}
_DJANGO = re.compile(r"(.*/)?(manage\.py|django-admin(\.py)?|django)")
_PYTHON = re.compile(r"(.*/)?python[\d.]*")
_SHELL = re.compile(r"(.*/)?(ba|da|a)?sh")
_ADDRESS = re.compile(r"(?:http://)?(?P<host>\[[^\]]*\]|[^:]*)(?::\d*)?")
_PORT = re.compile(r"(?:\S*:)?([0-9]{1,5})", re.ASCII)
_LOOPBACK = re.compile(r"localhost|127\.[\d.]*|\[?::1\]?", re.IGNORECASE)
# Programs that start the one that is named after them.
_STARTERS = frozenset(
    {
        "ddtrace-run", "dumb-init", "env", "exec", "newrelic-admin", "nice", "pipenv", "poetry",
        "opentelemetry-instrument", "run", "run-program", "tini", "uv", "--",
    }
)  # fmt: skip


def kept_to_itself(command: Sequence[str], port: int) -> tuple[str, str] | None:
    """Return the server that ``command`` keeps on the loopback, and the option that mends it.

    None where another address is told, where the command does not tell, or for a program that
    is not known. ``port`` is what the option names.
    """
    program, words = _program(command)
    if _DJANGO.fullmatch(program):
        return _django(words, port)
    name, server = _server(program, words)
    if server is None:
        return None
    told = list(_values(words, server.options))
    if told:
        local = all(_is_loopback(address) for address in told)
    else:
        local = server.local and not any(_values(words, server.elsewhere))
    return (name, server.mend.format(port=port)) if local else None


def other_port(command: Sequence[str], port: int) -> int | None:
    """Return the port that a known server is told by ``command``, where it is not ``port``.

    None as well where the command tells none, or ``port`` among others.
    """
    program, words = _program(command)
    if _DJANGO.fullmatch(program):
        told = [_django_address(words)]
    else:
        _, server = _server(program, words)
        if server is None:
            return None
        told = [f":{each}" for each in _values(words, server.ports)]
        told += _values(words, server.options) if server.bound else ()
    ports = [int(found[1]) for each in told if (found := _PORT.fullmatch(each))]
    return ports[0] if ports and port not in ports else None


def _server(program: str, words: Sequence[str]) -> tuple[str, _Server | None]:
    """Return the name of a program, and the server that it starts with such words."""
    name = program.rpartition("/")[2]
    name = _NAMES.get(name, name)
    server = _SERVERS.get(name)
    if server is not None and server.verb and not set(server.verb) & set(words):
        return name, None
    return name, server


def _program(command: Sequence[str]) -> tuple[str, list[str]]:
    """Return the program that runs in the end, and its words."""
    words = list(command)
    if words and _SHELL.fullmatch(words[0]) and "-c" in words[1:-1]:
        words = _split(words[words.index("-c") + 1])
    while words and (words[0].rpartition("/")[2] in _STARTERS or "=" in words[0]):
        words = words[1:]
    if words and _PYTHON.fullmatch(words[0]):
        if "-m" in words[1:-1]:
            words = words[words.index("-m") + 1 :]
        else:
            words = [word for word in words[1:] if word not in ("-u", "-O", "-I", "-B", "-E")]
    return (words[0], words[1:]) if words else ("", [])


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _values(words: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """Give what is told by ``--option value``, ``--option=value``, ``-o value`` and ``-ovalue``."""
    for place, word in enumerate(words):
        for option in options:
            if word == option:
                yield words[place + 1] if place + 1 < len(words) else ""
            elif option.startswith("--"):
                if word.startswith(f"{option}="):
                    yield word.partition("=")[2]
            elif word.startswith(option) and not word.startswith("--"):
                yield word.removeprefix(option).removeprefix("=")


def _is_loopback(address: str) -> bool:
    if _LOOPBACK.fullmatch(address):
        return True
    found = _ADDRESS.fullmatch(address)
    return found is not None and _LOOPBACK.fullmatch(found["host"]) is not None


def _django(words: Sequence[str], port: int) -> tuple[str, str] | None:
    if "runserver" not in words:
        return None
    where = _django_address(words)
    if ":" in where and not _is_loopback(where):
        return None
    return "runserver", f"0.0.0.0:{port}"


def _django_address(words: Sequence[str]) -> str:
    """Return what ``runserver`` is told (``127.0.0.1:8000``, ``8000``), or nothing."""
    if "runserver" not in words:
        return ""
    told = [word for word in words[words.index("runserver") + 1 :] if not word.startswith("-")]
    return next((word for word in told if re.fullmatch(r"(\S*:)?\d+", word)), "")
