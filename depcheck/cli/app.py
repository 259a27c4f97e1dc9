"""The commands and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from depcheck.cli.guard import guarded

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Can the core application and the AI component live together?",
)
cache = typer.Typer(no_args_is_help=True, help="Look at or clear what is kept between runs.")
app.add_typer(cache, name="cache")


class Format(StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"


def _version(wanted: bool) -> None:
    if wanted:
        from depcheck import __version__

        typer.echo(f"depcheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version and leave.",
        ),
    ] = False,
) -> None:
    pass


Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Configuration (default: depcheck.toml or pyproject.toml, here or above).",
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        metavar="note|warning|error|never",
        help="From what severity on the exit status is 1 (default: warning).",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the report there instead of to stdout (-).",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="List in full what is summed up otherwise.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Nothing on stderr but errors.",
    ),
]
CacheDir = Annotated[Path | None, typer.Option(metavar="DIR", help="Where the cache lies.")]


@app.command(short_help="Report what does not go together.")
def check(
    core: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="The core: a requirements file, pyproject.toml, a lock, or env:/path/to/python.",
        ),
    ] = None,
    ai: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="The AI component, named the same way.",
        ),
    ] = None,
    component: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SOURCE",
            help="Another component; may be repeated.",
        ),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="What a component has when alone; may be repeated.",
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Python to resolve for, such as 3.12 (default: this one).",
        ),
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help="Platform to resolve for, such as linux/amd64 (default: this).",
        ),
    ] = None,
    index_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Index to ask (default: what pip would ask).",
        ),
    ] = None,
    extra_index_url: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Index to ask next; may be repeated.",
        ),
    ] = None,
    exclude_newer: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Pass over files uploaded later, such as 2026-11-01.",
        ),
    ] = None,
    pre: Annotated[bool, typer.Option("--pre", help="Allow pre-releases.")] = False,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline",
            help="Answer from the cache alone.",
        ),
    ] = False,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help="Ask again though the cache is fresh.",
        ),
    ] = False,
    cache_dir: CacheDir = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep nothing.")] = False,
    config: Config = None,
    fail_on: FailOn = None,
    max_conflicts: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Stop listing conflicts after so many (default: 100).",
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="Format of the report.")] = Format.TEXT,
    output: Output = None,
    pylock: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the combined set there: pylock.toml or pylock.NAME.toml (PEP 751).",
        ),
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Resolve the components alone and together, and report what does not go together.

    Exit status: 0 clean, 1 findings, 2 wrong usage or configuration, 3 something
    could not be checked.
    """
    from depcheck.cli.deliver import Wanted
    from depcheck.cli.run_check import run_check

    def action() -> int:
        from depcheck.cli.arguments import command_line, lock_path, report_path

        given = command_line(
            core=core,
            ai=ai,
            components=component or [],
            locks=lock or [],
            python=python,
            platform=platform,
            index_url=index_url,
            extra_index_urls=extra_index_url or [],
            exclude_newer=exclude_newer,
            prereleases=pre,
            offline=offline,
            refresh=refresh,
            cache_dir=cache_dir,
            no_cache=no_cache,
            fail_on=fail_on,
            max_conflicts=max_conflicts,
        )
        wanted = Wanted(
            json=format is Format.JSON,
            output=report_path(output),
            pylock=lock_path(pylock),
            verbose=verbose,
            quiet=quiet,
        )
        return run_check(given, config=config, wanted=wanted)

    raise typer.Exit(guarded(action))


@app.command(short_help="Report how what runs differs from what was tested.")
def parity(
    left: Annotated[
        str,
        typer.Argument(metavar="LEFT", help="What was tested (staging)."),
    ],
    right: Annotated[
        str,
        typer.Argument(metavar="RIGHT", help="What runs (production)."),
    ],
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help="Which image of several to compare, such as linux/arm64.",
        ),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Compare all files too, by content, mode and owner.")
    ] = False,
    show_values: Annotated[
        bool,
        typer.Option("--show-values", help="Show the values of variables and labels."),
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Say how to get back to what runs now.")
    ] = False,
    insecure_registry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Speak to this registry without TLS or a valid certificate; may be repeated.",
        ),
    ] = None,
    cache_dir: CacheDir = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep nothing.")] = False,
    config: Config = None,
    fail_on: FailOn = None,
    format: Annotated[Format, typer.Option(help="Format of the report.")] = Format.TEXT,
    output: Output = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Compare two environments: is what runs what was tested?

    LEFT is what was tested, RIGHT is what runs. Each is an environment of the
    configuration, or one of: docker:IMAGE, container:NAME, registry:HOST/REPO:TAG
    (or @DIGEST), oci:PATH[:TAG], archive:PATH[:NAME], env:PYTHON, lock:PATH,
    sbom:PATH. Nothing in an image or container is run.

    Exit status: 0 the same or as expected, 1 findings, 2 wrong usage or
    configuration, 3 something could not be read.
    """
    from depcheck.cli.deliver import Wanted
    from depcheck.cli.run_parity import run_parity

    def action() -> int:
        from depcheck.cli.arguments import report_path
        from depcheck.config import ParityCommandLine

        given = ParityCommandLine(
            left=left,
            right=right,
            platform=platform,
            files=files,
            show_values=show_values,
            rollback=rollback,
            insecure_registries=tuple(insecure_registry or ()),
            cache_dir=cache_dir,
            no_cache=no_cache,
            fail_on=fail_on,
        )
        wanted = Wanted(
            json=format is Format.JSON, output=report_path(output), verbose=verbose, quiet=quiet
        )
        return run_parity(given, config=config, wanted=wanted)

    raise typer.Exit(guarded(action))


@cache.command("info")
def info(cache_dir: CacheDir = None) -> None:
    """Print where the cache lies and how much it holds."""
    from depcheck.cli.run_cache import run_cache_info

    raise typer.Exit(guarded(lambda: run_cache_info(cache_dir)))


@cache.command("clear")
def clear(cache_dir: CacheDir = None) -> None:
    """Take everything out of the cache."""
    from depcheck.cli.run_cache import run_cache_clear

    raise typer.Exit(guarded(lambda: run_cache_clear(cache_dir)))
