"""``poetry.lock``, as Poetry 1 and 2 write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from depcheck.model.requirement import Undetermined, normalise
from depcheck.sources.files import Content, SourceFile
from depcheck.sources.lock import LockDraft, any_of, decide, open_lock, packages, vcs_source
from depcheck.sources.poetry_version import specifier_of
from depcheck.sources.requirement import MalformedError, unknown

_EXTRA = re.compile(r"""extra\s*(?P<operator>==|!=)\s*(?P<quote>['"])(?P<name>[^'"]*)(?P=quote)""")
_ELSEWHERE = {
    "git": "a git repository",
    "url": "a URL",
    "file": "a path",
    "directory": "a folder",
}

_Package = Mapping[str, Any]


def read_poetry_lock(file: SourceFile, extras: tuple[str, ...], groups: tuple[str, ...]) -> Content:
    """Return a lock's packages: the main group, and the ``groups`` and ``extras`` named.

    Locks before version 2.1 do not tell groups apart; all their packages are
    taken then, and a note says so. Raises SourceError for a lock that cannot be
    understood.
    """
    draft = open_lock(file)
    entries = packages(draft, "package")
    _bound(draft)
    wanted = _wanted(draft, [package for package, _ in entries], extras)
    _check_groups(draft, [package for package, _ in entries], groups)
    chosen_groups = frozenset(("main", *map(normalise, groups)))
    chosen_extras = frozenset(map(normalise, extras))
    for package, line in entries:
        markers = _markers(draft, package, chosen_groups)
        optional = package.get("optional") and normalise(package["name"]) not in wanted
        if markers and not optional:
            _package(draft, package, line, _decided(any_of(markers), chosen_extras))
    return draft.content()


def _bound(draft: LockDraft) -> None:
    versions = draft.table(draft.document.data, "metadata").get("python-versions")
    try:
        specifier = specifier_of(str(versions)) if versions else None
    except MalformedError as fault:
        origin = draft.origin(draft.document.line("metadata", "python-versions"), str(versions))
        draft.undetermined.append(
            Undetermined(subject=origin.text, reason=fault.message, origin=origin)
        )
        return
    draft.bound(specifier or None, "metadata", "python-versions")


def _wanted(draft: LockDraft, found: list[_Package], extras: tuple[str, ...]) -> frozenset[str]:
    """Return the projects that the extras need, with everything that those need in turn."""
    table = draft.table(draft.document.data, "extras")
    known = {normalise(name): name for name in table}
    waiting: list[str] = []
    for extra in extras:
        if normalise(extra) not in known:
            draft.faults.add(draft.file.shown, *unknown("extra", extra, tuple(table)))
            continue
        # Poetry 1 writes a requirement here, Poetry 2 a name.
        members = draft.texts(table, known[normalise(extra)])
        waiting += [re.split(r"[\s\[(<>=!~;]", member, maxsplit=1)[0] for member in members]
    return _closure(draft, found, waiting)


def _closure(draft: LockDraft, found: list[_Package], waiting: list[str]) -> frozenset[str]:
    needs: dict[str, set[str]] = {}
    for package in found:
        names = draft.table(package, "dependencies")
        needs.setdefault(normalise(package["name"]), set()).update(map(normalise, names))
    reached: set[str] = set()
    while waiting:
        name = normalise(waiting.pop())
        if name not in reached:
            reached.add(name)
            waiting += needs.get(name, ())
    return frozenset(reached)


def _groups(draft: LockDraft, package: _Package) -> tuple[str, ...]:
    """Return the groups of a package, empty where the lock does not tell."""
    if isinstance(category := package.get("category"), str):
        return (normalise(category),)
    return tuple(map(normalise, draft.texts(package, "groups")))


def _check_groups(draft: LockDraft, found: list[_Package], groups: tuple[str, ...]) -> None:
    known = {group for package in found for group in _groups(draft, package)}
    if not known and found:
        draft.undetermined.append(
            Undetermined(
                subject=draft.file.shown,
                reason="this lock does not tell groups apart, so that all of them are checked",
                hint="lock again with Poetry 2",
                origin=draft.origin(None, draft.file.shown),
                harmless=True,
            )
        )
        return
    for group in groups:
        if normalise(group) not in {"main", *known}:
            draft.faults.add(draft.file.shown, *unknown("group", group, tuple(sorted(known))))


def _markers(draft: LockDraft, package: _Package, chosen: frozenset[str]) -> list[str]:
    """Return the marker of each chosen group that the package is in."""
    groups = _groups(draft, package)
    markers = package.get("markers", "")
    if not groups:
        return [markers if isinstance(markers, str) else ""]
    return [
        str(markers.get(group, "")) if isinstance(markers, Mapping) else str(markers)
        for group in groups
        if group in chosen
    ]


def _decided(marker: str, extras: frozenset[str]) -> str:
    def holds(atom: re.Match[str]) -> bool:
        return (normalise(atom["name"]) in extras) is (atom["operator"] == "==")

    return decide(marker, _EXTRA, holds)


def _package(draft: LockDraft, package: _Package, line: int, marker: str) -> None:
    kind = _ELSEWHERE.get(str(draft.table(package, "source").get("type")))
    if kind is None:
        draft.pin(package["name"], package.get("version"), marker, line, _hashes(draft, package))
    elif draft.applies(marker, line):
        source = _place(draft.table(package, "source"))
        draft.fetched(package["name"], line, kind, version=package.get("version"), source=source)


def _place(source: Mapping[str, Any]) -> str:
    url = str(source.get("url", ""))
    if source.get("type") == "git":
        subdirectory = str(source.get("subdirectory") or "")
        return vcs_source("git", url, str(source.get("resolved_reference", "")), subdirectory)
    return url if source.get("type") == "url" else ""


def _hashes(draft: LockDraft, package: _Package) -> Iterable[str]:
    files = draft.tables(package, "files")
    if "files" not in package:
        # Poetry 1 before 1.3 keeps all files in one table at the end.
        metadata = draft.table(draft.document.data, "metadata")
        files = draft.tables(draft.table(metadata, "files"), package["name"])
    return [str(file["hash"]) for file in files if "hash" in file]
