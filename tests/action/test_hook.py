"""The hook for pre-commit, run by pre-commit in a real repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.action.test_definitions import tool
from tests.support.pull_request import CONFIG, git
from tests.support.runner import ROOT

HOOKS = ROOT / ".pre-commit-hooks.yaml"
CLASH = {"web/requirements.txt": "PyJWT<2\n", "web/requirements.lock": "pyjwt==1.7.1\n",
         "ai/requirements.txt": "mcp>=1.23\n", "depcheck.toml": CONFIG}  # fmt: skip


@pytest.fixture
def repository(tmp_path):
    work = tmp_path / "work"
    git(tmp_path, "init", "-q", "-b", "main", str(work))
    index = f'index-url = "{ROOT / "fixtures" / "index"}"\n'
    for name, text in {**CLASH, "depcheck.toml": index + CONFIG}.items():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(text)
    return work


@pytest.fixture
def hooks(tmp_path):
    """The hooks as their users get them: a commit of this tree."""
    copy = tmp_path / "hooks"
    git(tmp_path, "init", "-q", "-b", "main", str(copy))
    for name in ("depcheck", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", HOOKS.name):
        subprocess.run(["cp", "-r", str(ROOT / name), str(copy)], check=True)
    git(copy, "add", "--all")
    git(copy, "commit", "-q", "-m", "1")
    return copy


def test_it_stops_a_commit_that_brings_a_conflict(repository, hooks, tmp_path):
    program = tool("pre-commit", "pre-commit")
    entry = {"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD"),
             "hooks": [{"id": "depcheck-check"}]}  # fmt: skip
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [entry]}))
    git(repository, "add", "--all")
    environ = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"),
               "XDG_CACHE_HOME": str(tmp_path / "cache")}  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "run", *words], cwd=repository, env=environ, capture_output=True, text=True
        )

    stopped = run()
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "CONFLICT" in stopped.stdout

    (repository / "ai" / "requirements.txt").write_text("six\n")
    git(repository, "add", "--all")
    passed = run()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout

    git(repository, "commit", "-q", "--no-verify", "-m", "1")
    (repository / "notes.md").write_text("notes\n")
    git(repository, "add", "--all")
    assert "Skipped" in run().stdout


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("requirements.txt", True), ("a/requirements-dev.txt", True), ("dev-requirements.in", True),
        ("requirements/base.txt", True), ("constraints.txt", True), ("a/pyproject.toml", True),
        ("uv.lock", True), ("poetry.lock", True), ("package.lock", False), ("pylock.toml", True),
        ("pylock.web.toml", True), ("depcheck.toml", True), ("setup.py", False),
        ("notes.txt", False), ("pyproject.toml.bak", False),
    ],
)  # fmt: skip
def test_it_looks_at_files_that_name_dependencies(path, meant):
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert bool(re.search(hook["files"], path)) is meant


def test_the_hook_is_one_for_pre_commit():
    program = tool("pre-commit", "pre-commit")
    done = subprocess.run(
        [program, "validate-manifest", HOOKS], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_nothing_of_the_machine_is_named():
    assert str(Path(sys.prefix)) not in HOOKS.read_text(encoding="utf-8")
