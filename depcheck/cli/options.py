"""Options that several commands take, in groups (see ``grouping``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli.formats import Colour, Format

COMPONENTS, TARGET, INDEX = "Components", "Target", "Index"
CHANGE, REPORT, TERMINAL = "Change", "Report", "Terminal"


def whole_number(text: str) -> int:
    """Return a whole number; raises what Typer tells as an error of the option."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Configuration (default: depcheck.toml or pyproject.toml, here or above).",
        rich_help_panel=COMPONENTS,
    ),
]
CacheDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where the cache lies.", rich_help_panel=INDEX),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep nothing.", rich_help_panel=INDEX)]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Nothing on stderr but errors.", rich_help_panel=TERMINAL),
]
ShowSuppressed = Annotated[
    bool,
    typer.Option(
        "--show-suppressed",
        help="List in text what the configuration suppresses, with the reasons.",
        rich_help_panel=REPORT,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """What is put together, and for what."""

    core: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="The core: a requirements file, pyproject.toml, a lock, or env:/path/to/python.",
            rich_help_panel=COMPONENTS,
        ),
    ] = None
    ai: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="The AI component, named the same way.",
            rich_help_panel=COMPONENTS,
        ),
    ] = None
    component: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SOURCE",
            help="Another component; may be repeated.",
            rich_help_panel=COMPONENTS,
        ),
    ] = None
    lock: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="What a component has when alone; may be repeated.",
            rich_help_panel=COMPONENTS,
        ),
    ] = None
    config: Config = None
    python: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Python to resolve for, such as 3.12 (default: this one).",
            rich_help_panel=TARGET,
        ),
    ] = None
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help="Platform to resolve for, such as linux/amd64 (default: this).",
            rich_help_panel=TARGET,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Where releases are looked up."""

    index_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Index to ask (default: what pip would ask).",
            rich_help_panel=INDEX,
        ),
    ] = None
    extra_index_url: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Index to ask next; may be repeated.",
            rich_help_panel=INDEX,
        ),
    ] = None
    exclude_newer: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Pass over files uploaded later, such as 2026-11-01.",
            rich_help_panel=INDEX,
        ),
    ] = None
    pre: Annotated[
        bool, typer.Option("--pre", help="Allow pre-releases.", rich_help_panel=INDEX)
    ] = False
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Answer from the cache alone.", rich_help_panel=INDEX),
    ] = False
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh", help="Ask again though the cache is fresh.", rich_help_panel=INDEX
        ),
    ] = False
    cache_dir: CacheDir = None
    no_cache: NoCache = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the working tree is compared with, so that only what is new counts."""

    base: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="Git revision to compare with, such as main or HEAD^1: only what is new since "
            "counts. Its configuration is used.",
            rich_help_panel=CHANGE,
        ),
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="JSON report of an earlier run to compare with.",
            rich_help_panel=CHANGE,
        ),
    ] = None
    trust_head: Annotated[
        bool,
        typer.Option(
            "--trust-head",
            help="With --base, use the working tree's configuration.",
            rich_help_panel=CHANGE,
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What is told, in which formats and where, and what the exit status makes of it."""

    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="SEVERITY",
            help="From where on the exit status is 1: note, warning (default), error or never.",
            rich_help_panel=REPORT,
        ),
    ] = None
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero",
            help="Exit status 0 where it would be 1; 2 and 3 stay.",
            rich_help_panel=REPORT,
        ),
    ] = False
    format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"{', '.join(list(Format)[:-1])} or {list(Format)[-1]} (default: text).",
            rich_help_panel=REPORT,
        ),
    ] = None
    output: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[FORMAT=]PATH",
            help="Write the report there, not to stdout (-); FORMAT=PATH writes one more. "
            "May be repeated.",
            rich_help_panel=REPORT,
        ),
    ] = None
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="List in full what text sums up otherwise.",
            rich_help_panel=REPORT,
        ),
    ] = False
    color: Annotated[
        Colour,
        typer.Option(
            "--color",
            metavar="WHEN",
            help="Colour of text on stdout: auto (default), always or never. Beats NO_COLOR "
            "and FORCE_COLOR.",
            show_default=False,
            rich_help_panel=TERMINAL,
        ),
    ] = Colour.AUTO
    no_progress: Annotated[
        bool,
        typer.Option("--no-progress", help="No progress line.", rich_help_panel=TERMINAL),
    ] = False
    quiet: Quiet = False
