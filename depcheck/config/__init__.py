"""The configuration: ``depcheck.toml``, ``[tool.depcheck]`` and the command line together.

Whatever the command line names beats the configuration; components named on the
command line take the place of all configured ones.
"""

from __future__ import annotations

import os
from pathlib import Path

from depcheck.config.command_line import CommandLine, override
from depcheck.config.file import find_file, open_file
from depcheck.config.parity import ParityCommandLine, load_parity_settings
from depcheck.errors import ConfigurationError, DepcheckError, UsageError
from depcheck.model.requirement import normalise
from depcheck.model.settings import ComponentSettings, Settings

__all__ = ["CommandLine", "ParityCommandLine", "load_parity_settings", "load_settings"]

_NO_COMPONENT = (
    "name two: depcheck check --core requirements.txt --ai recommender/pyproject.toml, "
    "or list them under [tool.depcheck.components] in pyproject.toml"
)


def load_settings(*, start: Path, config: Path | None, overrides: CommandLine) -> Settings:
    """Return what a run is asked to do.

    ``start`` is the current directory: configuration is looked for there and in
    the folders above, up to one that holds ``.git``. ``config`` names the file
    instead. Raises ConfigurationError (``path:line:``) for a file that cannot be
    used and UsageError for a command line that makes no sense.
    """
    start = Path(os.path.abspath(start))
    found = open_file(start / config, start).required() if config else find_file(start)
    settings = found.settings() if found else Settings(root=start, components=())
    settings = override(settings, start, overrides)
    if not settings.components:
        raise UsageError("no component to check", hint=_NO_COMPONENT)
    _check_components(settings.components)
    return settings


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
