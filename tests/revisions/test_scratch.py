"""Folders of one's own, where there is no room for them."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from depcheck.errors import RevisionError
from depcheck.revisions.changes import changed_lines
from depcheck.revisions.git import find_git
from depcheck.revisions.layout import laid_out
from depcheck.revisions.scratch import scratch
from tests.revisions.conftest import Opening
from tests.support.repositories import ENVIRON, Repository


@contextmanager
def full() -> Iterator[None]:
    """A disk on which no file may have more than a hundred bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(RevisionError, match="cannot be written: no such file") as caught, scratch():
        pass
    assert "TMPDIR" in caught.value.hint


def test_no_file_is_half_there(repo: Repository, opening: Opening):
    repo.write("small", "a")
    repo.write("large", "#" * 99, "flask<2")
    repo.commit()
    revision = opening(repo.root)
    with full(), laid_out(revision.tree) as layout:
        layout.bring(layout.top / "small")
        with pytest.raises(RevisionError, match="temporary files cannot be written"):
            layout.bring(layout.top / "large")
    assert not layout.top.exists()


def test_lines_that_cannot_be_compared_are_told():
    with full(), pytest.raises(RevisionError, match="temporary files cannot be written"):
        changed_lines(find_git(ENVIRON), {"a": (b"x" * 200, b"y" * 200)})
