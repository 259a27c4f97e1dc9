"""What goes to code scanning, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from action.job import Job
from action.scanning import category, for_upload
from tests.action.test_scenarios import CLASH, CLEAN
from tests.support.pull_request import pull_request

SUPPRESSION = """
[[suppress]]
rule = "conflict-*"
reason = "is moved next week"
"""


def given(run):
    return [step.given for step in run.used if "upload-sarif" in step.action]


def results(path):
    (run,) = json.loads(Path(path).read_text(encoding="utf-8"))["runs"]
    return run["results"]


@pytest.fixture
def pushed(shop, action, tmp_path):
    """Push ``change`` to ``base`` and run the action on it, with uploads."""

    def push(base, change, **rest):
        before = shop.commit("main", base)
        checkout = shop.checkout(shop.commit("main", change), tmp_path / "work")
        inputs = {"sarif": "true", **rest.pop("inputs", {})}
        return action(checkout, event="push", payload={"before": before}, inputs=inputs, **rest)

    return push


def test_a_suppressed_finding_opens_no_alert(pushed):
    base = {**CLEAN, **CLASH, "depcheck.toml": CLEAN["depcheck.toml"] + SUPPRESSION}
    run = pushed(base, {"README.md": "The same.\n"})

    assert run.outputs["suppressed"] == "1", run.log
    assert [entry for entry in results(run.outputs["report-sarif"]) if entry.get("suppressions")]
    assert results(given(run)[0]["sarif_file"]) == []


def test_what_the_change_mends_opens_no_alert(pushed):
    run = pushed({**CLEAN, **CLASH}, {"ai/requirements.txt": "six\n"})

    assert run.outputs["fixed"] == "1", run.log
    assert results(run.outputs["report-sarif"])[0]["baselineState"] == "absent"
    assert results(given(run)[0]["sarif_file"]) == []


def test_what_the_base_has_too_stays_an_alert(pushed):
    run = pushed({**CLEAN, **CLASH}, {"README.md": "The same.\n"})

    assert run.outputs["known"] == "1", run.log
    (found,) = results(given(run)[0]["sarif_file"])
    assert found["ruleId"] == "conflict-transitive"


def test_the_name_of_the_analysis_is_the_one_that_is_given(tmp_path):
    """upload-sarif takes ``automationDetails`` of the file before its own input."""
    report = tmp_path / "report.sarif"
    kept = {"ruleId": "a", "ruleIndex": 1, "suppressions": [], "baselineState": "unchanged"}
    run = {
        "tool": {"driver": {"rules": [{"id": "b"}, {"id": "a"}]}},
        "automationDetails": {"id": "depcheck/check/"},
        "results": [{"ruleId": "b", "suppressions": [{"kind": "external"}]}, kept, {"ruleId": "b",
                    "baselineState": "absent"}],
    }  # fmt: skip
    report.write_text(json.dumps({"version": "2.1.0", "runs": [run]}))

    assert for_upload(report, tmp_path / "upload.sarif")

    log = json.loads((tmp_path / "upload.sarif").read_text())
    assert log == {"version": "2.1.0", "runs": [{"tool": run["tool"], "results": [kept]}]}


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_without_a_report_there_is_nothing_to_upload(tmp_path, text):
    report = tmp_path / "report.sarif"
    report.write_text(text)

    assert not for_upload(report, tmp_path / "upload.sarif")
    assert not for_upload(tmp_path / "none.sarif", tmp_path / "upload.sarif")
    assert not (tmp_path / "upload.sarif").exists()


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({}, "depcheck-check"),
        ({"COMMAND": "isolate", "WORKING_DIRECTORY": "./"}, "depcheck-isolate"),
        ({"CONFIG": "a/depcheck.toml"}, "depcheck-check-a/depcheck.toml"),
        ({"WORKING_DIRECTORY": "services/web/"}, "depcheck-check-services/web"),
        ({"CONFIG": "$(x)\n::error::y"}, "depcheck-check--x-error-y"),
    ],
)
def test_two_uses_in_one_job_are_two_analyses(inputs, name):
    assert category(Job({f"INPUT_{key}": value for key, value in inputs.items()})) == name


def test_a_stranger_does_not_write_the_alerts_of_the_default_branch(shop, action, tmp_path):
    """With pull_request_target GitHub's ref is the base's, and so would be the results."""
    first = shop.commit("main", CLEAN)
    shop.branch("topic", at=first)
    head = shop.commit("topic", CLASH)
    checkout = shop.checkout(shop.merge(first, head), tmp_path / "work")
    run = action(
        checkout, event="pull_request_target", payload=pull_request(first, head, fork=True),
        inputs={"sarif": "true"},
    )  # fmt: skip

    assert (run.outputs["new"], given(run)) == ("1", []), run.log
    assert "pull_request_target" in run.kinds("notice")[-1].message


def test_where_there_is_no_report_no_permission_is_blamed(action, shop, tmp_path):
    checkout = shop.checkout(shop.commit("main", CLEAN), tmp_path / "work")

    run = action(checkout, event="schedule", inputs={"sarif": "true", "config": "none.toml"})

    assert (run.outputs["verdict"], run.outputs["status"]) == ("failed", "2"), run.log
    assert not [a for a in run.kinds("notice") if "uploaded" in a.message]
