"""What the reports for a pull request are made for, as the environment of the run tells it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from depcheck.model.text import redact
from depcheck.report.digest import Context

_SERVER = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/(?!\.\.?$)[A-Za-z0-9_.-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DOCS = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/%-]{0,1000})?")
_EVENT_BYTES = 32 << 20
_WITH_VALUE = ("--format", "--output", "--color", "--cache-dir")
_ALONE = ("--no-progress", "--quiet", "--exit-zero", "--no-cache")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.))[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}(?<![./])")
_MOVING = re.compile(r"(?:HEAD|@|FETCH_HEAD|ORIG_HEAD|MERGE_HEAD)(?:[~^@].*)?")
"""Revisions that are another commit elsewhere, or once somebody has committed."""
_FIRST_PARENT = ("HEAD^", "HEAD^1", "HEAD~", "HEAD~1")
_SHORT = re.compile(r"-[qv]+")


def context(
    root: Path,
    environ: Mapping[str, str],
    arguments: Sequence[str],
    *,
    config: Path | None = None,
    base: str = "",
) -> Context:
    """Return what digests are made for.

    ``root`` is the project root, ``config`` the configuration file; ``arguments`` is the
    command line behind the program's name, ``base`` the full revision of what it is compared with.
    Of ``environ`` count the variables that GitHub's runner sets (``GITHUB_SERVER_URL``,
    ``GITHUB_REPOSITORY``, ``GITHUB_SHA``, ``GITHUB_EVENT_PATH``) and ``DEPCHECK_DOCS_URL``;
    one that is not of the form that it has to have counts for nothing.
    """
    return Context(
        prefix=prefix(root),
        links=links(environ),
        docs=docs(environ),
        command=command(_steady(arguments, environ, base)),
        config=_within(root, config),
    )


def _within(root: Path, config: Path | None) -> str:
    """Return the way from ``root`` to a file below it, empty for others."""
    if config is None or not config.is_relative_to(root):
        return ""
    return config.relative_to(root).as_posix()


def _steady(arguments: Sequence[str], environ: Mapping[str, str], revision: str) -> list[str]:
    """Return the command line with a base that is the same commit on every machine.

    ``HEAD^1`` of the merge that a runner checks out is the branch aimed at; on the author's
    own branch it is the commit before the last.
    """
    words: list[str] = []
    for word in arguments:
        if words[-1:] == ["--base"]:
            words.append(_named(word, environ, revision))
        elif word.startswith("--base="):
            words.append(f"--base={_named(word.removeprefix('--base='), environ, revision)}")
        else:
            words.append(word)
    return words


def _named(base: str, environ: Mapping[str, str], revision: str) -> str:
    if not _MOVING.fullmatch(base):
        return base
    branch = environ.get("GITHUB_BASE_REF", "")
    if base in _FIRST_PARENT and _BRANCH.fullmatch(branch):
        return f"origin/{branch}"
    return revision if _COMMIT.fullmatch(revision) else base


def prefix(root: Path) -> str:
    """Return the way from the repository's root (else the current folder) down to ``root``.

    It ends with a slash, and is empty where there is no way down.
    """
    there = root.resolve()
    within = (there, *there.parents)
    top = next((folder for folder in within if (folder / ".git").exists()), Path.cwd().resolve())
    if there == top or not there.is_relative_to(top):
        return ""
    return f"{there.relative_to(top).as_posix()}/"


def links(environ: Mapping[str, str]) -> str:
    """Return the address that a path in the repository is put after, empty if not known."""
    server = environ.get("GITHUB_SERVER_URL", "")
    repository = environ.get("GITHUB_REPOSITORY", "")
    commit = _head(environ) or environ.get("GITHUB_SHA", "")
    if not (
        _SERVER.fullmatch(server)
        and _REPOSITORY.fullmatch(repository)
        and _COMMIT.fullmatch(commit)
    ):
        return ""
    return f"{server}/{repository}/blob/{commit}/"


def docs(environ: Mapping[str, str]) -> str:
    """Return the address of the page of rules, empty if there is none that can be a link."""
    address = environ.get("DEPCHECK_DOCS_URL", "")
    return address if _DOCS.fullmatch(address) else ""


def command(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the words that run the same on a terminal, without secrets of URLs.

    What says where reports go, how they look, and where the cache lies is left out.
    """
    words = ["depcheck"]
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words.extend((word, *rest))
        elif word in _WITH_VALUE:
            next(rest, None)
        elif word not in _ALONE and word.partition("=")[0] not in _WITH_VALUE:
            words.extend(_kept(word))
    return tuple(redact(word) for word in words)


def _kept(word: str) -> list[str]:
    """Return a word; of switches in one word only ``-v``."""
    if not _SHORT.fullmatch(word):
        return [word]
    return ["-v"] if "v" in word else []


def _head(environ: Mapping[str, str]) -> str:
    """Return the commit of a pull request's own branch, empty where it is none.

    ``GITHUB_SHA`` is then a merge that nobody can look at once the branch has moved.
    """
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    for key in ("pull_request", "head", "sha"):
        event = event.get(key) if isinstance(event, dict) else None
    return event if isinstance(event, str) and _COMMIT.fullmatch(event) else ""


def _event(path: str) -> Any:
    """Return what the runner says about the event, None where that cannot be read."""
    if not path or not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as stream:
            return json.loads(stream.read(_EVENT_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
