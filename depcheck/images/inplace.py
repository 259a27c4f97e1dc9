"""Two sides together: files that were changed in place, and what distributions left behind.

A package of the same version, or an interpreter, is the same on both sides as far as
versions go. So each of its files is compared by content; the sides decide, no checksum of
a package does. Only touched paths are looked at. Layers below are asked for where they
decide whether such a path differs, or whose it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from depcheck.images.contents.packages import known_versions, lists_are_known, package_files
from depcheck.images.contents.touched import (
    Place,
    lists_its_files,
    may_be_packaged,
    place_of,
    runs_at_start,
)
from depcheck.images.inventory import Side
from depcheck.images.table import Entry
from depcheck.images.view import BELOW, State
from depcheck.model.inventory import ChangedFile
from depcheck.model.text import printable

_MERGED = ("usr/bin/", "usr/sbin/", "usr/lib")
"""What a system with a merged /usr has there, and its packages may list without ``usr/``."""

_METADATA = re.compile(r"^[^/]+\.(?:dist-info|egg-info|egg-link)(?:/|$)|(?:^|/)__pycache__(?:/|$)")
_CODE = (".py", ".so", ".pyd")

Sides = tuple[Side, Side]
Changes = tuple[tuple[ChangedFile, ...], tuple[ChangedFile, ...]]


@dataclass(frozen=True, slots=True)
class _Owner:
    """A package that has a path. ``alike`` tells whether both sides have one version of it."""

    name: str
    version: str
    alike: bool


def changed_in_place(sides: Sides, owned: frozenset[str]) -> Changes:
    """Return, for each side, what it has of the files that differ and that no version explains.

    ``owned`` are the paths of the files of Python distributions, of both sides. Asks the
    views where layers below decide: the answer is then provisional.
    """
    return _Comparing(sides, owned).changes()


@dataclass(slots=True)
class _Comparing:
    sides: Sides
    owned: frozenset[str]
    _listed: dict[str, bool] = field(default_factory=dict)
    _found: tuple[list[ChangedFile], list[ChangedFile]] = field(default_factory=lambda: ([], []))

    def changes(self) -> Changes:
        differing = self._differing()
        packaged = {path for path in differing if may_be_packaged(path)}
        owners = _owners(self.sides, packaged)
        known = all(lists_are_known(side.view) for side in self.sides)
        for path, states in differing.items():
            having = owners.get(path, ())
            if any(not owner.alike for owner in having):
                continue  # another version brings other files
            if not having and path in packaged and not known:
                self._ask(path)
            self._take(path, states, having[0] if having else None)
        return tuple(self._found[0]), tuple(self._found[1])

    def _differing(self) -> Mapping[str, tuple[State, State]]:
        """Return the states of paths that are not known to be the same on both sides."""
        left, right = (side.view for side in self.sides)
        paths = sorted({*left.scope, *right.scope})
        folders = {path.rpartition("/")[0] for path in paths}
        found: dict[str, tuple[State, State]] = {}
        for path in paths:
            states = left.known(path), right.known(path)
            if path in self.owned or path in folders or not _differ(*states):
                continue
            if may_be_packaged(path) or place_of(path) is not None:
                found[path] = states
        return found

    def _ask(self, path: str) -> None:
        for side in self.sides:
            if not side.view.complete:
                side.view.asked.add(path)

    def _take(self, path: str, states: tuple[State, State], owner: _Owner | None) -> None:
        place = place_of(path)
        if owner is None and (place is None or not self._counts(place, path)):
            return
        for side, state in zip(self.sides, states, strict=True):
            if state is BELOW:
                side.view.asked.add(path)
        for number, (side, state) in enumerate(zip(self.sides, states, strict=True)):
            self._found[number].append(_changed(side, path, state, owner, place))

    def _counts(self, place: Place, path: str) -> bool:
        """Tell whether a file that no package has is told of."""
        if place.of == "site":
            return runs_at_start(path) or self._is_listed(place.name)
        return place.of == "leftover" or self._holds(place)

    def _is_listed(self, folder: str) -> bool:
        """Tell whether it can be known that no distribution of a site folder has a file."""
        if folder not in self._listed:
            self._listed[folder] = folder.endswith("lib/python3/dist-packages") or all(
                lists_its_files(side.view, folder) for side in self.sides
            )
        return self._listed[folder]

    def _holds(self, place: Place) -> bool:
        """Tell whether both sides have the interpreter, in one version."""
        if None in [side.view.entry(place.program) for side in self.sides]:
            return False
        versions = [_version(side, place) for side in self.sides]
        return versions[0] == versions[1]


def _differ(left: State, right: State) -> bool:
    """Tell whether something else is there; folders and devices are no content."""
    if left is BELOW or right is BELOW:
        return left is not right
    return _content(left) != _content(right)


def _content(state: State) -> str:
    if not isinstance(state, Entry) or state.kind not in ("file", "link"):
        return ""
    return f"a link to {printable(state.link)}" if state.kind == "link" else state.digest.hex()


def _version(side: Side, place: Place) -> str:
    found = (each for each in side.python.interpreters if each.path == f"/{place.program}")
    return next((each.version or each.build for each in found), "")


def _changed(
    side: Side, path: str, state: State, owner: _Owner | None, place: Place | None
) -> ChangedFile:
    version = ""
    if owner is not None:
        of, name, version = "package", owner.name, owner.version
    else:
        assert place is not None
        of, name = place.of, f"/{place.name}"
        version = place.short
    there = isinstance(state, Entry)
    return ChangedFile(
        path=printable(f"/{path}"),
        of=of,  # type: ignore[arg-type]  # one of the four words, as both branches have them
        name=printable(name),
        version=printable(version),
        state=_content(state),
        brought=side.view.brought(path) if there else side.view.removed_by(path),
    )


def _owners(sides: Sides, paths: set[str]) -> Mapping[str, tuple[_Owner, ...]]:
    """Return the packages that list each of ``paths``, on either side."""
    spelt = {spelling.encode(): path for path in paths for spelling in _spellings(path)}
    found: dict[str, dict[str, _Owner]] = defaultdict(dict)
    for side in sides if spelt else ():
        versions = known_versions(side.view)
        for listed, files in package_files(side.view):
            for file in files:
                path = spelt.get(file)
                if path is not None and listed not in found[path]:
                    name = listed.partition(":")[0]
                    version = " and ".join(sorted(versions.get(name, ())))
                    left, right = _versions(sides, listed)
                    found[path][listed] = _Owner(name, version, left == right)
    return {path: tuple(having.values()) for path, having in found.items()}


def _spellings(path: str) -> Iterator[str]:
    yield path
    if path.startswith(_MERGED):
        yield path.removeprefix("usr/")
    elif not path.startswith(("usr/", "etc/")):
        yield f"usr/{path}"


def _versions(sides: Sides, listed: str) -> tuple[frozenset[str], frozenset[str]]:
    name, _, architecture = listed.partition(":")
    left, right = (
        frozenset(
            package.version
            for package in side.packages
            if package.name == name and architecture in ("", package.architecture)
        )
        for side in sides
    )
    return left, right


def accounted(sides: Sides) -> frozenset[str]:
    """Return the files of packages and distributions that are not the same on both sides.

    Absolute paths; folders in which nothing else lies are among them.
    """
    found: set[str] = set()
    for side, other in (sides, sides[::-1]):
        others = {(p.name, p.version, p.architecture) for p in other.packages}
        names = {p.name for p in side.packages if (p.name, p.version, p.architecture) not in others}
        for name, files in package_files(side.view) if names else ():
            if name.partition(":")[0] in names:
                found.update(file.decode(errors="replace") for file in files)
        found |= _of_distributions(side, other)
    merged = {f"usr/{path}" for path in found if not path.startswith(("usr/", "etc/", "opt/"))}
    return frozenset(f"/{path}" for path in found | merged)


def _of_distributions(side: Side, other: Side) -> set[str]:
    others = {(d.folder, d.name): (d.version, d.record) for d in other.python.distributions}
    return {
        path
        for d in side.python.distributions
        if others.get((d.folder, d.name)) != (d.version, d.record)
        for path in side.python.files.get((d.folder, d.name), ())
    }


def remaining(side: Side, other: Side) -> frozenset[tuple[str, str]]:
    """Return folder and name of distributions whose code ``other`` has without their metadata.

    Where only the path of one tells of it, its code is taken to have gone, too, if anything
    of its site folder but metadata has.
    """
    there = {(d.folder, d.name) for d in other.python.distributions}
    owned = frozenset(path for files in other.python.files.values() for path in files)
    return frozenset(
        key
        for key, files in side.python.files.items()
        if key not in there
        and (_is_there(side, other, files - owned) if files else _nothing_went(other, key[0]))
    )


def _nothing_went(other: Side, folder: str) -> bool:
    inside = f"{folder}/".lstrip("/")
    return (
        folder != ""
        and not any(
            path.startswith(inside)
            and not _METADATA.search(path[len(inside) :])
            and other.view.known(path) is None
            for path in other.view.scope
        )
        and other.view.known(inside.rstrip("/")) is not None
    )


def _is_there(side: Side, other: Side, files: frozenset[str]) -> bool:
    """Tell whether most of the code among ``files`` has been left."""
    code = [path for path in files if path.endswith(_CODE)]
    left = sum(
        isinstance(state, Entry) or (state is BELOW and side.view.known(path) is BELOW)
        for path in code
        for state in (other.view.known(path),)
    )
    return 2 * left > len(code)
