"""Git repositories made by git itself, as a pull request leaves them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@mail.example",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@mail.example",
    "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
    "GIT_ALLOW_PROTOCOL": "file",
}


class Repository:
    """A repository at ``root`` whose first branch is ``main``."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, data: bytes = b"") -> str:
        """Run git, and return what it writes; a failure is an error."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=ENVIRON, input=data, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, name: str, *lines: str) -> None:
        """Write a file of these lines."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))

    def commit(self, message: str = "change") -> str:
        """Commit everything as it lies there, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        """Start a branch here."""
        self.git("switch", "--quiet", "--create", name)

    def merge(self, name: str) -> str:
        """Merge a branch into main by a commit of its own, as a pull request is tested."""
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", name)
        return self.git("rev-parse", "HEAD")
