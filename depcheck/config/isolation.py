"""What ``isolate`` is asked to do: the configuration and the command line together."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from depcheck.config.check import combined, configuration, configured
from depcheck.config.command_line import CommandLine
from depcheck.config.file import ConfigurationFile, Key
from depcheck.config.serving import IMAGE_HINT, check_most
from depcheck.config.values import is_image
from depcheck.config.wishes import KINDS, asked_wishes, check_wishes, configured_wishes
from depcheck.errors import UsageError
from depcheck.model.isolation import Database, Gateway, IsolationSettings, Wish
from depcheck.model.settings import Settings
from depcheck.model.text import printable

_KEYS = {
    "base": "text",
    "heavy": "size",
    "max-containers": "count",
    "folder": "text",
    "together": "list",
    "apart": "list",
    "shares": "list",
    "database": "table",
    "gateway": "table",
}
_DATABASE_KEYS = {"max-connections": "count", "reserved": "whole", "variable": "text"}
_GATEWAY_KEYS = {
    "image": "text",
    "rate": "count",
    "concurrency": "count",
    "queue": "seconds",
    "timeout": "seconds",
    "errors": "count",
    "pause": "seconds",
}
_DATABASE_MOST = {"max-connections": (1_000_000, "1000000")}
_GATEWAY_MOST = {
    "rate": (1_000_000, "1000000"),
    "concurrency": (10_000, "10000"),
    "queue": (3600, "1h"),
    "timeout": (86400, "24h"),
    "errors": (10_000, "10000"),
    "pause": (3600, "1h"),
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationCommandLine:
    """What the command line says; None (or an empty tuple) means that it says nothing.

    ``together`` and ``apart`` are texts as written (``web,recommender``). ``folder`` is
    where files are to be written, relative to the current directory.
    """

    check: CommandLine = field(default_factory=CommandLine)
    together: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    max_containers: int | None = None
    deny_new: bool = False
    folder: Path | None = None


def load_isolation_settings(
    *,
    start: Path,
    config: Path | None,
    overrides: IsolationCommandLine,
    today: datetime.date | None = None,
) -> IsolationSettings:
    """Return what a division is asked to do, as load_settings does for a check.

    Components named on the command line take the place of all configured ones, with their
    labels and how they run; a configured wish counts for those of its components that are
    left, if these are two or more. ``previous`` is left empty: it stands in ``folder``, not
    in the configuration. ``today`` is as for a check. Raises ConfigurationError and UsageError.
    """
    start = Path(os.path.abspath(start))
    file = configuration(start, config)
    values = file.top() if file else {}
    base = configured(file, values) if file else None
    found = _isolation(file, values, base) if file and base else None
    if file:
        file.sound()
    settings = combined(base, start, overrides.check, command="isolate", today=today)
    return _overridden(found or IsolationSettings(settings=settings), settings, start, overrides)


def _overridden(
    found: IsolationSettings, settings: Settings, start: Path, given: IsolationCommandLine
) -> IsolationSettings:
    if given.max_containers is not None and given.max_containers < 1:
        raise UsageError("--max-containers must be above 0")
    names = [component.name for component in settings.components]
    wishes = tuple(_left(found.wishes, names)) if given.check.components else found.wishes
    asked = (
        *asked_wishes("together", given.together, names),
        *asked_wishes("apart", given.apart, names),
    )
    check_wishes((*wishes, *asked))
    return replace(
        found,
        settings=settings,
        wishes=wishes,
        asked=asked,
        max_containers=given.max_containers or found.max_containers,
        deny_new=given.deny_new,
        folder=Path(os.path.abspath(start / given.folder)) if given.folder else found.folder,
    )


def _left(wishes: Iterable[Wish], names: Iterable[str]) -> Iterable[Wish]:
    """Give the wishes without the components that are no longer there."""
    there = frozenset(names)
    for wish in wishes:
        left = tuple(name for name in wish.components if name in there)
        if len(left) > 1:
            yield replace(wish, components=left)


def _isolation(
    file: ConfigurationFile, top: Mapping[str, Any], settings: Settings
) -> IsolationSettings:
    """Return what ``[isolation]`` says; what is wrong is noted in ``file``."""
    values = file.values(top.get("isolation", {}), ("isolation",), _KEYS)
    names = tuple(top.get("components", {}))
    wishes = (configured_wishes(file, kind, values.get(kind, ()), names) for kind in KINDS)
    given = {key: values[key] for key in ("base", "heavy") if key in values}
    _check_base(file, values)
    return IsolationSettings(
        settings=settings,
        wishes=tuple(wish for kind in wishes for wish in kind),
        max_containers=values.get("max-containers"),
        database=_database(file, values),
        gateway=_gateway(file, values),
        folder=_folder(file, values),
        **given,
    )


def _check_base(file: ConfigurationFile, values: Mapping[str, Any]) -> None:
    base = values.get("base", "python:{python}")
    if not is_image(base.replace("{python}", "3.12")):
        file.fault(("isolation", "base"), f'"{printable(base)}" is no image', IMAGE_HINT)


def _folder(file: ConfigurationFile, values: Mapping[str, Any]) -> Path | None:
    folder = values.get("folder")
    if folder is None:
        return None
    if not folder.isprintable() or not file.is_inside(folder):
        file.fault(
            ("isolation", "folder"),
            f'"{printable(folder)}" leads out of the project',
            "name a folder below the configuration's",
        )
        return None
    return Path(os.path.abspath(file.path.parent / folder))


def _database(file: ConfigurationFile, values: Mapping[str, Any]) -> Database | None:
    if "database" not in values:
        return None
    at: Key = ("isolation", "database")
    given = file.values(values["database"], at, _DATABASE_KEYS)
    if "max-connections" not in given:
        if "max-connections" not in values["database"]:
            file.fault(at, "has no max-connections", "add max-connections = 100")
        return None
    check_most(file, at, given, _DATABASE_MOST)
    if given.get("reserved", 3) >= given["max-connections"]:
        file.fault(at, "reserves every connection", "set reserved below max-connections")
    if not _VARIABLE.fullmatch(given.get("variable", "x")):
        file.fault((*at, "variable"), "is no name of an environment variable")
    return Database(**_fields(given), origin=file.origin("isolation", (*at, "max-connections")))


def _gateway(file: ConfigurationFile, values: Mapping[str, Any]) -> Gateway:
    at: Key = ("isolation", "gateway")
    given = file.values(values.get("gateway", {}), at, _GATEWAY_KEYS)
    if not is_image(given.get("image", "haproxy")):
        file.fault((*at, "image"), f'"{printable(given["image"])}" is no image', IMAGE_HINT)
    check_most(file, at, given, _GATEWAY_MOST)
    return Gateway(**given)


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in values.items()}
