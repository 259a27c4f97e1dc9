"""Files touched in a site folder whose distribution was left alone: the hot patch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from packaging.utils import canonicalize_name

from depcheck.images.contents.distributions import listed_paths
from depcheck.images.contents.sites import Info, Site, infos, site_of
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, View

# What comes into a site folder by itself and is in no RECORD.
_NOBODYS = re.compile(
    r"(?:.*/)?__pycache__(?:/.*)?|.*\.(?:pyc|pyo|dist-info|egg-info|egg-link)(?:/.*)?"
    r"|_virtualenv\.(?:py|pth)|easy-install\.pth|README\.txt|\.lock|~.*"
)

_MODULES = (".py", ".so", ".pyd", ".pth")
"""What Python imports is somebody's only if a RECORD lists it."""


def owners(
    view: View, read: Collection[Info], gone: Collection[Info], owned: Collection[str]
) -> tuple[frozenset[Info], frozenset[str]]:
    """Return whom the touched files in site folders belong to, and the files explained otherwise.

    ``read`` are the distributions that were read, ``gone`` those that are not there,
    ``owned`` the paths of the former. The owner of a file that this side changed is
    looked for in lower layers, and asked for, until it is found.
    """
    found: set[Info] = set()
    explained: set[str] = set()
    for site, orphans in _orphans(view, owned).items():
        known = _known_infos(view, site) - set(read)
        hits = {info: _hits(view, info, orphans) for info in _likely(view, known, site, orphans)}
        found.update(info for info, hit in hits.items() if hit)
        left = orphans.difference(*hits.values())
        folders = {path.rpartition("/")[0] for path in owned}
        folders.discard(site.folder)
        names = [info.name for info in gone if info.folder == site.folder]
        reasons = {path for path in left if _is_explained(view, site, path, folders, names)}
        explained |= {path for path in reasons if not path.endswith(_MODULES)}
        if any(view.known(path) is not BELOW for path in left - reasons):
            view.listing(site.folder)  # asks for the layers that may hold the owner
    return frozenset(found), frozenset(explained)


def _orphans(view: View, owned: Collection[str]) -> dict[Site, set[str]]:
    found: dict[Site, set[str]] = defaultdict(set)
    for path in view.scope:
        site = None if path in owned else site_of(path)
        if site is None or site.of_packages or _NOBODYS.fullmatch(path[len(site.folder) + 1 :]):
            continue
        state = view.known(path)
        if not (isinstance(state, Entry) and state.kind == "folder"):
            found[site].add(path)
    return found


def _known_infos(view: View, site: Site) -> set[Info]:
    names = view.seen(site.folder)
    return {
        info
        for info in infos(f"{site.folder}/{name}" for name in names)
        if isinstance(view.known(f"{info.path}/RECORD"), Entry)
    }


def _likely(view: View, known: Iterable[Info], site: Site, orphans: Iterable[str]) -> list[Info]:
    """Return the distributions whose RECORD has a line that begins as an orphan's path does."""
    start = len(site.folder) + 1
    firsts = {path[start:].partition("/")[0].encode() for path in orphans}
    lines = [b"\n" + quote + first for first in firsts for quote in (b"", b'"')]
    return [
        info
        for info in known
        if (content := b"\n" + (view.content(f"{info.path}/RECORD") or b""))
        and any(line in content for line in lines)
    ]


def _hits(view: View, info: Info, orphans: Collection[str]) -> set[str]:
    """Return the orphans that RECORD lists, and the folders that were taken away with such."""
    listed = listed_paths(view, info)
    hits = {path for path in orphans if path in listed}
    gone = {path for path in orphans if not isinstance(view.known(path), Entry)} - hits
    return hits | (gone & _folders(listed)) if gone else hits


def _folders(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        for folder in _parents(path):
            if folder in found:
                break
            found.add(folder)
    return found


def _parents(path: str) -> Iterable[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _is_explained(
    view: View, site: Site, path: str, folders: Collection[str], gone: Iterable[str]
) -> bool:
    """Tell whether a file lies among those of a distribution that was read, or went with one."""
    if any(folder in folders for folder in _parents(path)):
        return True
    if isinstance(view.known(path), Entry):
        return False
    inside = path[len(site.folder) + 1 :]
    top = f"{site.folder}/{inside.partition('/')[0]}"
    whole = path == top or view.known(top) is None
    name = canonicalize_name(inside.replace("/", "-"))
    # A whole module went: with the distribution whose metadata went.
    return any(whole or name.startswith(each) for each in gone)
