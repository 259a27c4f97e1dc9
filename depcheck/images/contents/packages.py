"""The packages of the operating system: dpkg, apk and rpm, from their databases."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from depcheck.images.contents.apk import files_of_apks, installed_apks
from depcheck.images.contents.dpkg import installed_debs, listed_files, summed_files
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
_LISTS = "var/lib/dpkg/info/"
_LISTED, _SUMMED = Wanted(8 * _MIB, listed_files), Wanted(8 * _MIB, summed_files)
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
# A database of apk has the files of all packages; those that rpm has are not read.
_WITHOUT_LISTS = tuple(path for path, (kind, _) in _DATABASES.items() if kind in ("apk", "rpm"))
_JOURNALS = frozenset(f"{folder}/rpmdb.sqlite-wal" for folder in _RPM_FOLDERS)

COMPARED_PATHS = frozenset((*_DATABASES, _STATUS_FOLDER.rstrip("/"), *FACT_PATHS))
"""Paths of the databases and of the files that facts rest on, where they are always the same."""


def wanted_os(path: str, size: int) -> Wanted | None:
    """Return how the file at ``path``, ``size`` bytes long, is kept for this room; None for not."""
    database = _database(path)
    if database is not None:
        return database[1]
    if path.startswith(_LISTS) and path.endswith(".list"):
        return _LISTED
    if path.startswith(_STATUS_FOLDER):
        return _SUMMED if path.endswith(".md5sums") else None
    if path in _JOURNALS:
        return Wanted(256 * _MIB, journal)
    return wanted_facts(path, size)


def package_files(view: View) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each package's name and files (relative), as far as the layers that were read tell.

    The name has the architecture behind a colon where dpkg has it (``libc6:amd64``). RPM's
    lists are not read. Files in ``/lib`` and the like may be told with or without ``usr/``.
    """
    for folder, end in ((_LISTS, ".list"), (_STATUS_FOLDER, ".md5sums")):
        for name in view.seen(folder.rstrip("/")):
            path = f"{folder}{name}"
            if name.endswith(end) and isinstance(view.known(path), Entry):
                yield name.removesuffix(end), (view.content(path) or b"").split(b"\n")
    for path, (kind, _) in _DATABASES.items():
        if kind == "apk" and isinstance(view.known(path), Entry):
            yield from files_of_apks(view.content(path) or b"")


def known_versions(view: View) -> Mapping[str, frozenset[str]]:
    """Return the versions of packages by name, as far as the layers that were read tell."""
    found: dict[str, set[str]] = {}
    inside = (f"{_STATUS_FOLDER}{name}" for name in view.seen(_STATUS_FOLDER.rstrip("/")))
    for path in (*_DATABASES, *inside):
        if _database(path) and not _outdated(view, path) and isinstance(view.known(path), Entry):
            for row in unpacked(view.content(path) or b""):
                found.setdefault(row.name, set()).add(row.version)
    return {name: frozenset(versions) for name, versions in found.items()}


def lists_are_known(view: View) -> bool:
    """Tell whether no unread layer can tell of more packages' files."""
    if any(isinstance(view.known(path), Entry) for path in _WITHOUT_LISTS):
        return True
    return view.complete


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
