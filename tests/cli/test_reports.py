"""One analysis, every report that is wanted: as processes, on the fixtures."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.command import depcheck_bytes
from tests.support.jobs import FIXTURES, JOBS

BEGINS = {
    "json": b"{\n",
    "github": b"::",
    "markdown": b"#",
    "comment": b"<!--",
    "sarif": b"{",
    "html": b"<!doctype html>",
}


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    kept = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")
    }
    return depcheck_bytes(*arguments, cwd=folder, environ=kept, **environ)


@pytest.mark.parametrize("job", JOBS)
def test_one_run_writes_all_of_them(job: str, tmp_path: Path) -> None:
    wanted = [word for name in BEGINS for word in ("--output", f"{name}=out.{name}")]
    ran = run(tmp_path, *JOBS[job], *wanted)
    assert ran.returncode == 1
    assert ran.stdout  # the terminal's report is there all the same
    for name, begin in BEGINS.items():
        assert (tmp_path / f"out.{name}").read_bytes().lower().lstrip().startswith(begin), name
    told = ran.stderr.decode().splitlines()
    assert told == [f"note: the report is in out.{name}" for name in BEGINS]
    assert sorted(os.listdir(tmp_path)) == sorted(f"out.{name}" for name in BEGINS)
    assert json.loads((tmp_path / "out.sarif").read_bytes())["version"] == "2.1.0"


def test_the_suffix_tells_the_format(tmp_path: Path) -> None:
    ran = run(tmp_path, *JOBS["check"], "--output", "a.json", "--output", "b.html", "-q")
    assert (ran.stdout, ran.stderr) == (b"", b"")
    assert json.loads((tmp_path / "a.json").read_bytes())["verdict"] == "conflict"
    assert (tmp_path / "b.html").read_bytes().startswith(b"<!doctype html>")


# What programs read is UTF-8, whatever the locale of the machine that runs it.
@pytest.mark.parametrize("name", BEGINS)
@pytest.mark.parametrize("environ", [{"PYTHONIOENCODING": "latin-1"}, {"PYTHONUTF8": "0"}])
def test_stdout_has_the_bytes_of_the_file(
    name: str, environ: dict[str, str], tmp_path: Path
) -> None:
    environ = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "", **environ}
    shown = run(tmp_path, *JOBS["audit"], "--output", f"{name}=-", **environ)
    written = run(tmp_path, *JOBS["audit"], "--output", f"{name}=out", "-q", **environ)
    assert (shown.returncode, written.returncode) == (1, 1)
    expected = (tmp_path / "out").read_bytes()
    assert timeless(shown.stdout) == timeless(expected)
    assert expected.decode().isascii() is (name in ("json", "sarif"))
    assert b"\r" not in expected


def timeless(report: bytes) -> bytes:
    """Return a report without the seconds that the run took."""
    return re.sub(rb"\d+\.\d+", b"0", report)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_text_keeps_to_what_the_terminal_can_show(encoding: str, tmp_path: Path) -> None:
    ran = run(tmp_path, *JOBS["isolate"], PYTHONIOENCODING=encoding)
    assert ran.returncode == 1
    assert ran.stdout.isascii()
    assert b"internal error" not in ran.stderr


def test_one_that_fails_does_not_keep_the_others_back(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    fault = "/dev/full" if Path("/dev/full").exists() else None
    if fault is None:
        pytest.skip("no full device here")
    ran = run(tmp_path, *JOBS["check"], "--output", f"json={fault}", "--output", "html=a.html")
    assert ran.returncode == 2
    assert ran.stdout.startswith(b"CONFLICT")
    assert (tmp_path / "a.html").exists()
    assert "error: /dev/full: cannot be written: no space left on device" in ran.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--output", "missing/a.json"],
            "error: missing/a.json: cannot be written: there is no folder missing",
        ),
        (
            ["--output", "json=a", "--output", "html=a"],
            "error: a: two outputs would be written there",
        ),
        (["--output", "pylock.toml", "--pylock", "pylock.toml"], "two outputs would be written"),
        (["--output", "jsn=a"], 'hint: did you mean "json"?'),
    ],
)
def test_wrong_places_are_told_before_the_work(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    ran = run(tmp_path, *JOBS["check"], *arguments)
    assert ran.returncode == 2
    assert ran.stdout == b""
    assert message in ran.stderr.decode()
    assert os.listdir(tmp_path) == []


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    index = FIXTURES / "index"
    (tmp_path / "depcheck.toml").write_text(
        f'index-url = "{index.as_posix()}"\n'
        '[components.web]\nsource = "web.txt"\nlock = "pylock.toml"\n'
        '[components.ai]\nsource = "ai.txt"\n'
    )
    (tmp_path / "web.txt").write_text("-r more.txt\n")
    (tmp_path / "more.txt").write_text("idna\n")
    (tmp_path / "ai.txt").write_text("idna\n")
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "x"\npackages = [{name = "idna", version = "3.10", '
        'vcs = {type = "git", url = "https://git.example/x", commit-id = "1"}}]\n'
    )
    return tmp_path


@pytest.mark.parametrize("name", ["depcheck.toml", "web.txt", "ai.txt", "pylock.toml", "more.txt"])
@pytest.mark.parametrize("command", ["check", "isolate"])
def test_nothing_that_is_read_is_overwritten(command: str, name: str, shop: Path) -> None:
    before = (shop / name).read_bytes()
    ran = run(shop, command, "--output", f"html={name}")
    assert ran.returncode == 2
    assert f"error: --output {name} would overwrite what this run reads" in ran.stderr.decode()
    assert (shop / name).read_bytes() == before


def test_nor_what_an_audit_or_a_comparison_reads(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: x}}\n")
    for side in ("a.txt", "b.txt"):
        (tmp_path / side).write_text("idna==3.10\n")
    for arguments in (
        ["isolate", "--audit", "compose.yaml", "--service", "a", "--output", "compose.yaml"],
        ["parity", "lock:a.txt", "lock:b.txt", "--output", "b.txt"],
    ):
        ran = run(tmp_path, *arguments)
        assert ran.returncode == 2
        assert "would overwrite what this run reads" in ran.stderr.decode()


def test_exit_zero(tmp_path: Path) -> None:
    ran = run(tmp_path, *JOBS["check"], "--exit-zero")
    assert (ran.returncode, ran.stderr) == (0, b"note: exit status 1 became 0 (--exit-zero)\n")
    ran = run(tmp_path, *JOBS["check"], "--exit-zero", "-q")
    assert (ran.returncode, ran.stderr) == (0, b"")
    # 2 and 3 stay: wrong usage, and what could not be checked, are no findings.
    assert run(tmp_path, "check", "--exit-zero").returncode == 2
    (tmp_path / "a.txt").write_text("nowhere @ https://files.example/x.zip\n")
    ran = run(
        tmp_path, "check", "--core", "a.txt", "--exit-zero", "--index-url", str(FIXTURES / "index")
    )
    assert ran.returncode == 3


@pytest.mark.parametrize("job", JOBS)
def test_exit_zero_of_every_job(job: str, tmp_path: Path) -> None:
    wanted = [word for name in BEGINS for word in ("--output", f"{name}=out.{name}")]
    assert run(tmp_path, *JOBS[job], "--exit-zero", *wanted).returncode == 0
    # The annotation of the verdict is no error where the step is to go on.
    last = (tmp_path / "out.github").read_text().splitlines()[-1]
    assert last.startswith("::notice title=depcheck")
    (log,) = json.loads((tmp_path / "out.sarif").read_bytes())["runs"]
    assert log["invocations"][0]["exitCode"] == 0
    for name in ("html", "markdown", "comment", "github"):
        told = (tmp_path / f"out.{name}").read_text()
        assert "would fail the" in told, name
        assert "(--exit-zero)" in told.replace("`", ""), name
    # JSON says what the findings are worth, whatever is made of it (docs/json.md).
    assert json.loads((tmp_path / "out.json").read_bytes())["status"] == 1


@pytest.mark.parametrize("job", JOBS)
def test_json_has_the_status_of_the_run(job: str, tmp_path: Path) -> None:
    ran = run(tmp_path, *JOBS[job], "--fail-on", "never", "--format", "json")
    data = json.loads(ran.stdout)
    assert (ran.returncode, data["status"], data["summary"]["failing"]) == (0, 0, 0)


@pytest.mark.parametrize("more", [[], ["--fail-on", "never"], ["--exit-zero"]])
def test_a_lock_that_cannot_be_written_is_never_a_success(more: list[str], tmp_path: Path) -> None:
    asked = ["--pylock", "pylock.toml", "--format", "github", *more]
    ran = run(tmp_path, *JOBS["check"], *asked)
    assert ran.returncode == 1
    assert ran.stdout.decode().splitlines()[-1].startswith("::error title=depcheck check::")
    assert b"became 0" not in ran.stderr


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_rules_for_programs_are_utf_8(form: str, tmp_path: Path) -> None:
    plainest = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    ran = run(tmp_path, "rules", "--format", form, **plainest, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == run(tmp_path, "rules", "--format", form).stdout
    assert ran.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "environ", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (["--color", "always", "--output", "r.txt"], {}, False),
    ],
)
def test_colour(
    arguments: list[str], environ: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    ran = run(tmp_path, *JOBS["audit"], *arguments, **environ)
    assert (b"\x1b[" in ran.stdout) is coloured
    if (tmp_path / "r.txt").exists():
        assert "\x1b" not in (tmp_path / "r.txt").read_text()


def test_the_command_in_a_report_has_no_secret(tmp_path: Path) -> None:
    url = "https://user:hunter2@127.0.0.1:1/simple/"
    (tmp_path / "a.txt").write_text("idna\n")
    wanted = [word for name in BEGINS for word in ("--output", f"{name}=out.{name}")]
    ran = run(tmp_path, "check", "--core", "a.txt", "--index-url", url, "--no-cache", *wanted)
    written = [(tmp_path / f"out.{name}").read_bytes() for name in BEGINS]
    assert b"hunter2" not in b"".join((ran.stdout, ran.stderr, *written))
    assert any(b"--index-url" in report for report in written)


def test_every_result_of_a_comparison_has_a_line(tmp_path: Path) -> None:
    log = json.loads(run(tmp_path, *JOBS["parity"], "--format", "sarif").stdout)
    results = log["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert len(places) > 5
    configuration = (FIXTURES / "images/depcheck.toml").read_text().splitlines()
    for place in places:
        assert place["artifactLocation"]["uri"].endswith("images/depcheck.toml")
        assert "production" in configuration[place["region"]["startLine"] - 1]
