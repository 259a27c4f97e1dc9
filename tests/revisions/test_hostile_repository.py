"""Nothing that a repository configures is run, whatever is read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.errors import RevisionError
from depcheck.revisions.changes import changed_lines
from depcheck.revisions.layout import laid_out
from tests.revisions.conftest import Opening
from tests.support.repositories import Repository


def trapped(repo: Repository) -> Path:
    """Set a trap for each program that a configuration can name; return what they leave."""
    mark = repo.root.parent / "trapped"
    trap = repo.root.parent / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    trap.chmod(0o755)
    settings = {
        "core.fsmonitor": trap, "core.pager": trap, "core.editor": trap, "core.sshCommand": trap,
        "core.gitProxy": trap, "core.askPass": trap, "core.alternateRefsCommand": trap,
        "diff.external": trap, "diff.evil.command": trap, "diff.evil.textconv": trap,
        "filter.evil.clean": trap, "filter.evil.smudge": trap, "filter.evil.process": trap,
        "filter.evil.required": "true", "merge.evil.driver": trap, "gpg.program": trap,
        "credential.helper": f"!{trap}", "pager.cat-file": trap, "pager.rev-parse": trap,
        "alias.rev-parse": f"!{trap}", "alias.cat-file": f"!{trap}", "log.showSignature": "true",
        "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{trap}", "remote.origin.uploadpack": trap,
        "protocol.allow": "always", "interactive.diffFilter": trap,
        "uploadpack.packObjectsHook": trap, "core.repositoryFormatVersion": "1",
    }  # fmt: skip
    for key, value in settings.items():
        repo.git("config", key, str(value))
    repo.git("config", "core.hooksPath", str(repo.root / "hooks"))
    for folder in (repo.root / "hooks", repo.root / ".git/hooks"):
        folder.mkdir(exist_ok=True)
        for name in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"):
            (folder / name).symlink_to(trap)
    (repo.root / ".gitattributes").write_text("* diff=evil filter=evil merge=evil text\n")
    (repo.root / ".git/info/attributes").write_text("* diff=evil filter=evil\n")
    mark.unlink(missing_ok=True)
    return mark


def test_reading_and_comparing_run_nothing(repo: Repository, opening: Opening):
    repo.write("requirements.txt", "django")
    repo.commit("one")
    repo.write("requirements.txt", "django", "flask")
    repo.commit("two")
    lost = repo.git("rev-parse", "HEAD:requirements.txt")
    (repo.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    mark = trapped(repo)
    revision = opening(repo.root / "hooks", "HEAD~1")
    path = repo.root / "requirements.txt"
    before = revision.tree.read(path, 100)
    with laid_out(revision.tree) as layout:
        layout.bring(layout.top / "requirements.txt")
        layout.bring(layout.top / "nowhere")
    files = {"requirements.txt": (before, path.read_bytes())}
    assert changed_lines(revision.repository.git, files) == {"requirements.txt": ((2, 2),)}
    with pytest.raises(RevisionError, match="does not have the blob"):  # and fetches none
        opening(repo.root, "HEAD").tree.read(path, 100)
    assert not mark.exists()


def test_the_traps_do_work(repo: Repository):
    repo.write("requirements.txt", "django")
    repo.commit("one")
    mark = trapped(repo)
    (repo.root / "requirements.txt").write_text("flask\n")
    repo.git("config", "--unset", "filter.evil.process")
    repo.git("diff", "HEAD", "--", "requirements.txt")
    assert mark.exists()


def test_a_replaced_object_does_not_count(repo: Repository, opening: Opening):
    repo.write("requirements.txt", "django")
    first = repo.commit("one")
    repo.write("requirements.txt", "evil")
    second = repo.commit("two")
    repo.git("replace", first, second)
    tree = opening(repo.root, first).tree
    assert tree.read(repo.root / "requirements.txt", 100) == b"django\n"
