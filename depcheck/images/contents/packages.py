"""The packages of the operating system: dpkg, apk and rpm, from their databases."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Literal

from depcheck.images.contents.apk import installed_apks
from depcheck.images.contents.dpkg import installed_debs
from depcheck.images.contents.rows import Row, unpacked
from depcheck.images.contents.rpm import bdb_rpms, ndb_rpms, sqlite_rpms
from depcheck.images.contents.rpm_sqlite import journal
from depcheck.images.contents.system import FACT_PATHS, wanted_facts
from depcheck.images.contents.unkept import unkept
from depcheck.images.table import Entry, Wanted
from depcheck.images.view import View
from depcheck.model.inventory import OsPackage, Provenance
from depcheck.model.requirement import Undetermined

_MIB = 1 << 20
_Kind = Literal["deb", "apk", "rpm"]
_STATUS_FOLDER = "var/lib/dpkg/status.d/"
_BESIDE = (".md5sums", ".list", ".preinst", ".postinst", ".prerm", ".postrm", ".conffiles")
_STATUS = Wanted(32 * _MIB, installed_debs)
_INSTALLED = Wanted(32 * _MIB, installed_apks)
_RPM_FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
_RPM_FILES = {
    "rpmdb.sqlite": Wanted(256 * _MIB, sqlite_rpms),
    "Packages.db": Wanted(256 * _MIB, ndb_rpms),
    "Packages": Wanted(256 * _MIB, bdb_rpms),
}
_DATABASES: Mapping[str, tuple[_Kind, Wanted]] = {
    "var/lib/dpkg/status": ("deb", _STATUS),
    "lib/apk/db/installed": ("apk", _INSTALLED),
    "usr/lib/apk/db/installed": ("apk", _INSTALLED),
    **{f"{at}/{name}": ("rpm", file) for at in _RPM_FOLDERS for name, file in _RPM_FILES.items()},
}
_JOURNALS = frozenset(f"{folder}/rpmdb.sqlite-wal" for folder in _RPM_FOLDERS)

COMPARED_PATHS = frozenset((*_DATABASES, _STATUS_FOLDER.rstrip("/"), *FACT_PATHS))
"""Paths of the databases and of the files that facts rest on, where they are always the same."""


def wanted_os(path: str, size: int) -> Wanted | None:
    """Return how the file at ``path``, ``size`` bytes long, is kept for this room; None for not."""
    database = _database(path)
    if database is not None:
        return database[1]
    if path in _JOURNALS:
        return Wanted(256 * _MIB, journal)
    return wanted_facts(path, size)


def os_packages(view: View) -> tuple[tuple[OsPackage, ...], tuple[Undetermined, ...]]:
    """Return the packages of the databases in the view's scope, sorted, and what was not read.

    A package of dpkg that is not whole has its state behind the version, as in
    ``1.2-3 (half-configured)``.
    """
    packages: dict[tuple[str, str, str, str], OsPackage] = {}
    unread: list[Undetermined] = []
    for path in view.scope:
        database = _database(path)
        if database is None or _outdated(view, path):
            continue
        for package in _packages(view, path, database[0]):
            packages[package.kind, package.name, package.architecture, package.version] = package
        unread += unkept(view, path)
    return tuple(packages[key] for key in sorted(packages)), tuple(unread)


def _database(path: str) -> tuple[_Kind, Wanted] | None:
    if path.startswith(_STATUS_FOLDER):
        return None if path.endswith(_BESIDE) else ("deb", _STATUS)
    return _DATABASES.get(path)


def _outdated(view: View, path: str) -> bool:
    """Tell whether a database of RPM was left behind when RPM went over to a newer format."""
    folder, name = posixpath.split(path)
    if name not in ("Packages", "Packages.db"):
        return False
    return isinstance(view.known(f"{folder}/rpmdb.sqlite"), Entry)


def _packages(view: View, path: str, kind: _Kind) -> list[OsPackage]:
    if view.content(path) is None:
        return []
    versions = [(unpacked(kept), by) for kept, by in view.history(view.resolve(path))]
    brought = _brought(versions, view.complete)
    return [
        OsPackage(
            name=row.name,
            version=row.version,
            architecture=row.architecture,
            kind=kind,
            brought=_listed(view, row) or brought.get(row),
        )
        for row in versions[0][0]
    ]


def _listed(view: View, row: Row) -> Provenance | None:
    """Return the layer that unpacked a package: dpkg then writes its list of files."""
    names = (row.name, f"{row.name}:{row.architecture}")
    listed = (view.brought(f"var/lib/dpkg/info/{name}.list") for name in names)
    return next((by for by in listed if by is not None), None)


def _brought(
    versions: Sequence[tuple[tuple[Row, ...], Provenance]], complete: bool
) -> dict[Row, Provenance]:
    """Return for each package the layer since which the database has had it.

    Layers that were not read may have had it before: what the lowest one has is then
    of unknown origin.
    """
    brought: dict[Row, Provenance] = {}
    standing: frozenset[Row] | None = None
    for rows, by in versions:
        standing = frozenset(rows) if standing is None else standing & frozenset(rows)
        brought.update(dict.fromkeys(standing, by))
    if not complete:
        for row in standing or ():
            del brought[row]
    return brought
