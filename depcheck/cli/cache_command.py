"""``depcheck cache``: its commands."""

from __future__ import annotations

import typer

from depcheck.cli import options
from depcheck.cli.guard import guarded

cache = typer.Typer(no_args_is_help=True, help="Look at or clear what is kept between runs.")


@cache.command("info")
def info(cache_dir: options.CacheDir = None) -> None:
    """Print where the cache lies and how much it holds."""
    from depcheck.cli.run_cache import run_cache_info

    raise typer.Exit(guarded(lambda: run_cache_info(cache_dir)))


@cache.command("clear")
def clear(cache_dir: options.CacheDir = None, quiet: options.Quiet = False) -> None:
    """Take everything out of the cache."""
    from depcheck.cli.run_cache import run_cache_clear

    raise typer.Exit(guarded(lambda: run_cache_clear(cache_dir, quiet=quiet)))
