"""Ctrl-C, a cancelled job and a reader that leaves: quiet, and nothing is left lying about."""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from depcheck.cli.formats import Format

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and terminals of POSIX")

SHOP = Path(__file__).parents[2] / "fixtures" / "shop" / "conflict"
CONFIG = ("--config", str(SHOP / "depcheck.toml"))
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def as_from_a_terminal() -> None:
    """Undo what a shell does to what it starts in the background."""
    for number, _ in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


class Hanging:
    """An index that takes a question and never answers it."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(30)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/simple/"

    def asked(self) -> socket.socket:
        connection, _ = self._server.accept()
        connection.recv(1)
        return connection

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def index() -> Iterator[Hanging]:
    server = Hanging()
    yield server
    server.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("django\n")
    return tmp_path


def start(folder: Path, index: Hanging, *arguments: str, **streams: int) -> subprocess.Popen[str]:
    command = ["check", "--core", "a.txt", "--no-cache", "--index-url", index.url, *arguments]
    return subprocess.Popen(
        [sys.executable, "-m", "depcheck", *command],
        cwd=folder,
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=streams.get("stderr", subprocess.PIPE),
        text=True,
        preexec_fn=as_from_a_terminal,
    )


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_signal_ends_a_run(number: int, status: int, folder: Path, index: Hanging) -> None:
    process = start(folder, index, "--output", "json=a.json", "--pylock", "pylock.toml")
    connection = index.asked()
    begun = time.monotonic()
    process.send_signal(number)
    told, errors = process.communicate(timeout=30)
    connection.close()
    assert (process.returncode, told, errors) == (status, "", "")
    assert os.listdir(folder) == ["a.txt"]
    assert time.monotonic() - begun < 5


def test_an_impatient_second_one_changes_nothing(folder: Path, index: Hanging) -> None:
    process = start(folder, index)
    connection = index.asked()
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
        if process.poll() is not None:
            break
    _, errors = process.communicate(timeout=30)
    connection.close()
    assert (process.returncode, errors) == (130, "")


def test_a_signal_that_is_ignored_stays_so(folder: Path, index: Hanging) -> None:
    # nohup and a shell's background jobs ignore them, and mean it.
    process = subprocess.Popen(
        [sys.executable, "-m", "depcheck", "check", "--core", "a.txt", "--no-cache",
         "--index-url", index.url],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    connection = index.asked()
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.kill()
    process.communicate()
    connection.close()


def test_no_moment_leaves_a_half_written_file(tmp_path: Path) -> None:
    code = (
        "from depcheck.cli import stopping\n"
        "from depcheck.cli.output import write_file\n"
        "from pathlib import Path\n"
        "stopping.watch()\n"
        "print('on', flush=True)\n"
        "n = 0\n"
        "try:\n"
        "    while True:\n"
        "        n += 1\n"
        "        write_file(Path('report'), str(n % 10) * 300_000)\n"
        "except stopping.Stopped as stopped:\n"
        "    raise SystemExit(stopped.exit_status)\n"
    )
    chance = random.Random(5)
    for _ in range(25):
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=as_from_a_terminal,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(chance.choice([signal.SIGINT, signal.SIGTERM]))
        _, errors = process.communicate(timeout=30)
        assert (process.returncode in (130, 143), errors) == (True, b"")
        assert set(os.listdir(tmp_path)) <= {"report"}
        if (tmp_path / "report").exists():
            text = (tmp_path / "report").read_text()
            assert (len(text), len(set(text))) == (300_000, 1)


def on_a_terminal(folder: Path, index: Hanging, *arguments: str) -> tuple[int, str]:
    """Return the status of a run that Ctrl-C ends, and what its terminal was sent."""
    import pty
    import termios

    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    process = start(folder, index, *arguments, stderr=slave)
    connection = index.asked()
    os.close(slave)
    shown = read(master, 1.0)
    process.send_signal(signal.SIGINT)
    process.wait(30)
    shown += read(master, 0.5)
    connection.close()
    os.close(master)
    assert process.stdout is not None
    process.stdout.close()
    return process.returncode, shown


def read(terminal: int, seconds: float) -> str:
    shown, end = "", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536).decode()
            except OSError:  # the other side was closed
                break
    return shown


def test_the_progress_line_goes(folder: Path, index: Hanging) -> None:
    status, shown = on_a_terminal(folder, index)
    assert status == 130
    assert "\r" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


@pytest.mark.parametrize("switch", ["--no-progress", "--quiet"])
def test_no_progress_line(switch: str, folder: Path, index: Hanging) -> None:
    assert on_a_terminal(folder, index, switch) == (130, "")


COMMANDS = [
    *(["check", *CONFIG, "--format", name] for name in Format),
    ["isolate", *CONFIG],
    ["isolate", *CONFIG, "--audit", str(SHOP / "compose.yaml"), "--format", "html"],
    ["rules"],
    ["rules", "--format", "json"],
    ["explain", "*"],
    ["completion", "bash"],
    ["complete", "--", "check", "--"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_reader_that_leaves_is_no_fault(arguments: list[str], tmp_path: Path) -> None:
    status, errors = without_reader(arguments, tmp_path)
    # The status still says what was found.
    assert status == (1 if arguments[0] in ("check", "isolate") else 0)
    assert errors == b""


@pytest.mark.parametrize("arguments", [["--help"], ["check", "-h"], ["--version"]])
def test_nor_of_the_help(arguments: list[str], tmp_path: Path) -> None:
    assert without_reader(arguments, tmp_path) == (141, b"")


def without_reader(arguments: list[str], folder: Path) -> tuple[int, bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "depcheck", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    return process.wait(60), errors


def test_the_other_outputs_are_written_all_the_same(tmp_path: Path) -> None:
    arguments = ["check", *CONFIG, "--output", "html=a.html", "--output", "json=b.json", "-q"]
    assert without_reader(arguments, tmp_path) == (1, b"")
    assert sorted(os.listdir(tmp_path)) == ["a.html", "b.json"]


@pytest.mark.parametrize("arguments", [["check", *CONFIG, "--output", "a.json"], ["check"]])
def test_stderr_without_a_reader_keeps_the_status(arguments: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "depcheck", *arguments],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(60) == (1 if CONFIG[0] in arguments else 2)


def test_head(tmp_path: Path) -> None:
    for name in (Format.TEXT, Format.JSON, Format.HTML):
        ran = subprocess.run(
            ["sh", "-c", f'"$0" -m depcheck check --config "$1" --format {name} | head -n 1',
             sys.executable, CONFIG[1]],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert ran.stdout.count(b"\n") <= 1
