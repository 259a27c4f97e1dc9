"""What a change does to the configuration, told in sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from depcheck.model.requirement import normalise
from depcheck.model.review import Suppression
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.text import printable

_MOST = 40
_KEYS = ("role", "source", "lock", "extras", "groups", "python")
_TOP = ("python", "platform", "prereleases", "max_conflicts", "fail_on")
_INDEX = ("index_url", "extra_index_urls", "exclude_newer")


def altered(base: Settings, head: Settings) -> tuple[str, ...]:
    """Return sentences on what the head's configuration says otherwise than the base's.

    Both are as configured, the command line left out. Secrets in addresses are hidden.
    """
    told = [*_file(base, head), *_values(base, head), *_suppressions(base, head)]
    told += _components(base, head)  # last: there may be many, and they show in what is found
    if len(told) > _MOST:
        told[_MOST:] = [f"There are {len(told) - _MOST} more differences."]
    return tuple(told)


def _file(base: Settings, head: Settings) -> Iterator[str]:
    if base.config_path and head.config_path and base.config_path != head.config_path:
        there = os.path.relpath(head.config_path, base.root).replace(os.sep, "/")
        was = printable(base.config_path.name)
        yield f"The configuration stands in {printable(there)} instead of {was}."


def _values(base: Settings, head: Settings) -> Iterator[str]:
    for key in _TOP:
        yield from _differing(_named(key), getattr(base, key), getattr(head, key))
    for key in _INDEX:
        was, now = (_address(side, getattr(side.index, key)) for side in (base, head))
        yield from _differing(_named(key), was, now)


def _named(key: str) -> str:
    return key.replace("_", "-")


def _address(side: Settings, value: object) -> object:
    """Return the path of a local index as the configuration has it, other values as they are."""
    if isinstance(value, tuple):
        return tuple(_address(side, each) for each in value)
    if isinstance(value, str) and os.path.isabs(value):
        return os.path.relpath(value, side.root).replace(os.sep, "/")
    return value


def _differing(what: str, was: object, now: object) -> Iterator[str]:
    if was != now:
        yield f"{what} becomes {_shown(now)} (it was {_shown(was)})."


def _shown(value: object) -> str:
    match value:
        case None | ():
            return "unset"
        case tuple():
            return ", ".join(printable(str(each)) for each in value)
        case bool():
            return str(value).lower()
        case _:
            return f'"{printable(value)}"' if isinstance(value, str) else str(value)


def _components(base: Settings, head: Settings) -> Iterator[str]:
    was = {normalise(c.name): c for c in base.components}
    now = {normalise(c.name): c for c in head.components}
    for name in was.keys() - now.keys():
        yield f"The component {_titled(was[name])} is taken out."
    for name, component in now.items():
        if name not in was:
            source = printable(component.source)
            yield f"The component {_titled(component)} is added, with the source {source}."
        else:
            yield from _component(was[name], component)


def _component(was: ComponentSettings, now: ComponentSettings) -> Iterator[str]:
    for key in _KEYS:
        what = f"{key} of the component {_titled(now)}"
        yield from _differing(what, getattr(was, key), getattr(now, key))


def _titled(component: ComponentSettings) -> str:
    return f'"{printable(component.name)}"'


def _suppressions(base: Settings, head: Settings) -> Iterator[str]:
    was, now = ({_placeless(each) for each in side.suppressions} for side in (base, head))
    for entry in head.suppressions:
        if _placeless(entry) not in was:
            yield f"A suppression is added: {_told(entry)}."
    for entry in base.suppressions:
        if _placeless(entry) not in now:
            yield f"A suppression is taken out: {_told(entry)}."


def _placeless(entry: Suppression) -> Suppression:
    return replace(entry, origin=None)


def _told(entry: Suppression) -> str:
    of = f" of {printable(entry.package)}" if entry.package else ""
    by = f" in {printable(entry.component)}" if entry.component else ""
    until = f" until {entry.expires.isoformat()}" if entry.expires else ""
    return f'{printable(entry.rule)}{of}{by}{until}, "{printable(entry.reason)}"'
