"""``depcheck isolate`` used wrongly, one mistake at a time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from depcheck.cli.isolate_arguments import build_arguments
from depcheck.errors import UsageError
from tests.support.command import depcheck

CONFIGURATION = """\
[components.web]
source = "web.txt"
role = "core"
[components.rec]
source = "rec.txt"
role = "ai"
"""


def isolate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return depcheck("isolate", *arguments, cwd=cwd, TOKEN="hunter2")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "depcheck.toml").write_text(CONFIGURATION)
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--togehter", "a,b"], "No such option: --togehter"),
        (["--write"], "requires an argument"),
        (["--max-containers", "two"], "'two' is not a whole number"),
        (["--max-containers", "0"], "error: --max-containers must be above 0"),
        (["--together", "web,reco"], 'hint: did you mean "rec"?'),
        (["--together", "web"], '--together "web" names one component'),
        (["--apart", "web,web"], '"web" stands there twice'),
        (["--apart", "rec,web", "--together", "web,rec"], "--together web,rec keeps them together"),
        (["--force"], "error: --force says nothing without --write DIR"),
        (["--build-network", "host"], "--build-network says nothing without --verify"),
        (["--build-arg", "TOKEN"], "--build-arg says nothing without --verify"),
        (["--service", "rec"], "--service says nothing without --audit TARGET"),
        (["--verify", "--build-arg", "NOT_SET_HERE"], "no environment variable has this name"),
        (["--verify", "--build-arg", "TOKEN=hunter2"], 'error: --build-arg "TOKEN" takes the name'),
        (["--component", "web"], '--component "web" is not NAME=SOURCE'),
        (["--lock", "wb=x.lock"], 'hint: did you mean "web"?'),
        (["--fail-on", "eror"], 'hint: did you mean "error"?'),
        (["--offline", "--no-cache"], "--offline and --no-cache contradict each other"),
        (["--config", "missing.toml"], "error: missing.toml: no such file"),
        (["--audit", ""], 'error: --audit "" names nothing to read'),
        (["--audit", "container:"], "says nothing after the colon"),
        (["--audit", "contianer:x"], 'hint: did you mean "container:x"?'),
        (["--audit", "docker:x:1"], "hint: name a compose file, container:NAME or project:NAME"),
        (["--audit", "missing.yaml"], "missing.yaml"),
        (["--audit", "compose.yaml", "--fail-on", "x"], '--fail-on "x" does not exist'),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, project: Path) -> None:
    run = isolate(*arguments, cwd=project)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    "other",
    [
        ["--core", "web.txt"],
        ["--lock", "web=x.lock"],
        ["--python", "3.12"],
        ["--together", "web,rec"],
        ["--max-containers", "2"],
        ["--deny-new-containers"],
        ["--write", "out"],
        ["--verify"],
        ["--index-url", "https://index.example/simple/"],
        ["--pre"],
        ["--offline"],
    ],
)
def test_an_audit_passes_over_nothing(other: list[str], project: Path) -> None:
    run = isolate("--audit", "compose.yaml", *other, cwd=project)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: --audit and --")
    assert other[0] in run.stderr


def test_all_faults_of_the_configuration_at_once(project: Path) -> None:
    (project / "depcheck.toml").write_text(
        f"{CONFIGURATION}port = 0\nmemry = '1g'\n[isolation]\nheavy = 1\n"
    )
    run = isolate(cwd=project)
    assert run.returncode == 2
    assert [line.split(": ")[1] for line in run.stderr.splitlines()] == [
        "depcheck.toml:7",
        "depcheck.toml:8",
        "depcheck.toml:10",
    ]


def test_no_component(tmp_path: Path) -> None:
    run = isolate(cwd=tmp_path)
    assert run.returncode == 2
    assert "error: no component to divide" in run.stderr
    assert "depcheck isolate --core" in run.stderr


def test_messages_are_inert(project: Path) -> None:
    run = isolate("--together", "web,\x1b[31m\n::error::x", cwd=project)
    assert run.returncode == 2
    assert "\x1b" not in run.stderr
    assert not any(line.lstrip().startswith("::") for line in run.stderr.splitlines())


def test_build_arguments_have_the_values_of_the_environment() -> None:
    assert build_arguments(("A", "B"), {"A": "1", "B": "", "C": "3"}) == {"A": "1", "B": ""}


@pytest.mark.parametrize("name", ["", "1A", "A B", "A\n"])
def test_a_build_argument_is_a_name(name: str) -> None:
    with pytest.raises(UsageError):
        build_arguments((name,), {name: "x"})


@pytest.mark.parametrize("folder", ["", " "])
def test_an_empty_folder_is_not_the_current_one(project: Path, folder: str) -> None:
    run = isolate("--write", folder, cwd=project)
    assert (run.returncode, run.stdout) == (2, "")
    assert "error: --write names no folder" in run.stderr
