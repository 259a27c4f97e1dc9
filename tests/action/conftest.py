from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.github_api import GitHubApi
from tests.support.pull_request import INDEX, Shop
from tests.support.runner import ROOT, Run, run_action
from tests.support.running import cannot

CACHE_HIT = {"cache-hit": "true"}


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The action as it is now: whatever is edited meanwhile, it is installed once."""
    folder = tmp_path_factory.mktemp("action")
    for name in ("action", "depcheck"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="session")
def runner_folder(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder for temporary files: one job, which uses the action again and again.

    Its first step installs depcheck, for real; the others find it there, as in a job.
    """
    folder = tmp_path_factory.mktemp("runner")
    empty = tmp_path_factory.mktemp("empty")
    run = run_action(source, workspace=empty, temporary=folder, inputs={"arguments": "--version"})
    if not list(folder.glob("depcheck/venv-*/installed")):
        cannot(f"depcheck could not be installed: {run.log[-2000:]}")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def api() -> Iterator[GitHubApi]:
    with GitHubApi() as api:
        yield api


@pytest.fixture
def action(source: Path, runner_folder: Path, api: GitHubApi) -> Callable[..., Run]:
    """Run the action in a checkout, on the recorded index and with the API on loopback."""

    def run(workspace: Path, *, environ: dict[str, str] | None = None, **rest: Any) -> Run:
        given = rest.pop("inputs", {})
        words = "\n".join(word for word in (INDEX, given.get("arguments", "")) if word)
        return run_action(
            source, workspace=workspace, temporary=runner_folder,
            inputs={**given, "arguments": words},
            environ={"GITHUB_API_URL": api.url, **(environ or {})}, **rest,
        )  # fmt: skip

    return run
