"""The packse scenarios, asked over a real index on loopback by the whole check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.model.findings import Conflict
from depcheck.model.observer import Silent
from depcheck.model.report import Report
from depcheck.model.requirement import Component
from depcheck.model.settings import ComponentSettings, IndexSettings, Settings
from depcheck.pipeline.combine import check
from depcheck.sources.target import build_target
from tests.packse.expectations import NOT_APPLICABLE, ON_LINUX
from tests.packse.scenarios import Scenario, folder, scenarios
from tests.support import index_server, memory
from tests.support.referee import Referee

ALL = list(scenarios())
if not ALL:
    pytest.skip(f"no packse scenarios in {folder()}", allow_module_level=True)


def served(scenario: Scenario) -> dict[str, dict[str, index_server.Release]]:
    return {
        name: {
            version: index_server.Release(
                requires_dist=release.requires,
                requires_python=release.requires_python,
                yanked=release.yanked,
                wheels=release.wheels,
                sdist="static" if release.sdist else None,
                provides_extra=release.extras,
            )
            for version, release in releases.items()
        }
        for name, releases in scenario.projects.items()
    }


def remembered(scenario: Scenario) -> dict[str, dict[str, memory.Release]]:
    return {
        name: {
            version: memory.Release(
                requires=release.requires,
                requires_python=release.requires_python,
                yanked=release.yanked,
                wheels=release.wheels,
                sdist=release.sdist,
            )
            for version, release in releases.items()
        }
        for name, releases in scenario.projects.items()
    }


def halves(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Deal the lines out to two components, so that every conflict runs between them."""
    return scenario.requires[::2], scenario.requires[1::2]


def run(scenario: Scenario, root: Path) -> Report:
    core, ai = halves(scenario)
    project = {"name": "core", "version": "1", "dependencies": list(core)}
    if scenario.requires_python:
        project["requires-python"] = scenario.requires_python
    lines = [f"{key} = {json.dumps(value)}" for key, value in project.items()]
    (root / "pyproject.toml").write_text("[project]\n" + "\n".join(lines) + "\n")
    (root / "ai.txt").write_text("".join(f"{line}\n" for line in ai))
    with index_server.IndexServer(served(scenario)) as server:
        settings = Settings(
            root=root,
            components=(
                ComponentSettings(name="core", role="core", source="pyproject.toml"),
                ComponentSettings(name="ai", role="ai", source="ai.txt"),
            ),
            python=scenario.python,
            platform=scenario.platform,
            index=IndexSettings(index_url=server.url, cache_dir=root / "cache"),
            prereleases=scenario.prereleases,
        )
        return check(settings, environ={}, observer=Silent())


def referee(scenario: Scenario, components: tuple[Component, ...]) -> Referee:
    target = build_target(scenario.python, scenario.platform)
    return Referee(remembered(scenario), components, target, prereleases=scenario.prereleases)


def expected(scenario: Scenario) -> tuple[bool, dict[str, str] | None]:
    """Return whether it can be satisfied, and by what (None: by any valid set)."""
    if scenario.name in ON_LINUX:
        answer = ON_LINUX[scenario.name]
        return answer is not None, dict(answer) if answer is not None else None
    return scenario.satisfiable, dict(scenario.packages) if scenario.packages is not None else None


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, tmp_path: Path):
    if scenario.name in NOT_APPLICABLE:
        pytest.skip(NOT_APPLICABLE[scenario.name])
    satisfiable, packages = expected(scenario)
    report = run(scenario, tmp_path)
    judge = referee(scenario, report.components)
    assert judge.satisfiable() == satisfiable
    assert report.verdict in (("compatible", "shifts") if satisfiable else ("conflict",))
    found = {f.evidence.statements for f in report.findings if isinstance(f.evidence, Conflict)}
    assert {frozenset(statements) for statements in found} == judge.minimal_conflicts()
    if satisfiable:
        assert report.combined is not None
        picks = {picked.name: picked.version for picked in report.combined}
        assert judge.faults(picks) == []
        assert packages is None or picks == packages


def test_every_universal_scenario_has_an_answer_for_one_target():
    universal = {scenario.name for scenario in ALL if scenario.universal}
    assert universal - {s.name for s in ALL if s.packages is not None} <= ON_LINUX.keys()


def test_an_answer_for_every_target_is_one_for_this_target():
    for scenario in ALL:
        if scenario.universal and scenario.satisfiable and scenario.name in ON_LINUX:
            assert ON_LINUX[scenario.name] is not None, scenario.name


def test_no_exception_is_for_a_scenario_that_is_gone():
    names = {scenario.name for scenario in ALL}
    assert {*ON_LINUX, *NOT_APPLICABLE} <= names
