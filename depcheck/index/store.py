"""The metadata cache: one SQLite file, shared by concurrent runs.

Every payload carries a keyed digest that binds it to its key, so that a cut or
edited entry is not believed, and is fetched again. Only the thread that opened the store
may use it. Metadata never changes, so entries have no age.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from depcheck.model.catalog import Distribution, Metadata, Unavailable
from depcheck.net.credentials import split_userinfo

if TYPE_CHECKING:
    import sqlite3

NAME = "metadata-1.sqlite"
_BATCH_BYTES = 16 << 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS metadata (key INTEGER PRIMARY KEY, mark BLOB, body BLOB);
"""


class _StoredMetadata(msgspec.Struct, array_like=True):
    requires_dist: tuple[str, ...]
    requires_python: str | None
    provides_extra: tuple[str, ...]
    presumed: bool
    origin: str
    reason: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode_metadata = msgspec.msgpack.Decoder(_StoredMetadata).decode
_decode_names = msgspec.msgpack.Decoder(tuple[str, ...]).decode


def cache_key(*parts: str) -> bytes:
    """Return the 32-byte key of an address and what else tells entries apart."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=32).digest()


def metadata_key(distribution: Distribution) -> bytes:
    """Return the cache key of a file's metadata: what a hash binds needs no signed query.

    The file's name is part of it: one URL given to two projects is not one answer.
    """
    bare = split_userinfo(distribution.url)[0]
    hashes = dict(distribution.hashes)
    digest = hashes.get("sha256") or next(iter(hashes.values()), "")
    if digest:
        bare = bare.partition("?")[0]
    named = (bare, distribution.filename)
    return cache_key("metadata", *named, digest, distribution.metadata_hash or "")


def _number(key: bytes) -> int:
    return int.from_bytes(key[:8], "little", signed=True)


def mark_of(key: bytes, body: bytes) -> bytes:
    """Return the 16-byte digest that binds a payload to its key."""
    return hashlib.blake2b(body, digest_size=16, key=key).digest()


class MetadataStore:
    """Reads are answered at once; writes are gathered and go out together.

    No method raises because of the disk or the database: what cannot be read is
    not there, and after a failed write the store writes no more (``note`` is told).
    """

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self._path = folder / NAME
        self._note = note
        self._writes: list[tuple[str, tuple[object, ...]]] = []
        self._size = 0
        self._writable = True
        self._db = self._open()

    def get(self, key: bytes, subject: str) -> Metadata | Unavailable | None:
        """Return what is known of a distribution."""
        row = self._row("SELECT mark, body FROM metadata WHERE key = ?", (_number(key),))
        if row is None or mark_of(key, row[1]) != row[0]:
            return None
        try:
            stored = _decode_metadata(row[1])
        except msgspec.DecodeError:
            return None
        if stored.reason:
            return Unavailable(subject=subject, reason=stored.reason)
        return Metadata(
            requires_dist=stored.requires_dist,
            requires_python=stored.requires_python,
            provides_extra=stored.provides_extra,
            presumed=stored.presumed,
            # Written by this class alone, from the same type.
            origin=stored.origin,  # type: ignore[arg-type]  # a Literal, kept as text
        )

    def put(self, key: bytes, answer: Metadata | Unavailable) -> None:
        """Keep what is known of a distribution for good."""
        if isinstance(answer, Unavailable):
            stored = _StoredMetadata((), None, (), False, "", answer.reason)
        else:
            stored = _StoredMetadata(
                answer.requires_dist, answer.requires_python, answer.provides_extra,
                answer.presumed, answer.origin,
            )  # fmt: skip
        body = _encode(stored)
        self._later("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?)",
                    _number(key), mark_of(key, body), body)  # fmt: skip

    def get_names(self, key: bytes) -> tuple[str, ...] | None:
        """Return the paths that were kept under a key."""
        row = self._row("SELECT mark, body FROM metadata WHERE key = ?", (_number(key),))
        if row is None or mark_of(key, row[1]) != row[0]:
            return None
        try:
            return _decode_names(row[1])
        except msgspec.DecodeError:
            return None

    def put_names(self, key: bytes, names: tuple[str, ...]) -> None:
        """Keep the paths of a file's members for good."""
        body = _encode(names)
        self._later("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?)",
                    _number(key), mark_of(key, body), body)  # fmt: skip

    def close(self) -> None:
        """Write what is waiting."""
        self._flush()
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> sqlite3.Connection | None:
        try:
            return self._connect()
        except Exception as error:
            first = error
        try:
            if _is_broken(first):
                self._set_aside()
                return self._connect()
        except Exception as error:
            first = error
        self._writable = False
        self._note(f"running without the cache: {first}")
        return None

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        fresh = not self._path.exists()
        if fresh:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            db = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
            db.execute("PRAGMA mmap_size = 268435456")
            if fresh or not db.execute("PRAGMA user_version").fetchone()[0]:
                db.execute("PRAGMA page_size = 8192")
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_SCHEMA + "PRAGMA user_version = 1;")
            db.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            # A read-only disk: what is there can still be read.
            db = sqlite3.connect(
                f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
            )
            db.execute("SELECT count(*) FROM metadata WHERE key = 0")
            self._writable = False
            self._note("the cache cannot be written")
        return db

    def _set_aside(self) -> None:
        self._path.replace(self._path.with_suffix(".broken"))
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._note("the cache was broken; a new one is begun")

    def count(self) -> int:
        """Return the number of entries."""
        row = self._row("SELECT count(*) FROM metadata", ())
        return int(row[0]) if row else 0

    def _row(self, sql: str, values: tuple[object, ...]) -> Any:
        if self._db is None:
            return None
        try:
            row = self._db.execute(sql, values).fetchone()
        except Exception as error:
            self._fail(error)
            return None
        return row

    def _fail(self, error: Exception) -> None:
        """Give up a database that stopped working in the middle of a run."""
        if self._db is not None:
            with suppress(Exception):
                self._db.close()
        self._db, self._writes = None, []
        with suppress(OSError):
            if _is_broken(error):
                self._set_aside()
                return
        self._note(f"going on without the cache: {error}")

    def _later(self, sql: str, *values: object) -> None:
        if not self._writable or self._db is None:
            return
        self._writes.append((sql, values))
        self._size += sum(len(value) for value in values if isinstance(value, bytes))
        if self._size > _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        writes, self._writes, self._size = self._writes, [], 0
        if not writes or self._db is None:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for sql, values in writes:
                self._db.execute(sql, values)
            self._db.execute("COMMIT")
        except Exception as error:
            with suppress(Exception):
                self._db.execute("ROLLBACK")
            self._writable = False
            self._note(f"the cache cannot be written: {error}")


def _is_broken(error: Exception) -> bool:
    import sqlite3

    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )
