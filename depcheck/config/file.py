"""A configuration file, found and checked key by key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from depcheck.config.kinds import KINDS, mend, read_kind
from depcheck.config.reading import Disk, Reading
from depcheck.config.values import FAIL_ON
from depcheck.errors import ConfigurationError, together
from depcheck.model.requirement import Origin
from depcheck.model.text import did_you_mean, printable, redact
from depcheck.model.toml_text import TomlDocument, parse_toml

Key = tuple[str | int, ...]

_FILE = "depcheck.toml"
_LARGEST = 1 << 20
_KEYS = {
    "python": "text",
    "platform": "text",
    "index-url": "text",
    "extra-index-urls": "texts",
    "exclude-newer": "date",
    "prereleases": "switch",
    "max-conflicts": "count",
    "fail-on": "text",
    "components": "table",
    "insecure-registries": "texts",
    "environments": "table",
    "expected": "tables",
    "suppress": "tables",
    "isolation": "table",
}


def find_file(start: Path, reading: Reading | None = None) -> ConfigurationFile | None:
    """Return the nearest configuration at or above ``start``, up to a folder with ``.git``."""
    reading = reading or Disk()
    for folder in (start, *start.parents):
        if reading.is_file(folder / _FILE):
            return open_file(folder / _FILE, start, reading)
        project = folder / "pyproject.toml"
        if _mentions(project, reading):
            found = open_file(project, start, reading)
            if found.table is not None:
                return found
        if (folder / ".git").exists():
            return None
    return None


def _mentions(project: Path, reading: Reading) -> bool:
    """Tell whether a file may have ``[tool.depcheck]``: parsing one that has not is slow."""
    try:
        return b"depcheck" in reading.read(project, _LARGEST)
    except OSError:
        return False


def open_file(path: Path, start: Path, reading: Reading | None = None) -> ConfigurationFile:
    """Parse a configuration file; raises ConfigurationError. Messages name it from ``start``."""
    reading = reading or Disk()
    where = printable(os.path.relpath(path, start).replace(os.sep, "/"))
    where = f"{reading.named}:{where}" if reading.named else where
    try:
        data = reading.read(path, _LARGEST)
    except OSError as fault:
        reason = (fault.strerror or "it cannot be read").lower()
        raise ConfigurationError(f"{where}: {reason}", hint="check --config") from None
    if len(data) > _LARGEST:
        raise ConfigurationError(f"{where}: larger than {_LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise ConfigurationError(f"{where}:{line}: not UTF-8") from None
    return ConfigurationFile(path, where, parse_toml(text, where=where, error=ConfigurationError))


class ConfigurationFile:
    """A configuration file, checked key by key; all its faults are told at once."""

    def __init__(self, path: Path, where: str, document: TomlDocument) -> None:
        self.path = path
        self.where = where
        self.document = document
        self.prefix: tuple[str, ...] = ("tool", "depcheck") if path.name != _FILE else ()
        self.faults: list[tuple[int, str, str]] = []
        data: Any = document.data
        for key in self.prefix:
            data = data.get(key) if isinstance(data, Mapping) else None
        if data is None and path.name not in (_FILE, "pyproject.toml"):
            self.prefix, data = (), document.data
        self.table: Any = data

    def required(self) -> ConfigurationFile:
        """Return the file itself; raises ConfigurationError where it configures nothing."""
        if self.table is None:
            raise ConfigurationError(
                f"{self.where}: it has no [tool.depcheck] table",
                hint="add one, or use depcheck.toml",
            )
        return self

    def top(self) -> dict[str, Any]:
        """Return the values of the top level that are of the right kind, ``fail-on`` always."""
        values = self.values(self.table, (), _KEYS)
        return {**values, "fail-on": self.choice(values, ("fail-on",), FAIL_ON, "warning")}

    def sound(self) -> None:
        """Raise ConfigurationError if there is any fault, with all of them by line."""
        if self.faults:
            by_line = sorted(self.faults, key=lambda fault: fault[0])
            raise together(ConfigurationError, [(message, hint) for _, message, hint in by_line])

    def origin(self, component: str, at: Key) -> Origin:
        """Return where a value stands, as a component, an environment or a policy names it."""
        text = redact(self.document.written(*self.prefix, *at))
        return Origin(component=component, path=self.path.name, line=self._line(at), text=text)

    def values(self, table: object, at: Key, kinds: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of ``table`` that are known and of the right kind."""
        if not isinstance(table, Mapping):
            self.fault(at, "must be a table")
            return {}
        values = {}
        for key, value in table.items():
            if key not in kinds:
                hint = did_you_mean(key.replace("_", "-"), kinds)
                known = f"known keys are {', '.join(kinds)}"
                self.fault((*at, key), "is not a key that depcheck knows", hint or known)
            elif (read := read_kind(kinds[key], value)) is not None:
                values[key] = read
            else:
                self.fault((*at, key), f"must be {KINDS[kinds[key]]}", mend(kinds[key], value))
        return values

    def choice(self, values: Mapping[str, Any], at: Key, known: Iterable[str], default: str) -> str:
        """Return the value of a key that allows only some; another one is a fault."""
        value = values.get(str(at[-1]), default)
        if value not in known:
            hint = did_you_mean(value, known)
            self.fault(at, f'must be one of {", ".join(known)}, not "{printable(value)}"', hint)
        return str(value)

    def is_inside(self, path: str) -> bool:
        """Tell whether a path, relative to this file, stays below its folder."""
        root = os.path.abspath(self.path.parent)
        there = os.path.abspath(os.path.join(root, path))
        return there.startswith(root.rstrip(os.sep) + os.sep)

    def _line(self, at: Key) -> int | None:
        return self.document.line(*self.prefix, *at)

    def fault(self, at: Key, message: str, hint: str = "") -> None:
        """Note a fault of what ``at`` names; an entry of a list is told by its line alone."""
        line = self._line(at)
        place = self.where if line is None else f"{self.where}:{line}"
        key = printable(".".join(part for part in (*self.prefix, *at) if isinstance(part, str)))
        self.faults.append((line or 0, f"{place}: {key}: {message}", hint))
