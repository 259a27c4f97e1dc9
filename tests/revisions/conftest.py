"""A repository and what is read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from depcheck.revisions.repository import Revision, find_repository, open_revision
from tests.support.repositories import ENVIRON, Repository

Opening = Callable[..., Revision]


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


@pytest.fixture
def opening() -> Iterator[Opening]:
    """Open a revision until the test is over."""
    with ExitStack() as stack:

        def open_one(folder: Path, named: str = "HEAD") -> Revision:
            repository = find_repository(folder, ENVIRON)
            return stack.enter_context(open_revision(repository, named))

        yield open_one
