"""The interpreter of an environment (``env:PYTHON``): found and told, never run."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from depcheck.errors import SourceError, UsageError
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import printable

_NAMES = ("python", "pypy")
_BINARIES = ("bin", "Scripts")
_VERSION = re.compile(r"^\s*version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
_HINT = "name an environment or its interpreter: env:.venv or env:.venv/bin/python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python environment: the folder that it lies in, and what was named of it.

    ``minor`` is the version that the files' own names tell (``3.12``), empty where
    they tell none or several. ``version`` is the fullest that is known: of
    ``pyvenv.cfg`` (``3.12.4``), else of the running interpreter where this is its
    own folder, else ``minor``.
    """

    prefix: Path
    python: Path
    minor: str
    version: str


def find_interpreter(root: Path, source: str, *, by: str = "") -> Interpreter:
    """Return the environment that ``env:PATH`` names, PATH being relative to ``root``.

    PATH is a file that is called ``python*`` or ``pypy*``, or a folder that has one
    in ``bin`` or ``Scripts``. ``by`` is the ``path:line`` that names it, and stands
    before each message. Raises SourceError for anything else.
    """
    path = root / source.removeprefix("env:")
    place = f"{by}: {printable(source)}" if by else printable(source)
    # A link may lead nowhere here (a folder copied out of an image): it is never followed to run.
    if not os.path.lexists(path):
        raise SourceError(f"{place}: no such interpreter or environment", hint=_HINT)
    if path.is_dir():
        if not _holds_python(path):
            raise SourceError(
                f"{place}: this is not a Python environment: it has no python in bin or Scripts",
                hint=_HINT,
            )
        prefix = path
    elif not _is_python(path.name):
        raise SourceError(f"{place}: this is not a Python interpreter", hint=_HINT)
    else:
        # Not resolved: an environment's interpreter is a link to another one.
        prefix = path.parent.parent if path.parent.name in _BINARIES else path.parent
    minor = _minor(prefix, path)
    return Interpreter(prefix=prefix, python=path, minor=minor, version=_version(prefix, minor))


def _is_python(name: str) -> bool:
    return name.lower().startswith(_NAMES)


def _holds_python(prefix: Path) -> bool:
    for name in _BINARIES:
        with contextlib.suppress(OSError):
            if any(_is_python(entry) for entry in os.listdir(prefix / name)):
                return True
    # Windows keeps the interpreter that is no virtual environment's at the top.
    return (prefix / "python.exe").is_file()


def _minor(prefix: Path, python: Path) -> str:
    if not python.is_dir():
        own = re.match(r"(?:python|pypy)(\d\.\d+)", os.path.basename(os.path.realpath(python)))
        if own:
            return own[1]
    names = {folder.name for folder in prefix.glob("lib/*") if folder.is_dir()}
    found = {m[1] for name in names if (m := re.fullmatch(r"(?:python|pypy)(\d\.\d+)t?", name))}
    return found.pop() if len(found) == 1 else ""


def _version(prefix: Path, minor: str) -> str:
    if match := _VERSION.search(configuration(prefix)):
        return match[1]
    host = "{}.{}.{}".format(*sys.version_info)
    own = os.path.realpath(prefix) == os.path.realpath(sys.base_prefix)
    return host if own and host.startswith(f"{minor}.") else minor


def configuration(prefix: Path) -> str:
    """Return the text of ``pyvenv.cfg`` (PEP 405), empty where there is none."""
    try:
        with (prefix / "pyvenv.cfg").open(encoding="utf-8", errors="replace") as stream:
            return stream.read(1 << 16)
    except OSError:
        return ""


def environments_python(components: Iterable[ComponentSettings], root: Path) -> str | None:
    """Return the version of Python that the ``env:`` components have, None without any.

    It is the full version where one of them tells it. Raises UsageError where they
    have different ones or where one does not tell, SourceError for what is no
    environment.
    """
    found: dict[str, str] = {}
    for named in components:
        if named.source.startswith("env:"):
            by = str(named.origin or "")
            found[named.name] = find_interpreter(root, named.source, by=by).version
    for name, version in found.items():
        if not version:
            raise UsageError(
                f'the Python of the environment of "{name}" cannot be told without running it',
                hint="name it: --python 3.12",
            )
    fullest = max(found.values(), key=len, default=None)
    if not all(f"{fullest}.".startswith(f"{version}.") for version in found.values()):
        several = ", ".join(f"{name} has {version}" for name, version in found.items())
        raise UsageError(
            f"the environments have different Pythons: {several}",
            hint=f"name the one to check for: --python {fullest}",
        )
    return fullest
