"""``depcheck rules`` and ``depcheck explain`` as processes."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from depcheck.config import (
    CommandLine,
    ParityCommandLine,
    load_parity_settings,
    load_settings,
)
from depcheck.model.rules import ISOLATION_RULES, RULES
from depcheck.report.rules.groups import acceptance
from depcheck.report.rules.page import rules_page
from tests.support.command import depcheck as start

Process = subprocess.CompletedProcess[str]


def depcheck(*arguments: str, **environ: str) -> Process:
    return start(*arguments, **{"COLUMNS": "80", **environ})


def ids(run: Process) -> list[str]:
    return [line.split()[0] for line in run.stdout.splitlines() if line.startswith("  ")]


def test_the_list_has_every_rule() -> None:
    run = depcheck("rules")
    assert (run.returncode, run.stderr) == (0, "")
    assert sorted(ids(run)) == sorted(RULES)
    assert "\x1b" not in run.stdout


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["guardrail-mem*"], ["guardrail-memory"]),
        (["YANKED"], ["conflict-yanked"]),
        (["wall-gpu", "rollback"], ["rollback", "wall-gpu"]),
        (["--job", "audit", "guardrail-user"], ["guardrail-user"]),
        (["--job", "isolate", "undetermined"], ["undetermined"]),
    ],
)
def test_patterns_and_jobs(arguments: list[str], found: list[str]) -> None:
    assert ids(depcheck("rules", *arguments)) == found


def test_json_and_markdown() -> None:
    data = json.loads(depcheck("rules", "--format", "json", "--job", "audit").stdout)
    told = [rule["id"] for rule in data["rules"]]
    assert set(told) >= {rule for rule in ISOLATION_RULES if rule.startswith("guardrail-")}
    assert depcheck("rules", "--format", "markdown").stdout == rules_page()


@pytest.mark.parametrize("name", ["conflict-direct", "error[conflict-direct]", "Conflict-Direct"])
def test_a_rule_explained(name: str) -> None:
    run = depcheck("explain", name)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("error[conflict-direct]: direct conflict\n")
    for heading in ("What it means", "Why it matters", "How to heal it", "How to accept it"):
        assert f"\n{heading}\n" in run.stdout
    assert 'rule = "conflict-direct"' in run.stdout


def test_several_explained_each_once() -> None:
    run = depcheck("explain", "wall-*", "wall-gpu", "image-user")
    count = sum(rule.startswith("wall-") for rule in RULES) + 1
    assert run.stdout.count("What it means") == count


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("conflict-dirct", 'did you mean "conflict-direct"?'),
        ("conflicts-", 'did you mean "conflict-*"?'),
        ("zzz*", "depcheck rules lists them all"),
        ("\x1b[31m::error::", "depcheck rules lists them all"),
    ],
)
def test_an_unknown_rule(name: str, hint: str) -> None:
    for command in ("explain", "rules"):
        run = depcheck(command, name)
        assert (run.returncode, run.stdout) == (2, "")
        assert f"hint: {hint}" in run.stderr
        assert "\x1b" not in run.stderr
        assert not any(line.lstrip().startswith("::") for line in run.stderr.splitlines())


def test_a_job_without_the_rule() -> None:
    assert depcheck("rules", "--job", "parity", "rollback").returncode == 2


@pytest.mark.parametrize(
    ("options", "environ", "coloured"),
    [
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(options: list[str], environ: dict[str, str], coloured: bool) -> None:
    for command in (["rules", "rollback"], ["explain", "rollback"]):
        assert ("\x1b[" in depcheck(*command, *options, **environ).stdout) == coloured


def test_a_reader_that_leaves_is_no_error() -> None:
    code = f"{sys.executable} -m depcheck explain '*' | head -1"
    run = subprocess.run(
        ["bash", "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert (run.stdout.count("\n"), run.stderr) == (1, "")


def test_what_accepts_a_finding_is_configuration(tmp_path: Path) -> None:
    today = datetime.date(2026, 11, 23)
    entries = ["\n".join(acceptance(rule, today)[1]) for rule in RULES.values()]
    text = "\n".join(entries).replace('package = "…"', 'package = "pyjwt"').replace("…", "web")
    (tmp_path / "depcheck.toml").write_text(f'{text}\n[components]\nweb = "requirements.txt"\n')
    settings = load_settings(start=tmp_path, config=None, overrides=CommandLine())
    given = ParityCommandLine(left="lock:pylock.toml", right="lock:pylock.toml")
    policy = load_parity_settings(start=tmp_path, config=None, overrides=given).expected
    told = [each.rule for each in (*settings.suppressions, *policy)]
    assert sorted(told) == sorted(rule for rule in RULES if acceptance(RULES[rule], today)[1])


@pytest.mark.parametrize("name", ["shift", "Shifts", "wall"])
def test_a_family_of_rules_is_meant_before_what_only_sounds_alike(name: str) -> None:
    run = depcheck("explain", name)
    assert (run.returncode, run.stdout) == (2, "")
    family = name.lower().rstrip("s")
    assert f'hint: did you mean "{family}-*"?' in run.stderr
    assert depcheck("explain", f"{family}-*").returncode == 0
