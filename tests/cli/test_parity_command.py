"""``depcheck parity`` as a process: help, usage, configuration and where the report goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import depcheck


def parity(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return depcheck("parity", *arguments, cwd=cwd, **{"COLUMNS": "80", **environ})


def test_help_says_which_side_is_which_and_lists_the_kinds(tmp_path):
    run = parity("--help", cwd=tmp_path)
    text = " ".join(run.stdout.split())
    assert (run.returncode, run.stderr) == (0, "")
    assert "LEFT is what was tested, RIGHT is what runs." in text
    for kind in ("docker", "container", "registry", "oci", "archive", "env", "lock", "sbom"):
        assert f"{kind}:" in text
    for option in ("--files", "--show-values", "--rollback", "--insecure-registry HOST"):
        assert option in text


def test_help_needs_nothing_heavy(tmp_path):
    heavy = ("packaging", "rich", "docker", "yaml", "urllib3", "isal", "msgspec", "sqlite3")
    code = (
        "import sys\n"
        "from depcheck.cli import main\n"
        "sys.argv = ['depcheck', 'parity', '--help']\n"
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
        ([], "Missing argument 'LEFT'"),
        (["docker:a"], "Missing argument 'RIGHT'"),
        (["docker:a", "docker:b", "docker:c"], "Got unexpected extra argument"),
        (["docker:a", "docker:b", "--file"], "No such option: --file"),
        (["docker:a", "docker:b", "--format", "xml"], "Invalid value for '--format'"),
        (["dokcer:a", "docker:b"], 'hint: did you mean "docker:a"?'),
        (["shop:1", "docker:b"], "hint: name an image docker:shop:1 or registry:shop:1"),
        (["docker:a", "production"], "no environment is configured ([environments.NAME])"),
        (["docker:a", "docker:"], "says nothing after the colon"),
        (["docker:a", "docker:b", "--fail-on", "eror"], 'hint: did you mean "error"?'),
        (["docker:a", "docker:b", "--platform", "arm"], "is not a platform of images"),
        (["docker:a", "docker:b", "--insecure-registry", "a/b"], "is not a host"),
        (["docker:a", "docker:b", "--config", "none.toml"], "error: none.toml: no such file"),
    ],
)
def test_wrong_usage(arguments, message, tmp_path):
    run = parity(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("side", ["registry:UPPER/x", "docker:a b"])
def test_a_malformed_reference_is_wrong_usage(side, tmp_path):
    (tmp_path / "lock.txt").write_text("a==1\n")
    run = parity("lock:lock.txt", side, cwd=tmp_path, DOCKER_HOST="unix:///nowhere")
    assert (run.returncode, run.stdout) == (2, "")
    assert "is no image reference" in run.stderr


def test_an_archive_that_is_not_there_says_what_to_do(tmp_path):
    run = parity("archive:a.tar", "archive:b.tar", cwd=tmp_path)
    assert run.returncode == 3
    assert "what to do: check the path; docker save" in " ".join(run.stdout.split())


def test_faults_of_the_configuration_come_all_at_once(tmp_path):
    (tmp_path / "depcheck.toml").write_text(
        "[environments.staging]\nvia = 'x'\nproject = 'a'\n[[expected]]\nrule = 'image-user'\n"
    )
    run = parity("staging", "docker:b", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    first, second = run.stderr.splitlines()
    assert first.startswith("error: depcheck.toml:2: environments.staging.via: must be one of")
    assert second.startswith("error: depcheck.toml:4: expected: has no reason (add reason = ")


def test_messages_are_inert(tmp_path):
    run = parity("\x1b[31m\n::error::x", "docker:b", cwd=tmp_path)
    assert run.returncode == 2
    assert "\x1b" not in run.stderr
    assert not any(line.lstrip().startswith("::") for line in run.stderr.splitlines())


class TestLocks:
    """Two locks need neither an engine nor a registry."""

    @pytest.fixture
    def shop(self, tmp_path: Path) -> Path:
        (tmp_path / "tested.txt").write_text("django==4.2.16\nrequests==2.31.0\n")
        (tmp_path / "runs.txt").write_text("django==5.0.1\nrequests==2.31.0\n")
        return tmp_path

    def test_the_report_and_the_status(self, shop):
        run = parity("lock:tested.txt", "lock:runs.txt", cwd=shop)
        assert run.returncode == 1, run.stderr
        assert run.stdout.startswith("DRIFT: ")
        assert "error  django  4.2.16 → 5.0.1" in run.stdout
        assert run.stderr == ""

    def test_the_same(self, shop):
        run = parity("lock:tested.txt", "lock:tested.txt", cwd=shop)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("IDENTICAL: ")

    def test_never_fails_if_so_asked(self, shop):
        run = parity("lock:tested.txt", "lock:runs.txt", "--fail-on", "never", cwd=shop)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("DRIFT: ")

    def test_json_into_a_file(self, shop):
        import json

        run = parity(
            "lock:tested.txt", "lock:runs.txt", "--format", "json", "--output", "out.json", cwd=shop
        )
        assert (run.returncode, run.stdout) == (1, "")
        assert "the report is in out.json" in run.stderr
        assert json.loads((shop / "out.json").read_text())["verdict"] == "drift"

    def test_a_configured_environment_and_its_policy(self, shop):
        (shop / "depcheck.toml").write_text(
            "[environments.staging.services]\nweb = 'lock:tested.txt'\n"
            "[environments.production.services]\nweb = 'lock:runs.txt'\n"
            "[[expected]]\nname = 'django'\nvalue = '5.*'\nreason = 'the roll-out'\n"
        )
        run = parity("staging", "production", "--verbose", cwd=shop)
        assert run.returncode == 0, run.stdout + run.stderr
        assert run.stdout.startswith("AS EXPECTED: 1 difference")
        assert "because: the roll-out" in run.stdout

    def test_a_side_that_is_not_there(self, shop):
        run = parity("lock:tested.txt", "lock:none.txt", cwd=shop)
        assert run.returncode in (2, 3)
        assert "IDENTICAL" not in run.stdout
