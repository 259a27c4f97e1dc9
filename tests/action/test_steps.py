"""The steps around depcheck: Python, the environment, the cache, the uploads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from action.install import dependency_digest
from action.job import Job
from action.run import FILES, command_line, run_step
from tests.action.test_scenarios import CLASH, CLEAN
from tests.support.pull_request import git, pull_request
from tests.support.runner import ROOT, parsed, run_action


@pytest.fixture
def checkout(shop, tmp_path):
    return shop.checkout(shop.commit("main", {**CLEAN, **CLASH}), tmp_path / "work")


def used(run, name):
    return [step.given for step in run.used if step.action.startswith(f"{name}@")]


def test_the_python_that_is_there_is_taken(action, checkout):
    assert used(action(checkout), "actions/setup-python") == []


def test_a_python_that_is_asked_for_is_set_up_and_taken(source, runner_folder, checkout):
    run = run_action(
        source, workspace=checkout, temporary=runner_folder, inputs={"python-version": "3.14"},
        answers={"actions/setup-python": {"python-path": "/no/such/python"}},
    )  # fmt: skip

    (given,) = used(run, "actions/setup-python")
    assert given == {"python-version": "3.14", "update-environment": "false"}
    assert run.status == 127
    assert "/no/such/python" in run.log


def test_where_python_is_too_old_another_is_set_up(source, runner_folder, checkout, tmp_path, api):
    for name in ("python3", "python"):
        old = tmp_path / "bin" / name
        old.parent.mkdir(exist_ok=True)
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    run = run_action(
        source, workspace=checkout, temporary=runner_folder,
        environ={"PATH": f"{old.parent}:/usr/bin:/bin", "GITHUB_API_URL": api.url},
        inputs={"config": "nothing.toml"},
        answers={"actions/setup-python": {"python-path": sys.executable}},
    )  # fmt: skip

    assert used(run, "actions/setup-python")[0]["python-version"] == "3.13"
    assert run.outputs["status"] == "2"


def test_an_old_python_says_what_to_do(tmp_path):
    script = (ROOT / "action" / "__main__.py").read_text().replace("(3, 11)", "(9, 0)")
    (tmp_path / "__main__.py").write_text(script)
    done = subprocess.run([sys.executable, "-I", tmp_path], capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stdout.startswith("::error title=depcheck::Python 3.11 or later")


def test_nothing_of_the_repository_stands_in_for_a_module(action, shop, tmp_path):
    names = ("json.py", "subprocess.py", "depcheck/__init__.py", "action/__init__.py", "rich.py",
             "sitecustomize.py", "pip.py")  # fmt: skip
    traps = dict.fromkeys(names, f"open('{tmp_path}/sprung', 'w')\n")
    commit = shop.commit("main", {**CLEAN, **CLASH, **traps})
    run = action(
        shop.checkout(commit, tmp_path / "work"), environ={"PYTHONPATH": str(tmp_path / "work")}
    )

    assert run.outputs["verdict"] == "conflict", run.log
    assert not (tmp_path / "sprung").exists()


def test_the_cache_has_a_key_of_its_own_for_what_is_depended_on(action, checkout, shop, tmp_path):
    run = action(checkout, event="push", payload={"before": "0" * 40})

    (restored,), (saved,) = used(run, "actions/cache/restore"), used(run, "actions/cache/save")
    assert saved == {"path": restored["path"], "key": restored["key"]}
    assert re.fullmatch(
        r"Linux-X64-depcheck-[\d.]+\w*-py3\d\d-check-\d{4}-\d\d-[0-9a-f]{16}", saved["key"]
    )
    keys = restored["restore-keys"].split()
    assert [saved["key"].startswith(key) for key in keys] == [True, True]
    changed = shop.checkout(shop.commit("main", {"ai/requirements.txt": "six\n"}), tmp_path / "b")
    again = action(changed, event="push", payload={"before": "0" * 40})
    assert used(again, "actions/cache/save")[0]["key"] != saved["key"]


@pytest.mark.parametrize(
    ("rest", "saved"),
    [
        ({"inputs": {"cache": "false"}}, 0),
        ({"answers": {"actions/cache/restore": {"cache-hit": "true"}}}, 0),
        ({"answers": {"actions/cache/restore": None}}, 1),
        ({"answers": {"actions/cache/save": None}}, 1),
        ({"event": "issue_comment"}, 0),
    ],
)
def test_the_cache_is_never_in_the_way(action, checkout, rest, saved):
    run = action(checkout, **{"event": "schedule", **rest})

    assert len(used(run, "actions/cache/save")) == saved
    assert run.outputs["status"] == "1", run.log
    assert run.status == 1


def test_other_files_leave_the_key_of_the_cache_alone(checkout):
    job = Job({"GITHUB_WORKSPACE": str(checkout), "PATH": "/usr/bin:/bin"})
    before = dependency_digest(job)
    (checkout / "README.md").write_text("other\n")
    git(checkout, "add", "--all")
    assert dependency_digest(job) == before
    (checkout / "web" / "requirements.txt").write_text("six>1\n")
    git(checkout, "add", "--all")
    assert dependency_digest(job) != before


def test_another_configuration_has_another_key(checkout):
    environ = {"GITHUB_WORKSPACE": str(checkout), "PATH": "/usr/bin:/bin"}

    keys = {dependency_digest(Job({**environ, "INPUT_CONFIG": name})) for name in ("", "a.toml")}

    assert len(keys) == 2


def test_without_git_there_is_a_key_all_the_same(tmp_path):
    job = Job({"GITHUB_WORKSPACE": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert re.fullmatch("[0-9a-f]{16}", dependency_digest(job))


def test_findings_go_to_code_scanning_where_that_is_asked_for(action, checkout):
    run = action(checkout, event="schedule", inputs={"sarif": "true"})

    (given,) = used(run, "github/codeql-action/upload-sarif")
    assert given["sarif_file"] != run.outputs["report-sarif"]
    assert Path(given["sarif_file"]).is_file()
    assert given["category"] == "depcheck-check"
    assert not [a for a in run.kinds("notice") if "uploaded" in a.message]
    assert run.status == 1


def test_an_upload_that_fails_is_a_notice(action, checkout):
    run = action(
        checkout, event="schedule", inputs={"sarif": "true", "exit-zero": "true"},
        answers={"github/codeql-action/upload-sarif": None},
    )  # fmt: skip

    assert "security-events: write" in run.kinds("notice")[-1].message
    assert run.status == 0, run.log


def test_what_was_too_long_for_a_summary_is_said(tmp_path, capfd):
    """The step alone, with a program that writes too much in place of depcheck."""
    program = tmp_path / "python"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "for word in sys.argv:\n"
        "    if word.startswith('--output='):\n"
        "        name, _, path = word.removeprefix('--output=').partition('=')\n"
        "        text = '{\"verdict\": \"shifts\"}' if name == 'json' else 'x' * (2 << 20)\n"
        "        open(path, 'w').write(text)\n"
    )
    program.chmod(0o755)
    environ = {
        "DEPCHECK_PYTHON": str(program), "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip

    assert run_step(Job(environ)) == 0

    assert "too long" in (tmp_path / "summary").read_text()
    told = parsed((tmp_path / "output").read_text())
    assert (told["verdict"], told["status"]) == ("shifts", "0")


def test_a_run_that_dies_is_told_with_its_last_words(tmp_path, capfd):
    program = tmp_path / "python"
    program.write_text(
        "#!/bin/sh\necho one\necho '::error::owned </pre><b>@you'\n"
        "printf 'error: \\033[31mno such\\033[0m file\\nhint: look'\nexit 3\n"
    )
    program.chmod(0o755)
    environ = {
        "DEPCHECK_PYTHON": str(program), "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip

    assert run_step(Job(environ)) == 0

    lines = capfd.readouterr().out.splitlines()
    assert lines[-1] == (
        "::error title=depcheck ended with status 3 and no report::error: no such file%0Ahint: look"
    )
    summary = (tmp_path / "summary").read_text()
    assert "&lt;/pre&gt;&lt;b&gt;@you" in summary
    assert "\x1b" not in summary
    assert parsed((tmp_path / "output").read_text())["status"] == "3"


def test_the_words_of_the_command_line(tmp_path):
    environ = {
        "DEPCHECK_PYTHON": "py", "RUNNER_TEMP": "/t", "INPUT_COMMAND": "parity",
        "INPUT_ARGUMENTS": "a b\n--files", "INPUT_CONFIG": "x.toml", "INPUT_EXIT_ZERO": "true",
        "INPUT_TRUST_HEAD": "true",
    }  # fmt: skip
    words = command_line(Job(environ), Path("/r"))

    assert words[:7] == ["py", "-I", "-X", "utf8", "-m", "depcheck", "parity"]
    assert "--trust-head" not in words
    assert words[-2:] == ["a b", "--files"]
    assert [w for w in words if w.startswith("--output=")] == [
        f"--output={name}=/r/{file}" for name, file in FILES.items()
    ]


def test_secrets_of_the_job_do_not_reach_depcheck(tmp_path, capfd):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nenv\n")
    program.chmod(0o755)
    secrets = dict.fromkeys(
        ("ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN", "GH_TOKEN",
         "DEPCHECK_TOKEN", "INPUT_TOKEN"), "hush",
    )  # fmt: skip
    environ = {
        **secrets, "DEPCHECK_PYTHON": str(program), "GITHUB_WORKSPACE": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "PIP_INDEX_URL": "https://index.example",
        "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_ACTION_PATH": "/__w/_actions/o/depcheck/v1",
    }  # fmt: skip
    run_step(Job(environ))

    told = capfd.readouterr().out
    assert "hush" not in told
    assert "PIP_INDEX_URL=https://index.example" in told
    assert "DEPCHECK_DOCS_URL=https://git.example/o/depcheck/blob/v1/docs/rules.md" in told


def test_parity_and_audit_answer_too(source, runner_folder):
    """Here, on the fixtures: no base is looked for, whatever the event."""
    for inputs, verdict in (
        ({"command": "parity", "config": "fixtures/images/depcheck.toml",
          "arguments": "staging\nproduction"}, "drift"),
        ({"command": "isolate", "config": "fixtures/shop/conflict/depcheck.toml",
          "arguments": "--audit\nfixtures/shop/conflict/compose.yaml"}, None),
    ):  # fmt: skip
        run = run_action(
            source, workspace=ROOT, temporary=runner_folder, event="pull_request",
            payload=pull_request("1" * 40, "2" * 40), inputs={**inputs, "comment": "false"},
        )  # fmt: skip

        assert (run.status, run.outputs["status"]) == (1, "1"), run.log
        assert verdict in (None, run.outputs["verdict"])
        assert int(run.outputs["errors"]) > 0
        assert run.summary
