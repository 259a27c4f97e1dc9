"""Completion in real shells on a real terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shells import Terminal, need

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are POSIX")

HOSTILE = "evil;touch a;$(touch b)`touch c`&|<>'\"touch d"
CONFIGURATION = """
[components.web]
source = "requirements.txt"
[components.recommender]
source = "requirements.txt"
[components."$(touch e)"]
source = "requirements.txt"
[environments.staging]
services.web = "lock:requirements.txt"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "out").mkdir(parents=True)
    (folder / "depcheck.toml").write_text(CONFIGURATION)
    for name in ("requirements.txt", "my file.txt", HOSTILE):
        (folder / name).touch()
    return folder


@pytest.fixture(params=["bash", "zsh", "fish"])
def terminal(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Terminal]:
    shell = request.param
    need(shell)
    with Terminal(shell, folder, tmp_path) as terminal:
        yield terminal


# One shell serves many lines: starting it takes longer than they do.
LINES = {
    "che": "check",
    "cache cl": "cache clear",
    "check --forma": "check --format",
    "check --format sa": "check --format sarif",
    "check --format=sa": "check --format=sarif",
    "check --color al": "check --color always",
    "check --fail-on err": "check --fail-on error",
    "check --core req": "check --core requirements.txt",
    "check --output sar": "check --output sarif=",
    "check --output json=req": "check --output json=requirements.txt",
    "check --lock re": "check --lock recommender=",
    "check --lock web=req": "check --lock web=requirements.txt",
    "isolate --together web,": "isolate --together web,recommender",
    "explain conflict-di": "explain conflict-direct",
    "parity stag": "parity staging",
    "parity reg": "parity registry:",
    "parity lock:req": "parity lock:requirements.txt",
    "completion zs": "completion zsh",
}


def test_words_are_completed(terminal: Terminal) -> None:
    got = {line: terminal.words(f"depcheck {line}") for line in LINES}
    assert got == {line: ["depcheck", *whole.split()] for line, whole in LINES.items()}


def test_files_are_quoted_by_the_shell(terminal: Terminal, folder: Path) -> None:
    before = sorted(os.listdir(folder))
    for option in ("--core", "--config"):
        assert terminal.words(f"depcheck check {option} my")[-1] == "my file.txt"
        assert terminal.words(f"depcheck check {option} evil")[-1] == HOSTILE
    assert terminal.words("depcheck check --output json=evil")[-1] == f"json={HOSTILE}"
    assert sorted(os.listdir(folder)) == before


def test_folders_where_a_folder_is_meant(terminal: Terminal) -> None:
    assert terminal.words("depcheck isolate --write o")[-1].rstrip("/") == "out"


def test_what_can_follow_is_listed(folder: Path, tmp_path: Path) -> None:
    need("bash")
    with Terminal("bash", folder, tmp_path) as terminal:
        before = sorted(os.listdir(folder))
        shown = terminal.listed("depcheck check --lock ", "web=")
        assert {"recommender=", "web="} <= set(shown.split())
        assert "touch" not in shown
        assert sorted(os.listdir(folder)) == before
