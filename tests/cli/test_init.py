"""``depcheck init`` as a process: what it writes, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.discovery.layouts import MONOREPO, lay
from tests.support.command import depcheck as start

Process = subprocess.CompletedProcess[str]
ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def depcheck(*arguments: str, cwd: Path, **environ: str) -> Process:
    return start(*arguments, cwd=cwd, **{"COLUMNS": "80", **environ})


def components(path: Path) -> dict[str, dict[str, str]]:
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))["components"])


def test_it_writes_a_configuration_and_says_what_is_next(tmp_path: Path) -> None:
    run = depcheck("init", cwd=lay(tmp_path, MONOREPO))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("2 components found, written to depcheck.toml\n")
    assert "a guess, since it requires torch and transformers" in run.stdout
    assert "\n  depcheck check\n" in run.stdout
    assert "depcheck@v1" in run.stdout
    assert list(components(tmp_path / "depcheck.toml")) == ["web", "recommender"]


def test_a_check_runs_on_what_was_written(tmp_path: Path) -> None:
    for part in ("web", "recommender"):
        source = FIXTURES / "shop" / "conflict" / part / "requirements.txt"
        lay(tmp_path, {f"{part}/requirements.txt": source.read_text(encoding="utf-8")})
    lay(tmp_path, {"web/Dockerfile": "FROM python:3.11.7-slim\n"})
    assert depcheck("init", cwd=tmp_path).returncode == 0
    index = str(FIXTURES / "index")
    run = depcheck("check", "--index-url", index, "--no-cache", cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout.startswith("CONFLICT: web and recommender cannot share one environment")


def test_stdout_writes_nothing(tmp_path: Path) -> None:
    lay(tmp_path, MONOREPO)
    run = depcheck("init", "-n", cwd=tmp_path)
    assert list(tomllib.loads(run.stdout)["components"]) == ["web", "recommender"]
    assert "nothing was written" in run.stderr
    assert not (tmp_path / "depcheck.toml").exists()


def test_another_folder_and_the_command_that_reads_it(tmp_path: Path) -> None:
    lay(tmp_path / "shop", MONOREPO)
    run = depcheck("init", "shop", cwd=tmp_path)
    assert run.returncode == 0
    assert "depcheck check --config shop/depcheck.toml" in run.stdout


def test_an_output_above_the_folder(tmp_path: Path) -> None:
    lay(tmp_path / "shop", MONOREPO)
    run = depcheck("init", "shop", "--output", "depcheck.toml", cwd=tmp_path)
    assert run.returncode == 0
    written = components(tmp_path / "depcheck.toml")
    assert written["recommender"]["source"] == "shop/ml/pyproject.toml"


def test_an_output_beside_the_folder_is_refused(tmp_path: Path) -> None:
    lay(tmp_path / "shop", MONOREPO)
    (tmp_path / "other").mkdir()
    run = depcheck("init", "shop", "--output", "other/depcheck.toml", cwd=tmp_path)
    assert run.returncode == 2
    assert "lies beside what it would describe" in run.stderr
    assert list((tmp_path / "other").iterdir()) == []


def test_a_configuration_is_not_replaced(tmp_path: Path) -> None:
    lay(tmp_path, {**MONOREPO, "depcheck.toml": "# mine\n"})
    run = depcheck("init", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "depcheck.toml is there already" in run.stderr
    assert (tmp_path / "depcheck.toml").read_text() == "# mine\n"
    assert depcheck("init", "--force", cwd=tmp_path).returncode == 0
    assert "web" in components(tmp_path / "depcheck.toml")


def test_a_table_in_pyproject_counts_as_one(tmp_path: Path) -> None:
    lay(tmp_path, {**MONOREPO, "pyproject.toml": "[tool.depcheck]\n"})
    run = depcheck("init", cwd=tmp_path)
    assert run.returncode == 2
    assert "pyproject.toml has a [tool.depcheck] already" in run.stderr
    assert depcheck("init", "-n", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("options", [[], ["--force"]])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_written_through(options: list[str], there: bool, tmp_path: Path) -> None:
    root = lay(tmp_path / "root", MONOREPO)
    outside = tmp_path / "outside"
    if there:
        outside.write_text("mine\n")
    (root / "depcheck.toml").symlink_to(outside)
    run = depcheck("init", *options, cwd=root)
    assert run.returncode == 2
    assert outside.exists() == there
    assert not there or outside.read_text() == "mine\n"


def test_nothing_found(tmp_path: Path) -> None:
    run = depcheck("init", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "no component was found" in run.stderr
    assert "env:.venv/bin/python" in run.stderr
    lay(tmp_path, {"setup.py": "raise SystemExit\n"})
    assert "hint: setup.py: depcheck never runs it" in depcheck("init", cwd=tmp_path).stderr


def test_one_component_alone(tmp_path: Path) -> None:
    run = depcheck("init", cwd=lay(tmp_path, {"requirements.txt": "flask\n"}))
    assert run.returncode == 0
    assert "Name the other component" in run.stdout


@pytest.mark.parametrize("option", ["pyproject.toml"])
def test_pyproject_is_not_written_to(option: str, tmp_path: Path) -> None:
    lay(tmp_path, MONOREPO)
    run = depcheck("init", "--output", option, "--force", cwd=tmp_path)
    assert run.returncode == 2
    assert "--stdout" in run.stderr
    assert not (tmp_path / "pyproject.toml").exists()


def test_a_configuration_above_is_told(tmp_path: Path) -> None:
    lay(tmp_path, {"depcheck.toml": "", ".git/HEAD": ""})
    lay(tmp_path / "shop", MONOREPO)
    run = depcheck("init", cwd=tmp_path / "shop")
    assert run.returncode == 0
    assert "stands above" in run.stderr


def test_no_folder(tmp_path: Path) -> None:
    run = depcheck("init", "nowhere", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "nowhere is no folder" in run.stderr


def test_hostile_names_are_inert_in_the_terminal(tmp_path: Path) -> None:
    for name in ("::error::x", "##[error]x", "\u202eevil", "\x1b[31m"):
        lay(tmp_path, {f"docs/{name}/requirements.txt": "a\n", f"{name}/requirements.txt": "b\n"})
    run = depcheck("init", "--color", "never", cwd=tmp_path)
    assert run.returncode == 0
    for text in (run.stdout, run.stderr):
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
        assert "##[" not in text
        assert not any(sign in text for sign in "\u202e\x1b")


def test_a_reader_that_leaves_early_gets_no_half_file(tmp_path: Path) -> None:
    lay(tmp_path, MONOREPO)
    run = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m depcheck init | true"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stderr == ""
    assert "web" in components(tmp_path / "depcheck.toml")
