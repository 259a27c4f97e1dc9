"""The Python that a repository is for, from what says so the best."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from depcheck.discovery.docker import python_of
from depcheck.discovery.reading import read_text
from depcheck.discovery.values import Candidate, Guess, Proposal

_VERSION = re.compile(r"(?:cpython-|python-?)?(3\.\d{1,2}(?:\.\d{1,2})?)\s*")
_LEAST = re.compile(r"(?:>=|~=|==)\s*(3\.\d{1,2})(?!\d)")


def stated_python(candidate: Candidate, dockerfile: str | None, root: Path) -> Guess | None:
    """Return the Python of a component, None where nothing says it.

    What is deployed (its Dockerfile) beats what developers use (``.python-version``).
    """
    deployed = python_of(dockerfile, root) if dockerfile else None
    return deployed or _chosen(candidate.folder, root)


def common_python(proposals: Iterable[Proposal]) -> Guess | None:
    """Return the Python for all components: what the first one states that states any, else
    the least that all of them allow."""
    proposals = list(proposals)
    stated = next((each.python for each in proposals if each.python), None)
    least = [each.least for each in proposals if each.least]
    return stated or max(least, key=lambda guess: _numbers(guess.value), default=None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _chosen(folder: str, root: Path) -> Guess | None:
    while True:
        path = f"{folder}/.python-version" if folder else ".python-version"
        lines = read_text(root / path, root).splitlines()
        for number, line in enumerate(lines, 1):
            if found := _VERSION.fullmatch(line.strip()):
                return Guess(value=found[1], by=f"{path}:{number}")
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def least_python(candidate: Candidate, requires: str) -> Guess | None:
    """Return the least Python that a ``requires-python`` allows, None where it names none."""
    found = _LEAST.search(requires)
    by = f"requires-python in {candidate.source}"
    return Guess(value=found[1], by=by) if found else None
