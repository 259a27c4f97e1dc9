"""What ``parity`` is asked to do: the configuration and the command line together."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from depcheck.config.command_line import repository, severity
from depcheck.config.environments import environments
from depcheck.config.file import ConfigurationFile, find_file, open_file
from depcheck.config.policy import policy
from depcheck.config.sides import parse_side
from depcheck.config.values import PLATFORM, REGISTRY_HOST, FailOn
from depcheck.errors import UsageError
from depcheck.model.parity import EnvironmentSettings, Expected, ParitySettings
from depcheck.model.text import printable

_HOST = "is not a host"
_HOST_HINT = "write it like reg.example:5000"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityCommandLine:
    """What the command line says; None (or an empty tuple) means that it says nothing.

    ``left`` and ``right`` are sides as written, their paths relative to the
    current directory. ``insecure_registries`` come beside the configured ones.
    """

    left: str
    right: str
    platform: str | None = None
    files: bool = False
    show_values: bool = False
    rollback: bool = False
    insecure_registries: tuple[str, ...] = ()
    cache_dir: Path | None = None
    no_cache: bool = False
    fail_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Configured:
    """What a configuration file says; the defaults are those of no file."""

    environments: dict[str, EnvironmentSettings] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    insecure_registries: tuple[str, ...] = ()
    platform: str | None = None
    fail_on: FailOn = "warning"


def load_parity_settings(
    *,
    start: Path,
    config: Path | None,
    overrides: ParityCommandLine,
    today: datetime.date | None = None,
) -> ParitySettings:
    """Return what a comparison is asked to do.

    ``start`` is the current directory: configuration is looked for there and in
    the folders above, up to one that holds ``.git``. ``config`` names the file
    instead. ``today`` (default: the local date) decides what has expired. Raises
    ConfigurationError (``path:line:``) for a file that cannot be used and
    UsageError for a command line that makes no sense.
    """
    start = Path(os.path.abspath(start))
    file = open_file(start / config, start).required() if config else find_file(start)
    configured = _configured(file) if file else _Configured()
    given = _checked(overrides)
    hosts = (*configured.insecure_registries, *given.insecure_registries)
    return ParitySettings(
        root=file.path.parent if file else repository(start),
        left=parse_side(given.left, start, configured.environments),
        right=parse_side(given.right, start, configured.environments),
        platform=given.platform or configured.platform,
        files=given.files,
        show_values=given.show_values,
        rollback=given.rollback,
        expected=configured.expected,
        insecure_registries=tuple(dict.fromkeys(hosts)),
        cache_dir=given.cache_dir,
        no_cache=given.no_cache,
        fail_on=cast(FailOn, given.fail_on or configured.fail_on),
        today=today or datetime.date.today(),
        config_path=file.path if file else None,
    )


def _configured(file: ConfigurationFile) -> _Configured:
    values: dict[str, Any] = file.top()
    found = environments(file, values.get("environments", {}))
    expected = policy(file, values.get("expected", ()))
    hosts = values.get("insecure-registries", ())
    for position, host in enumerate(hosts):
        if not REGISTRY_HOST.fullmatch(host):
            file.fault(
                ("insecure-registries", position), f'"{printable(host)}" {_HOST}', _HOST_HINT
            )
    file.sound()
    platform = values.get("platform", "")
    return _Configured(
        environments=found,
        expected=expected,
        insecure_registries=hosts,
        # ``check`` also takes tags of wheels there (win_amd64), which no image has.
        platform=platform if PLATFORM.fullmatch(platform) else None,
        fail_on=values["fail-on"],
    )


def _checked(given: ParityCommandLine) -> ParityCommandLine:
    severity(given.fail_on)
    if given.platform is not None and not PLATFORM.fullmatch(given.platform):
        raise UsageError(
            f'--platform "{printable(given.platform)}" is not a platform of images',
            hint="write it like linux/amd64 or linux/arm64/v8",
        )
    for host in given.insecure_registries:
        if not REGISTRY_HOST.fullmatch(host):
            raise UsageError(f'--insecure-registry "{printable(host)}" {_HOST}', hint=_HOST_HINT)
    return given
