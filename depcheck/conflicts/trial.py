"""A statement that nobody wrote, tried out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from depcheck.model.findings import Statement
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.universe import Root


@contextmanager
def stated(oracle: Oracle, statement: Statement) -> Iterator[Root]:
    """A statement for as long as the block runs."""
    root = oracle.universe.state(statement)
    try:
        yield root
    finally:
        oracle.universe.retract(root)
