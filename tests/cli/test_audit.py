"""``depcheck isolate --audit`` as a process."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.support.command import depcheck

BARE = 'services:\n  web:\n    image: web\n  ai:\n    image: ai\n    ports: ["8000:8000"]\n'
CONFIGURATION = """\
python = "3.11.7"
platform = "linux/amd64"
index-url = "{index}"
[components.web]
source = "{shop}/web/requirements.txt"
role = "core"
command = ["gunicorn", "shop.wsgi"]
port = 8000
[components.recommender]
source = "{shop}/recommender/requirements.txt"
role = "ai"
command = ["uvicorn", "recommender:app"]
port = 8001
health = "/healthz"
"""
FIXTURES = Path(__file__).parents[2] / "fixtures"


def isolate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    engine = "unix:///nonexistent/docker.sock"
    return depcheck("isolate", *arguments, cwd=cwd, DOCKER_HOST=engine)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(BARE)
    return tmp_path


def rules(told: str) -> dict[str, set[str]]:
    """Return the rules found, by service."""
    found: dict[str, set[str]] = {}
    for finding in json.loads(told)["findings"]:
        found.setdefault(finding["evidence"]["service"], set()).add(finding["rule"])
    return found


def test_what_a_bare_service_lacks(project: Path) -> None:
    run = isolate("--audit", "compose.yaml", "--service", "ai", cwd=project)
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.startswith("EXPOSED: ai lacks")
    assert "compose.yaml:6" in run.stdout


def test_json_is_what_its_schema_says(project: Path) -> None:
    run = isolate("--audit", "compose.yaml", "--format", "json", cwd=project)
    schema = json.loads(files("depcheck.report.json").joinpath("audit.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(run.stdout))
    assert rules(run.stdout).keys() == {"web", "ai"}


def test_the_configuration_says_who_is_an_ai_component(project: Path) -> None:
    (project / "depcheck.toml").write_text(
        '[components]\nweb = "web.txt"\nscores = {source = "x", role = "ai", container = "ai"}\n'
    )
    run = isolate("--audit", "compose.yaml", "--format", "json", cwd=project)
    assert rules(run.stdout).keys() == {"ai"}


def test_fail_on_of_the_configuration_and_of_the_command_line(project: Path) -> None:
    (project / "depcheck.toml").write_text('fail-on = "never"\n')
    assert isolate("--audit", "compose.yaml", cwd=project).returncode == 0
    assert isolate("--audit", "compose.yaml", "--fail-on", "error", cwd=project).returncode == 1


def test_a_file_from_below_and_from_elsewhere(project: Path) -> None:
    (project / ".git").mkdir()
    (project / "deep").mkdir()
    for cwd, name in ((project / "deep", "../compose.yaml"), (Path("/"), project / "compose.yaml")):
        run = isolate("--audit", str(name), "--service", "ai", cwd=cwd)
        assert run.returncode == 1, run.stderr


def test_two_files_are_merged_in_their_order(project: Path) -> None:
    more = "services:\n  ai:\n    mem_limit: 1g\n    memswap_limit: 1g\n"
    (project / "more.yaml").write_text(more)
    arguments = ("--audit", "compose.yaml", "--audit", "more.yaml", "--service", "ai")
    found = rules(isolate(*arguments, "--format", "json", cwd=project).stdout)
    assert "guardrail-memory" not in found["ai"]
    assert "guardrail-cpu" in found["ai"]


def test_a_service_that_is_not_there(project: Path) -> None:
    run = isolate("--audit", "compose.yaml", "--service", "aai", cwd=project)
    assert (run.returncode, run.stdout) == (2, "")
    assert 'hint: did you mean "ai"?' in run.stderr


def test_no_engine_is_never_clean(project: Path) -> None:
    run = isolate("--audit", "project:shop", "--fail-on", "never", cwd=project)
    assert (run.returncode, run.stdout) == (3, "")
    assert "there is no engine" in run.stderr


def test_what_isolate_writes_has_every_guard_rail(tmp_path: Path) -> None:
    for name in ("web", "recommender"):
        (tmp_path / "shop" / name).mkdir(parents=True)
        text = (FIXTURES / "shop" / "conflict" / name / "requirements.txt").read_text()
        (tmp_path / "shop" / name / "requirements.txt").write_text(text)
    (tmp_path / "depcheck.toml").write_text(
        CONFIGURATION.format(index=FIXTURES / "index", shop="shop")
    )
    assert isolate("--write", "out", "--no-cache", cwd=tmp_path).returncode == 1
    run = isolate("--audit", "out/compose.yaml", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("GUARDED: recommender has every guard-rail")
