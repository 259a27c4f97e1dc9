"""RPM's database of today, ``rpmdb.sqlite``: a table of headers, read in memory and only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depcheck.model.text import printable

if TYPE_CHECKING:
    import sqlite3

_MAGIC = b"SQLite format 3\0"
_STEPS = 1000  # virtual machine steps between two looks at the budget


def sqlite_headers(content: bytes) -> Iterator[bytes]:
    """Yield the header blobs. Raises ValueError where the database is corrupt.

    The database may come from a stranger: nothing but its table of packages can be read,
    no view or trigger is followed, and the work is bounded by its length.
    """
    import sqlite3

    if len(content) < 512 or content[:16] != _MAGIC:
        raise ValueError("this is no RPM database of the SQLite format")
    database = sqlite3.connect(":memory:")
    try:
        yield from _headers(database, content)
    except (sqlite3.Error, OverflowError) as error:
        # SQLite's text may quote what stands in the file
        raise ValueError(f"the RPM database is corrupt: {printable(str(error))}") from None
    finally:
        database.close()


def journal(content: bytes) -> bytes:
    """Refuse a write-ahead log: what it holds is not yet in the database that is read.

    An empty one is nothing. Raises ValueError for every other.
    """
    if content:
        raise ValueError(
            "the RPM database has changes in its write-ahead log that were not written back: "
            "the packages may be others than those read"
        )
    return content


def _headers(database: sqlite3.Connection, content: bytes) -> Iterator[bytes]:
    _open(database, content)
    kind = database.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = 'Packages' LIMIT 1"
    ).fetchone()
    if kind is None or kind[0] != "table" or "virtual" in str(kind[1]).lower():
        raise ValueError("the RPM database has no table of packages")
    for (blob,) in database.execute("SELECT blob FROM Packages"):
        if not isinstance(blob, bytes):
            raise ValueError("the RPM database is corrupt: a package is no header")
        yield blob


def _open(database: sqlite3.Connection, content: bytes) -> None:
    import sqlite3

    # the write-ahead flag (format bytes 18, 19) would make an in-memory database unreadable
    database.deserialize(content[:18] + b"\1\1" + content[20:])
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(content))
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    budget = iter(range(100 + len(content) // 500))
    database.set_progress_handler(lambda: next(budget, None) is None, _STEPS)
    database.set_authorizer(_only_reads)


def _only_reads(action: int, table: str | None, *_: str | None) -> int:
    import sqlite3

    reads = action == sqlite3.SQLITE_READ and table in ("Packages", "sqlite_master")
    return sqlite3.SQLITE_OK if reads or action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY
