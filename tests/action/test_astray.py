"""What a change, or the job around, could lead the action astray with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from action.git import Git, GitError
from action.install import _installed, install_step
from action.job import Job, Refusal
from action.main import seclude
from action.run import _docs
from tests.action.test_scenarios import CLASH, CLEAN
from tests.support.pull_request import git, pull_request
from tests.support.runner import ROOT, parsed

PATH = os.environ["PATH"]


@pytest.fixture
def trap(tmp_path):
    """A program that leaves a trace, and the trace."""
    program, trace = tmp_path / "trap.sh", tmp_path / "sprung"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n")
    program.chmod(0o755)
    return program, trace


def buried(trap):
    """Return the files of a repository that a change brings, and whose fetch runs ``trap``."""
    return {
        "services/HEAD": "ref: refs/heads/main\n", "services/objects/x": "", "services/refs/x": "",
        "services/config": "[core]\nrepositoryformatversion = 0\nbare = true\n"
        f'[remote "origin"]\nurl = ext::{trap}\n[protocol "ext"]\nallow = always\n',
    }  # fmt: skip


def test_a_buried_repository_is_not_asked(shop, tmp_path, trap):
    program, trace = trap
    commit = shop.commit("main", {"a": "1", **buried(program)})
    checkout = shop.checkout(commit, tmp_path / "work")
    repository = Git(checkout / "services", {"PATH": PATH})

    assert repository.head() == commit
    with pytest.raises(GitError):
        repository.fetch("1" * 40)
    assert not trace.exists()


def test_nor_is_it_by_the_whole_action(shop, action, tmp_path, trap):
    program, trace = trap
    moved = {f"services/{name}": content for name, content in CLEAN.items()}
    first = shop.commit("main", moved)
    shop.branch("topic", at=first)
    clash = {f"services/{name}": text for name, text in CLASH.items()}
    head = shop.commit("topic", {**clash, **buried(program)})
    checkout = shop.checkout(shop.merge(first, head), tmp_path / "work")

    run = action(
        checkout, event="pull_request", payload=pull_request(first, head, fork=True),
        inputs={"working-directory": "services"},
    )  # fmt: skip

    assert not trace.exists()
    assert run.status == 2, run.log
    assert "cannot use bare repository" in run.kinds("error")[0].message


def test_a_linked_worktree_is_a_repository_too(shop, tmp_path):
    commit = shop.commit("main", {"a": "1"})
    checkout = shop.checkout(commit, tmp_path / "work")
    git(checkout, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))

    assert Git(tmp_path / "linked", {"PATH": PATH}).head() == commit
    with pytest.raises(GitError, match="not a git repository"):
        Git(tmp_path, {"PATH": PATH}).head()


def test_no_program_that_a_configuration_names_is_a_transport(shop, tmp_path, trap):
    program, trace = trap
    checkout = shop.checkout(shop.commit("main", {"a": "1"}), tmp_path / "work")
    git(checkout, "config", "remote.origin.url", f"ext::{program}")
    git(checkout, "config", "protocol.ext.allow", "always")

    with pytest.raises(GitError, match="not allowed"):
        Git(checkout, {"PATH": PATH}).fetch("1" * 40)
    assert not trace.exists()


@pytest.mark.parametrize("wanted", ["services", "services/web", "./services/../services", "{}"])
def test_a_link_is_no_working_directory(shop, action, tmp_path, wanted):
    """It would lead to a folder of the change, of whose configuration the base knows nothing."""
    loose = CLEAN["depcheck.toml"] + 'fail-on = "never"\n'
    first = shop.commit("main", {"services/web/depcheck.toml": CLEAN["depcheck.toml"]})
    shop.branch("topic", at=first)
    head = shop.commit("topic", {**CLEAN, **CLASH, "depcheck.toml": loose, "mine/web/a": ""})
    checkout = shop.checkout(shop.merge(first, head), tmp_path / "work")
    git(checkout, "rm", "-rq", "services")
    (checkout / "services").symlink_to("mine")
    wanted = wanted.format(checkout / "services")

    job = Job({"GITHUB_WORKSPACE": str(checkout), "INPUT_WORKING_DIRECTORY": wanted})

    with pytest.raises(Refusal, match='"services" is a link'):
        assert job.folder


def test_a_link_above_the_workspace_is_the_runners(tmp_path):
    (tmp_path / "real" / "work" / "web").mkdir(parents=True)
    (tmp_path / "linked").symlink_to("real")
    workspace = tmp_path / "linked" / "work"

    job = Job({"GITHUB_WORKSPACE": str(workspace), "INPUT_WORKING_DIRECTORY": "web/"})

    assert job.folder == workspace / "web"


def test_an_old_branch_does_not_bring_an_old_configuration_back(shop, action, tmp_path):
    """Where the head is checked out: it began before there was a configuration at all."""
    old = shop.commit("main", {name: text for name, text in CLEAN.items() if ".toml" not in name})
    tip = shop.commit("main", {"depcheck.toml": CLEAN["depcheck.toml"]})
    shop.branch("topic", at=old)
    loose = 'fail-on = "never"\n' + CLEAN["depcheck.toml"]
    head = shop.commit("topic", {**CLASH, "depcheck.toml": loose})
    checkout = shop.checkout(head, tmp_path / "work", depth=0)

    run = action(checkout, event="pull_request", payload=pull_request(tip, head, fork=True))

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log


@pytest.mark.parametrize(
    "inputs", [{"trust-head": "true"}, {"base": "none"}, {"arguments": "--trust-head"}]
)
def test_with_secrets_no_stranger_configures_the_check(shop, action, tmp_path, inputs):
    first = shop.commit("main", CLEAN)
    shop.branch("topic", at=first)
    head = shop.commit("topic", CLASH)
    checkout = shop.checkout(shop.merge(first, head), tmp_path / "work")

    run = action(
        checkout, event="pull_request_target", payload=pull_request(first, head), inputs=inputs
    )

    assert run.status == 2, run.log
    assert "is not for pull_request_target" in run.kinds("error")[0].message
    assert (run.outputs["verdict"], run.outputs["status"]) == ("failed", "2")


def test_nothing_of_the_checkout_runs_while_depcheck_is_installed(tmp_path):
    """``PYTHONPATH`` may point into the checkout, and pip starts Pythons that heed it."""
    checkout, trace = tmp_path / "work", tmp_path / "sprung"
    checkout.mkdir()
    for name in ("sitecustomize.py", "usercustomize.py", "json.py", "setuptools.py", "pip.py"):
        (checkout / name).write_text(f"open({str(trace)!r}, 'a').write({name!r})\n")
    output = tmp_path / "output"
    environ = {
        "PATH": PATH, "HOME": str(tmp_path), "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_WORKSPACE": str(checkout), "GITHUB_OUTPUT": str(output),
        "PYTHONPATH": str(checkout), "PYTHONSTARTUP": str(checkout / "json.py"),
        "PIP_DRY_RUN": "1", "PIP_TARGET": str(tmp_path / "elsewhere"), "PIP_REQUIRE_HASHES": "1",
        "PIP_PYTHON": "/usr/bin/python3", "PIP_ONLY_BINARY": ":all:",
        **{name: value for name, value in os.environ.items()
           if name in ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE")},
    }  # fmt: skip
    words = [sys.executable, "-I", "-X", "utf8", ROOT / "action", "install"]
    done = subprocess.run(words, env=environ, cwd=checkout, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not trace.exists(), trace.read_text()
    assert not (tmp_path / "elsewhere").exists()
    assert parsed(output.read_text())["prefix"].startswith("depcheck-")


def test_another_python_or_another_action_gets_its_own_installation(tmp_path, monkeypatch):
    made = []

    def create(place, **_):
        made.append(place.name)
        (place / "bin").mkdir(parents=True)
        (place / "bin" / "python").write_text("#!/bin/sh\necho depcheck 1\n")
        (place / "bin" / "python").chmod(0o755)

    monkeypatch.setattr("action.install.venv.create", create)
    monkeypatch.setattr("action.install._pip", lambda *_: None)
    source = tmp_path / "source"
    (source / "depcheck").mkdir(parents=True)
    (source / "pyproject.toml").write_text("1")
    job = Job({"RUNNER_TEMP": str(tmp_path)})
    for _ in range(2):
        _installed(job, source)
    assert len(made) == 1
    (source / "depcheck" / "a.py").write_text("2")
    _installed(job, source)
    monkeypatch.setattr(sys, "base_prefix", "/another/python")
    _installed(job, source)
    assert len(set(made)) == 3

    # The interpreter that it was made of is gone: runners clean up.
    (tmp_path / "depcheck" / made[-1] / "bin" / "python").unlink()
    with pytest.raises(FileExistsError):
        _installed(job, source)  # it is made anew, here by a stand-in that cannot


@pytest.mark.parametrize("name", ["sarif", "cache"])
def test_a_word_that_is_neither_yes_nor_no_is_said_at_once(name):
    with pytest.raises(Refusal, match="true or false"):
        install_step(Job({f"INPUT_{name.upper()}": "yes"}))


def test_the_environment_is_cleared_of_what_python_heeds():
    environ = {"PYTHONPATH": "x", "PYTHONHOME": "y", "Pythonstartup": "z", "PATH": "/bin"}
    seclude(environ)

    # With the last, Windows does not look for git.exe in the checkout.
    assert environ == {"PATH": "/bin", "NoDefaultCurrentDirectoryInExePath": "1"}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/home/runner/_actions/o/depcheck/v1", "o/depcheck/blob/v1"),
        ("/__w/_actions/o/depcheck/release/v1/", "o/depcheck/blob/release/v1"),
        ("D:\\a\\_actions\\o\\depcheck\\v1.2.3", "o/depcheck/blob/v1.2.3"),
        ("/home/runner/shop", None),
        ("/_actions/o/depcheck/a b", None),
        ("", None),
    ],
)
def test_the_rules_are_explained_where_the_action_comes_from(path, place):
    """The contexts that should tell are empty in a composite action (actions/runner#2473)."""
    told = _docs(Job({"GITHUB_SERVER_URL": "https://git.example", "GITHUB_ACTION_PATH": path}))

    assert told == (f"https://git.example/{place}/docs/rules.md" if place else "")


@pytest.mark.parametrize("depth", [0, 2])
def test_a_sparse_checkout_gets_the_files_of_the_base(shop, action, tmp_path, depth):
    """``sparse-checkout`` leaves files out that git would fetch later, which depcheck does not."""
    git(shop.origin, "config", "uploadpack.allowFilter", "true")
    first = shop.commit("main", CLEAN)
    shop.branch("topic", at=first)
    head = shop.commit("topic", CLASH)
    checkout = tmp_path / "work"
    git(tmp_path, "init", "-q", "-b", "main", str(checkout))
    git(checkout, "remote", "add", "origin", f"file://{shop.origin}")
    words = [f"--depth={depth}"] if depth else []
    merge = shop.merge(first, head)
    git(checkout, "fetch", "-q", "--no-tags", "--filter=blob:none", *words, "origin", merge)
    git(checkout, "checkout", "-q", "--detach", merge)

    run = action(checkout, event="pull_request", payload=pull_request(first, head))

    assert (run.status, run.outputs["new"]) == (1, "1"), run.log
