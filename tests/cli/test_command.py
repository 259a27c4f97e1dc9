"""The command as a process: its exit statuses, and what goes to which stream."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from depcheck import __version__

Process = subprocess.CompletedProcess[str]


def depcheck(*arguments: str, cwd: Path, **environ: str) -> Process:
    return subprocess.run(
        [sys.executable, "-m", "depcheck", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_version(tmp_path: Path) -> None:
    run = depcheck("--version", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"depcheck {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["-h"], ["check", "--help"], ["parity", "-h"], ["isolate", "-h"], ["cache", "-h"]],
)
def test_help(arguments: list[str], tmp_path: Path) -> None:
    run = depcheck(*arguments, cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout.startswith("Usage: depcheck")
    assert run.stderr == ""


def test_help_lists_options_in_sections(tmp_path: Path) -> None:
    run = depcheck("isolate", "--help", cwd=tmp_path, COLUMNS="80")
    headings = [line for line in run.stdout.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings == [
        "Components:",
        "Target:",
        "Wishes (what would it cost?):",
        "Files and proof:",
        "Audit:",
        "Index:",
        "Report:",
        "Terminal:",
        "Options:",
    ]
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_every_option_stands_in_the_help(tmp_path: Path) -> None:
    told = depcheck("isolate", "--help", cwd=tmp_path).stdout
    options = ("--core", "--lock", "--config", "--together", "--write", "--verify", "--audit")
    for option in (*options, "--offline", "--fail-on", "-q", "--help"):
        assert told.count(f" {option}") >= 1, option


@pytest.mark.parametrize("command", ["check", "isolate"])
def test_help_needs_nothing_heavy(command: str, tmp_path: Path) -> None:
    heavy = ("packaging", "rich", "pysat", "msgspec", "urllib3", "resolvelib", "pip_api")
    code = (
        "import sys\n"
        "from depcheck.cli import main\n"
        f"sys.argv = ['depcheck', '{command}', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "No such command 'chek'"),
        (["check", "--croe", "x"], "No such option: --croe"),
        (["check", "--core"], "requires an argument"),
        (["check", "--format", "xml"], "Invalid value for '--format'"),
        (["check", "--max-conflicts", "many"], "'many' is not a whole number"),
        (["check"], "error: no component to check"),
        (["check", "--component", "web"], 'error: --component "web" is not NAME=SOURCE'),
        (["check", "--core", "a.txt", "--lock", "=x"], 'error: --lock "=x" is not NAME=FILE'),
        (["check", "--core", "a.txt", "--fail-on", "eror"], 'hint: did you mean "error"?'),
        (["check", "--offline", "--refresh"], "--offline and --refresh contradict each other"),
        (["check", "--offline", "--no-cache"], "--offline and --no-cache contradict each other"),
        (["check", "--config", "missing.toml"], "error: missing.toml: no such file"),
        (["check", "--core", "missing.txt"], "error: missing.txt"),
        (["check", "--core", "a.txt", "--pylock", "a.lock"], "pip takes no name but pylock.toml"),
        (["check", "--core", "a.txt", "--pylock", "pylock.a.b.toml"], "(PEP 751)"),
        (["check", "--core", "a.txt", "--pylock", "-"], "hint: write it like --pylock pylock.toml"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, tmp_path: Path) -> None:
    run = depcheck(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stdout == ""
    assert message in run.stderr
    assert "Traceback" not in run.stderr


def test_messages_are_inert(tmp_path: Path) -> None:
    run = depcheck("check", "--component", "\x1b[31m\n::error::x", cwd=tmp_path)
    assert run.returncode == 2
    assert "\x1b" not in run.stderr
    assert not any(line.lstrip().startswith("::") for line in run.stderr.splitlines())


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from depcheck.cli.guard import guarded\n"
        "from depcheck.cli.output import write_stdout\n"
        "sys.exit(guarded(lambda: write_stdout('x' * 1_000_000) or 1))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), errors) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from depcheck.cli.guard import guarded\n"
        "from depcheck.cli.output import write_stdout\n"
        "sys.exit(guarded(lambda: write_stdout('x') or 0))\n"
    )
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-c", code],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert run.returncode == 2
    assert "error: the report cannot be written: No space left on device" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")
@pytest.mark.parametrize("stream", [1, 2])
def test_closed_streams_are_no_fault(stream: int, tmp_path: Path) -> None:
    run = subprocess.run(
        ["sh", "-c", f'"$0" -m depcheck --version {stream}>&-', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert "rror" not in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")
def test_an_error_keeps_its_status_where_it_cannot_be_told(tmp_path: Path) -> None:
    run = subprocess.run(
        ["sh", "-c", '"$0" -m depcheck check 2>&-', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
