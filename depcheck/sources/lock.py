"""What the three kinds of lock have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from depcheck.errors import SourceError
from depcheck.model.requirement import (
    Origin,
    Pin,
    PythonBound,
    Requirement,
    Undetermined,
    normalise,
)
from depcheck.model.text import printable
from depcheck.model.toml_text import TomlDocument, parse_toml
from depcheck.sources.files import Content, Faults, Fetched, SourceFile
from depcheck.sources.requirement import MalformedError, check_name

ALWAYS = 'python_version >= "0"'
NEVER = 'python_version < "0"'
_ALWAYS_TOO = re.compile(rf"{re.escape(ALWAYS)} and | and {re.escape(ALWAYS)}(?! or)")
_HASH = re.compile(r"[a-z0-9_]+:[0-9a-fA-F]+")


@dataclass(slots=True)
class LockDraft:
    """A lock while it is read."""

    file: SourceFile
    document: TomlDocument
    faults: Faults = field(default_factory=Faults)
    found: list[Requirement] = field(default_factory=list)
    elsewhere: list[Fetched] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    requires_python: PythonBound | None = None

    def place(self, line: int | None) -> str:
        return self.file.shown if line is None else f"{self.file.shown}:{line}"

    def table(self, owner: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Return the table ``key`` of ``owner``; other things are faults."""
        value = owner.get(key, {})
        if isinstance(value, Mapping):
            return value
        self._wrong(owner, key, "a table")
        return {}

    def tables(self, owner: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        """Return the list of tables ``key`` of ``owner``; other things are faults."""
        value = owner.get(key, [])
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return value
        self._wrong(owner, key, "a list of tables")
        return []

    def texts(self, owner: Mapping[str, Any], key: str) -> list[str]:
        """Return the list of texts ``key`` of ``owner``; other things are faults."""
        value = owner.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self._wrong(owner, key, "a list of texts")
        return []

    def _wrong(self, owner: Mapping[str, Any], key: str, what: str) -> None:
        name = owner.get("name")
        of = f" (of {printable(name)})" if isinstance(name, str) else ""
        self.faults.add(self.file.shown, f"{printable(key)} must be {what}{of}")

    def bound(self, value: object, *path: str) -> None:
        """Note the lock's range of Python versions."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        if value is None or value == "*":
            return
        line = self.document.line(*path)
        try:
            specifier = str(SpecifierSet(str(value)))
        except InvalidSpecifier:
            self.faults.add(
                self.place(line), f'"{printable(str(value))}" is not a range of Python versions'
            )
            return
        origin = self.file.origin(line, f'{path[-1]} = "{value}"')
        self.requires_python = PythonBound(specifier=specifier, origin=origin)

    def pin(
        self, name: object, version: object, marker: str, line: int, hashes: Iterable[object]
    ) -> None:
        """Note a locked package, which holds where ``marker`` does."""
        from packaging.version import InvalidVersion, Version

        try:
            project = check_name(str(name))
            Version(str(version))
        except MalformedError as fault:
            self.faults.add(self.place(line), fault.message, fault.hint)
            return
        except InvalidVersion:
            self.faults.add(
                self.place(line),
                f'"{printable(str(version))}" is not a version (of {project})',
            )
            return
        if (text := self._marker(marker, line)) is not None:
            self.found.append(
                Requirement(
                    name=project,
                    specifier=f"=={version}",
                    marker=text,
                    origin=self.origin(line, f"{project}=={version}"),
                    hashes=tuple(h for h in map(str, hashes) if _HASH.fullmatch(h)),
                )
            )

    def _marker(self, marker: str, line: int) -> str | None:
        """Return a marker as text, None where it never holds; a wrong one is a fault."""
        from packaging.markers import InvalidMarker, Marker

        text = _ALWAYS_TOO.sub("", marker)
        if text in ("", ALWAYS):
            return ""
        if NEVER in text and " or " not in text:
            return None
        try:
            return str(Marker(text))
        except InvalidMarker:
            self.faults.add(self.place(line), f'"{printable(marker)}" is not a marker')
            return None

    def origin(self, line: int | None, text: str) -> Origin:
        return self.file.origin(line, text)

    def fetched(
        self, name: object, line: int, what: str, *, version: object = None, source: str = ""
    ) -> None:
        """Note a package that the lock does not take from an index.

        ``what`` says in words where it comes from, ``source`` as ``Installed`` does.
        """
        origin = self.origin(line, printable(str(name)))
        self._elsewhere(name, version, source, origin)
        self.undetermined.append(
            Undetermined(
                subject=origin.text,
                reason=f"the lock takes it from {what}, which is never fetched or built",
                origin=origin,
            )
        )

    def own(self, name: object, version: object, line: int) -> None:
        """Note the project that the lock was made for, which is installed from its folder."""
        self._elsewhere(name, version, "", self.origin(line, printable(str(name))))

    def _elsewhere(self, name: object, version: object, source: str, origin: Origin) -> None:
        self.elsewhere.append(
            Fetched(
                name=normalise(str(name)),
                version=printable(str(version or "")),
                source=printable(source, limit=500),
                origin=origin,
            )
        )

    def applies(self, marker: str, line: int | None) -> bool:
        """Tell whether ``marker`` holds for the target; a wrong one is a fault."""
        from packaging.markers import InvalidMarker, Marker

        if not marker:
            return True
        try:
            return Marker(marker).evaluate(dict(self.file.scope.environment))
        except InvalidMarker:
            self.faults.add(self.place(line), f'"{printable(marker)}" is not a marker')
            return False

    def content(self) -> Content:
        """Return what was found, with the pins that apply; raises SourceError."""
        self.faults.check()
        pins = (
            Pin(name=found.name, version=found.specifier[2:], origin=found.origin)
            for found in self.found
            if self.applies(found.marker, found.origin.line)
        )
        return Content(
            requirements=tuple(self.found),
            requires_python=self.requires_python,
            baseline=tuple(pins),
            fetched=tuple(self.elsewhere),
            undetermined=tuple(dict.fromkeys(self.undetermined)),
        )


def open_lock(file: SourceFile) -> LockDraft:
    """Parse a lock; raises SourceError where it is not TOML."""
    document = parse_toml(file.text, where=file.shown, error=SourceError)
    return LockDraft(file, document)


def packages(draft: LockDraft, key: str) -> list[tuple[Mapping[str, Any], int]]:
    """Return the lock's packages with their lines; raises SourceError where there are none."""
    found = draft.document.data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise SourceError(f"{draft.file.shown}: [[{key}]] must be a list of tables")
    for item, line in zip(found, draft.document.header_lines(key), strict=True):
        if not isinstance(item.get("name"), str):
            draft.faults.add(draft.place(line), "a locked package has no name")
    draft.faults.check()
    return list(zip(found, draft.document.header_lines(key), strict=True))


def decide(marker: str, atom: re.Pattern[str], holds: Callable[[re.Match[str]], bool]) -> str:
    """Replace the atoms of a marker that only the lock's reader can decide."""
    return atom.sub(lambda match: ALWAYS if holds(match) else NEVER, marker)


def any_of(markers: Iterable[str]) -> str:
    """Return the marker that holds where one of ``markers`` does."""
    distinct = list(dict.fromkeys(markers))
    if len(distinct) == 1:
        return distinct[0]
    return "" if "" in distinct else " or ".join(f"({marker})" for marker in distinct)


def vcs_source(kind: str, url: str, commit: str, subdirectory: str | None = None) -> str:
    """Return a place in version control as ``Installed.source`` has it."""
    at = f"{kind}+{url}@{commit}"
    return f"{at}#subdirectory={subdirectory}" if subdirectory else at
