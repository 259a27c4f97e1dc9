"""The second step: what the change is compared with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from action.commands import say, tell
from action.git import Git, GitError, is_hash
from action.job import Job, Refusal, at

_DEPTH = (
    "Give actions/checkout `fetch-depth: 2` (of a private repository without stored "
    "credentials the action cannot fetch it), or set the input base."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A revision to compare with, empty for none, and why it is this one."""

    revision: str = ""
    why: str


def base_step(job: Job) -> int:
    """Choose the base and see that it is here; the output ``base`` is its hash, maybe empty."""
    if job.input("command") not in ("", "check"):
        job.output({"base": ""})
        return 0
    _check_trust(job)
    git = _repository(job)
    choice = chosen(job, git)
    if choice.revision:
        _filled(git, choice.revision)
    say(f"compared with {choice.revision or 'nothing'}: {choice.why}")
    job.output({"base": choice.revision})
    return 0


def _check_trust(job: Job) -> None:
    trusting = {
        "trust-head": job.switch("trust-head"),
        "--trust-head": "--trust-head" in job.lines("arguments"),
        "base: none": job.input("base") == "none",  # what has no base has only the head's
    }
    if job.event == "pull_request_target" and any(trusting.values()):
        name = next(name for name, is_set in trusting.items() if is_set)
        raise Refusal(
            f"{name} is not for pull_request_target: the configuration would be that of the head, "
            "which is a stranger's, and the secrets are yours",
            "Leave it out, or use the event pull_request.",
        )


def chosen(job: Job, git: Git) -> Choice:
    """Return what to compare with: the input ``base``, or what the event is about.

    Raises Refusal where the commit can be had neither here nor from ``origin``.
    """
    wanted = job.input("base")
    if wanted == "none":
        return Choice(why="the input base says so")
    if wanted:
        return Choice(revision=_asked(git, wanted), why=f"the input base is {wanted}")
    match job.event:
        case "pull_request" | "pull_request_target":
            return _pull_request(job, git)
        case "push":
            return _push(job, git)
        case "merge_group":
            tip = at(job.payload, "merge_group", "base_sha")
            return Choice(revision=_had(git, tip), why="what the queue merges into")
    return Choice(why=f"the event {job.event or 'of this run'} has no base")


def _asked(git: Git, wanted: str) -> str:
    if wanted.startswith("-"):
        raise Refusal(f'the input base is "{wanted}"', "It is a revision, such as main.")
    return git.named(wanted) or _fetched(git, wanted)


def _pull_request(job: Job, git: Git) -> Choice:
    head = at(job.payload, "pull_request", "head", "sha")
    tip = at(job.payload, "pull_request", "base", "sha")
    commit = git.head()
    parents = git.parents(commit)
    # With pull_request_target GITHUB_SHA is the base's newest commit, which may be a merge too.
    merged = job.event == "pull_request" and commit == job.environ.get("GITHUB_SHA")
    if len(parents) == 2 and (merged or parents[1] == head):
        return Choice(revision=_had(git, parents[0]), why="what it is merged into")
    if not (is_hash(head) and git.descends(commit, head)):
        raise Refusal(
            "the checkout holds nothing of the pull request",
            "With pull_request_target, give actions/checkout the merge commit: "
            "`ref: refs/pull/NUMBER/merge` (see docs/pull-requests.md). There is none while the "
            "pull request has conflicts. For one that is closed, set the input base.",
        )
    revision = _had(git, tip)
    if git.merge_base(revision, commit):
        # depcheck compares with where the branch began, and takes the configuration from the
        # newest commit: of an old branch, nobody may choose an old configuration.
        return Choice(revision=revision, why="the base, as it was where the branch began")
    tell(
        "notice",
        "The head of the pull request is checked out, not the merge commit: what the base has "
        "gained since may look as if the pull request took it away.",
    )
    return Choice(revision=revision, why="the newest commit of the base")


def _push(job: Job, git: Git) -> Choice:
    before = at(job.payload, "before")
    if not is_hash(before):
        return Choice(why="the branch or tag is new")
    try:
        return Choice(revision=_had(git, before), why="what was there before the push")
    except Refusal:
        tell("notice", "The commit before this push is gone: everything found counts as new.")
        return Choice(why="the commit before the push is gone")


def _had(git: Git, commit: object) -> str:
    """Return the commit once it is here; raises Refusal where it cannot be had."""
    if not isinstance(commit, str) or not is_hash(commit):
        raise Refusal("the event does not say which commit the base is", "Set the input base.")
    if not git.has(commit) and git.shallow():
        # Most often it is what stands before HEAD, and then git knows how the two hang together.
        with suppress(GitError):
            git.fetch(git.head(), depth=2)
    if not git.has(commit):
        _fetched(git, commit)
    return commit


def _filled(git: Git, revision: str) -> None:
    """See that the files of a base are here: of what was named, and of what is compared with."""
    try:
        for commit in {revision, git.merge_base(revision, "HEAD") or revision}:
            git.fill(commit)
    except GitError as error:
        say(f"git said: {str(error)[:500]}")
        message = "the base's files are not in this checkout, which is sparse or filtered"
        raise Refusal(message, _DEPTH) from error


def _fetched(git: Git, revision: str) -> str:
    try:
        return git.fetch(revision)
    except GitError as error:
        say(f"git said: {str(error)[:500]}")
        message = f"the base is not in this checkout, and {revision} cannot be fetched"
        raise Refusal(message, _DEPTH) from error


def _repository(job: Job) -> Git:
    token, server = (job.environ.get(name, "") for name in ("DEPCHECK_TOKEN", "GITHUB_SERVER_URL"))
    return Git(job.folder, job.environ, token=token, server=server)
