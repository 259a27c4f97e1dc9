"""Requirements files, read as pip reads them, without fetching anything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.errors import SourceError
from depcheck.model.requirement import Pin, Requirement, Undetermined
from depcheck.model.text import printable, redact
from depcheck.sources.files import Content, Faults, Scope, SourceFile, open_source
from depcheck.sources.options import Option, is_index_option, own_flag, parse_options
from depcheck.sources.requirement import (
    Kind,
    MalformedError,
    parse_requirement,
    undetermined_reference,
)

_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_WHOLE_COMMENT = re.compile(r"\s*#")
_OPTIONS = re.compile(r"(?:^| )(?=-)")
_HASH = re.compile(r"[a-z0-9_]+:[0-9a-fA-F]+")
_EXACT = re.compile(r"={2,3}([^,*]+)")
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: ``number`` is the physical line on which it begins, ``end`` the last."""

    number: int
    text: str
    end: int


def logical_lines(text: str) -> Iterator[Line]:
    """Yield the lines of a requirements file: joined at backslashes, without comments.

    Lines are split and joined as pip does it, which knows more line ends than
    an editor; the numbers are an editor's.
    """
    number, start, last, parts = 1, 1, 1, list[str]()
    for physical in text.splitlines(keepends=True):
        line = physical.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029") if physical else physical
        comment = _WHOLE_COMMENT.match(line)
        start = start if parts else number
        # The space keeps a comment recognisable when it continues a line.
        parts.append(f" {line}" if comment else line.strip("\\") if line.endswith("\\") else line)
        if comment or not line.endswith("\\"):
            yield from _stripped(start, parts, number)
            parts = []
        last, number = number, number + physical.endswith(("\n", "\r"))
    yield from _stripped(start, parts, last)


def _stripped(number: int, parts: list[str], end: int) -> Iterator[Line]:
    text = _COMMENT.sub("", "".join(parts)).strip()
    if text:
        yield Line(number, text, end)


def read_requirements(scope: Scope, path: Path, *, by: str = "") -> Content:
    """Read a requirements file and everything it includes.

    ``by`` is the ``path:line`` that names the file, if one does. Raises SourceError with all
    that is wrong in them.
    """
    reader = _Reader(scope)
    reader.read(open_source(scope, path, by=by), "requirement", ())
    return reader.content()


