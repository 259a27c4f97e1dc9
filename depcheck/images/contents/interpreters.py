"""Python interpreters: found by their paths, their versions read from their own bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from depcheck.images.table import Entry
from depcheck.images.view import BELOW, View
from depcheck.model.inventory import Interpreter
from depcheck.model.text import printable

_PROGRAM = re.compile(r"(?:(.*)/)?bin/(python|pypy)(\d\.\d+)([td]{0,2})")
_LIBRARY = re.compile(
    r"(?:(.*)/)?lib(?:64)?/(?:[\w-]+-linux-\w+/)?lib(python|pypy)(\d\.\d+)([td]{0,2})"
    r"(?:\.so\.1\.0|-c\.so)"
)
_LIBRARY_FOLDERS = ("lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu")
_BUILDS = {"t": "free-threaded", "d": "debug"}


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    prefix: str
    program: str
    short: str
    letters: str

    @property
    def path(self) -> str:
        return f"{self._slashed}bin/{self.program}{self.short}{self.letters}"

    @property
    def _slashed(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    def libraries(self) -> Iterator[str]:
        """Yield where the shared library may be, and the header that tells the version."""
        name = f"lib{self.program}{self.short}{self.letters}"
        name += ".so.1.0" if self.program == "python" else "-c.so"
        for folder in _LIBRARY_FOLDERS:
            yield f"{self._slashed}{folder}/{name}"
        yield f"{self._slashed}include/{self.program}{self.short}{self.letters}/patchlevel.h"


def interpreters(view: View) -> tuple[Interpreter, ...]:
    """Return the interpreters in the view's scope, sorted; copies in virtual ones left out."""
    places = {
        _Place(found[1] or "", found[2], found[3], found[4])
        for path in view.scope
        if "/lib" in path or "bin/py" in path or path.startswith("lib")
        if (found := _PROGRAM.fullmatch(path) or _LIBRARY.fullmatch(path))
    }
    scope = frozenset(view.scope)
    found_all = (_interpreter(view, place, scope) for place in sorted(places))
    return tuple(found for found in found_all if found is not None)


def _interpreter(view: View, place: _Place, scope: frozenset[str]) -> Interpreter | None:
    configuration = f"{place.prefix}/pyvenv.cfg"
    state = view.known(place.path)
    if isinstance(view.known(configuration), Entry) or (state is BELOW and configuration in scope):
        return None
    entry = view.entry(place.path)
    if entry is None or entry.kind != "file":
        return None
    version, letters, compiler = _told(view, place)
    marks = [_BUILDS[letter] for letter in letters or place.letters]
    if not version:  # so that two that do not tell are not taken for the same
        marks.append(f"sha256:{entry.digest.hex()[:12]}")
    return Interpreter(
        path=f"/{place.path}",
        version=printable(version),
        implementation="pypy" if place.program == "pypy" else "cpython",
        build=", ".join([*marks, *filter(None, [printable(compiler)])]),
        brought=view.brought(place.path),
    )


def _told(view: View, place: _Place) -> tuple[str, str, str]:
    """Return version, letters of the build, and compiler; what is not told is empty."""
    told = _lines(view.content(place.path))
    for path in place.libraries():
        if told[0] and told[0].startswith(place.short):
            break
        if isinstance(view.known(path), Entry):
            version, *rest = _lines(view.content(path))
            if path.endswith(".h"):  # PyPy's own release is its build
                rest = ["", f"PyPy {rest[0]}" if rest[0] else ""]
            told = (version, rest[0], rest[1])
    return told


def _lines(content: bytes | None) -> tuple[str, str, str]:
    lines = (content or b"").decode(errors="replace").split("\n")
    version, letters, compiler = (*lines, "", "", "")[:3]
    return version, letters, compiler
