"""Files of the project, read within the project root only."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.errors import SourceError, together
from depcheck.model.requirement import Origin, Pin, PythonBound, Requirement, Undetermined
from depcheck.model.text import did_you_mean, printable

_LARGEST = 32 << 20
_ALWAYS_UTF_8 = (".toml", ".json", ".yaml", ".yml")
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose file is read, for what: ``environment`` holds marker variables of the target.

    ``bring`` is called with each path before it is looked at, where the files below ``root``
    have to be brought there first.
    """

    component: str
    root: Path
    environment: Mapping[str, str]
    bring: Callable[[Path], None] | None = None

    def meet(self, path: Path) -> Path:
        """Return the full path of ``path``, once what lies there has been brought."""
        if self.bring is not None:
            self.bring(self.root / path)
        return self.root / path

    def shown(self, path: Path) -> str:
        """Return ``path`` relative to the root (POSIX form), safe to print."""
        absolute = os.path.normpath(self.root / path)
        for root in (str(self.root), os.path.realpath(self.root)):
            if absolute.startswith(os.path.join(root, "")):
                return printable(os.path.relpath(absolute, root).replace(os.sep, "/"))
        return printable(str(path).replace(os.sep, "/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A package that a lock takes from elsewhere than an index.

    ``version`` is empty where the lock has none. ``source`` is as ``Installed`` has it,
    empty for a folder.
    """

    name: str
    version: str
    source: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a source holds, in the order in which it is written.

    ``fetched`` are the packages of a lock that hold for the target and no index has:
    each is ``undetermined`` as well, with the same origin.
    """

    requirements: tuple[Requirement, ...] = ()
    requires_python: PythonBound | None = None
    baseline: tuple[Pin, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read. ``path`` is as named, ``shown`` relative to the root."""

    scope: Scope
    path: Path
    shown: str
    text: str

    def origin(self, line: int | None, text: str, end: int | None = None) -> Origin:
        """Return where something stands; ``end`` is its last line, if that is known."""
        last = end if line is not None and end is not None and end > line else None
        return Origin(
            component=self.scope.component, path=self.shown, line=line, text=text, end=last
        )


@dataclass(slots=True)
class Faults:
    """Everything that is wrong with a source, told in one message."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, message: str, hint: str = "") -> None:
        self.found.append((f"{place}: {message}", hint))

    def add_error(self, error: SourceError) -> None:
        self.found.append((error.message, error.hint))

    def check(self) -> None:
        """Raise SourceError if anything was found."""
        if self.found:
            raise together(SourceError, list(dict.fromkeys(self.found)))


def open_source(scope: Scope, path: Path, *, by: str = "", largest: int = _LARGEST) -> SourceFile:
    """Read a text file below the root, of ``largest`` bytes at the most.

    ``by`` is the ``path:line`` that includes it, and stands before each message.
    Raises SourceError; what a file outside the root holds, or whether it
    exists, is never told.
    """
    shown = scope.shown(path)
    place = f"{by}: {shown}" if by else shown
    full = scope.meet(path)
    try:
        if not Path(os.path.realpath(full)).is_relative_to(os.path.realpath(scope.root)):
            raise SourceError(
                f"{place} lies outside the project root, and is not read",
                hint="move it below the root, or name it on the command line",
            )
        data = _read(full, place, largest)
    except (OSError, ValueError) as fault:
        raise SourceError(f"{place}: {_reason(fault)}", hint=_hint(fault, full)) from None
    return SourceFile(scope=scope, path=path, shown=shown, text=_decode(data, shown, path.suffix))


def _read(path: Path, place: str, largest: int) -> bytes:
    # Opened without waiting: a pipe in the tree must not hold the check up.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise SourceError(f"{place}: this is not a regular file")
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise SourceError(f"{place}: larger than {largest >> 20} MiB")
    return data


def _reason(fault: Exception) -> str:
    match fault:
        case FileNotFoundError():
            return "no such file"
        case IsADirectoryError():
            return "this is a folder, not a file"
        case PermissionError():
            return "no permission to read it"
        case OSError():
            return f"it cannot be read ({(fault.strerror or 'unknown fault').lower()})"
        case _:
            return "this cannot be the name of a file"


def _hint(fault: Exception, path: Path) -> str:
    if isinstance(fault, IsADirectoryError):
        return "name the file in it, such as pyproject.toml or requirements.txt"
    if isinstance(fault, FileNotFoundError):
        # The first part of the path that is missing is the one that is misspelt.
        path = Path(os.path.realpath(path))
        while path != path.parent and not path.parent.exists():
            path = path.parent
        with contextlib.suppress(OSError):
            return did_you_mean(path.name, os.listdir(path.parent))
    return ""


def _decode(data: bytes, shown: str, suffix: str) -> str:
    """Return the text of a file: UTF-8, or what a PEP 263 comment says where there can be one."""
    if b"\0" in data:
        raise SourceError(
            f"{shown}: this is not a UTF-8 text file", hint="save it as UTF-8 if it is text"
        )
    encoding = "utf-8" if suffix in _ALWAYS_UTF_8 else _encoding(data)
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except LookupError:
        raise SourceError(f'{shown}: unknown encoding "{printable(encoding)}"') from None
    except UnicodeError as fault:
        line = data.count(b"\n", 0, getattr(fault, "start", 0)) + 1
        raise SourceError(
            f"{shown}:{line}: this is not {encoding.upper()} text",
            hint="save the file as UTF-8",
        ) from None


def _encoding(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        if match := _CODING.match(line):
            return match[1].decode("ascii")
    return "utf-8"
