"""Which touched paths are looked at on both sides, by whose files they may be."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from depcheck.images.contents.application import belongs_to_system
from depcheck.images.contents.sites import site_of
from depcheck.images.view import View

_BYTECODE = re.compile(r"(?:^|/)__pycache__(?:/|$)|\.py[co]$")
_SYSTEM = re.compile(r"(?:usr/(?!local/|src/|include/)|bin/|sbin/|lib(?:32|64|x32)?/|etc/)")
_DULL = re.compile(  # documents, and what triggers of packages write
    r"usr/share/(?:doc|doc-base|man|info|locale|lintian|mime|icons|fonts|applications|menu|bug)/"
    r"|usr/(?:share|lib)/locale/|.*(?:\.cache|\.compiled|/ld\.so\.conf)$|usr/lib/udev/hwdb\.bin$"
)
_LIBRARY = re.compile(
    r"(?:(.*?)/)?lib(?:64)?/(python|pypy)(\d\.\d+[td]{0,2})/"
    r"(?!(?:site|dist)-packages/|tests?/|config-|idlelib/|__pycache__/|_sysconfigdata)(.+\.py)"
)
_SITE_PACKAGES = re.compile(r"(?:^|/)(?:site|dist)-packages/")
_AT_START = re.compile(r"\.pth$|/(?:sitecustomize|usercustomize)(?:\.[^/]+|/[^/]+)?$")
_TESTS = re.compile(r"(?:^|/)tests?/")
_NO_MODULE = re.compile(
    r"(?:.*/)?[^/]+\.(?:dist-info|egg-info|egg-link)(?:/.*)?|_virtualenv\.(?:py|pth)"
    r"|README\.txt|\.lock"
)


class Place(NamedTuple):
    """Whose a path may be, if no package has it: of an interpreter, of a site folder.

    ``name`` is the prefix or the folder (relative), ``program`` the interpreter's path,
    ``short`` its version (``3.11``).
    """

    of: Literal["python", "site", "leftover"]
    name: str
    program: str = ""
    short: str = ""


def runs_at_start(path: str) -> bool:
    """Tell whether Python runs ``path``, in a site folder, whenever it starts (``site``)."""
    return _AT_START.search(path) is not None


def lists_its_files(view: View, folder: str) -> bool:
    """Tell whether every distribution in a site folder has a RECORD, as far as is known."""
    for name in view.seen(folder):
        if name.endswith((".egg-info", ".egg-link", ".egg")):
            return False
        if name.endswith(".dist-info") and view.known(f"{folder}/{name}/RECORD") is None:
            return False
    return True


def may_be_packaged(path: str) -> bool:
    """Tell whether a package of the system may have brought ``path`` and reads or runs it."""
    if not _SYSTEM.match(path) or _BYTECODE.search(path) or _DULL.match(path):
        return False
    site = site_of(path)
    return (site is None or site.of_packages) and not belongs_to_system(path)


def may_hold(folder: str) -> bool:
    """Tell whether files that are compared may lie in a removed ``folder``."""
    inside = f"{folder}/module.py"
    place = place_of(inside)
    return may_be_packaged(inside) or (place is not None and place.of == "python")


def place_of(path: str) -> Place | None:
    """Return whose ``path`` is where no package has it, None where nothing imports it."""
    if _BYTECODE.search(path):
        return None
    site = site_of(path)
    if site is not None:
        inside = path[len(site.folder) + 1 :]
        if inside.startswith("~"):
            return Place("leftover", f"{site.folder}/{inside.partition('/')[0]}")
        return None if _NO_MODULE.fullmatch(inside) else Place("site", site.folder)
    found = None if _SITE_PACKAGES.search(path) else _LIBRARY.fullmatch(path)
    if found is None or _TESTS.search(found[4]):
        return None
    prefix = found[1] or ""
    program = f"{prefix}/bin/{found[2]}{found[3]}".lstrip("/")
    return Place("python", prefix, program, found[3])