@dataclass(slots=True)
class _Reader:
    scope: Scope
    faults: Faults = field(default_factory=Faults)
    found: list[Requirement] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    seen: set[tuple[str, Kind]] = field(default_factory=set)

    def content(self) -> Content:
        self.faults.check()
        # A file that is both required and a constraint says nothing twice.
        asked = {(r.origin.path, r.origin.line) for r in self.found if r.kind == "requirement"}
        return Content(
            requirements=tuple(
                r
                for r in self.found
                if r.kind == "requirement" or (r.origin.path, r.origin.line) not in asked
            ),
            undetermined=tuple(dict.fromkeys(self.undetermined)),
        )

    def read(self, file: SourceFile, kind: Kind, chain: tuple[tuple[str, str], ...]) -> None:
        """Read one file; ``chain`` holds the real path and the name of each file above it."""
        chain = (*chain, (os.path.realpath(self.scope.root / file.path), file.shown))
        for line in logical_lines(file.text):
            try:
                self._line(file, line, kind, chain)
            except MalformedError as fault:
                self.faults.add(f"{file.shown}:{line.number}", fault.message, fault.hint)

    def _line(
        self, file: SourceFile, line: Line, kind: Kind, chain: tuple[tuple[str, str], ...]
    ) -> None:
        at = _OPTIONS.search(line.text)
        text = line.text[: at.start()].strip() if at else line.text
        options = parse_options(line.text[at.end() :]) if at else []
        if text:
            self._requirement(file, line, text, options, kind)
            return
        for option in options:
            if option.name in ("--requirement", "--constraint"):
                self._include(file, line, option, chain)
            elif option.name == "--editable":
                origin = file.origin(line.number, f"-e {redact(option.value)}", line.end)
                reason = "an editable requirement is never fetched or built"
                self.undetermined.append(undetermined_reference(origin, reason))
            elif is_index_option(option.name):
                self._index_option(file, line, option)
            elif not any(option.name == "--editable" for option in options):
                raise MalformedError(f"{option.name} belongs after a requirement, on its line")

    def _requirement(
        self, file: SourceFile, line: Line, text: str, options: list[Option], kind: Kind
    ) -> None:
        for option in options:
            if option.name in ("--requirement", "--constraint", "--editable"):
                raise MalformedError(f"{option.name} needs a line of its own")
            if is_index_option(option.name):
                self._index_option(file, line, option)
        origin = file.origin(line.number, redact(" ".join(text.split())), line.end)
        hashes = tuple(_hash(option) for option in options if option.name == "--hash")
        match parse_requirement(text, origin=origin, kind=kind, hashes=hashes):
            case Requirement() as requirement:
                if kind == "constraint" and requirement.extras:
                    raise MalformedError("a constraint cannot have extras", "take them out")
                self.found.append(requirement)
            case undetermined:
                self.undetermined.append(undetermined)

    def _index_option(self, file: SourceFile, line: Line, option: Option) -> None:
        written = redact(f"{option.name} {option.value}".strip())
        flag = own_flag(option.name)
        self.undetermined.append(
            Undetermined(
                subject=written,
                reason="index options in files are not followed",
                hint=f"give depcheck {flag}" if flag else "",
                origin=file.origin(line.number, written, line.end),
                harmless=True,
            )
        )

    def _include(
        self, file: SourceFile, line: Line, option: Option, chain: tuple[tuple[str, str], ...]
    ) -> None:
        place = f"{file.shown}:{line.number}"
        kind: Kind = "constraint" if option.name == "--constraint" else "requirement"
        path = _included(file, option)
        real = os.path.realpath(self.scope.root / path)
        shown = self.scope.shown(path)
        if real in (known for known, _ in chain):
            names = [name for _, name in chain]
            self.faults.add(
                place,
                f"files include each other: {' -> '.join([*names, shown])}",
                f"take one of the {option.name} lines out",
            )
        elif len(chain) >= _DEEPEST:
            self.faults.add(place, f"files include each other more than {_DEEPEST} deep")
        elif (real, kind) not in self.seen:
            self.seen.add((real, kind))
            try:
                self.read(open_source(self.scope, path, by=place), kind, chain)
            except SourceError as fault:
                self.faults.add_error(fault)


def _included(file: SourceFile, option: Option) -> Path:
    """Return the path that ``-r`` or ``-c`` names, relative to the root."""
    value = option.value
    if "://" in value or re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", value):
        raise MalformedError(
            f'{option.name} "{printable(value)}": files are never fetched from a URL',
            "keep a copy in the project",
        )
    if not value or re.search(r"\$\{\w+\}", value):
        hint = "environment variables in files are never expanded" if value else ""
        raise MalformedError(f'{option.name} "{printable(value)}" names no file', hint)
    return file.path.parent / value


def _hash(option: Option) -> str:
    if not _HASH.fullmatch(option.value):
        raise MalformedError(
            f'--hash "{printable(option.value, limit=80)}" is not a hash',
            "write it like --hash=sha256:<hexadecimal digest>",
        )
    return option.value


def exact_version(specifier: str) -> str:
    """Return the one version that a specifier allows, empty where it allows others too."""
    exact = _EXACT.fullmatch(specifier)
    return exact[1].strip() if exact else ""


def read_pins(scope: Scope, path: Path) -> tuple[Pin, ...]:
    """Return the exact versions that a requirements file pins for the target.

    Raises SourceError where it pins none: it is no lock then.
    """
    from packaging.markers import Marker

    pins = tuple(
        Pin(name=found.name, version=exact, origin=found.origin)
        for found in read_requirements(scope, path).requirements
        if (exact := exact_version(found.specifier))
        and (not found.marker or Marker(found.marker).evaluate(dict(scope.environment)))
    )
    if not pins:
        raise SourceError(
            f"{scope.shown(path)}: it pins no version with ==, so it is no lock",
            hint="name a lock, or the output of pip-compile or uv pip compile",
        )
    return pins
