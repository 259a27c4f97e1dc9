"""The command itself: its environment, and the bounds that it is held to."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from depcheck.errors import RevisionError
from depcheck.revisions.git import Git, find_git, watched
from tests.support.repositories import ENVIRON, Repository


def program(folder: Path, *lines: str) -> Git:
    """A git that does what the lines say."""
    path = folder / "git"
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)
    return find_git({**ENVIRON, "PATH": f"{folder}:{ENVIRON['PATH']}"})


def test_an_answer_without_end_is_cut(tmp_path: Path):
    git = program(tmp_path, "yes")
    with pytest.raises(RevisionError, match="more than 1000 bytes"):
        git.run("rev-parse", folder=tmp_path, most=1000)


def test_complaints_without_end_hold_nothing_up(tmp_path: Path):
    git = program(tmp_path, "yes complaint | head -c 3000000 >&2", "echo answer")
    ran = git.run("rev-parse", folder=tmp_path)
    assert ran.out == b"answer\n"
    assert len(ran.told) == 4096


def test_what_takes_too_long_is_ended():
    begun = time.monotonic()
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with watched(sleeper, 0.2):
        assert sleeper.wait() != 0
    assert time.monotonic() - begun < 30


def test_an_ended_command_is_told_as_such(tmp_path: Path):
    git = program(tmp_path, "kill -9 $$")
    with pytest.raises(RevisionError, match="git rev-parse was ended"):
        git.run("rev-parse", folder=tmp_path)


def test_the_environment_is_passed_by_name(tmp_path: Path):
    program(tmp_path, "env")
    secrets = {"GIT_DIR": "/x", "GIT_SSH_COMMAND": "evil", "GIT_EXTERNAL_DIFF": "evil",
               "GIT_PAGER": "evil", "TOKEN": "secret", "LD_PRELOAD": "evil"}  # fmt: skip
    wanted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
              "GIT_CONFIG_VALUE_0": "*"}  # fmt: skip
    git = find_git({**ENVIRON, **secrets, **wanted, "PATH": f"{tmp_path}:{ENVIRON['PATH']}"})
    told = git.run("rev-parse", folder=tmp_path).out.decode().splitlines()
    passed = dict(line.split("=", 1) for line in told)
    assert not secrets.keys() & passed.keys()
    assert passed.items() >= wanted.items()
    assert passed["GIT_ALLOW_PROTOCOL"] == "none"
    assert passed["GIT_TERMINAL_PROMPT"] == "0"


def test_the_users_configuration_cannot_undo_the_switches(repo: Repository):
    environ = {**ENVIRON, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor",
               "GIT_CONFIG_VALUE_0": "evil"}  # fmt: skip
    ran = find_git(environ).run("config", "core.fsmonitor", folder=repo.root)
    assert ran.out == b"false\n"
