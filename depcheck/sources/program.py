"""The interpreter behind an environment, told from its own bytes: it is never run."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from depcheck.model.inventory import Interpreter
from depcheck.model.python_program import about_interpreter
from depcheck.model.text import printable
from depcheck.sources.interpreter import Interpreter as Found
from depcheck.sources.interpreter import configuration

_LARGEST = 64 << 20
_NAME = re.compile(r"(python|pypy)(\d\.\d+)?([td]{0,2})(?:\.exe)?", re.IGNORECASE)
_HOME = re.compile(r"^\s*home\s*=\s*(.*?)\s*$", re.MULTILINE)
_PYPY = re.compile(r"^\s*implementation\s*=\s*pypy\s*$", re.MULTILINE | re.IGNORECASE)
_NAMES = ("python3", "python", "pypy3", "pypy", "python.exe")
_LIBRARY_FOLDERS = ("lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu")
_BUILDS = {"t": "free-threaded", "d": "debug"}


def interpreter_of(found: Found) -> Interpreter | None:
    """Return the program that runs an environment, the base one of a virtual environment.

    None where the environment has no program and does not tell where it is.
    """
    path = _program(found)
    if path is None:
        return None
    name = _NAME.fullmatch(path.name)
    short = (name[2] if name else "") or found.minor
    pypy = bool(name and name[1].lower() == "pypy") or _is_pypy(found)
    version, letters, compiler = ("", "", "") if pypy else _told(path, short)
    marks = [_BUILDS[letter] for letter in letters or (name[3].lower() if name else "")]
    return Interpreter(
        path=printable(path.as_posix(), limit=4096),
        version=printable(version or found.version),
        implementation="pypy" if pypy else "cpython",
        build=", ".join([*marks, *([printable(compiler)] if compiler else [])]),
    )


def _program(found: Found) -> Path | None:
    """Return where the links of the environment's interpreter end."""
    named = [found.python] if not found.python.is_dir() else []
    folders = (found.prefix / "bin", found.prefix / "Scripts", found.prefix)
    for path in (*named, *(folder / name for folder in folders for name in _NAMES)):
        if os.path.lexists(path) and not path.is_dir():
            real = Path(os.path.realpath(path))
            return real if real.is_file() else _from_home(found) or real
    return _from_home(found)


def _from_home(found: Found) -> Path | None:
    home = _HOME.search(configuration(found.prefix))
    return Path(home[1]) / f"python{found.minor or 3}" if home and home[1] else None


def _is_pypy(found: Found) -> bool:
    if _PYPY.search(configuration(found.prefix)):
        return True
    return found.python.name.lower().startswith("pypy")


def _told(program: Path, short: str) -> tuple[str, str, str]:
    """Return version, letters of the build and compiler; what is not told is empty."""
    told = ("", "", "")
    for path in (program, *_libraries(program, short)):
        content = _content(path) if short else b""
        if content:
            version, letters, compiler = about_interpreter(short, content).decode().split("\n")
            told = (version, letters or told[1], compiler or told[2])
            if version:
                break
    return told


def _libraries(program: Path, short: str) -> Iterator[Path]:
    """Yield where the shared library of a small program may be."""
    for folder in _LIBRARY_FOLDERS:
        for letters in ("", "t", "d"):
            yield program.parent.parent / folder / f"libpython{short}{letters}.so.1.0"


def _content(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return path.read_bytes()
    return b""
