"""What a change is compared with."""

from __future__ import annotations

import json

import pytest

from action.base import chosen
from action.git import Git, GitError, configured
from action.job import Job, Refusal
from tests.support.pull_request import git, pull_request


@pytest.fixture
def choose(tmp_path):
    def run(checkout, event, payload, **environ):
        (tmp_path / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        told = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), **environ,
        }  # fmt: skip
        return chosen(Job(told), Git(checkout, told))

    return run


@pytest.fixture
def history(shop):
    """A base with two commits, a branch from the first, and their merge."""
    first = shop.commit("main", {"a": "1"})
    second = shop.commit("main", {"b": "1"})
    shop.branch("topic", at=first)
    head = shop.commit("topic", {"c": "1"})
    return first, second, head, shop.merge(second, head)


def test_of_a_merge_commit_it_is_the_first_parent(choose, shop, history, tmp_path):
    _, second, head, merge = history
    checkout = shop.checkout(merge, tmp_path / "work")

    choice = choose(checkout, "pull_request", pull_request(second, head))

    assert choice.revision == second
    assert git(checkout, "merge-base", second, "HEAD") == second


def test_of_the_head_it_is_the_newest_base_whose_configuration_counts(
    choose, shop, history, tmp_path
):
    _, second, head, _ = history
    checkout = shop.checkout(head, tmp_path / "work", depth=0)

    choice = choose(checkout, "pull_request", pull_request(second, head))

    assert (choice.revision, choice.why) == (second, "the base, as it was where the branch began")


def test_of_a_shallow_head_it_is_the_newest_base_and_said(choose, shop, history, tmp_path, capsys):
    _, second, head, _ = history
    checkout = shop.checkout(head, tmp_path / "work")

    assert choose(checkout, "pull_request", pull_request(second, head)).revision == second
    assert "not the merge commit" in capsys.readouterr().out


def test_a_head_that_is_itself_a_merge_is_no_merge_commit(choose, shop, history, tmp_path):
    _, second, head, _ = history
    shop.branch("topic", at=head)
    merged = shop.merge(head, second)  # the branch took the base in
    checkout = shop.checkout(merged, tmp_path / "work", depth=0)

    choice = choose(checkout, "pull_request", pull_request(second, merged))

    assert choice.revision == second
    assert choice.why == "the base, as it was where the branch began"


def test_the_base_itself_is_not_checked_against_itself(choose, shop, history, tmp_path):
    _, second, head, _ = history
    checkout = shop.checkout(second, tmp_path / "work")

    with pytest.raises(Refusal, match="nothing of the pull request"):
        choose(checkout, "pull_request_target", pull_request(second, head))


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
@pytest.mark.parametrize("depth", [0, 1])
def test_a_base_that_went_on_by_a_merge_is_not_taken_for_the_pull_request(
    choose, shop, history, tmp_path, event, depth
):
    first, second, head, _ = history
    shop.branch("feature", at=second)
    feature = shop.commit("feature", {"e": "1"})
    newest = shop.merge(second, feature)
    checkout = shop.checkout(newest, tmp_path / "work", depth=depth)
    # For pull_request GITHUB_SHA is the merge commit; for the other event, the newest base.
    sha = {"pull_request": first, "pull_request_target": newest}[event]

    with pytest.raises(Refusal, match="nothing of the pull request"):
        choose(checkout, event, pull_request(second, head), GITHUB_SHA=sha)


def test_a_commit_on_top_of_the_head_is_still_the_pull_request(choose, shop, history, tmp_path):
    _, second, head, _ = history
    shop.branch("topic", at=head)
    further = shop.commit("formatted", {"c": "2"})
    checkout = shop.checkout(further, tmp_path / "work", depth=0)

    assert choose(checkout, "pull_request", pull_request(second, head)).revision == second


def test_a_commit_that_only_the_job_has_does_not_hinder(choose, shop, history, tmp_path):
    _, second, head, _ = history
    checkout = shop.checkout(head, tmp_path / "work")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "formatted")

    assert choose(checkout, "pull_request", pull_request(second, head)).revision == second


