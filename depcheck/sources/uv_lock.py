"""``uv.lock``: the packages that a project reaches, with the markers on the way."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from depcheck.errors import SourceError
from depcheck.model.requirement import normalise
from depcheck.model.text import printable
from depcheck.sources.files import Content, SourceFile
from depcheck.sources.lock import LockDraft, any_of, decide, open_lock, packages, vcs_source
from depcheck.sources.pyproject import both_markers
from depcheck.sources.requirement import unknown

# uv writes conflicting extras and groups of the project into markers as
# extra == 'extra-4-shop-cpu' (the number is the length of the project's name).
_CONFLICT = re.compile(
    r"""extra\s*(?P<operator>==|!=)\s*(?P<quote>['"])(?P<name>(?:extra|group)-\d+-[^'"]*)(?P=quote)"""
)
_ELSEWHERE = {
    "git": "a git repository",
    "url": "a URL",
    "path": "a path",
    "directory": "a folder",
    "editable": "a folder",
    "virtual": "a folder",
}
_TERMS = 16
_CHANGES = 64

_Node = tuple[int, str]
"""A package by its index, and an extra of it (empty for the package itself)."""
_Terms = frozenset[frozenset[str]]
"""Alternatives, each a set of markers that must all hold."""
_NEVER: _Terms = frozenset()


@dataclass(frozen=True, slots=True)
class _Lock:
    draft: LockDraft
    packages: list[Mapping[str, Any]]
    lines: list[int]
    by_name: Mapping[str, list[int]]
    conflicts: frozenset[str]


def read_uv_lock(file: SourceFile, extras: tuple[str, ...], groups: tuple[str, ...]) -> Content:
    """Return what the project of a ``uv.lock`` reaches, with ``extras`` and ``groups``.

    Dependency groups that are not named are left out, ``dev`` too. A package
    that is reached under markers only carries them, in an ``or`` of the ways to
    it. Raises SourceError for a lock that cannot be understood.
    """
    draft = open_lock(file)
    if draft.document.data.get("version") != 1:
        version = printable(str(draft.document.data.get("version")))
        raise SourceError(f"{file.shown}: this is a uv.lock of version {version}, known is 1")
    draft.bound(draft.document.data.get("requires-python"), "requires-python")
    entries = packages(draft, "package")
    by_name: dict[str, list[int]] = defaultdict(list)
    for index, (package, _) in enumerate(entries):
        by_name[normalise(package["name"])].append(index)
    roots = _roots(draft, [package for package, _ in entries], by_name)
    conflicts = frozenset(
        f"{kind}-{len(name)}-{name}-{chosen}"
        for kind, all_chosen in (("extra", extras), ("group", groups))
        for chosen in map(normalise, all_chosen)
        for name in (entries[root][0]["name"] for root in roots)
    )
    lock = _Lock(draft, [p for p, _ in entries], [n for _, n in entries], by_name, conflicts)
    reached = _reach(lock, _starts(lock, roots, extras, groups))
    _collect(lock, frozenset(roots), reached)
    for root in roots:
        _own(lock, root)
    return draft.content()


def _roots(
    draft: LockDraft, found: list[Mapping[str, Any]], by_name: Mapping[str, list[int]]
) -> list[int]:
    """Return the project at the lock's own folder, else the workspace's members."""
    here = [
        index
        for index, package in enumerate(found)
        if any(_source(package).get(kind) == "." for kind in ("virtual", "editable", "directory"))
    ]
    members = draft.texts(draft.table(draft.document.data, "manifest"), "members")
    roots = here or [index for name in members for index in by_name.get(normalise(name), [])]
    if not roots:
        raise SourceError(
            f"{draft.file.shown}: it names no project of its own",
            hint="name the pyproject.toml as the source",
        )
    return roots


def _source(package: Mapping[str, Any]) -> Mapping[str, Any]:
    source = package.get("source", {})
    return source if isinstance(source, Mapping) else {}


def _starts(
    lock: _Lock, roots: list[int], extras: tuple[str, ...], groups: tuple[str, ...]
) -> list[tuple[_Node, str]]:
    """Return the nodes that the project asks for itself, each with its marker."""
    starts: list[tuple[_Node, str]] = []
    for kind, key, chosen, declared in (
        ("extra", "optional-dependencies", extras, "provides-extras"),
        ("group", "dev-dependencies", groups, "requires-dev"),
    ):
        known = [_selection(lock, lock.packages[root], key, declared) for root in roots]
        for name in chosen:
            matching = [table for table in known if normalise(name) in table]
            if not matching:
                every = tuple(sorted({key for table in known for key in table}))
                lock.draft.faults.add(lock.draft.file.shown, *unknown(kind, name, every))
            starts += [node for table in matching for node in _edges(lock, table, normalise(name))]
    for root in roots:
        starts += _edges(lock, lock.packages[root], "dependencies")
    return starts


def _selection(
    lock: _Lock, package: Mapping[str, Any], key: str, declared: str
) -> dict[str, object]:
    """Return the extras or groups of a project; those declared without content are empty."""
    names = lock.draft.table(package, "metadata").get(declared, [])
    found: dict[str, object] = {}
    if isinstance(names, list | Mapping):
        found.update((normalise(str(name)), []) for name in names)
    found.update((normalise(name), edges) for name, edges in lock.draft.table(package, key).items())
    return found


def _edges(lock: _Lock, owner: Mapping[str, Any], key: str) -> Iterator[tuple[_Node, str]]:
    """Yield the nodes that a list of dependencies leads to, each with its marker."""
    for edge in lock.draft.tables(owner, key):
        marker = decide(str(edge.get("marker", "")), _CONFLICT, lambda m: _chosen(lock, m))
        extras = lock.draft.texts(edge, "extra")
        targets = _targets(lock, edge)
        if not targets:
            name = printable(" ".join(str(edge[key]) for key in ("name", "version") if key in edge))
            lock.draft.faults.add(
                lock.draft.file.shown,
                f"{name or 'a nameless package'} is required, but is not in the lock",
                "lock again",
            )
        for index in targets:
            yield (index, ""), marker
            for extra in extras:
                yield (index, normalise(extra)), marker


def _chosen(lock: _Lock, atom: re.Match[str]) -> bool:
    return (atom["name"] in lock.conflicts) is (atom["operator"] == "==")


def _targets(lock: _Lock, edge: Mapping[str, Any]) -> list[int]:
    """Return the packages that an edge means: version and source are given where it matters."""
    return [
        index
        for index in lock.by_name.get(normalise(str(edge.get("name", ""))), [])
        if edge.get("version", lock.packages[index].get("version"))
        == lock.packages[index].get("version")
        and edge.get("source", _source(lock.packages[index])) == _source(lock.packages[index])
    ]


def _reach(lock: _Lock, starts: list[tuple[_Node, str]]) -> dict[_Node, _Terms]:
    """Return every node that is reached, with the alternatives under which it is."""
    reached: dict[_Node, _Terms] = {}
    changes: Counter[_Node] = Counter()
    waiting: list[tuple[_Node, _Terms]] = [
        (node, frozenset({frozenset({marker} - {""})})) for node, marker in starts
    ]
    while waiting:
        node, terms = waiting.pop()
        before = reached.get(node, _NEVER)
        after = _absorbed(before | terms)
        if changes[node] > _CHANGES or len(after) > _TERMS:
            # Too many to write down: from here on this node is decided for the target.
            changes[node] = _CHANGES + 1
            after = _decided(lock, after)
        if after == before:
            continue
        changes[node] += 1
        reached[node] = after
        waiting += [
            (target, frozenset(term | ({marker} - {""}) for term in after))
            for target, marker in _edges(lock, *_dependencies(lock, node))
        ]
    return reached


def _dependencies(lock: _Lock, node: _Node) -> tuple[Mapping[str, Any], str]:
    """Return the table and the key under which a node's dependencies stand."""
    index, extra = node
    package = lock.packages[index]
    if not extra:
        return package, "dependencies"
    table = lock.draft.table(package, "optional-dependencies")
    return table, next((key for key in table if normalise(key) == extra), extra)


def _absorbed(terms: _Terms) -> _Terms:
    """Leave out every alternative that a weaker one covers."""
    return frozenset(term for term in terms if not any(other < term for other in terms))


def _decided(lock: _Lock, terms: _Terms) -> _Terms:
    """Return that the target always or never meets one of the alternatives."""
    holds = any(all(lock.draft.applies(marker, None) for marker in term) for term in terms)
    return frozenset({frozenset()}) if holds else _NEVER


def _collect(lock: _Lock, roots: frozenset[int], reached: Mapping[_Node, _Terms]) -> None:
    for index, package in enumerate(lock.packages):
        # An extra of a package is never reached without the package.
        terms = reached.get((index, ""))
        if index in roots or not terms:
            continue
        marker = both_markers(_marker(terms), _fork(lock, package))
        line = lock.lines[index]
        elsewhere = next((_ELSEWHERE[kind] for kind in _source(package) if kind in _ELSEWHERE), "")
        if elsewhere and lock.draft.applies(marker, line):
            version, source = package.get("version"), _place(lock, package)
            lock.draft.fetched(package["name"], line, elsewhere, version=version, source=source)
        elif not elsewhere:
            hashes = _hashes(lock, package)
            lock.draft.pin(package["name"], package.get("version"), marker, line, hashes)


def _own(lock: _Lock, root: int) -> None:
    """Note a project of the lock's own, which is installed with it if it is a package."""
    package = lock.packages[root]
    if "virtual" not in _source(package):
        lock.draft.own(package["name"], package.get("version"), lock.lines[root])


def _place(lock: _Lock, package: Mapping[str, Any]) -> str:
    """Return where a package comes from: uv writes ``https://…?rev=v1&subdirectory=x#commit``."""
    source = _source(package)
    if "git" in source:
        address, _, commit = str(source["git"]).partition("#")
        url, _, query = address.partition("?")
        chosen = dict(part.partition("=")[::2] for part in query.split("&"))
        return vcs_source("git", url, commit, unquote(chosen.get("subdirectory", "")))
    digests = [found for found in _hashes(lock, package) if found.startswith("sha256:")]
    url = str(source.get("url", ""))
    return f"{url}#{digests[0].replace(':', '=')}" if url and len(digests) == 1 else url


def _marker(terms: _Terms) -> str:
    ways = []
    for term in sorted(terms, key=lambda term: (len(term), sorted(term))):
        way = ""
        for marker in sorted(term):
            way = both_markers(way, marker)
        ways.append(way)
    return any_of(ways)


def _fork(lock: _Lock, package: Mapping[str, Any]) -> str:
    """Return under what a package is the one chosen of several versions."""
    markers = lock.draft.texts(package, "resolution-markers")
    if len(lock.by_name[normalise(package["name"])]) == 1 or not markers:
        return ""
    return any_of(decide(m, _CONFLICT, lambda atom: _chosen(lock, atom)) for m in markers)


def _hashes(lock: _Lock, package: Mapping[str, Any]) -> list[str]:
    files = [lock.draft.table(package, "sdist"), *lock.draft.tables(package, "wheels")]
    return [str(file["hash"]) for file in files if "hash" in file]
