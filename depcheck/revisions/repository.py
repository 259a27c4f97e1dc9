"""The repository that a folder lies in, and the commit that a change is compared with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from depcheck.errors import RevisionError, UsageError
from depcheck.model.text import printable
from depcheck.revisions.git import Git, Ran, find_git
from depcheck.revisions.objects import Objects
from depcheck.revisions.tree import Tree

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST = 500
_NO_REPOSITORY = "run it in a working tree, or compare with a report of an earlier run: --baseline"
_SHALLOW = (
    "this clone has only a part of the history: fetch more of it (git fetch --unshallow; for "
    "the checkout action fetch-depth: 2 (the merge commit and its base), or 0)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A working tree.

    ``top`` is its folder, without links, ``seen`` the same folder as the path that was asked
    about has it. ``shallow``: it lacks history.
    """

    git: Git
    top: Path
    seen: Path
    shallow: bool

    def inside(self, path: Path) -> Path | None:
        """Return the way from the repository's folder to ``path``, None where it lies outside.

        ``path`` may come to the repository by another link, or be one that leads into it.
        """
        path = Path(os.path.normpath(path))
        for top in (self.seen, self.top):
            if path.is_relative_to(top):
                return path.relative_to(top)
        for folder in reversed(path.parents):  # links below the repository's folder stay links
            if os.path.realpath(folder) == str(self.top):
                return path.relative_to(folder)
        real = Path(os.path.realpath(path))
        return real.relative_to(self.top) if real.is_relative_to(self.top) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The commit that a change is compared with.

    ``named`` is as given, ``commit`` the full hash of what is compared with, ``asked`` that
    of what was named. ``notes`` are sentences on what is not as one may expect.
    """

    named: str
    commit: str
    asked: str
    notes: tuple[str, ...]
    repository: Repository
    tree: Tree

    def is_altered(self, path: Path) -> bool:
        """Tell whether HEAD has something else at ``path``, a path in the repository."""
        ran = self.repository.git.run(
            "rev-parse", "--verify", "HEAD^{commit}", folder=self.repository.top
        )
        head = ran.out.decode("ascii", "replace").strip()
        if _ID.fullmatch(head) is None:
            return True
        return self.tree.identity(path) != self.tree.at(head).identity(path)


def find_repository(folder: Path, environ: Mapping[str, str]) -> Repository:
    """Return the repository that ``folder`` lies in.

    ``environ`` is where git looks for the user's configuration (``HOME``). Raises UsageError
    where there is no working tree, or none that git is willing to read.
    """
    git = find_git(environ)
    ran = git.run(
        "rev-parse", "--is-bare-repository", "--is-shallow-repository", "--show-toplevel",
        folder=folder,
    )  # fmt: skip
    if ran.status != 0:
        raise _no_repository(ran, folder)
    _, shallow, top = os.fsdecode(ran.out).rstrip("\n").split("\n", 2)
    found = Path(os.path.realpath(top))
    # Elsewhere only where the repository's own configuration leads (core.worktree).
    if not os.path.lexists(found / ".git"):
        raise UsageError(
            f"--base: the working tree {printable(str(found))} is not the repository's own folder",
            hint=_NO_REPOSITORY,
        )
    folder = Path(os.path.abspath(folder))
    seen = next((f for f in (folder, *folder.parents) if os.path.realpath(f) == str(found)), found)
    return Repository(git=git, top=found, seen=seen, shallow=shallow == "true")


def _no_repository(ran: Ran, folder: Path) -> UsageError:
    shown = printable(str(folder))
    if "dubious ownership" in ran.told:
        return UsageError(
            f"--base: git does not trust the repository of {shown}: another user owns it",
            hint="if you trust it: git config --global --add safe.directory "
            f"{printable(str(_dubious(ran) or folder))}",
        )
    if "must be run in a work tree" in ran.told:
        return UsageError(
            f"--base: {shown} lies in a repository without a working tree", hint=_NO_REPOSITORY
        )
    if "not a git repository" in ran.told:
        return UsageError(f"--base: {shown} lies in no git repository", hint=_NO_REPOSITORY)
    return UsageError(f"--base: the git repository of {shown} cannot be read: {_gist(ran)}")


def _dubious(ran: Ran) -> str:
    found = re.search(r"repository at '([^'\n]+)'", ran.told)
    return found[1] if found else ""


def _gist(ran: Ran) -> str:
    lines = [line.removeprefix("fatal: ") for line in ran.told.splitlines() if line.strip()]
    return printable(lines[0].rstrip(".")) if lines else f"git ended with status {ran.status}"


@contextmanager
def open_revision(repository: Repository, named: str) -> Iterator[Revision]:
    """Give the commit to compare the working tree with, and its files.

    It is the merge base of ``named`` and HEAD where there is one, so that only what was done
    since counts: of a pull request's merge commit and ``HEAD^1`` that is ``HEAD^1`` itself.
    Raises UsageError where ``named`` is no commit here.
    """
    asked, notes = _resolved(repository, named)
    commit, more = _merge_base(repository, named, asked)
    with Objects(repository.git, repository.top) as objects:
        yield Revision(
            named=named,
            commit=commit,
            asked=asked,
            notes=(*notes, *more),
            repository=repository,
            tree=Tree(
                objects, commit, named=printable(named), inside=repository.inside, asked=asked
            ),
        )


def _resolved(repository: Repository, named: str) -> tuple[str, tuple[str, ...]]:
    """Return the commit that ``named`` means."""
    shown = printable(named)
    if not named or named.startswith("-") or not named.isprintable() or len(named) > _LONGEST:
        raise UsageError(
            f'--base "{shown}" cannot be a revision', hint="write it like main, v1.2 or HEAD^1"
        )
    ran = repository.git.run(
        "rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}", folder=repository.top
    )
    commit = ran.out.decode("ascii", "replace").strip()
    if ran.status != 0 or not _ID.fullmatch(commit):
        raise UsageError(
            f'--base "{shown}" is not a commit of this repository',
            hint=_SHALLOW if repository.shallow else _mended(named),
        )
    if "is ambiguous" in ran.told:
        return commit, (
            f'"{shown}" names a tag and a branch; the tag counts (refs/heads/… names the branch).',
        )
    return commit, ()


def _mended(named: str) -> str:
    if named.startswith(("HEAD", "@")) or re.search(r"[~^:]|[.][.]", named):
        return "git log lists the commits that there are"
    if "/" in named:
        return "is it fetched? git branch --all lists what there is"
    return "is it fetched? try origin/NAME"


def _merge_base(repository: Repository, named: str, asked: str) -> tuple[str, tuple[str, ...]]:
    shown = printable(named)
    ran = repository.git.run("merge-base", asked, "HEAD", folder=repository.top)
    found = ran.out.decode("ascii", "replace").strip()
    if ran.status == 0 and _ID.fullmatch(found):
        if found == asked:
            return asked, ()
        return found, (
            f"{shown} has gone on since: compared is {found[:12]}, where the two part ways.",
        )
    if ran.status not in (1, 128):
        raise RevisionError(f"git merge-base failed: {_gist(ran)}")
    why = f" ({_SHALLOW})" if repository.shallow else ""
    return asked, (
        f"{shown} and HEAD have no common commit here, so that what {shown} has of its own "
        f"counts as taken away{why}.",
    )
