"""Which folders are entered, and which files tell something."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.discovery import walk as walking
from depcheck.discovery.walk import walk
from tests.discovery.layouts import lay


@pytest.mark.parametrize(
    "folder",
    [
        ".git", ".venv", "venv", "node_modules", "build", "dist", "vendor", "third_party",
        "__pycache__", "x.egg-info", "a/b/c/d/e/f/g/h/i",
    ],
)  # fmt: skip
def test_folders_that_are_not_entered(folder: str, tmp_path: Path) -> None:
    lay(tmp_path, {f"{folder}/requirements.txt": "", "web/requirements.txt": ""})
    assert dict(walk(tmp_path).files) == {"web": ("requirements.txt",)}


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history", "depcheck-manifest.json"])
def test_environments_and_what_isolate_wrote_are_not_entered(mark: str, tmp_path: Path) -> None:
    lay(tmp_path, {f"there/{mark}": "", "there/requirements.txt": "", "there/x/pylock.toml": ""})
    assert dict(walk(tmp_path).files) == {}


@pytest.mark.parametrize(
    ("ignored", "found"),
    [
        ("data/\n", ["web"]),
        ("/data/\n# web/\n", ["web"]),
        ("da*/\n", ["web"]),
        ("deep/data/\n", ["data", "web"]),
        ("data/\n!data/keep\n", ["data", "web"]),
        ("*\n/\n/*/\n", ["data", "web"]),
    ],
)
def test_ignored_folders(ignored: str, found: list[str], tmp_path: Path) -> None:
    lay(tmp_path, {".gitignore": ignored, "data/requirements.txt": "", "web/setup.py": ""})
    assert sorted(walk(tmp_path).files) == found


def test_files_that_tell(tmp_path: Path) -> None:
    telling = (
        "Dockerfile", "Dockerfile.gpu", "api.Dockerfile", "compose.yaml", "docker-compose.yml",
        "requirements.txt", "dev-requirements.in", "Requirements_ML.TXT", "requirements.lock",
        "pyproject.toml", "pylock.web.toml", "uv.lock", "Pipfile.lock", ".python-version",
    )  # fmt: skip
    lay(tmp_path, dict.fromkeys((*telling, "notes.txt", "main.py", "x.lock"), ""))
    assert set(walk(tmp_path).files[""]) == set(telling)


def test_a_walk_that_is_cut_short_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"{number}/requirements.txt": "" for number in range(9)})
    monkeypatch.setattr(walking, "_MOST", 5)
    assert not walk(tmp_path).complete


def test_odd_names_are_counted(tmp_path: Path) -> None:
    lay(tmp_path, {"a\nb/requirements.txt": "", "web/require\x1bments.txt": ""})
    tree = walk(tmp_path)
    assert (dict(tree.files), tree.odd) == ({}, 1)
