"""Other Pythons to try, and the sentence with the proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.isolation.python import other_pythons, python_wall
from depcheck.model.findings import Conflict, Finding, Step
from depcheck.model.requirement import Component, Origin, PythonBound, Requirement
from depcheck.model.walls import PythonNeed
from depcheck.pipeline.combine import examine
from depcheck.sources.target import build_target
from tests.support.catalogs import catalog_of
from tests.support.index_server import IndexServer, Release


@pytest.mark.parametrize(
    ("python", "bound", "others"),
    [
        ("3.11.7", None, ("3.10", "3.12", "3.9", "3.13", "3.14")),
        ("3.9.0", None, ("3.10", "3.11", "3.12", "3.13", "3.14")),
        ("3.8.0", ">=3.9", ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")),
        ("3.12.0", ">=3.10,<3.14", ("3.11", "3.13", "3.10")),
        ("3.11.0", ">=3.12.3", ("3.12.3", "3.13", "3.14")),
        ("3.11.0", "==3.10.*", ("3.10",)),
        ("3.11.0", "<3", ()),
        ("3.13.0", "banana", ("3.12", "3.14", "3.11", "3.10", "3.9")),
    ],
)
def test_the_nearest_python_comes_first(
    python: str, bound: str | None, others: tuple[str, ...]
) -> None:
    assert other_pythons(build_target(python, "linux/amd64"), bound) == others


PROJECTS = {
    "old": {"1.0": Release(wheels=["cp310-cp310-manylinux_2_28_x86_64"])},
    "capped": {"1.0": Release(requires_python="<3.11")},
    "pure": {"1.0": []},
}


def refuted(tmp_path: Path, python: str, needed: str, bound: PythonBound | None = None) -> Finding:
    """Refute, for real, a component that needs a project of ``PROJECTS``."""
    origin = Origin(component="ai", path="ai/requirements.txt", line=2, text=needed)
    component = Component(
        name="ai",
        source="ai/requirements.txt",
        requirements=(Requirement(name=needed, origin=origin),),
        requires_python=bound,
    )
    with IndexServer(PROJECTS) as server, catalog_of(server.url, tmp_path) as catalog:
        report = examine([component], build_target(python, "linux/amd64"), catalog)
    return report.findings[0]


def test_wheels_for_another_python_are_the_proof(tmp_path: Path) -> None:
    wall = python_wall("ai", "3.11.0", "3.10.0", refuted(tmp_path, "3.11", "old"))
    assert (wall.rule, wall.severity) == ("wall-python", "error")
    assert wall.message.startswith("ai needs Python 3.10, not 3.11: old 1.0 has wheels only for")
    assert wall.locations[0].path == "ai/requirements.txt"
    assert isinstance(wall.evidence, PythonNeed)
    assert (wall.evidence.wanted, wall.evidence.found) == ("3.11", "3.10")


def test_a_requires_python_of_releases_is_the_proof(tmp_path: Path) -> None:
    wall = python_wall("ai", "3.12", "3.10", refuted(tmp_path, "3.12", "capped"))
    assert wall.message == "ai needs Python 3.10, not 3.12: capped 1.0 needs Python <3.11."


def test_the_components_own_line_is_the_proof(tmp_path: Path) -> None:
    line = Origin(component="ai", path="pyproject.toml", line=3, text=">=3.13")
    bound = PythonBound(specifier=">=3.13", origin=line)
    wall = python_wall("ai", "3.12", "3.13", refuted(tmp_path, "3.12", "pure", bound))
    assert "its requires-python is >=3.13 (pyproject.toml:3)." in wall.message


def test_a_configured_python_and_none_at_all() -> None:
    wall = python_wall("ai", "3.11.2", "3.12.0", None)
    assert wall.message == "ai needs Python 3.12, not 3.11: ai is set to Python 3.12."
    origin = Origin(component="ai", path="r.txt", line=1, text="x")
    step = Step(subject="x", verb="is", object="on no index", origin=origin)
    evidence = Conflict(statements=(), project="x", steps=(step,))
    missing = Finding(rule="conflict-missing-project", severity="error",
                      message="No index knows x.", evidence=evidence)  # fmt: skip
    none = python_wall("ai", "3.11.2", "", missing)
    assert none.message == (
        "ai resolves for no Python that was tried, 3.11 first: No index knows x."
    )
