"""What the command line says, and how it beats the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from depcheck.config.values import COMPONENT_NAME, FAIL_ON, ROLES, Role, index_address, is_date
from depcheck.errors import UsageError
from depcheck.model.requirement import normalise
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.text import did_you_mean, printable, redact

_SCHEMES = ("https", "http", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """What the command line says; None (or an empty tuple) means that it says nothing.

    ``components`` are ``(name, role, source)``; ``locks`` are ``(component, path)``.
    Paths and sources are relative to the current directory. ``extra_index_urls``
    None keeps the configured ones, an empty tuple asks for none.
    """

    components: tuple[tuple[str, Role, str], ...] = ()
    locks: tuple[tuple[str, str], ...] = ()
    python: str | None = None
    platform: str | None = None
    index_url: str | None = None
    extra_index_urls: tuple[str, ...] | None = None
    exclude_newer: str | None = None
    offline: bool | None = None
    refresh: bool | None = None
    cache_dir: Path | None = None
    no_cache: bool | None = None
    prereleases: bool | None = None
    max_conflicts: int | None = None
    fail_on: str | None = None


def override(settings: Settings, start: Path, given: CommandLine) -> Settings:
    """Return ``settings`` with everything replaced that the command line gives.

    Raises UsageError for what makes no sense.
    """
    settings = _values(settings, start, given)
    if given.components:
        settings = _named(settings, start, given)
    return replace(settings, components=_locked(settings, start, given))


def _values(settings: Settings, start: Path, given: CommandLine) -> Settings:
    """Return ``settings`` with everything but components replaced by what was given."""
    if given.exclude_newer is not None and not is_date(given.exclude_newer):
        raise UsageError(
            f'--exclude-newer "{printable(given.exclude_newer)}" is not a date',
            hint="write it like 2026-11-01 or 2026-11-01T12:00:00Z",
        )
    if given.max_conflicts is not None and given.max_conflicts < 1:
        raise UsageError("--max-conflicts must be above 0")
    severity(given.fail_on)
    extra = given.extra_index_urls
    index = _given(
        index_url=given.index_url and _index(given.index_url, start),
        extra_index_urls=extra if extra is None else tuple(_index(url, start) for url in extra),
        exclude_newer=given.exclude_newer,
        offline=given.offline,
        refresh=given.refresh,
        cache_dir=given.cache_dir,
        no_cache=given.no_cache,
    )
    rest = _given(
        python=given.python,
        platform=given.platform,
        prereleases=given.prereleases,
        max_conflicts=given.max_conflicts,
        fail_on=given.fail_on,
    )
    return replace(settings, index=replace(settings.index, **index), **rest)


def _index(url: str, start: Path) -> str:
    """Return an index address as settings have it. Raises UsageError for one of no known kind."""
    scheme, colon, rest = url.partition("://")
    if colon and (scheme not in _SCHEMES or not rest):
        raise UsageError(
            f'the index address "{printable(redact(url))}" makes no sense',
            hint="use an https, http or file address, or the path of a folder",
        )
    return index_address(url, start)


def severity(given: str | None) -> None:
    """Raise UsageError if ``--fail-on`` names what does not exist."""
    if given is not None and given not in FAIL_ON:
        hint = did_you_mean(given, FAIL_ON) or f"known are {', '.join(FAIL_ON)}"
        raise UsageError(f'--fail-on "{printable(given)}" does not exist', hint=hint)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _named(settings: Settings, start: Path, given: CommandLine) -> Settings:
    """Return ``settings`` with the command line's components instead of the configured."""
    sources = [source for _, _, source in given.components if not source.startswith("env:")]
    root = _root(start, [start / path for path in (*sources, *(path for _, path in given.locks))])
    components = [
        ComponentSettings(
            name=_checked(name), role=_role(role), source=_relative(source, start, root)
        )
        for name, role, source in given.components
    ]
    return replace(settings, root=root, components=tuple(components))


def _checked(name: str) -> str:
    if not COMPONENT_NAME.fullmatch(name):
        raise UsageError(
            f'"{printable(name)}" cannot name a component',
            hint="name it with letters, digits, -, _ and .",
        )
    return name


def _role(role: str) -> Role:
    if role not in ROLES:
        hint = did_you_mean(role, ROLES) or f"known are {', '.join(ROLES)}"
        raise UsageError(f'"{printable(role)}" is not a role', hint=hint)
    return cast(Role, role)


def _root(start: Path, files: Iterable[Path]) -> Path:
    """Return the folder that everything has to lie in: the repository's, else the current one.

    A file outside it that the user names himself widens it to their common parent.
    """
    root = repository(start)
    for path in files:
        folder = Path(os.path.abspath(path)).parent
        if not folder.is_relative_to(root):
            root = _common(root, folder)
    return root


def repository(start: Path) -> Path:
    """Return the folder of the repository that ``start`` lies in, else ``start`` itself."""
    return next((f for f in (start, *start.parents) if (f / ".git").exists()), start)


def _common(one: Path, other: Path) -> Path:
    try:
        return Path(os.path.commonpath((one, other)))
    except ValueError:
        raise UsageError(f"{other} and {one} lie on different drives") from None


def _relative(source: str, start: Path, root: Path) -> str:
    if source.startswith("env:"):
        # An interpreter is no part of the project: its path stays absolute.
        return f"env:{os.path.abspath(start / source.removeprefix('env:'))}"
    return Path(os.path.relpath(start / source, root)).as_posix()


def _locked(settings: Settings, start: Path, given: CommandLine) -> tuple[ComponentSettings, ...]:
    """Return the components with the locks that the command line names for them."""
    known = {normalise(component.name): component.name for component in settings.components}
    locks: dict[str, str] = {}
    for name, path in given.locks:
        if normalise(name) not in known:
            hint = did_you_mean(name, known.values())
            raise UsageError(
                f'--lock names the component "{printable(name)}", which does not exist',
                hint=hint or f"components are {', '.join(known.values())}",
            )
        if normalise(name) in locks:
            raise UsageError(f'--lock is given twice for "{printable(name)}"')
        locks[normalise(name)] = Path(os.path.relpath(start / path, settings.root)).as_posix()
    return tuple(
        replace(component, lock=locks.get(normalise(component.name), component.lock))
        for component in settings.components
    )
