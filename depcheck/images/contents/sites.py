"""Site folders, and what lies in them: a path tells a distribution's folder, name and version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from packaging.utils import canonicalize_name

from depcheck.images.table import Entry
from depcheck.images.view import View

_SITE = r"(?:(.*?)/)?lib(?:32|64)?/(?:python|pypy)(\d+(?:\.\d+)?)[td]{0,2}/(site|dist)-packages"
_SITE_FOLDER = re.compile(_SITE, re.S)
_IN_SITE = re.compile(rf"({_SITE})/.", re.S)
_UNIT = re.compile(r"(?:(.*?)/)?([^/]+)\.(dist-info|egg-info|egg-link)(?:/(.+))?", re.S)
_NESTED = re.compile(r"(?:^|/)(?:site|dist)-packages/")
_KEPT_ELSEWHERE = re.compile(r"(?:^|/)(?:pkgs/[^/]+/|\.cache/|archive-v\d+/)")
_NOT_INSTALLED = frozenset(
    ("_vendor", "_vendored", "tests", "test", "testdata", "test_data", "test-data", "fixtures")
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site folder: its path, the prefix that it belongs to, the Python version if the path tells.

    What ``pip install --target`` fills is its own prefix.
    """

    folder: str
    prefix: str
    python: str

    @property
    def proper(self) -> bool:
        return self.folder != self.prefix

    @property
    def of_packages(self) -> bool:
        """Whether packages of the system fill it (Debian's Python policy)."""
        return self.folder.endswith("lib/python3/dist-packages")


@dataclass(frozen=True, slots=True)
class Info:
    """The folder or file of one distribution's metadata. ``stem`` is ``requests-2.32.3``."""

    folder: str
    stem: str
    kind: Literal["dist-info", "egg-info", "egg-link"]

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.stem}.{self.kind}" if self.folder else self._base

    @property
    def _base(self) -> str:
        return f"{self.stem}.{self.kind}"

    @property
    def name(self) -> str:
        return canonicalize_name(self.stem.partition("-")[0])

    @property
    def version(self) -> str:
        return self.stem.partition("-")[2].partition("-")[0]

    def metadata(self, view: View) -> str:
        """Return the path of the file with name and version."""
        if self.kind == "dist-info":
            return f"{self.path}/METADATA"
        state = view.known(self.path)
        alone = isinstance(state, Entry) and state.kind != "folder"
        return self.path if alone or self.kind == "egg-link" else f"{self.path}/PKG-INFO"


def site_at(folder: str) -> Site:
    """Return what the path of a site folder tells."""
    found = _SITE_FOLDER.fullmatch(folder)
    if found is None:
        return Site(folder, folder, "")
    prefix = found[1] or ""
    if prefix == "usr/local" and found[3] == "dist":  # Debian: of the interpreter in /usr
        prefix = "usr"
    return Site(folder, prefix, found[2] if "." in found[2] else "")


def site_of(path: str) -> Site | None:
    """Return the site folder of an environment in which ``path`` lies."""
    found = _IN_SITE.match(path)
    return None if found is None or _left_out(found[1]) else site_at(found[1])


def infos(paths: Iterable[str]) -> dict[Info, set[str]]:
    """Return the metadata of distributions among ``paths``, with the paths inside of each.

    Those that come along in another's test data, vendored or in a cache are left out,
    and the ``.egg-info`` folders of source trees.
    """
    found: dict[Info, set[str]] = {}
    for path in paths:
        if "-info" not in path and ".egg-link" not in path:
            continue
        match = _UNIT.fullmatch(path)
        if match is None or match[2].startswith("~"):  # pip's own leftovers
            continue
        info = Info(match[1] or "", match[2], match[3])  # type: ignore[arg-type]  # the pattern's three
        if info not in found and not _counts(info):
            continue
        inside = found.setdefault(info, set())
        if match[4]:
            inside.add(match[4])
    return found


def _counts(info: Info) -> bool:
    if _left_out(info.folder):
        return False
    return info.kind == "dist-info" or _SITE_FOLDER.fullmatch(info.folder) is not None


def _left_out(folder: str) -> bool:
    if _NESTED.search(folder) or _KEPT_ELSEWHERE.search(folder):
        return True
    if _SITE_FOLDER.fullmatch(folder):
        return False
    return not _NOT_INSTALLED.isdisjoint(folder.split("/"))
