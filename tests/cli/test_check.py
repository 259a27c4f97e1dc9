"""``depcheck check`` as a process against an index on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from packaging.pylock import Pylock

from tests.support.command import depcheck
from tests.support.index_server import IndexServer, Release

PROJECTS = {
    "django": {"4.2.16": []},
    "pydantic": {"1.10.24": [], "2.12.3": []},
    "pyjwt": {"1.7.1": [], "2.10.1": []},
    "langchain": {"0.2.17": ["pydantic>=1"], "0.3.0": ["pydantic>=2.7.4"]},
    "tokens": {"1.0": ["pyjwt<2"]},
    "sdist-only": {"1.0": Release(wheels=(), sdist="bare")},
}


@pytest.fixture(scope="module")
def index() -> Iterator[IndexServer]:
    with IndexServer(PROJECTS) as server:
        yield server


class Shop:
    """A folder with a core and an AI component, and the command run in it."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.url = root, url

    def write(self, name: str, *lines: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")

    def check(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return depcheck(
            "check", "--index-url", self.url, "--core", "web/requirements.txt",
            "--ai", "ai/requirements.txt", "--cache-dir", "cache", *arguments,
            cwd=self.root, **environ,
        )  # fmt: skip


def plainly(
    shop: Shop, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing but these arguments."""
    return depcheck("check", "--no-cache", *arguments, cwd=shop.root, environ=env)


@pytest.fixture
def shop(tmp_path: Path, index: IndexServer) -> Shop:
    shop = Shop(tmp_path, index.url)
    shop.write("web/requirements.txt", "# the shop", "django", "pydantic<2")
    shop.write("ai/requirements.txt", "langchain>=0.3")
    return shop


def test_a_conflict(shop: Shop) -> None:
    run = shop.check()
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.startswith("CONFLICT: core and ai cannot share one environment")
    assert "web/requirements.txt:3  pydantic<2" in run.stdout
    assert "\x1b" not in run.stdout


def test_no_lock_of_a_conflict_even_if_nothing_is_to_fail(shop: Shop) -> None:
    run = shop.check("--fail-on", "never", "--pylock", "pylock.toml")
    assert run.returncode == 1
    assert "error: no lock was written to pylock.toml" in run.stderr
    assert not (shop.root / "pylock.toml").exists()


def test_what_goes_together(shop: Shop) -> None:
    shop.write("web/requirements.txt", "django", "pydantic>=2")
    run = shop.check("--pylock", "pylock.toml", "--format", "json", "--output", "report.json")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.splitlines() == [
        "note: the report is in report.json",
        "note: the combined set is in pylock.toml",
    ]
    report = json.loads((shop.root / "report.json").read_text())
    schema = json.loads(files("depcheck.report.json").joinpath("report.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(report)
    lock = Pylock.from_dict(tomllib.loads((shop.root / "pylock.toml").read_text()))
    assert [(p.name, str(p.version)) for p in lock.packages] == [
        (pick["name"], pick["version"]) for pick in report["combined"]
    ]


def test_a_shift_fails_unless_only_errors_do(shop: Shop) -> None:
    shop.write("web/requirements.txt", "pyjwt")
    shop.write("ai/requirements.txt", "tokens")
    run = shop.check()
    assert run.returncode == 1
    assert "pyjwt 2.10.1 → 1.7.1" in run.stdout
    assert shop.check("--fail-on", "error").returncode == 0


def test_quiet_is_quiet(shop: Shop) -> None:
    run = shop.check("--quiet", "--output", "report.txt")
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "")
    assert (shop.root / "report.txt").read_text("utf-8").startswith("CONFLICT")


def test_a_terminal_that_has_only_ascii(shop: Shop) -> None:
    run = shop.check(PYTHONIOENCODING="ascii")
    assert run.returncode == 1
    assert "->" in run.stdout


def test_columns_are_honoured(shop: Shop) -> None:
    assert max(map(len, shop.check(COLUMNS="60").stdout.splitlines())) <= 60


def test_what_cannot_be_checked_is_never_clean(shop: Shop) -> None:
    shop.write("web/requirements.txt", "django", "auth @ git+https://git.example/auth")
    run = shop.check("--fail-on", "never")
    assert run.returncode == 3
    assert run.stdout.startswith("UNDETERMINED")
    assert "web/requirements.txt:2" in run.stdout


def test_an_index_that_is_down_is_never_clean(shop: Shop) -> None:
    run = shop.check("--index-url", "http://127.0.0.1:9/simple/")
    assert run.returncode == 3
    assert "Traceback" not in run.stderr


def test_an_index_folder_that_is_not_there_is_wrong_usage(shop: Shop) -> None:
    run = shop.check("--index-url", "simple")
    assert (run.returncode, run.stdout) == (2, "")
    assert "simple does not exist: no such folder" in run.stderr


def test_an_absent_folder_of_pips_configuration_is_passed_over_with_a_note(shop: Shop) -> None:
    environ = {
        **os.environ,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": shop.url,
        "PIP_EXTRA_INDEX_URL": "/nonexistent/simple",
    }
    run = plainly(
        shop, "--core", "web/requirements.txt", "--ai", "ai/requirements.txt", env=environ
    )
    assert run.returncode == 1
    assert run.stderr == (
        "note: pip's configuration names the index /nonexistent/simple, which does not exist\n"
    )


def test_a_dash_is_stdout(shop: Shop) -> None:
    run = shop.check("--output", "-")
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.startswith("CONFLICT")
    assert not (shop.root / "-").exists()


def test_one_component_alone_is_said_to_be_alone(shop: Shop) -> None:
    given = ("--index-url", shop.url, "--core", "web/requirements.txt")
    run = plainly(shop, *given)
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "note: only one component was given: it is checked alone, and compared with nothing",
        "hint: name another with --ai SOURCE or --component NAME=SOURCE",
    ]
    assert plainly(shop, *given, "--quiet").stderr == ""


def test_one_configured_component_is_said_to_be_alone(shop: Shop) -> None:
    shop.write("depcheck.toml", "[components]", 'web = "web/requirements.txt"')
    run = plainly(shop, "--index-url", shop.url)
    assert run.returncode == 0
    assert run.stderr.splitlines()[1] == "hint: list another beside depcheck.toml:2"


def test_the_python_of_an_environment_is_the_target(shop: Shop) -> None:
    (shop.root / "venv/bin").mkdir(parents=True)
    (shop.root / "venv/bin/python").touch(0o755)
    (shop.root / "venv/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    info = shop.root / "venv/lib/python3.12/site-packages/django-4.2.16.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: django\nVersion: 4.2.16\n")
    given = ("--index-url", shop.url, "--core", "env:venv", "--format", "json")
    report = json.loads(plainly(shop, *given).stdout)
    assert report["target"]["python"] == "3.12.4"
    report = json.loads(plainly(shop, *given, "--python", "3.11").stdout)
    assert report["target"]["python"] == "3.11.0"
    assert "Python 3.12.4, and is checked for Python 3.11" in json.dumps(report)


def test_a_broken_line_is_named(shop: Shop) -> None:
    shop.write("web/requirements.txt", "django", "pydantic<<2")
    run = shop.check()
    assert run.returncode == 2
    assert run.stdout == ""
    assert "web/requirements.txt:2" in run.stderr


def test_the_configuration_will_do(shop: Shop, index: IndexServer) -> None:
    shop.write(
        "depcheck.toml",
        f'index-url = "{index.url}"',
        "[components]",
        'web = {source = "web/requirements.txt", role = "core"}',
        'ai = "ai/requirements.txt"',
    )
    run = plainly(shop)
    assert run.returncode == 1
    assert run.stdout.startswith("CONFLICT: web and ai cannot")


@pytest.mark.parametrize("address", ["ftp://x", "https://", "hppts://user:hunter2@x/simple"])
@pytest.mark.parametrize("option", ["--index-url", "--extra-index-url"])
def test_an_index_address_of_no_known_kind_is_wrong_usage(
    option: str, address: str, shop: Shop
) -> None:
    run = shop.check(option, address)
    assert (run.returncode, run.stdout) == (2, "")
    assert "makes no sense" in run.stderr
    assert "hunter2" not in run.stderr
