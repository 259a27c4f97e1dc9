"""The formats of a report, and when to colour: words of the command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    MARKDOWN = "markdown"
    COMMENT = "comment"
    SARIF = "sarif"
    HTML = "html"


class Colour(StrEnum):
    """When the report on stdout is coloured; files never are."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_SUFFIXES = {
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".sarif": Format.SARIF,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}


def by_suffix(path: Path) -> Format:
    """Return the format that a file's name asks for, text where it asks for none.

    SARIF files may end with ``.sarif.json`` (SARIF 2.1.0, 3.2).
    """
    if path.name.lower().endswith(".sarif.json"):
        return Format.SARIF
    return _SUFFIXES.get(path.suffix.lower(), Format.TEXT)
