"""Options made into the command line that the configuration is laid under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from depcheck.config import CommandLine
from depcheck.errors import UsageError
from depcheck.model.text import printable

Role = Literal["core", "ai", "other"]


def command_line(
    *,
    core: str | None,
    ai: str | None,
    components: Sequence[str],
    locks: Sequence[str],
    python: str | None,
    platform: str | None,
    index_url: str | None,
    extra_index_urls: Sequence[str],
    exclude_newer: str | None,
    prereleases: bool,
    offline: bool,
    refresh: bool,
    cache_dir: Path | None,
    no_cache: bool,
    fail_on: str | None,
    max_conflicts: int | None,
) -> CommandLine:
    """Return the options as values; a switch that is not given says nothing.

    Raises UsageError for a ``NAME=…`` without its halves, and for options that
    contradict each other.
    """
    if offline and (refresh or no_cache):
        other = "--refresh" if refresh else "--no-cache"
        raise UsageError(f"--offline and {other} contradict each other")
    return CommandLine(
        components=_components(core, ai, components),
        locks=tuple(_pair("--lock", text, "FILE") for text in locks),
        python=python,
        platform=platform,
        index_url=index_url,
        extra_index_urls=tuple(extra_index_urls) or None,
        exclude_newer=exclude_newer,
        offline=offline or None,
        refresh=refresh or None,
        cache_dir=cache_dir,
        no_cache=no_cache or None,
        prereleases=prereleases or None,
        max_conflicts=max_conflicts,
        fail_on=fail_on,
    )


def report_path(output: Path | None) -> Path | None:
    """Return where the report is to be written; None, for ``-`` too, means stdout."""
    return None if output == Path("-") else output


def lock_path(pylock: Path | None) -> Path | None:
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
