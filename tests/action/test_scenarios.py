"""The action on pull requests, as GitHub runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.pull_request import CONFIG, git, pull_request

CLEAN = {
    "depcheck.toml": CONFIG,
    "web/requirements.txt": "# The shop.\nPyJWT<2\nsix\n",
    "web/requirements.lock": "pyjwt==1.7.1\nsix==1.17.0\n",
    "ai/requirements.txt": "# The recommender.\nsix\n",
    "README.md": "A shop.\n",
}
CLASH = {"ai/requirements.txt": "# The recommender.\nsix\nmcp>=1.23\n"}
SHIFT = {"web/requirements.txt": "# The shop.\nPyJWT>=1.7\nsix\n", **CLASH}


@pytest.fixture
def asked(shop, action, tmp_path):
    """Open a pull request that makes ``change`` of ``base``, and run the action on it."""

    def ask(base, change, *, fork=False, depth=1, event="pull_request", **rest):
        first = shop.commit("main", base)
        shop.branch("topic", at=first)
        head = shop.commit("topic", change)
        checkout = shop.checkout(shop.merge(first, head), tmp_path / "work", depth=depth)
        payload = pull_request(first, head, fork=fork)
        return action(checkout, event=event, payload=payload, **rest)

    return ask


def test_a_conflict_stands_on_the_changed_line(asked, api):
    run = asked(CLEAN, CLASH)

    assert run.status == 1, run.log
    assert run.outputs["verdict"] == "conflict"
    assert run.outputs["status"] == "1"
    assert (run.outputs["new"], run.outputs["known"], run.outputs["errors"]) == ("1", "0", "1")
    assert "history" not in run.summary  # it was deepened as far as the comparison needs
    error = run.kinds("error")[0]
    assert (error.properties["file"], error.properties["line"]) == ("ai/requirements.txt", "3")
    assert "mcp>=1.23" in error.message
    assert "pyjwt" in run.summary
    (body,) = api.bodies()
    assert body.startswith("<!-- depcheck:check ")
    assert "mcp&gt;=1.23" in body or "mcp>=1.23" in body


def test_the_reports_are_where_the_outputs_say(asked):
    run = asked(CLEAN, CLASH, inputs={"artifact": "reports"})

    report = json.loads(Path(run.outputs["report-json"]).read_text())
    assert report["verdict"] == "conflict"
    assert json.loads(Path(run.outputs["report-sarif"]).read_text())["version"] == "2.1.0"
    assert Path(run.outputs["report-html"]).read_text().lower().startswith("<!doctype html>")
    assert Path(run.outputs["summary"]).read_text() == run.summary
    assert Path(run.outputs["comment"]).read_text().startswith("<!-- depcheck:check")
    (upload,) = [used for used in run.used if "upload-artifact" in used.action]
    assert upload.given["name"] == "reports"
    assert Path(upload.given["path"]) == Path(run.outputs["report-json"]).parent


def test_a_shift_is_told_and_fails(asked):
    run = asked(CLEAN, SHIFT)

    assert run.status == 1, run.log
    assert run.outputs["verdict"] == "shifts"
    assert int(run.outputs["new"]) >= 1
    told = [a for a in run.annotations if "pyjwt" in a.message.lower() and "1.7.1" in a.message]
    assert told, run.annotations


def test_a_fix_is_green_and_says_what_is_gone(asked, api):
    run = asked({**CLEAN, **CLASH}, {"ai/requirements.txt": "six\n"})

    assert run.status == 0, run.log
    assert run.outputs["verdict"] == "compatible"
    assert (run.outputs["new"], run.outputs["fixed"]) == ("0", "1")
    assert not run.kinds("error")
    assert len(api.comments) == 1


def test_what_was_there_before_does_not_fail(asked, api):
    run = asked({**CLEAN, **CLASH}, {"README.md": "The same shop.\n"})

    assert run.status == 0, run.log
    assert run.outputs["verdict"] == "conflict"
    assert (run.outputs["new"], run.outputs["known"]) == ("0", "1")
    assert not run.kinds("error")


def test_without_any_finding_nobody_is_bothered(asked, api):
    run = asked(CLEAN, {"README.md": "The same shop.\n"})

    assert run.status == 0, run.log
    assert (run.outputs["verdict"], run.outputs["errors"]) == ("compatible", "0")
    assert api.comments == []
    assert run.summary


def test_the_comment_is_brought_up_to_date_in_place(asked, shop, action, api, tmp_path):
    asked(CLEAN, CLASH)
    first = git(shop.origin, "rev-parse", "main")
    head = shop.commit("topic", {"README.md": "once more\n", **CLASH})
    shop.branch("topic", at=head)
    mended = shop.commit("topic", {"ai/requirements.txt": "six\n"})
    checkout = shop.checkout(shop.merge(first, mended), tmp_path / "again")

    run = action(checkout, event="pull_request", payload=pull_request(first, mended))

    assert run.status == 0, run.log
    (body,) = api.bodies()
    assert "mcp" not in body
    assert api.methods()[-1] == "PATCH"


def test_a_fork_cannot_loosen_its_own_check(asked, api):
    api.access = "read"
    loosened = CONFIG + 'fail-on = "never"\n' + (
        '[[suppress]]\nrule = "*"\nreason = "trust me"\n'
    )  # fmt: skip
    change = {**CLASH, "depcheck.toml": 'fail-on = "never"\n' + loosened.replace(
        'fail-on = "never"\n', "")}  # fmt: skip

    run = asked(CLEAN, change, fork=True, inputs={"comment": "true", "sarif": "true"})

    assert run.status == 1, run.log
    assert (run.outputs["new"], run.outputs["suppressed"]) == ("1", "0")
    assert "depcheck.toml" in run.summary
    notices = " ".join(notice.message for notice in run.kinds("notice"))
    assert "No comment was written" in notices
    assert "code scanning" in notices
    assert api.comments == []
    assert not [used for used in run.used if "upload-sarif" in used.action]


def test_trust_head_takes_what_the_change_says(asked):
    change = {**CLASH, "depcheck.toml": 'fail-on = "never"\n' + CONFIG}

    run = asked(CLEAN, change, inputs={"trust-head": "true"})

    assert run.status == 0, run.log
    assert run.outputs["verdict"] == "conflict"


def test_a_broken_base_makes_nothing_new_and_nothing_clean(asked):
    run = asked({**CLEAN, "ai/requirements.txt": "mcp>=1.23]]\n"}, CLASH)

    assert run.status == 3, run.log
    assert run.outputs["new"] == "0"
    assert run.outputs["verdict"] == "conflict"


def test_mending_a_broken_base_is_green(asked):
    run = asked({**CLEAN, "ai/requirements.txt": "mcp>=1.23]]\n"}, {"ai/requirements.txt": "six\n"})

    assert run.status == 0, run.log
    assert run.outputs["verdict"] == "compatible"


def test_a_configuration_that_is_none_is_an_error_with_its_place(shop, action, tmp_path):
    commit = shop.commit("main", {**CLEAN, "depcheck.toml": "components = 3\n"})

    run = action(shop.checkout(commit, tmp_path / "work"))

    assert run.status == 2, run.log
    assert (run.outputs["verdict"], run.outputs["report-json"]) == ("failed", "")
    (error,) = run.kinds("error")
    assert "depcheck.toml" in error.message
    assert "depcheck.toml" in run.summary


@pytest.mark.parametrize("depth", [0, 2])
def test_a_base_that_is_there_needs_no_fetch(asked, shop, depth, api):
    run = asked(CLEAN, CLASH, depth=depth)

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log


def test_exit_zero_reports_and_passes(asked):
    run = asked(CLEAN, CLASH, inputs={"exit-zero": "true"})

    assert (run.status, run.outputs["status"], run.outputs["new"]) == (0, "0", "1"), run.log


def test_fail_on_is_passed_on(asked):
    run = asked(CLEAN, CLASH, inputs={"fail-on": "never"})

    assert run.status == 0, run.log


def test_a_push_is_compared_with_what_was_there(shop, action, tmp_path):
    before = shop.commit("main", CLEAN)
    after = shop.commit("main", CLASH)
    checkout = shop.checkout(after, tmp_path / "work")

    run = action(checkout, event="push", payload={"before": before, "after": after})

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log
    assert run.kinds("error")[0].properties["line"] == "3"


def test_a_schedule_has_no_base(shop, action, api, tmp_path):
    commit = shop.commit("main", {**CLEAN, **CLASH})

    run = action(shop.checkout(commit, tmp_path / "work"), event="schedule", payload={})

    assert run.status == 1, run.log
    assert (run.outputs["new"], run.outputs["errors"]) == ("0", "1")
    assert api.requests == []


def test_a_merge_queue_is_compared_with_what_it_merges_into(shop, action, tmp_path):
    before = shop.commit("main", CLEAN)
    after = shop.commit("queue", CLASH)
    checkout = shop.checkout(after, tmp_path / "work")

    run = action(checkout, event="merge_group", payload={"merge_group": {"base_sha": before}})

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log


def test_pull_request_target_checks_the_merge_commit(asked, api):
    run = asked(CLEAN, CLASH, fork=True, event="pull_request_target")

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log
    assert len(api.comments) == 1
    saved = [used for used in run.used if used.action.startswith("actions/cache/save")]
    assert saved == []


def test_pull_request_target_does_not_trust_the_head(asked):
    run = asked(CLEAN, CLASH, event="pull_request_target", inputs={"trust-head": "true"})

    assert run.status == 2, run.log
    assert "pull_request_target" in run.kinds("error")[0].message
    assert (run.outputs["verdict"], run.outputs["status"]) == ("failed", "2")


def test_the_job_is_left_as_it_was(asked):
    run = asked(CLEAN, CLASH)

    assert (run.environment, run.path) == ({}, [])


def test_a_folder_below_the_root(shop, action, tmp_path):
    moved = {f"services/{name}": content for name, content in CLEAN.items()}
    before = shop.commit("main", moved)
    after = shop.commit("main", {f"services/{name}": text for name, text in CLASH.items()})
    checkout = shop.checkout(after, tmp_path / "work")

    run = action(
        checkout, event="push", payload={"before": before},
        inputs={"working-directory": "services", "config": "depcheck.toml"},
    )  # fmt: skip

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log
    assert run.kinds("error")[0].properties["file"] == "services/ai/requirements.txt"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"command": "rm"}, "check, parity, isolate"),
        ({"working-directory": "nowhere"}, "no such folder"),
        ({"trust-head": "perhaps"}, "true or false"),
        ({"comment": "loudly", "base": "none"}, "auto, true or false"),
        ({"base": "--upload-pack=x"}, "revision"),
        ({"base": "no-such-branch"}, "fetch-depth: 2"),
    ],
)
def test_an_input_that_makes_no_sense_is_named(shop, action, tmp_path, inputs, said):
    commit = shop.commit("main", CLEAN)
    checkout = shop.checkout(commit, tmp_path / "work")
    payload = pull_request(commit, commit)

    run = action(checkout, event="push", payload={"before": commit, **payload}, inputs=inputs)

    assert run.status == 2, run.log
    assert said in run.kinds("error")[0].message


def test_without_a_checkout_it_says_what_is_lacking(action, tmp_path):
    (tmp_path / "work").mkdir()

    run = action(tmp_path / "work", event="pull_request", payload=pull_request("1" * 40, "2" * 40))

    assert run.status == 2, run.log
    assert "Check the repository out" in run.kinds("error")[0].message
    assert "Traceback" not in run.log
