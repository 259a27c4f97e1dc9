"""What ``check`` is asked to do: the configuration and the command line together."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from depcheck.config.command_line import CommandLine, override
from depcheck.config.components import components
from depcheck.config.file import ConfigurationFile, find_file, open_file
from depcheck.config.suppressions import of_components, suppressions
from depcheck.config.values import FailOn, index_address
from depcheck.errors import ConfigurationError, DepcheckError, UsageError
from depcheck.model.requirement import normalise
from depcheck.model.settings import ComponentSettings, IndexSettings, Settings

_NO_COMPONENT = (
    "name two: depcheck {command} --core requirements.txt --ai recommender/pyproject.toml, "
    "or list them under [tool.depcheck.components] in pyproject.toml"
)


def load_settings(
    *,
    start: Path,
    config: Path | None,
    overrides: CommandLine,
    today: datetime.date | None = None,
) -> Settings:
    """Return what a run is asked to do.

    ``start`` is the current directory: configuration is looked for there and in
    the folders above, up to one that holds ``.git``. ``config`` names the file
    instead. ``today`` (default: the local date) decides which suppressions have
    expired. Raises ConfigurationError (``path:line:``) for a file that cannot be
    used and UsageError for a command line that makes no sense.
    """
    start = Path(os.path.abspath(start))
    found = configuration(start, config)
    settings = configured(found, found.top()) if found else None
    if found:
        found.sound()
    return combined(settings, start, overrides, command="check", today=today)


def configuration(start: Path, config: Path | None) -> ConfigurationFile | None:
    """Return the configuration file that is named or found, None where there is none."""
    return open_file(start / config, start).required() if config else find_file(start)


def configured(file: ConfigurationFile, values: Mapping[str, Any]) -> Settings:
    """Return what the top level's ``values`` say; what is wrong is noted in ``file``."""
    named = components(file, values.get("components", {}))
    return Settings(
        root=file.path.parent,
        components=named,
        python=values.get("python"),
        platform=values.get("platform"),
        index=_index(values, file.path.parent),
        prereleases=values.get("prereleases", False),
        max_conflicts=values.get("max-conflicts", 100),
        fail_on=cast(FailOn, values["fail-on"]),
        suppressions=suppressions(file, values.get("suppress", ()), named),
        config_path=file.path,
    )


def combined(
    settings: Settings | None,
    start: Path,
    given: CommandLine,
    *,
    command: str,
    today: datetime.date | None = None,
) -> Settings:
    """Return the configured settings (None: no file) under the command line's.

    Raises UsageError and ConfigurationError.
    """
    settings = override(settings or Settings(root=start, components=()), start, given)
    if not settings.components:
        raise UsageError(
            f"no component to {'check' if command == 'check' else 'divide'}",
            hint=_NO_COMPONENT.format(command=command),
        )
    _check_components(settings.components)
    return replace(
        settings,
        suppressions=of_components(settings.suppressions, settings.components),
        today=today or datetime.date.today(),
    )


def _index(values: Mapping[str, Any], folder: Path) -> IndexSettings:
    url = values.get("index-url")
    newer = values.get("exclude-newer")
    return IndexSettings(
        index_url=url and index_address(url, folder),
        extra_index_urls=tuple(
            index_address(extra, folder) for extra in values.get("extra-index-urls", ())
        ),
        exclude_newer=newer.isoformat() if isinstance(newer, datetime.date) else newer,
    )


def _check_components(components: tuple[ComponentSettings, ...]) -> None:
    seen: dict[str, ComponentSettings] = {}
    for component in components:
        earlier = seen.setdefault(normalise(component.name), component)
        if earlier is not component:
            raise _clash(
                f'two components are named "{component.name}"',
                earlier,
                component,
                "give each its own name",
            )
    cores = [component for component in components if component.role == "core"]
    if len(cores) > 1:
        names = " and ".join(f'"{core.name}"' for core in cores)
        raise _clash(
            f"{names} are both the core", cores[0], cores[1], "only one can have the role core"
        )


def _clash(
    message: str, one: ComponentSettings, other: ComponentSettings, hint: str
) -> DepcheckError:
    if one.origin is None or other.origin is None:
        return UsageError(message, hint=hint)
    both = f"{other.origin}: {message} (the other is at {one.origin})"
    return ConfigurationError(both, hint=hint)
