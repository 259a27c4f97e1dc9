"""pip's own settings: its configuration files and environment variables.

Read the way pip reads them (pip documentation, "Configuration"), without running
pip: global, user and site files, then ``PIP_CONFIG_FILE``, then ``PIP_*``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from depcheck.errors import IndexFailure

_SECTIONS = ("global", "install")
_TRUE = frozenset(("1", "true", "yes", "on", "y", "t"))


class PipSettings:
    """pip's settings by option name (``index-url``); later sources win as a whole."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, *names: str) -> str | None:
        """Return the first of these options that is set and not empty."""
        return next((value for name in names if (value := self._values.get(name))), None)

    def words(self, name: str) -> tuple[str, ...]:
        """Return an option that takes several values."""
        return tuple(self._values.get(name, "").split())

    def flag(self, name: str) -> bool:
        return self._values.get(name, "").strip().lower() in _TRUE

    def number(self, default: float, *names: str) -> float:
        """Return an option that takes a number that is not negative."""
        text = self.text(*names)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value < 1e6:
            raise IndexFailure(
                f"pip's setting {names[0]} is {text[:40]!r}, which is no usable number",
                hint="correct it in pip's configuration or in the PIP_ variable",
            )
        return value


def read_pip_settings(environ: Mapping[str, str]) -> PipSettings:
    """Return what pip would go by, from its files and from ``environ``.

    Raises IndexFailure where a file cannot be parsed.
    """
    values: dict[str, str] = {}
    for path in configuration_files(environ):
        if path.is_file():
            values.update(_read(path))
    for name, value in environ.items():
        if name.startswith("PIP_") and name not in ("PIP_CONFIG_FILE",):
            values[name[4:].lower().replace("_", "-")] = value
    return PipSettings(values)


def configuration_files(environ: Mapping[str, str]) -> list[Path]:
    """Return the files that pip would read, the weakest first."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    files = _global_files(environ)
    override = Path(named) if named else None
    if override is None or not override.exists():
        files += _user_files(environ)
    files.append(Path(sys.prefix) / _file_name())
    return [*files, override] if override else files


def _file_name() -> str:
    return "pip.ini" if sys.platform == "win32" else "pip.conf"


def _global_files(environ: Mapping[str, str]) -> list[Path]:
    name = _file_name()
    if sys.platform == "win32":
        return [Path(environ.get("PROGRAMDATA", r"C:\ProgramData")) / "pip" / name]
    if sys.platform == "darwin":
        return [Path("/Library/Application Support/pip") / name]
    folders = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    shared = [Path(folder) / "pip" / name for folder in folders.split(":") if folder]
    return [*shared, Path("/etc") / name]


def _user_files(environ: Mapping[str, str]) -> list[Path]:
    name = _file_name()
    home = _home(environ)
    if sys.platform == "win32":
        return [home / "pip" / name, Path(environ.get("APPDATA") or home) / "pip" / name]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip"
    if sys.platform == "darwin" and (home / "Library/Application Support/pip").is_dir():
        config = home / "Library/Application Support/pip"
    return [home / ".pip" / name, config / name]


def _home(environ: Mapping[str, str]) -> Path:
    home = environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    return Path(home) if home else Path.home()


def _read(path: Path) -> dict[str, str]:
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"), source=str(path))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        reason = str(error).partition("\n")[0]
        raise IndexFailure(
            f"{path}: pip's configuration cannot be read: {reason}",
            hint="mend the file, or name the index with --index-url",
        ) from error
    values = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            for key, value in parser.items(section):
                values[key.lower().replace("_", "-").lstrip("-")] = value
    return values


def default_index() -> str:
    """Return pip's built-in index address, which is not written down a second time."""
    try:
        from pip._internal.models.index import PyPI
    except Exception as error:
        raise IndexFailure(
            "no index is configured, and pip's default cannot be read",
            hint="name one with --index-url",
        ) from error
    return str(PyPI.simple_url)
