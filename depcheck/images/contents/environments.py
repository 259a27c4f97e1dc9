"""Python environments: where distributions live, and which of them the image starts."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from depcheck.images.contents.sites import Site, site_at, site_of
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, Unread, View
from depcheck.model.inventory import Interpreter, Provenance, PythonEnvironment
from depcheck.model.text import printable

Kind = Literal["system", "virtual", "user", "conda", "lock", "other"]
_CONDA_NAMES = re.compile(r"(?:mini|ana|mamba|micro)?(?:conda|forge|mamba)\d?")
_SYSTEM = frozenset(("", "usr", "usr/local"))
_PROGRAMS = ("python3", "python")
_ASSIGNMENT = re.compile(r"\w+=.*", re.S)


def environments(
    view: View,
    interpreters: Iterable[Interpreter],
    inhabited: Mapping[str, Site],
    *,
    path: str,
    command: tuple[str, ...],
) -> tuple[PythonEnvironment, ...]:
    """Return the environments in the view's scope, sorted by prefix.

    ``inhabited`` are the site folders in which distributions were found. ``path`` is the
    value of ``PATH``, ``command`` entrypoint and command: they lead to the active one.
    """
    sites = _sites(view, inhabited)
    prefixes: dict[str, str] = {}
    for site in sorted(sites, key=lambda site: site.folder):
        prefixes[site.prefix] = prefixes.get(site.prefix) or site.python
    for at in view.scope:
        folder, _, name = at.rpartition("/")
        if name == "pyvenv.cfg" and view.entry(at) is not None:
            prefixes.setdefault(folder, "")
    versions = {posixpath.dirname(posixpath.dirname(i.path))[1:]: i.version for i in interpreters}
    active = _active(view, prefixes, path.split(":"), command)
    if active is not None:
        prefixes.setdefault(active, "")  # of a pair, it can be out of scope
    return tuple(
        PythonEnvironment(
            prefix=f"/{prefix}",
            kind=_kind(view, prefix, proper=any(s.proper and s.prefix == prefix for s in sites)),
            python=_configured(view, prefix) or versions.get(prefix) or short,
            active=prefix == active,
            brought=_brought(view, prefix, sites),
        )
        for prefix, short in sorted(prefixes.items())
    )


def may_be_there(view: View, prefix: str) -> bool:
    """Tell whether an environment of a prefix can be in a view in whose scope it is not.

    ``prefix`` is relative. It can unless every layer that could hold it was read and has
    neither a configuration nor a site folder of it.
    """
    return not view.covers(prefix) or _is_seen(view, prefix)


def _is_seen(view: View, prefix: str) -> bool:
    """Tell whether the layers that were read have an environment of a prefix, in scope or not."""
    if isinstance(view.known(f"{prefix}/pyvenv.cfg"), Entry):
        return True
    roots = ("usr", "usr/local") if prefix == "usr" else (prefix,)
    return any(
        isinstance(view.known(folder), Entry)
        for root in roots
        for library in ("lib", "lib64")
        for name in view.seen(f"{root}/{library}".lstrip("/"))
        for kind in ("site", "dist")
        if site_at(folder := f"{root}/{library}/{name}/{kind}-packages").prefix == prefix
    )


def _sites(view: View, inhabited: Mapping[str, Site]) -> list[Site]:
    """Return the site folders that are there, those without distributions included."""
    touched = {site.folder: site for at in view.scope if (site := site_of(at)) is not None}
    scope = frozenset(view.scope)
    empty = [
        site
        for folder, site in touched.items()
        if folder not in inhabited and _is_there(view, site, scope)
    ]
    return [*inhabited.values(), *empty]


def _is_there(view: View, site: Site, scope: Collection[str]) -> bool:
    """Tell whether a site folder is there; asks where the other side wrote its environment."""
    state = view.known(site.folder)
    configuration = f"{site.prefix}/pyvenv.cfg"
    if state is BELOW and configuration in scope:
        return view.entry(configuration) is not None
    return state is not None


def _kind(view: View, prefix: str, *, proper: bool) -> Kind:
    if isinstance(view.known(f"{prefix}/pyvenv.cfg"), Entry):
        return "virtual"
    if isinstance(view.known(f"{prefix}/conda-meta"), Entry):
        return "conda"
    if prefix.endswith("/.local"):
        return "user"
    if not proper:
        return "other"
    if prefix in _SYSTEM or view.known(f"{prefix}/pyvenv.cfg") is not BELOW:
        return "system"
    name = posixpath.basename(prefix)
    return "conda" if _CONDA_NAMES.fullmatch(name) or "/envs/" in prefix else "virtual"


def _configured(view: View, prefix: str) -> str:
    """Return the version that pyvenv.cfg tells (PEP 405), where this file is known."""
    path = f"{prefix}/pyvenv.cfg"
    if not isinstance(view.known(path), Entry):
        return ""
    told: dict[str, str] = {}
    for line in (view.content(path) or b"").decode(errors="replace").splitlines():
        key, _, value = line.partition("=")
        told[key.strip().lower()] = value.strip()
    version = told.get("version") or told.get("version_info") or ""
    return printable(".".join(version.split(".")[:3]))  # 3.11.2.final.0 of virtualenv


def _brought(view: View, prefix: str, sites: Iterable[Site]) -> Provenance | None:
    folders = [site.folder for site in sites if site.prefix == prefix]
    for path in (f"{prefix}/pyvenv.cfg", f"{prefix}/conda-meta/history", *folders):
        if (found := view.brought(path)) is not None:
            return found
    return None


def _active(
    view: View, prefixes: Collection[str], folders: Iterable[str], command: tuple[str, ...]
) -> str | None:
    """Return the prefix whose programs the command starts, else the first in PATH with a Python.

    None where that cannot be told without layers that were not read.
    """
    search = [folder.strip("/") for folder in folders if folder.startswith("/")]
    for word in (*_words(command), *_PROGRAMS):
        programs = [word] if word.startswith("/") else [f"{folder}/{word}" for folder in search]
        for program in programs:
            found = _home(view, prefixes, program.strip("/"))
            if found is not None:
                return None if found is BELOW else found
    return None


def _words(command: tuple[str, ...]) -> Iterator[str]:
    """Yield the words of a command that may be programs; a shell's line is taken apart."""
    for word in command[:50]:
        if " " not in word:
            parts = [word]
        else:
            try:
                parts = shlex.split(word[:2000], comments=True)
            except ValueError:
                parts = word[:2000].split()
        for part in parts:
            if part and not part.startswith("-") and not _ASSIGNMENT.fullmatch(part):
                relative = "/" in part and not part.startswith("/")
                if not relative:
                    yield part


def _home(
    view: View, prefixes: Collection[str], program: str
) -> str | Literal[Unread.BELOW] | None:
    """Return the environment that a program belongs to: the one in whose bin it lies.

    What only unread layers know of is taken to be there in a virtual environment that is
    in scope, and may be there (BELOW) elsewhere.
    """
    folder = posixpath.dirname(program)
    prefix = posixpath.dirname(folder)
    if posixpath.basename(folder) == "bin" and prefix == "" and "usr" in prefixes:
        prefix = "usr"  # /bin leads to /usr/bin
    if posixpath.basename(folder) != "bin" or not _is_python(program, prefix):
        return None
    state = view.known(program)
    if state is BELOW:
        return prefix if prefix in prefixes and prefix not in _SYSTEM else BELOW
    if state is None or prefix in prefixes or _is_seen(view, prefix):
        return None if state is None else prefix
    return None if view.covers(prefix) else BELOW


def _is_python(program: str, prefix: str) -> bool:
    """Tell whether a program of a system's bin, which has all kinds, starts a Python."""
    name = posixpath.basename(program)
    return prefix not in _SYSTEM or name.startswith(("python", "pypy")) or prefix == "usr/local"
