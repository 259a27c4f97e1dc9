"""What ``cache`` does: look at what is kept between runs, or clear it."""

from __future__ import annotations

import os
from pathlib import Path

from depcheck.cli.guard import tell
from depcheck.cli.output import write_stdout
from depcheck.model.text import printable


def run_cache_info(folder: Path | None) -> int:
    """Print where the cache lies and what it holds."""
    from depcheck.pipeline.caches import cache_info

    held = cache_info(folder, os.environ)
    write_stdout(
        f"{printable(str(held.path), limit=4096)}\n"
        f"{held.bytes / 1e6:.1f} MB: {held.pages} project pages, {held.metadata} metadata files, "
        f"{held.layers} image layers\n"
    )
    return 0


def run_cache_clear(folder: Path | None, *, quiet: bool) -> int:
    """Take everything out of the cache and, unless ``quiet``, say what that was."""
    from depcheck.pipeline.caches import cache_clear

    held = cache_clear(folder, os.environ)
    if not quiet:
        tell("note", f"took {held.bytes / 1e6:.1f} MB out of {held.path}")
    return 0
