"""Whether a distribution stands in a view, as far as that can be told without asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum

from depcheck.images.contents.sites import Info
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, View


class Standing(Enum):
    """``HERE``: to be read. ``NAMED``: below, and the other side took it away. ``GONE``."""

    HERE = "here"
    NAMED = "named"
    GONE = "gone"


def standings(view: View, touched: Mapping[Info, Collection[str]]) -> dict[Info, Standing]:
    """Return how each of the distributions stands whose metadata is in the view's scope.

    ``touched`` has the paths inside of each that are in scope. What the other side wrote
    anew is asked for: it may have been added there, or installed again as it was. Where
    the other side took another version of it away, that one stands here instead.
    """
    found: dict[Info, Standing] = {}
    elsewhere: list[Info] = []
    for info, inside in touched.items():
        standing = _standing(view, info, inside)
        if standing is None:
            elsewhere.append(info)
        else:
            found[info] = standing
    here = {(info.folder, info.name) for info, at in found.items() if at is not Standing.GONE}
    for info in elsewhere:
        ask = (info.folder, info.name) not in here
        there = view.entry(info.metadata(view)) if ask else None
        found[info] = Standing.GONE if there is None else Standing.HERE
    return found


def _standing(view: View, info: Info, inside: Collection[str]) -> Standing | None:
    """Return how a distribution stands, None where only the other side wrote it."""
    metadata = info.metadata(view)
    state = view.known(metadata)
    if isinstance(state, Entry):
        return Standing.HERE
    if state is BELOW:
        if _touched_here(view, info, inside):
            return Standing.HERE
        if info.kind == "egg-link" or (info.kind == "egg-info" and not inside):
            return Standing.HERE if view.entry(info.path) else Standing.GONE
        if not inside:
            return Standing.NAMED
        return None if metadata.rpartition("/")[2] in inside else Standing.HERE
    remains = any(isinstance(view.known(f"{info.path}/{name}"), Entry) for name in inside)
    return Standing.HERE if remains else Standing.GONE


def _touched_here(view: View, info: Info, inside: Collection[str]) -> bool:
    paths = (info.path, *(f"{info.path}/{name}" for name in inside))
    return any(view.known(path) is not BELOW for path in paths)
