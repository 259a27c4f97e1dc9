"""A walk through a repository that ends soon, whatever the repository is like."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from depcheck.discovery.folders import SKIPPED
from depcheck.discovery.reading import read_text
from depcheck.discovery.values import Tree

_DEEPEST = 8
_MOST = 250_000
_MOST_FOLDERS = 50_000
_MOST_PATTERNS, _LONGEST_PATTERN = 1000, 200
_FOREIGN = frozenset(("pyvenv.cfg", "conda-meta", "depcheck-manifest.json"))
"""What stands in environments, and in what ``depcheck isolate --write`` has written."""

_REQUIREMENTS = re.compile(r"(.*[-_.])?(requirements?|reqs)([-_.].*)?\.(txt|in|lock)")
_IN_FOLDER = re.compile(r"[^.].*\.(txt|in)")
_FOLDERS = frozenset(("requirements", "requirement", "reqs"))
_TELLING = re.compile(
    r"pyproject\.toml|setup\.(py|cfg)|pylock(\.[^.]+)?\.toml|(uv|poetry|pdm|pixi)\.lock"
    r"|Pipfile(\.lock)?|environment\.ya?ml|conda\.ya?ml|\.python-version|depcheck\.toml"
    r"|(.*[-_.])?(Dockerfile|Containerfile)([-_.].*)?"
    r"|(docker-)?compose([-_.].*)?\.ya?ml"
)


def walk(root: Path) -> Tree:
    """Return the telling files below ``root``.

    Hidden, ignored and foreign folders (environments, vendored code, builds) are not entered,
    links to folders neither. Files are those of the tree, or links that stay in it.
    """
    real = os.path.realpath(root)
    files: dict[str, tuple[str, ...]] = {}
    ignored = _ignored(root)
    queue, seen, odd = deque([("", 0)]), 0, 0
    while queue and seen < _MOST and len(files) < _MOST_FOLDERS:
        folder, depth = queue.popleft()
        entries = list(islice(_entries(root / folder), _MOST))
        seen += len(entries)
        if folder and any(entry.name in _FOREIGN for entry in entries):
            continue
        files[folder] = _telling(entries, folder, real)
        for name in sorted(entry.name for entry in entries if _is_folder(entry)):
            below = f"{folder}/{name}" if folder else name
            if not name.isprintable():
                odd += 1
            elif depth < _DEEPEST and not _is_left(name, below, ignored):
                queue.append((below, depth + 1))
    return Tree(
        files={folder: names for folder, names in files.items() if names},
        complete=not queue,
        odd=odd,
    )


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _telling(entries: list[os.DirEntry[str]], folder: str, root: str) -> tuple[str, ...]:
    inside = folder.rpartition("/")[2] in _FOLDERS
    return tuple(
        sorted(
            entry.name for entry in entries if _tells(entry.name, inside) and _is_file(entry, root)
        )
    )


def _tells(name: str, inside: bool) -> bool:
    if len(name) > 200 or not name.isprintable():
        return False
    if inside and _IN_FOLDER.fullmatch(name):
        return True
    return bool(_TELLING.fullmatch(name) or _REQUIREMENTS.fullmatch(name.lower()))


def _is_file(entry: os.DirEntry[str], root: str) -> bool:
    try:
        if not entry.is_symlink():
            return entry.is_file()
        real = os.path.realpath(entry.path)
        return real.startswith(os.path.join(root, "")) and os.path.isfile(real)
    except OSError:
        return False


def _is_left(name: str, below: str, ignored: tuple[tuple[str, bool], ...]) -> bool:
    if name.startswith(".") or name in SKIPPED or name.endswith((".egg-info", ".dist-info")):
        return True
    return any(fnmatchcase(below if anchored else name, pattern) for pattern, anchored in ignored)


def _ignored(root: Path) -> tuple[tuple[str, bool], ...]:
    """Return the patterns of the root's ``.gitignore`` that stand for folders alone.

    Each with whether it counts from the root. Patterns that are taken back (``!``) anywhere
    make it too unsure, and none is followed then.
    """
    text = read_text(root / ".gitignore", root)
    lines = [line.strip() for line in text.splitlines()[:_MOST_PATTERNS]]
    if any(line.startswith("!") for line in lines):
        return ()
    patterns = (
        line.rstrip("/")
        for line in lines
        if line.endswith("/") and line[:1] != "#" and len(line) <= _LONGEST_PATTERN
    )
    return tuple(
        (pattern.lstrip("/"), "/" in pattern) for pattern in patterns if pattern.strip("/*")
    )
