"""Options made into the command line that the configuration is laid under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from depcheck.cli.deliver import Wanted
from depcheck.cli.options import Components, Index, Reporting
from depcheck.cli.outputs import outputs
from depcheck.config import CommandLine
from depcheck.errors import UsageError
from depcheck.model.text import printable

Role = Literal["core", "ai", "other"]


def command_line(
    components: Components,
    index: Index,
    *,
    fail_on: str | None,
    max_conflicts: int | None = None,
) -> CommandLine:
    """Return the options as values; a switch that is not given says nothing.

    Raises UsageError for a ``NAME=…`` without its halves, and for options that
    contradict each other.
    """
    if index.offline and (index.refresh or index.no_cache):
        other = "--refresh" if index.refresh else "--no-cache"
        raise UsageError(f"--offline and {other} contradict each other")
    return CommandLine(
        components=_components(components.core, components.ai, components.component or ()),
        locks=tuple(_pair("--lock", text, "FILE") for text in components.lock or ()),
        python=components.python,
        platform=components.platform,
        index_url=index.index_url,
        extra_index_urls=tuple(index.extra_index_url or ()) or None,
        exclude_newer=index.exclude_newer,
        offline=index.offline or None,
        refresh=index.refresh or None,
        cache_dir=index.cache_dir,
        no_cache=index.no_cache or None,
        prereleases=index.pre or None,
        max_conflicts=max_conflicts,
        fail_on=fail_on,
    )


def wanted(
    report: Reporting, *, pylock: Path | None = None, show_suppressed: bool = False
) -> Wanted:
    """Return the outputs that the options ask for; raises UsageError."""
    return Wanted(
        outputs=outputs(report.format, report.output or ()),
        pylock=_lock_path(pylock),
        colour=report.color,
        verbose=report.verbose,
        quiet=report.quiet,
        progress=not report.no_progress,
        exit_zero=report.exit_zero,
        show_suppressed=show_suppressed,
    )


def _lock_path(pylock: Path | None) -> Path | None:
    """Return where the lock is to be written; raises UsageError for a name that pip refuses."""
    if pylock is None or re.fullmatch(r"pylock(\.[^.]+)?\.toml", pylock.name):
        return pylock
    raise UsageError(
        f'--pylock "{printable(str(pylock))}" would not be taken for a lock: '
        "pip takes no name but pylock.toml and pylock.NAME.toml (PEP 751)",
        hint="write it like --pylock pylock.toml or --pylock out/pylock.web.toml",
    )


def _components(
    core: str | None, ai: str | None, others: Sequence[str]
) -> tuple[tuple[str, Role, str], ...]:
    named: list[tuple[str, Role, str]] = []
    if core is not None:
        named.append(("core", "core", core))
    if ai is not None:
        named.append(("ai", "ai", ai))
    for text in others:
        name, source = _pair("--component", text, "SOURCE")
        named.append((name, "other", source))
    return tuple(named)


def _pair(option: str, text: str, what: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UsageError(
            f'{option} "{printable(text)}" is not NAME={what}',
            hint=f"write it like {option} web=web/requirements.txt",
        )
    return name, value
