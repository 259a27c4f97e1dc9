"""A catalog in memory, and short ways to write components and targets down."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from packaging.requirements import Requirement as ParsedRequirement
from packaging.version import Version

from depcheck.model.catalog import (
    Arrival,
    Distribution,
    Metadata,
    MetadataAnswer,
    MetadataWanted,
    Missing,
    Project,
    ProjectAnswer,
    ProjectWanted,
    Unavailable,
    Wanted,
)
from depcheck.model.requirement import Component, Origin, PythonBound, Requirement, normalise
from depcheck.model.target import Target

ANY = "py3-none-any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What one release says.

    ``wheels`` are the tags of its wheels (none means sdist only), ``presumed``
    marks metadata that an sdist says without promising, and a non-empty
    ``unavailable`` is the reason why its metadata cannot be had. ``size`` is that of each
    file in bytes.
    """

    requires: tuple[str, ...] = ()
    requires_python: str | None = None
    yanked: bool = False
    wheels: tuple[str, ...] = (ANY,)
    sdist: bool = False
    presumed: bool = False
    unavailable: str = ""
    size: int | None = None

    def distributions(self, name: str, version: str) -> tuple[Distribution, ...]:
        stem = f"{name.replace('-', '_')}-{version}"
        files = [f"{stem}-{tag}.whl" for tag in self.wheels]
        if self.sdist or not files:
            files.append(f"{stem}.tar.gz")
        return tuple(self._distribution(filename) for filename in files)

    def _distribution(self, filename: str) -> Distribution:
        return Distribution(
            filename,
            f"memory:{filename}",
            size=self.size,
            requires_python=self.requires_python,
            yanked="broken" if self.yanked else None,
            metadata_hash="" if filename.endswith(".whl") else None,
        )


Projects = Mapping[str, Mapping[str, Release]]


class MemoryCatalog:
    """Implements ``depcheck.model.catalog.Catalog`` over given projects.

    Each call of ``arrivals`` delivers some of the open wishes, at least one, in
    an order that ``seed`` decides: nothing may rest on what arrives first.
    ``broken`` maps a project to the reason why its page cannot be had.
    ``asked`` counts each wish, in the order of asking.
    """

    def __init__(
        self, projects: Projects, *, seed: int = 0, broken: Mapping[str, str] | None = None
    ) -> None:
        self._projects = {normalise(name): releases for name, releases in projects.items()}
        self._broken = dict(broken or {})
        self._random = random.Random(seed)
        self._open: list[Wanted] = []
        self.asked: dict[Wanted, int] = {}

    def want(self, wanted: Wanted) -> None:
        if wanted not in self._open:
            self._open.append(wanted)
            self.asked[wanted] = self.asked.get(wanted, 0) + 1

    def arrivals(self) -> Iterator[Arrival]:
        if not self._open:
            return
        count = self._random.randint(1, len(self._open))
        now = self._random.sample(self._open, count)
        self._open = [wanted for wanted in self._open if wanted not in now]
        for wanted in now:
            if isinstance(wanted, ProjectWanted):
                yield wanted, self._project(wanted.name)
            else:
                yield wanted, self._metadata(wanted)

    def _project(self, name: str) -> ProjectAnswer:
        if name in self._broken:
            return Unavailable(subject=name, reason=self._broken[name])
        releases = self._projects.get(name)
        if releases is None:
            return Missing(name=name, indexes=("memory:",))
        versions = sorted(releases, key=Version)
        return Project(
            name=name,
            versions=tuple(versions),
            files=tuple(releases[v].distributions(name, v) for v in versions),
            prereleases=frozenset(i for i, v in enumerate(versions) if Version(v).is_prerelease),
            yanked=frozenset(i for i, v in enumerate(versions) if releases[v].yanked),
            index="memory:",
        )

    def _metadata(self, wanted: MetadataWanted) -> MetadataAnswer:
        release = self._projects[wanted.name][wanted.version]
        if release.unavailable:
            subject = f"{wanted.name} {wanted.version}"
            return Unavailable(subject=subject, reason=release.unavailable)
        return Metadata(
            requires_dist=release.requires,
            requires_python=release.requires_python,
            presumed=release.presumed,
            origin="egg-info" if release.presumed else "memory",
        )


def requirement(text: str, origin: Origin, *, constraint: bool = False) -> Requirement:
    """Return the PEP 508 requirement ``text`` as a statement of ``origin``."""
    parsed = ParsedRequirement(text)
    return Requirement(
        name=normalise(parsed.name),
        extras=tuple(sorted(normalise(extra) for extra in parsed.extras)),
        specifier=str(parsed.specifier),
        marker=str(parsed.marker or ""),
        origin=origin,
        kind="constraint" if constraint else "requirement",
    )


def component(
    name: str,
    lines: Sequence[str],
    *,
    role: Literal["core", "ai", "other"] = "other",
    python: str | None = None,
) -> Component:
    """Return a component whose ``NAME.txt`` has these lines, from 1 on.

    A line that begins with ``-c `` is a constraint. ``python`` is the specifier
    of its ``requires-python``, which stands in line 1 of ``NAME.toml``.
    """
    requirements = []
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("-c ")
        origin = Origin(component=name, path=f"{name}.txt", line=number, text=text)
        requirements.append(requirement(text, origin, constraint=line != text))
    bound = None
    if python is not None:
        origin = Origin(component=name, path=f"{name}.toml", line=1, text=python)
        bound = PythonBound(specifier=python, origin=origin)
    return Component(
        name=name,
        role=role,
        source=f"{name}.txt",
        requirements=tuple(requirements),
        requires_python=bound,
    )


def linux_target(python: str = "3.11.7") -> Target:
    """Return CPython on linux/amd64 with a handful of tags."""
    major, minor, _ = python.split(".")
    short = f"cp{major}{minor}"
    platforms = ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64")
    tags = [f"{short}-{abi}-{p}" for abi in (short, "abi3", "none") for p in platforms]
    tags += [f"py3-none-{p}" for p in platforms] + [f"{short}-none-any", "py3-none-any"]
    return Target(
        python=python,
        implementation="cpython",
        platform="linux/amd64",
        tags=tuple(tags),
        environment={
            "implementation_name": "cpython",
            "implementation_version": python,
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": python,
            "python_version": f"{major}.{minor}",
            "sys_platform": "linux",
        },
    )
