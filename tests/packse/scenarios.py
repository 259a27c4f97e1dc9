"""Read packse scenarios: one TOML file is an index, a question and its answer.

Defaults are packse's own: a release has an sdist with static metadata and a
wheel for every platform, and is asked for by CPython 3.12 on linux/amd64.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = {"x86_64-manylinux2014": "manylinux_2_17_x86_64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One release of a scenario's index. ``wheels`` are compatibility tags."""

    requires: tuple[str, ...]
    requires_python: str | None
    extras: tuple[str, ...]
    yanked: bool
    wheels: tuple[str, ...]
    sdist: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A question to a resolver. ``packages`` is None where any valid answer will do."""

    name: str
    requires: tuple[str, ...]
    requires_python: str | None
    python: str
    platform: str
    prereleases: bool
    universal: bool
    satisfiable: bool
    packages: Mapping[str, str] | None
    projects: Mapping[str, Mapping[str, Published]]


def folder() -> Path:
    """Return where the scenarios are: ``DEPCHECK_PACKSE``, or beside the repository."""
    beside = ROOT.parent / "shared" / "packse"
    chosen = Path(os.environ.get("DEPCHECK_PACKSE") or beside)
    return chosen / "scenarios" if (chosen / "scenarios").is_dir() else chosen


def scenarios() -> Iterator[Scenario]:
    """Yield every scenario, by path."""
    for path in sorted(folder().glob("**/*.toml")):
        yield read(tomllib.loads(path.read_text(encoding="utf-8")))


def read(data: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a TOML document holds."""
    options, root, expected = data.get("resolver_options", {}), data["root"], data["expected"]
    python = options.get("python") or data.get("environment", {}).get("python") or "3.12"
    return Scenario(
        name=data["name"],
        requires=tuple(root["requires"]),
        requires_python=root.get("requires_python"),
        python=python,
        platform=PLATFORMS.get(options.get("python_platform", ""), "linux/amd64"),
        prereleases=options.get("prereleases", False),
        universal=options.get("universal", False),
        satisfiable=expected["satisfiable"],
        packages=expected.get("packages"),
        projects={
            name: {v: _published(release) for v, release in package["versions"].items()}
            for name, package in data["packages"].items()
        },
    )


def _published(release: Mapping[str, Any]) -> Published:
    extras = release.get("extras", {})
    optional = [_under(extra, line) for extra, lines in extras.items() for line in lines]
    wheels = release.get("wheel_tags", ("py3-none-any",)) if release.get("wheel", True) else ()
    return Published(
        requires=(*release.get("requires", ()), *optional),
        requires_python=release.get("requires_python"),
        extras=tuple(extras),
        yanked=bool(release.get("yanked", False)),
        wheels=tuple(wheels),
        sdist=release.get("sdist", True),
    )


def _under(extra: str, line: str) -> str:
    """Return the requirement as metadata states it for an extra."""
    parsed = Requirement(line)
    bare = line.partition(";")[0].strip()
    condition = f"extra == '{extra}'"
    return f"{bare} ; " + (f"({parsed.marker}) and {condition}" if parsed.marker else condition)
