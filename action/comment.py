"""The fourth step: one comment in the pull request, written or brought up to date."""

from __future__ import annotations

import hashlib
import queue
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from action.api import Api, ApiError
from action.commands import say, tell
from action.job import Job, Refusal, at

_MARKER = re.compile(r"<!-- depcheck:[^\r\n<>]{0,500} -->")
_MOST = 65_536  # characters that GitHub takes
_DEADLINE = 180.0  # seconds; twice a rate limit fits into it
_EVENTS = ("pull_request", "pull_request_target")


def comment_step(job: Job) -> int:
    """Say in the pull request what the report says; never a reason to fail.

    ``auto`` begins a comment only where there is something to say, and brings one that is
    there up to date. Where the token may not write, the summary has the same.
    """
    wanted = job.input("comment") or "auto"
    if wanted not in ("auto", "true", "false"):
        raise Refusal(f'the input comment is "{wanted}"', "It is auto, true or false.")
    number = at(job.payload, "pull_request", "number")
    body = _marked(job, _body(job))
    if wanted == "false" or job.event not in _EVENTS or not isinstance(number, int) or not body:
        return 0
    begin = wanted == "true" or _told(job)
    try:
        said = within(
            _DEADLINE, lambda: _written(_api(job), _place(job, number), body, begin=begin)
        )
        say(said)
    except ApiError as error:
        _give_up(wanted, error)
    return 0


def within(seconds: float, work: Callable[[], str]) -> str:
    """Return what ``work`` returns or raise what it raises; ApiError where it takes too long.

    A server that sends a byte now and then would hold the job for hours. The thread that waits
    for it does not keep the step from ending.
    """
    answers: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(work())
        except Exception as error:  # raised below, in the thread that waits
            answers.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise ApiError(0, f"the API took longer than {seconds:.0f} seconds") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def marker(body: str) -> str | None:
    """Return the first line of a comment where it marks one of ours, else None."""
    line = body.replace("\r\n", "\n").partition("\n")[0].strip()
    return line if _MARKER.fullmatch(line) else None


def _written(api: Api, place: str, body: str, *, begin: bool) -> str:
    """Write the comment over the one that is there, else anew where ``begin``; say what was done.

    Raises ApiError.
    """
    mark = marker(body)
    if mark is None:
        raise ApiError(0, "the comment has no mark to find it by")
    for found in api.pages(f"{place}/comments?per_page=100"):
        if marker(str(at(found, "body") or "")) == mark and _is_ours(api, found):
            return _replaced(api, place.rpartition("/issues/")[0], found, body)
    if not begin:
        return "nothing to comment"
    api.ask("POST", f"{place}/comments", {"body": body})
    return "commented"


def _replaced(api: Api, repository: str, found: Any, body: str) -> str:
    if str(at(found, "body")).replace("\r\n", "\n").strip() == body.strip():
        return "the comment is up to date"
    number = at(found, "id")
    if not isinstance(number, int):
        raise ApiError(0, "the API lists a comment without its number")
    api.ask("PATCH", f"{repository}/issues/comments/{number}", {"body": body})
    return "brought the comment up to date"


def _is_ours(api: Api, found: Any) -> bool:
    """Return whether a marked comment is by whoever the token stands for.

    Others can write the mark too, and would keep the power to edit what we put there. The
    token of a workflow may not ask who it is: then a bot's comment is ours.
    """
    try:
        return bool(at(found, "user", "login") == at(api.ask("GET", "/user"), "login"))
    except ApiError as error:
        if error.status not in (401, 403, 404):
            raise
    return bool(at(found, "user", "type") == "Bot")


def _body(job: Job) -> str:
    path = job.environ.get("DEPCHECK_COMMENT", "")
    text = Path(path).read_text(encoding="utf-8") if path else ""
    return text if len(text) <= _MOST else ""


def _marked(job: Job, body: str) -> str:
    """Return the comment with a mark of its own: two runs in one pull request have two comments."""
    mark = marker(body)
    if mark is None:
        return body
    told = [job.input(name) for name in ("config", "working-directory", "arguments")]
    key = hashlib.sha256("\0".join(told).encode()).hexdigest()[:12]
    return body.replace(mark, f"{mark.removesuffix(' -->')} {key} -->", 1)


def _told(job: Job) -> bool:
    numbers = ("ERRORS", "WARNINGS", "FIXED", "STATUS")
    return any(job.environ.get(f"DEPCHECK_{name}", "0") not in ("", "0") for name in numbers)


def _api(job: Job) -> Api:
    token = job.environ.get("DEPCHECK_TOKEN", "")
    if not token:
        raise ApiError(0, "there is no token")
    return Api(url=job.environ.get("GITHUB_API_URL", ""), token=token)


def _place(job: Job, number: int) -> str:
    repository = job.environ.get("GITHUB_REPOSITORY", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ApiError(0, "the runner does not say which repository this is")
    return f"/repos/{repository}/issues/{number}"


def _give_up(wanted: str, error: ApiError) -> None:
    said = f"No comment was written: {error}. The summary of this run has the whole report."
    if error.status in (401, 403, 404):
        said += " A comment needs `permissions: pull-requests: write`, which forks never have."
    if wanted == "true":
        tell("notice", said)
    else:
        say(said)
