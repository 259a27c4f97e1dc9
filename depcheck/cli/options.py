"""Options that several commands take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

COMPONENTS, TARGET, INDEX, REPORT = "Components", "Target", "Index", "Report"


class Format(StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"


def whole_number(text: str) -> int:
    """Return a whole number; raises what Typer tells as an error of the option."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


Core = Annotated[
    str | None,
    typer.Option(
        metavar="SOURCE",
        help="The core: a requirements file, pyproject.toml, a lock, or env:/path/to/python.",
        rich_help_panel=COMPONENTS,
    ),
]
Ai = Annotated[
    str | None,
    typer.Option(
        metavar="SOURCE",
        help="The AI component, named the same way.",
        rich_help_panel=COMPONENTS,
    ),
]
Others = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=SOURCE",
        help="Another component; may be repeated.",
        rich_help_panel=COMPONENTS,
    ),
]
Locks = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=FILE",
        help="What a component has when alone; may be repeated.",
        rich_help_panel=COMPONENTS,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Configuration (default: depcheck.toml or pyproject.toml, here or above).",
        rich_help_panel=COMPONENTS,
    ),
]
Python = Annotated[
    str | None,
    typer.Option(
        metavar="VERSION",
        help="Python to resolve for, such as 3.12 (default: this one).",
        rich_help_panel=TARGET,
    ),
]
Platform = Annotated[
    str | None,
    typer.Option(
        metavar="PLATFORM",
        help="Platform to resolve for, such as linux/amd64 (default: this).",
        rich_help_panel=TARGET,
    ),
]
IndexUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Index to ask (default: what pip would ask).",
        rich_help_panel=INDEX,
    ),
]
ExtraIndexUrl = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URL",
        help="Index to ask next; may be repeated.",
        rich_help_panel=INDEX,
    ),
]
ExcludeNewer = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Pass over files uploaded later, such as 2026-11-01.",
        rich_help_panel=INDEX,
    ),
]
Pre = Annotated[bool, typer.Option("--pre", help="Allow pre-releases.", rich_help_panel=INDEX)]
Offline = Annotated[
    bool,
    typer.Option("--offline", help="Answer from the cache alone.", rich_help_panel=INDEX),
]
Refresh = Annotated[
    bool,
    typer.Option("--refresh", help="Ask again though the cache is fresh.", rich_help_panel=INDEX),
]
CacheDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where the cache lies.", rich_help_panel=INDEX),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep nothing.", rich_help_panel=INDEX)]
FailOn = Annotated[
    str | None,
    typer.Option(
        metavar="note|warning|error|never",
        help="From what severity on the exit status is 1 (default: warning).",
        rich_help_panel=REPORT,
    ),
]
ReportFormat = Annotated[
    Format, typer.Option("--format", help="Format of the report.", rich_help_panel=REPORT)
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the report there instead of to stdout (-).",
        rich_help_panel=REPORT,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="List in full what is summed up otherwise.",
        rich_help_panel=REPORT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Nothing on stderr but errors.", rich_help_panel=REPORT),
]
