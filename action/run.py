"""The third step: depcheck, once, with every output; then what GitHub shows of it."""

from __future__ import annotations

import html
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from action.commands import annotation_lines, fenced, plain, tell
from action.git import configured
from action.job import Job, Refusal
from action.outcome import outcome
from action.scanning import category, for_upload

COMMANDS = ("check", "parity", "isolate")
FILES = {
    "json": "report.json",
    "sarif": "report.sarif",
    "html": "report.html",
    "markdown": "summary.md",
    "comment": "comment.md",
    "github": "annotations.txt",
}
"""Formats of depcheck, and the files that they are written to."""

_SUMMARY_BYTES = (1 << 20) - 4096  # GitHub takes one mebibyte of a step
_KEPT_LINES, _LONGEST_LINE = 30, 2000
# What the runner hands to steps and depcheck has no use for.
_WITHHELD = re.compile(
    r"INPUT_.*|ACTIONS_.*|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|TOKEN)|GH_TOKEN|DEPCHECK_TOKEN"
)
# Where the runner puts actions: …/_actions/OWNER/REPOSITORY/REF. The contexts that name them are
# empty or another action's in a composite one (actions/runner#2473).
_ACTIONS = re.compile(r".*[\\/]_actions[\\/]([\w.-]+)[\\/]([\w.-]+)[\\/]([\w.\\/-]+?)[\\/]?")


def run_step(job: Job) -> int:
    """Run depcheck and tell what came of it. It ends well however depcheck ends.

    Outputs: verdict, status, counts, the paths of what was written, and what code scanning is
    given. The last step of the action fails with the status, after the others have told of it.
    """
    job.temporary.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="report-", dir=job.temporary))
    ended, last = _run(job, command_line(job, folder))
    told = outcome(folder / FILES["json"], ended)
    paths = {f"{name}-path": _path(folder / file) for name, file in FILES.items()}
    upload = folder / "code-scanning.sarif"
    scanning = str(upload) if for_upload(folder / FILES["sarif"], upload) else ""
    job.output(
        {**told, **paths, "folder": str(folder), "scanning": scanning, "category": category(job)}
    )
    if told["verdict"] == "failed":
        _tell_failure(job, ended, last)
    else:
        _tell_report(job, folder)
    return 0


def command_line(job: Job, folder: Path) -> list[str]:
    """Return the words that run depcheck; raises Refusal for an input that makes no sense."""
    command = job.input("command") or "check"
    if command not in COMMANDS:
        raise Refusal(f'the input command is "{command}"', f"It is one of {', '.join(COMMANDS)}.")
    words = [job.environ["DEPCHECK_PYTHON"], "-I", "-X", "utf8", "-m", "depcheck", command]
    words += [f"--{name}={job.input(name)}" for name in ("config", "fail-on") if job.input(name)]
    if base := job.environ.get("DEPCHECK_BASE", ""):
        words.append(f"--base={base}")
    if command == "check" and job.switch("trust-head"):
        words.append("--trust-head")
    if job.switch("exit-zero"):
        words.append("--exit-zero")
    words.append("--quiet")  # the report says it all; a log needs no line for each file
    further = job.lines("arguments")
    if not any(word.partition("=")[0] == "--audit" for word in further):  # it has no cache
        words.append(f"--cache-dir={job.temporary / 'cache'}")
    words += [f"--output={name}={folder / file}" for name, file in FILES.items()]
    return [*words, *further]


def _run(job: Job, words: list[str]) -> tuple[int, list[str]]:
    """Run depcheck, its words shown as they come; return its status and the last of them."""
    last: deque[str] = deque(maxlen=_KEPT_LINES)
    with fenced():
        own = ("--quiet", "--cache-dir", "--output")
        said = [word for word in words[6:] if word.partition("=")[0] not in own]
        print("$ depcheck", *said, flush=True)
        process = subprocess.Popen(  # noqa: S603  # words of the workflow's author, no shell
            words, cwd=job.folder, env=_environ(job), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        )  # fmt: skip
        with process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last.append(plain(line.rstrip("\r\n"))[:_LONGEST_LINE])
    return process.returncode, list(last)


def _environ(job: Job) -> Mapping[str, str]:
    kept = {name: value for name, value in job.environ.items() if not _WITHHELD.fullmatch(name)}
    kept.setdefault("COLUMNS", "120")
    if docs := _docs(job):
        kept.setdefault("DEPCHECK_DOCS_URL", docs)
    # In a container the checkout may belong to another user, which git refuses by itself.
    return configured(kept, ("safe.directory", "*"), ("safe.bareRepository", "explicit"))


def _docs(job: Job) -> str:
    """Return where the rules are explained: in the repository that the action comes from."""
    server = job.environ.get("GITHUB_SERVER_URL", "")
    found = _ACTIONS.fullmatch(job.environ.get("GITHUB_ACTION_PATH", ""))
    if not server or found is None:
        return ""
    owner, repository, ref = (part.replace("\\", "/") for part in found.groups())
    return f"{server}/{owner}/{repository}/blob/{ref}/docs/rules.md"


def _tell_report(job: Job, folder: Path) -> None:
    for line in annotation_lines(_text(folder / FILES["github"])):
        print(line, flush=True)
    summary = _text(folder / FILES["markdown"])
    if len(summary.encode()) > _SUMMARY_BYTES:
        summary = "The report is too long for a summary: see the files that the action gives.\n"
    job.summary(summary)


def _tell_failure(job: Job, ended: int, last: list[str]) -> None:
    errors = [line for line in last if line.startswith(("error: ", "hint: "))]
    said = "\n".join(errors or last[-3:] or ["it said nothing"])
    tell("error", said, title=f"depcheck ended with status {ended} and no report")
    shown = html.escape("\n".join(last))
    job.summary(f"### depcheck ended with status {ended} and no report\n\n<pre>{shown}</pre>\n")


def _path(path: Path) -> str:
    return str(path) if path.is_file() else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
