"""Readings made into proposals for the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from depcheck.discovery.docker import (
    compose_files,
    dockerfile_of,
    dockerfiles,
    is_built,
)
from depcheck.discovery.naming import distinct
from depcheck.discovery.python_version import common_python, least_python, stated_python
from depcheck.discovery.roles import Guessed, guess_roles
from depcheck.discovery.values import (
    Building,
    Candidates,
    Discovery,
    Guess,
    Mention,
    Proposal,
    Reading,
    Tree,
)

_ORDER = {"core": 0, "ai": 1, "other": 2}


def propose(
    root: Path,
    tree: Tree,
    candidates: Candidates,
    readings: Sequence[Reading],
    buildings: Sequence[Building],
) -> Discovery:
    """Return what the configuration is drafted from; what could not be read is a mention."""
    sound = [reading for reading in readings if not reading.fault]
    files = dockerfiles(tree)
    docker = {
        reading.candidate.source: dockerfile_of(reading.candidate, files, buildings)
        for reading in sound
    }
    names = distinct([(each.candidate.name, each.candidate.folder) for each in sound])
    proposals = sorted(
        (
            _proposal(root, name, reading, guessed, buildings, docker)
            for name, reading, guessed in zip(names, sound, guess_roles(sound), strict=True)
        ),
        key=lambda proposal: _ORDER[proposal.role],
    )
    faults = [Mention(path=r.candidate.source, why=r.fault) for r in readings if r.fault]
    return Discovery(
        proposals=tuple(proposals),
        mentions=(*candidates.mentions, *faults),
        python=common_python(proposals),
        platform=_platform(files),
        composes=compose_files(tree),
        notes=tuple(_notes(tree)),
    )


def _proposal(
    root: Path,
    name: str,
    reading: Reading,
    guessed: Guessed,
    buildings: Sequence[Building],
    docker: Mapping[str, str | None],
) -> Proposal:
    candidate = reading.candidate
    return Proposal(
        candidate=candidate,
        name=name,
        role=guessed.role,
        because=(f"{guessed.role}: a guess, since {guessed.because}", *candidate.remarks),
        container=_container(reading, buildings),
        python=stated_python(candidate, docker[candidate.source], root),
        least=least_python(candidate, reading.python),
    )


def _container(reading: Reading, buildings: Iterable[Building]) -> Guess | None:
    services = [each for each in buildings if is_built(reading.candidate, each)]
    if not services:
        return None
    others = ", ".join(dict.fromkeys(each.service for each in services[1:4]))
    also = f", and {others} too" if others else ""
    by = f"{services[0].file} builds it{also}"
    return Guess(value=services[0].service, by=by)


def _platform(files: Sequence[str]) -> Guess | None:
    return Guess(value="linux/amd64", by=files[0]) if files else None


def _notes(tree: Tree) -> Iterable[str]:
    if not tree.complete:
        yield "The repository is large: not all of its folders were looked into."
    if tree.odd:
        yield "Folders whose names hold control characters were not looked into."
