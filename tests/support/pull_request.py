"""A repository with a pull request, and the checkouts that a runner gets of it.

    shop = Shop(folder)
    base = shop.commit("main", {"web/requirements.txt": "PyJWT<2\\n"})
    shop.branch("topic", at=base)
    head = shop.commit("topic", {"ai/requirements.txt": "mcp>=1.23\\n"})
    merge = shop.merge(base, head)
    checkout = shop.checkout(merge, folder / "work")         # depth 1, as actions/checkout
    event = pull_request(base, head)

Everything is real git: ``origin`` is a bare repository behind a ``file://`` address that
gives any commit, as GitHub does.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.runner import ROOT

INDEX = f"--index-url={ROOT / 'fixtures' / 'index'}"
CONFIG = """\
python = "3.11.7"
platform = "linux/amd64"

[components.web]
source = "web/requirements.txt"
lock = "web/requirements.lock"
role = "core"

[components.ai]
source = "ai/requirements.txt"
role = "ai"
"""
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@git.example",
    "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@git.example",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C",
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    """Run git and return what it prints; its errors are the test's."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **_IDENTITY}, capture_output=True,
        encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip
    assert done.returncode == 0, f"git {words}: {done.stderr}"
    return done.stdout.strip()


class Shop:
    """``origin`` and a clone to write in."""

    def __init__(self, folder: Path) -> None:
        self.origin, self._work = folder / "origin.git", folder / "author"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.origin))
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(folder, "init", "-q", "-b", "main", str(self._work))
        git(self._work, "remote", "add", "origin", str(self.origin))

    def branch(self, name: str, *, at: str) -> None:
        git(self._work, "checkout", "-q", "-B", name, at)

    def commit(self, branch: str, files: Mapping[str, str | None]) -> str:
        """Write files (None removes), commit and push them; return the commit."""
        for name, content in files.items():
            path = self._work / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        git(self._work, "add", "--all")
        git(self._work, "commit", "-q", "--allow-empty", "-m", "change")
        git(self._work, "push", "-q", "--force", "origin", f"HEAD:refs/heads/{branch}")
        return git(self._work, "rev-parse", "HEAD")

    def merge(self, base: str, head: str) -> str:
        """Return the merge commit that GitHub makes of a pull request."""
        git(self._work, "checkout", "-q", "--detach", base)
        git(self._work, "merge", "-q", "--no-ff", "-m", "Merge", head)
        commit = git(self._work, "rev-parse", "HEAD")
        git(self._work, "push", "-q", "--force", "origin", f"{commit}:refs/pull/1/merge")
        return commit

    def checkout(self, commit: str, folder: Path, *, depth: int = 1) -> Path:
        """Return a checkout of one commit; ``depth`` 0 is the whole history."""
        git(folder.parent, "init", "-q", "-b", "main", str(folder))
        git(folder, "remote", "add", "origin", f"file://{self.origin}")
        shallow = [f"--depth={depth}"] if depth else []
        git(folder, "fetch", "-q", "--no-tags", *shallow, "origin", commit)
        git(folder, "checkout", "-q", "--detach", commit)
        return folder


def pull_request(base: str, head: str, *, fork: bool = False) -> dict[str, Any]:
    """Return the event of a pull request, as much of it as counts."""
    return {
        "action": "synchronize",
        "number": 1,
        "pull_request": {
            "number": 1,
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "shop/shop"}},
            "head": {
                "sha": head,
                "ref": "topic",
                "repo": {"full_name": "stranger/shop" if fork else "shop/shop"},
            },
        },
    }
