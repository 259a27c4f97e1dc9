"""``depcheck check --base`` and ``--baseline`` as a process, in real repositories.

The index is the recorded slice of a real one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import depcheck
from tests.support.repositories import Repository

FIXTURES = Path(__file__).parents[2] / "fixtures"
CLEAN, FINDINGS, USAGE, UNCHECKED = 0, 1, 2, 3


class Shop(Repository):
    """A shop's repository: a story of the fixtures as it lies on main, and a change of it."""

    def __init__(self, root: Path, story: str) -> None:
        super().__init__(root)
        shutil.copytree(FIXTURES / "shop" / story, root, dirs_exist_ok=True)
        text = (root / "depcheck.toml").read_text()
        (root / "depcheck.toml").write_text(text.replace("../../index", str(FIXTURES / "index")))

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        (self.root / name).write_text(text.replace(old, new))

    def proposed(self) -> None:
        self.commit("main")
        self.branch("topic")

    def merged(self) -> None:
        self.commit("topic")
        self.merge("topic")

    def check(
        self, *arguments: str, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return depcheck(
            *self.command(*arguments)[3:], cwd=cwd or self.root, environ=self.environ(**environ)
        )

    def command(self, *arguments: str) -> list[str]:
        cache = str(self.root.parent / "cache")
        return [sys.executable, "-m", "depcheck", "check", "--cache-dir", cache, *arguments]

    def environ(self, **environ: str) -> dict[str, str]:
        path = str(FIXTURES.parent)
        home = str(self.root.parent)
        return {"PATH": os.environ["PATH"], "PYTHONPATH": path, "HOME": home, **environ}


@pytest.fixture
def conflict(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "repo", "conflict")


@pytest.fixture
def shift(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "repo", "shift")


def rules(done: subprocess.CompletedProcess[str]) -> set[str]:
    report: dict[str, Any] = json.loads(done.stdout)
    return {finding["rule"] for finding in report["findings"]}


def healed(shop: Shop) -> None:
    """Leave the core alone: nothing is in conflict then."""
    shop.write("recommender/requirements.txt", "requests")


def test_a_conflict_that_was_there_does_not_fail(conflict: Shop):
    conflict.proposed()
    conflict.write("web/notes.txt", "nothing to see")
    conflict.merged()
    done = conflict.check("--base", "HEAD^1", "--format", "json")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert any(rule.startswith("conflict-") for rule in rules(done))
    assert conflict.check().returncode == FINDINGS


def test_a_conflict_that_the_change_brings_fails(conflict: Shop):
    real = (conflict.root / "recommender/requirements.txt").read_text()
    healed(conflict)
    conflict.proposed()
    (conflict.root / "recommender/requirements.txt").write_text(real)
    conflict.merged()
    assert conflict.check("--base", "HEAD^1").returncode == FINDINGS
    assert conflict.check("--base", "HEAD^1", "--exit-zero").returncode == CLEAN


def test_a_conflict_that_the_change_heals_passes(conflict: Shop):
    conflict.proposed()
    healed(conflict)
    conflict.merged()
    done = conflict.check("--base", "HEAD^1", "--format", "json")
    assert not any(rule.startswith("conflict-") for rule in rules(done))
    assert done.returncode == CLEAN


def test_a_shift_that_the_change_brings_fails(shift: Shop):
    real = (shift.root / "recommender/requirements.txt").read_text()
    healed(shift)
    shift.proposed()
    (shift.root / "recommender/requirements.txt").write_text(real)
    shift.merged()
    assert shift.check("--base", "HEAD^1").returncode == FINDINGS
    assert shift.check("--base", "HEAD").returncode == CLEAN


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("depcheck.toml", "python =", 'fail-on = "never"\npython ='),
        ("depcheck.toml", 'source = "recommender/requirements.txt"', 'source = "web/one.txt"'),
        ("depcheck.toml", str(FIXTURES / "index"), "index"),
        ("depcheck.toml", "[components.web]", '[[suppress]]\nrule = "conflict-*"\n'
         'component = "web"\nreason = "no"\n[components.web]'),
        ("depcheck.toml", "[components.recommender]", "[components.recommender"),
    ],
)  # fmt: skip
def test_a_fork_cannot_loosen_its_own_check(conflict: Shop, name: str, old: str, new: str):
    real = (conflict.root / "recommender/requirements.txt").read_text()
    healed(conflict)
    conflict.write("web/one.txt", "requests")
    (conflict.root / "index").mkdir()
    conflict.proposed()
    (conflict.root / "recommender/requirements.txt").write_text(real)
    conflict.replace(name, old, new)
    conflict.merged()
    assert conflict.check("--base", "HEAD^1").returncode == FINDINGS


