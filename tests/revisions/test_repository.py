"""Which repository a folder lies in, and which commit a name means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depcheck.errors import UsageError
from depcheck.revisions.repository import find_repository
from tests.revisions.conftest import Opening
from tests.support.repositories import ENVIRON, Repository


def test_a_branch_is_compared_with_where_it_left_main(repo: Repository, opening: Opening):
    repo.write("a", "1")
    left = repo.commit()
    repo.branch("topic")
    repo.write("b", "1")
    repo.commit()
    repo.git("switch", "--quiet", "main")
    repo.write("a", "2")
    main = repo.commit()
    repo.git("switch", "--quiet", "topic")
    revision = opening(repo.root, "main")
    assert (revision.commit, revision.asked) == (left, main)
    assert revision.notes == (
        f"main has gone on since: compared is {left[:12]}, where the two part ways.",
    )


def test_the_first_parent_of_a_merge_is_itself_the_base(repo: Repository, opening: Opening):
    repo.write("a", "1")
    repo.commit()
    repo.branch("topic")
    repo.write("b", "1")
    repo.commit()
    repo.git("switch", "--quiet", "main")
    repo.write("c", "1")
    main = repo.commit()
    repo.merge("topic")
    revision = opening(repo.root, "HEAD^1")
    assert revision.commit == main
    assert revision.notes == ()


@pytest.mark.parametrize("named", ["v1", "refs/tags/v1", "HEAD~1", "main@{0}~1"])
def test_a_revision_may_be_named_as_git_names_it(repo: Repository, opening: Opening, named: str):
    first = repo.commit()
    repo.git("tag", "--annotate", "--message", "one", "v1")
    repo.commit()
    assert opening(repo.root, named).commit == first


def test_a_tag_and_a_branch_of_one_name_are_told(repo: Repository, opening: Opening):
    first = repo.commit()
    repo.git("tag", "release")
    repo.commit()
    repo.git("branch", "release")
    revision = opening(repo.root, "release")
    assert revision.commit == first
    assert "names a tag and a branch" in revision.notes[0]


def test_without_a_common_commit_the_revision_itself_counts(repo: Repository, opening: Opening):
    main = repo.commit()
    repo.git("switch", "--quiet", "--orphan", "other")
    repo.commit("of its own")
    revision = opening(repo.root, "main")
    assert revision.commit == main
    assert "no common commit" in revision.notes[0]


def test_before_the_first_commit_the_revision_itself_counts(repo: Repository, opening: Opening):
    main = repo.commit()
    repo.git("switch", "--quiet", "--orphan", "other")
    assert opening(repo.root, "main").commit == main


@pytest.mark.parametrize(
    "named", ["-x", "--all", "", "a\nb", "a\0b", "HEAD\x1b[31m", "x" * 501, "--output=/tmp/x"]
)
def test_what_cannot_be_a_revision_is_refused(repo: Repository, opening: Opening, named: str):
    repo.commit()
    with pytest.raises(UsageError, match="cannot be a revision") as caught:
        opening(repo.root, named)
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("nowhere", "try origin/NAME"),
        ("0" * 40, "try origin/NAME"),
        ("origin/nowhere", "git branch --all"),
        ("HEAD^9", "git log"),
        ("HEAD:a", "git log"),
        ("main..main", "git log"),
    ],
)
def test_what_is_no_commit_is_told_with_its_name(
    repo: Repository, opening: Opening, named: str, hint: str
):
    repo.write("a", "1")
    repo.commit()
    with pytest.raises(UsageError, match="is not a commit of this repository") as caught:
        opening(repo.root, named)
    assert hint in caught.value.hint


def test_a_shallow_clone_says_how_to_get_the_rest(
    repo: Repository, opening: Opening, tmp_path: Path
):
    repo.commit()
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(tmp_path / "shallow"))
    with pytest.raises(UsageError) as caught:
        opening(tmp_path / "shallow", "HEAD^1")
    assert "fetch-depth: 2 (the merge commit and its base), or 0" in caught.value.hint


def test_two_commits_are_enough_for_a_merge(repo: Repository, opening: Opening, tmp_path: Path):
    repo.commit("one")
    repo.commit("two")
    repo.branch("topic")
    repo.write("b", "1")
    repo.commit("three")
    repo.git("switch", "--quiet", "main")
    main = repo.commit("four")
    repo.merge("topic")
    clone = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth=2", f"file://{repo.root}", str(clone))
    revision = opening(clone, "HEAD^1")
    assert revision.commit == main
    assert revision.notes == ()


def test_outside_of_a_repository_it_is_said(tmp_path: Path):
    with pytest.raises(UsageError, match="lies in no git repository") as caught:
        find_repository(tmp_path, ENVIRON)
    assert "--baseline" in caught.value.hint


def test_a_repository_without_a_working_tree_is_refused(tmp_path: Path):
    Repository(tmp_path / "bare", "--bare")
    with pytest.raises(UsageError, match="without a working tree"):
        find_repository(tmp_path / "bare", ENVIRON)


def test_the_git_folder_itself_is_no_working_tree(repo: Repository):
    with pytest.raises(UsageError, match="without a working tree"):
        find_repository(repo.root / ".git", ENVIRON)


def test_without_git_it_is_said(tmp_path: Path):
    with pytest.raises(UsageError, match="needs git, and there is none in PATH"):
        find_repository(tmp_path, {"PATH": f"{tmp_path}:"})


def test_a_git_of_the_inspected_folder_is_never_taken(repo: Repository, monkeypatch):
    trap = repo.root / "git"
    trap.write_text(f"#!/bin/sh\ntouch {repo.root}/trapped\n")
    trap.chmod(0o755)
    monkeypatch.chdir(repo.root)
    find_repository(repo.root, {**ENVIRON, "PATH": f".::{os.environ['PATH']}"})
    assert not (repo.root / "trapped").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_needs_trust(repo: Repository, tmp_path: Path):
    repo.commit()
    for path in (repo.root, repo.root / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(UsageError, match="another user owns it") as caught:
        find_repository(repo.root, ENVIRON)
    assert f"safe.directory {repo.root}" in caught.value.hint
    trusting = tmp_path / "gitconfig"
    trusting.write_text(f"[safe]\n\tdirectory = {repo.root}\n")
    found = find_repository(repo.root, {**ENVIRON, "GIT_CONFIG_GLOBAL": str(trusting)})
    assert found.top == repo.root


def test_the_folder_may_be_reached_by_a_link(repo: Repository, tmp_path: Path):
    (repo.root / "shop").mkdir()
    link = tmp_path / "link"
    link.symlink_to(repo.root)
    found = find_repository(link / "shop", ENVIRON)
    assert (found.top, found.seen) == (repo.root, link)
    assert found.inside(link / "shop" / "a") == Path("shop/a")
    assert found.inside(repo.root / "shop" / ".." / "b") == Path("b")
    assert found.inside(tmp_path) is None


def test_a_path_may_come_by_another_link(repo: Repository, tmp_path: Path):
    (repo.root / "shop").mkdir()
    (repo.root / "inner").symlink_to("shop")
    (tmp_path / "link").symlink_to(repo.root)
    (tmp_path / "file").symlink_to(repo.root / "shop" / "a")
    found = find_repository(repo.root, ENVIRON)
    assert found.inside(tmp_path / "link" / "shop" / "a") == Path("shop/a")
    assert found.inside(tmp_path / "link" / "inner" / "a") == Path("inner/a")
    assert found.inside(tmp_path / "file") == Path("shop/a")
    assert found.inside(tmp_path / "elsewhere") is None


def test_a_working_tree_elsewhere_is_refused(repo: Repository, tmp_path: Path):
    (tmp_path / "else").mkdir()
    repo.git("config", "core.worktree", str(tmp_path))
    with pytest.raises(UsageError, match="not the repository's own folder"):
        find_repository(repo.root, ENVIRON)


def test_variables_that_lead_elsewhere_do_not_count(repo: Repository, tmp_path: Path):
    other = Repository(tmp_path / "other")
    environ = {**ENVIRON, "GIT_DIR": f"{other.root}/.git", "GIT_WORK_TREE": str(other.root)}
    assert find_repository(repo.root, environ).top == repo.root


def test_a_linked_working_tree_has_its_own_folder(
    repo: Repository, opening: Opening, tmp_path: Path
):
    first = repo.commit()
    linked = tmp_path / "linked"
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(linked))
    revision = opening(linked, "main")
    assert revision.commit == first
    assert revision.repository.top == linked


def test_hashes_may_be_longer(tmp_path: Path, opening: Opening):
    repo = Repository(tmp_path / "new", "--object-format=sha256")
    repo.write("web/requirements.txt", "django")
    commit = repo.commit()
    revision = opening(repo.root)
    assert len(revision.commit) == 64
    assert revision.commit == commit
    assert revision.tree.read(repo.root / "web/requirements.txt", 100) == b"django\n"
