"""The few questions that the action asks git, without any hook, prompt or filter of its."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_TIMEOUT = 300
_QUIET = {
    "GCM_INTERACTIVE": "never",
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitError(Exception):
    """git refused; its own words."""


def is_hash(text: object) -> bool:
    """Return whether this is a full object name that stands for something."""
    return isinstance(text, str) and bool(_HASH.fullmatch(text)) and set(text) != {"0"}


def configured(environ: Mapping[str, str], *settings: tuple[str, str]) -> dict[str, str]:
    """Return the environment with settings of git added to those that it holds already."""
    count = int(environ.get("GIT_CONFIG_COUNT") or 0)
    added = dict(environ)
    for number, (key, value) in enumerate(settings, start=count):
        added[f"GIT_CONFIG_KEY_{number}"], added[f"GIT_CONFIG_VALUE_{number}"] = key, value
    added["GIT_CONFIG_COUNT"] = str(count + len(settings))
    return added


@dataclass(frozen=True, slots=True)
class Git:
    """The repository at ``folder``. ``token`` is for fetching, and goes to ``server`` alone."""

    folder: Path
    environ: Mapping[str, str]
    token: str = field(default="", repr=False)
    server: str = ""

    def head(self) -> str:
        return self._text("rev-parse", "--verify", "HEAD^{commit}")

    def has(self, commit: str) -> bool:
        return self._tried("cat-file", "-e", f"{commit}^{{commit}}")

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents that the commit itself names: a shallow clone hides them else."""
        header = self._text("cat-file", "commit", commit).partition("\n\n")[0]
        return tuple(
            line.removeprefix("parent ")
            for line in header.split("\n")
            if line.startswith("parent ")
        )

    def named(self, revision: str) -> str | None:
        """Return the commit that a name stands for, here or at ``origin``."""
        for name in (revision, f"refs/remotes/origin/{revision}"):
            words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            if self._tried(*words):
                return self._text(*words).split("\n")[-1]
        return None

    def descends(self, commit: str, ancestor: str) -> bool:
        """Return whether a commit is another one or comes after it, as far as is here."""
        return self._tried("merge-base", "--is-ancestor", ancestor, commit)

    def merge_base(self, one: str, other: str) -> str | None:
        """Return where two histories part, None where so much is not here."""
        words = ("merge-base", one, other)
        return self._text(*words) if self._tried(*words) else None

    def fetch(self, revision: str, *, depth: int = 1) -> str:
        """Fetch one commit from ``origin`` and return its hash; raises GitError.

        ``depth`` counts it and those before it; a clone with its whole history keeps it. First as
        the repository is set up; if that fails, with the token.
        """
        words = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"]
        if self.shallow():
            words.append(f"--depth={depth}")
        self._authorised([*words, "origin", revision])
        return self._text("rev-parse", "--verify", "FETCH_HEAD^{commit}")

    def fill(self, commit: str) -> None:
        """Fetch the files of a commit that a partial clone (``--filter``) left out.

        depcheck has git fetch nothing. Raises GitError.
        """
        if not self._tried("config", "--get-regexp", r"^remote\..*\.promisor$"):
            return
        listed = self._text("rev-list", "--objects", "--no-walk", "--missing=print", commit)
        missing = [line[1:] for line in listed.split("\n") if line.startswith("?")]
        if missing:
            words = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"]
            words += ["--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin"]
            self._authorised(words, "\n".join(missing).encode())

    def shallow(self) -> bool:
        """Return whether only a part of the history is here."""
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def staged(self, patterns: Sequence[str]) -> bytes:
        """Return names, modes and digests of the tracked files that a pattern fits."""
        return self._run("ls-files", "--stage", "-z", "--", *patterns).stdout

    def _place(self) -> Mapping[str, str]:
        """Return where the repository is; raises GitError where there is none.

        git itself would take a folder of the change for a repository if it looks like one,
        with the programs that its configuration names. None can be called ``.git``.
        """
        folder = Path(os.path.abspath(self.folder))
        for top in (folder, *folder.parents):
            if os.path.lexists(top / ".git"):
                return {"GIT_DIR": str(top / ".git"), "GIT_WORK_TREE": str(top)}
        raise GitError("there is no .git: not a git repository")

    def _authorised(self, words: Sequence[str], given: bytes = b"") -> None:
        try:
            self._run(*words, given=given)
        except GitError:
            environ = _with_token(self.environ, self.token, self.server)
            self._run(*words, environ=environ, given=given)

    def _tried(self, *words: str) -> bool:
        try:
            self._run(*words)
        except GitError:
            return False
        return True

    def _text(self, *words: str, environ: Mapping[str, str] | None = None) -> str:
        return self._run(*words, environ=environ).stdout.decode("utf-8", "replace").strip()

    def _run(
        self, *words: str, environ: Mapping[str, str] | None = None, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        # In a container the checkout may belong to another user, which git refuses by itself.
        trusted = configured(
            {**(environ or self.environ), **self._place(), **_QUIET},
            ("safe.directory", "*"), ("core.fsmonitor", "false"), ("core.hooksPath", os.devnull),
        )  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603  # no shell, and hashes where strangers choose
                ["git", *words],  # noqa: S607  # the machine's git, wherever it is
                cwd=self.folder,
                env=trusted,
                timeout=_TIMEOUT,
                input=given,
                capture_output=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitError(f"git could not be run: {type(error).__name__}") from error
        if done.returncode:
            raise GitError(done.stderr.decode("utf-8", "replace").strip())
        return done


def _with_token(environ: Mapping[str, str], token: str, server: str) -> Mapping[str, str]:
    if not token or not server:
        return environ
    word = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    # In the environment, not on a command line, where every process of the machine reads it.
    return configured(
        environ, (f"http.{server.rstrip('/')}/.extraheader", f"AUTHORIZATION: basic {word}")
    )
