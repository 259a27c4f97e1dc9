"""What Dockerfiles tell: the Python that is deployed, and which service runs which component."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from depcheck.discovery.folders import is_aside
from depcheck.discovery.reading import read_text
from depcheck.discovery.values import Building, Candidate, Guess, Tree

_DOCKERFILE = re.compile(r"(.*[-_.])?(Dockerfile|Containerfile)([-_.].*)?")
_FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)", re.IGNORECASE)
_ARG = re.compile(r"""\s*ARG\s+([A-Za-z_]\w*)=["']?([^\s"']+)""", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)(?::-[^}]*)?\}?")
_PYTHON = re.compile(r"(?:.*[/-])?python(?:-slim)?:(?:python)?(3\.\d{1,2}(?:\.\d{1,2})?)(?!\d).*")
_COMPOSE = re.compile(r"(docker-)?compose\.ya?ml")
_MOST, _LONGEST = 100, 500


def dockerfiles(tree: Tree) -> tuple[str, ...]:
    """Return the paths of Dockerfiles, the nearest to the root first."""
    found = _paths(tree, _DOCKERFILE)
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))[:_MOST]


def compose_files(tree: Tree) -> tuple[str, ...]:
    """Return the paths of compose files that stand by themselves, the nearest first."""
    found = _paths(tree, _COMPOSE)
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))[:_MOST]


def _paths(tree: Tree, form: re.Pattern[str]) -> Iterator[str]:
    for folder, names in tree.files.items():
        for name in () if is_aside(folder) else names:
            if form.fullmatch(name):
                yield f"{folder}/{name}" if folder else name


def python_of(dockerfile: str, root: Path) -> Guess | None:
    """Return the Python of the image that a Dockerfile ends with, None where it is not told."""
    arguments: dict[str, str] = {}
    found = None
    for number, line in enumerate(read_text(root / dockerfile, root).splitlines(), 1):
        if argument := _ARG.match(line):
            arguments.setdefault(argument[1], argument[2][:_LONGEST])
        elif base := _FROM.match(line):
            short = base[1][:_LONGEST]
            image = _VARIABLE.sub(lambda name: arguments.get(name[1], ""), short)
            if python := _PYTHON.fullmatch(image[:_LONGEST]):
                found = Guess(value=python[1], by=f"{dockerfile}:{number}")
    return found


def dockerfile_of(
    candidate: Candidate, files: Sequence[str], buildings: Iterable[Building]
) -> str | None:
    """Return the Dockerfile of a component: that of its service, else the one in its folder."""
    for building in buildings:
        if building.dockerfile in files and is_built(candidate, building):
            return building.dockerfile
    return next((f for f in files if posixpath.dirname(f) == candidate.folder), None)


def is_built(candidate: Candidate, building: Building) -> bool:
    """Tell whether a service is built from the folder of a component.

    Where one folder is built for several services, the Dockerfile's own counts.
    """
    own = posixpath.dirname(building.dockerfile)
    below = not building.context or f"{own}/".startswith(f"{building.context}/")
    return candidate.folder == (own if below else building.context)
