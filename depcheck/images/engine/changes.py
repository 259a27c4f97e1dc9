"""What a container has changed, sorted into what is fetched and what is only noted."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# What lies there comes and goes with the run; that it is there is noted, not what it holds.
_PASSING = ("proc", "sys", "dev", "run", "tmp", "var/run", "var/tmp")
_DERIVED = "__pycache__"
_NEW, _GONE = 1, 2


@dataclass(slots=True)
class Changes:
    """Changed paths, relative and POSIX.

    ``gone`` were in the image and are not in the container. ``new`` were not in the
    image. ``fetched`` is what has to be read, ``passing`` what is only noted,
    ``derived`` what the interpreter makes of sources as it runs. A folder that is
    changed because of what lies in it is in none of them.
    """

    gone: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    passing: set[str] = field(default_factory=set)
    derived: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


def sorted_changes(listed: Iterable[Mapping[str, Any]], mounts: Collection[str]) -> Changes:
    """Return what an engine lists (``Path``, ``Kind``), without what lies in ``mounts``."""
    changes = Changes()
    kinds: dict[str, int] = {}
    for each in listed:
        path, kind = each.get("Path"), each.get("Kind")
        if isinstance(path, str) and isinstance(kind, int):
            kinds[posixpath.normpath(path).strip("/")] = kind
    for path in kinds:
        changes.folders.update(parents(path))
    for path, kind in kinds.items():
        if path in ("", ".") or inside(path, mounts):
            continue
        if kind == _GONE:
            changes.gone.add(path)
            continue
        if kind == _NEW:
            changes.new.add(path)
        elif path in changes.folders:
            continue
        _sort_in(path, changes)
    return changes


def _sort_in(path: str, changes: Changes) -> None:
    if inside(path, _PASSING):
        changes.passing.add(path)
    elif _DERIVED in path.split("/"):
        changes.derived.add(path)
    else:
        changes.fetched.add(path)


def inside(path: str, folders: Collection[str]) -> bool:
    """Tell whether ``path`` is one of ``folders`` or lies in one."""
    return path in folders or any(parent in folders for parent in parents(path))


def parents(path: str) -> Iterator[str]:
    """Yield the folders that ``path`` lies in, the nearest first, without the root."""
    while path := path.rpartition("/")[0]:
        yield path