def test_a_fork_that_takes_the_component_away_does_not_pass(conflict: Shop):
    conflict.proposed()
    shutil.rmtree(conflict.root / "recommender")
    conflict.replace("depcheck.toml", "recommender/requirements.txt", "web/requirements.txt")
    conflict.merged()
    done = conflict.check("--base", "HEAD^1")
    assert done.returncode == USAGE
    assert done.stderr.startswith(
        "error: HEAD^1:depcheck.toml:11: recommender/requirements.txt of the component "
        '"recommender" is gone\nhint: the base\'s configuration counts; --trust-head'
    )


def test_a_broken_base_is_neither_new_nor_clean(conflict: Shop):
    conflict.replace("web/requirements.txt", "Django", "=Django")
    conflict.proposed()
    conflict.replace("web/requirements.txt", "=Django", "Django")
    conflict.merged()
    assert conflict.check("--base", "HEAD^1").returncode == UNCHECKED


def test_a_change_that_mends_a_broken_base_passes(conflict: Shop):
    healed(conflict)
    conflict.replace("web/requirements.txt", "Django", "=Django")
    conflict.proposed()
    conflict.replace("web/requirements.txt", "=Django", "Django")
    conflict.merged()
    assert conflict.check("--base", "HEAD^1").returncode == CLEAN


def test_a_broken_head_is_told_though_the_base_is_broken_too(conflict: Shop):
    conflict.replace("web/requirements.txt", "Django", "=Django")
    conflict.proposed()
    conflict.merged()
    done = conflict.check("--base", "HEAD^1")
    assert done.returncode == USAGE
    assert "web/requirements.txt:" in done.stderr


def test_a_clone_without_history_is_told_how_to_get_it(conflict: Shop, tmp_path: Path):
    conflict.proposed()
    conflict.merged()
    clone = tmp_path / "shallow"
    conflict.git("clone", "--quiet", "--depth=1", f"file://{conflict.root}", str(clone))
    done = conflict.check("--base", "HEAD^1", cwd=clone)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "fetch-depth: 2 (the merge commit and its base), or 0" in done.stderr
    conflict.git("-C", str(clone), "fetch", "--quiet", "--unshallow")
    assert conflict.check("--base", "HEAD^1", cwd=clone).returncode == CLEAN


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "nowhere"), 'error: --base "nowhere" is not a commit of this repository'),
        (("--base=-x",), 'error: --base "-x" cannot be a revision'),
        (("--base", "main", "--baseline", "a.json"), "error: --base and --baseline exclude"),
        (("--trust-head",), "error: --trust-head says nothing without --base"),
        (("--baseline", "none.json"), "error: --baseline none.json: no such file"),
        (("--baseline", "web/requirements.txt"), "error: web/requirements.txt:1: not JSON"),
        (("--baseline", "web"), "error: --baseline web: is a directory"),
        (("--baseline", "old.json", "--output", "json=old.json"), "error: --output old.json would"),
    ],
)
def test_wrong_usage_is_told(conflict: Shop, arguments: tuple[str, ...], message: str):
    conflict.write("old.json", "{}")
    conflict.commit("main")
    done = conflict.check(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.startswith(message)


def test_outside_of_a_repository_it_is_told(conflict: Shop):
    shutil.rmtree(conflict.root / ".git")
    done = conflict.check("--base", "main")
    assert done.returncode == USAGE
    assert "lies in no git repository" in done.stderr


def test_an_earlier_report_is_a_base_as_well(conflict: Shop):
    assert conflict.check("--output", "json=old.json").returncode == FINDINGS
    conflict.write("web/more.txt", "requests")
    same = conflict.check("--baseline", "old.json", "--format", "json")
    assert same.returncode == CLEAN
    assert any(rule.startswith("conflict-") for rule in rules(same))
    healed(conflict)
    assert conflict.check("--output", "json=clean.json").returncode == CLEAN
    shutil.copy(FIXTURES / "shop/conflict/recommender/requirements.txt",
                conflict.root / "recommender")  # fmt: skip
    assert conflict.check("--baseline", "clean.json").returncode == FINDINGS


def test_nothing_of_the_base_is_left_on_the_disk(conflict: Shop, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    conflict.proposed()
    conflict.replace("web/requirements.txt", "Django>=4.2", "Django>=4.1")
    conflict.merged()
    done = conflict.check("--base", "HEAD^1", TMPDIR=str(scratch))
    assert done.returncode == CLEAN
    assert list(scratch.iterdir()) == []


def ours(scratch: Path) -> list[Path]:
    """What depcheck makes: Python tries a folder for itself with a file of another name."""
    return list(scratch.glob("depcheck-*"))


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_an_interrupted_run_leaves_nothing(conflict: Shop, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    conflict.proposed()
    conflict.replace("web/requirements.txt", "Django>=", "# a line\nDjango>=")
    conflict.merged()
    run = subprocess.Popen(
        conflict.command("--base", "HEAD^1"), cwd=conflict.root,
        env=conflict.environ(TMPDIR=str(scratch)), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while run.poll() is None and not ours(scratch) and time.monotonic() < deadline:
        time.sleep(0.001)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert b"Traceback" not in told
    assert ours(scratch) == []
    assert conflict.git("status", "--porcelain") == ""