@pytest.mark.parametrize("before", ["0" * 40, "", None, "HEAD", "-x"])
def test_a_new_branch_has_no_base(choose, shop, history, tmp_path, before):
    checkout = shop.checkout(history[1], tmp_path / "work")

    assert choose(checkout, "push", {"before": before}).revision == ""


def test_a_push_whose_past_is_gone_has_no_base_and_says_so(choose, shop, history, tmp_path, capsys):
    checkout = shop.checkout(history[1], tmp_path / "work")

    assert choose(checkout, "push", {"before": "1" * 40}).revision == ""
    assert "counts as new" in capsys.readouterr().out


def test_a_base_that_cannot_be_had_is_said_with_the_remedy(choose, shop, history, tmp_path):
    _, second, head, merge = history
    checkout = shop.checkout(merge, tmp_path / "work")
    git(checkout, "remote", "set-url", "origin", f"file://{tmp_path}/nowhere.git")

    with pytest.raises(Refusal, match="the base is not in this checkout") as caught:
        choose(checkout, "pull_request", pull_request(second, head))
    assert "fetch-depth: 2" in caught.value.hint


@pytest.mark.parametrize("name", ["main", "topic"])
def test_a_named_base_is_found_at_origin(choose, shop, history, tmp_path, name):
    _, second, head, merge = history
    checkout = shop.checkout(merge, tmp_path / "work")

    choice = choose(checkout, "push", {}, INPUT_BASE=name)

    assert choice.revision == {"main": second, "topic": head}[name]


def test_none_means_none(choose, shop, history, tmp_path):
    _, second, head, merge = history
    checkout = shop.checkout(merge, tmp_path / "work")

    choice = choose(checkout, "pull_request", pull_request(second, head), INPUT_BASE="none")

    assert choice.revision == ""


def test_a_whole_history_stays_whole(choose, shop, history, tmp_path):
    checkout = shop.checkout(history[3], tmp_path / "work", depth=0)
    newer = shop.commit("other", {"d": "1"})

    choose(checkout, "push", {"before": newer})

    assert git(checkout, "rev-parse", "--is-shallow-repository") == "false"


def test_an_event_without_its_base_is_refused(choose, shop, history, tmp_path):
    checkout = shop.checkout(history[1], tmp_path / "work")

    with pytest.raises(Refusal, match="which commit"):
        choose(checkout, "merge_group", {"merge_group": {"base_sha": "$(touch x)"}})


def test_no_hook_and_no_monitor_of_the_checkout_runs(choose, shop, history, tmp_path):
    _, second, head, merge = history
    checkout = shop.checkout(merge, tmp_path / "work")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    hook = checkout / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(trap.read_text())
    hook.chmod(0o755)
    git(checkout, "config", "core.fsmonitor", str(trap))
    (tmp_path / "sprung").unlink(missing_ok=True)

    choose(checkout, "pull_request", pull_request(second, head))

    assert not (tmp_path / "sprung").exists()


def test_the_token_goes_to_its_server_alone_and_on_no_command_line(
    shop, history, tmp_path, monkeypatch
):
    checkout = shop.checkout(history[3], tmp_path / "work")
    git(checkout, "remote", "set-url", "origin", "http://127.0.0.1:9/shop.git")
    noted = tmp_path / "noted"
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = fetch ] && {{ echo "$@"; env; }} >>{noted}\n'
        '[ "$1" = fetch ] && exit 1\nexec /usr/bin/git "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")

    repository = Git(
        checkout, {"PATH": f"{fake.parent}:/usr/bin:/bin"},
        token="secret", server="https://git.example",
    )  # fmt: skip

    with pytest.raises(GitError):
        repository.fetch("1" * 40)

    assert "secret" not in repr(repository)
    told = noted.read_text()
    words = [line for line in told.splitlines() if line.startswith("fetch ")]
    assert len(words) == 2
    assert not any("secret" in line or "basic" in line.lower() for line in words)
    assert "http.https://git.example/.extraheader" in told


def test_settings_are_added_to_those_that_are_there():
    environ = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}

    assert configured(environ, ("d.e", "f")) == {
        **environ, "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_1": "d.e", "GIT_CONFIG_VALUE_1": "f",
    }  # fmt: skip
