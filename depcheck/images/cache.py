"""Layers and small blobs that were read before, kept on disk under their digests.

What a digest names never changes, so entries have no age. Each file carries a digest
of itself: one that was cut short, edited or made by another version is not there.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from depcheck.images.entries import RECORD_BYTES, Entries
from depcheck.images.table import LayerTable

FORMAT: Final = 2
"""Raise it whenever a table holds something else than before: its shape, or the rules of
what is wanted and what is derived from it."""

MOST_BLOB: Final = 4 << 20
"""Bytes. Manifests and configurations are smaller; what is larger is not kept."""

_LAYERS, _BLOBS = "layers", "blobs"
_MAGIC = b"depcheck layer %d\n" % FORMAT
_MARK_BYTES = 32
_BLOCK = 8192
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)


class _Head(msgspec.Struct, array_like=True):
    """A table but for its entries."""

    diff_id: str
    size: int
    links: dict[str, str]
    removed: list[str]
    opaque: list[str]
    contents: dict[str, bytes]
    faults: dict[str, str]


class _Block(msgspec.Struct, array_like=True):
    """Some of the entries: their paths joined by NUL, and their records."""

    paths: memoryview
    records: memoryview


class LayerCache:
    """A folder of layer tables and small blobs; ``folder`` None keeps and knows nothing.

    No method raises because of the disk: what cannot be read is not there, and after
    a failed write nothing more is written (``note`` is told once). Several processes
    may use one folder at the same time.
    """

    def __init__(self, folder: Path | None, *, note: Callable[[str], None]) -> None:
        self._folder = folder
        self._note = note
        self._writable = folder is not None

    def get(self, diff_id: str) -> LayerTable | None:
        """Return the table of the layer with that ``diff_id``, None where there is none."""
        path = self._path(_LAYERS, diff_id)
        data = _read(path) if path else None
        if data is None:
            return None
        try:
            return _decode(data, diff_id)
        except (ValueError, zlib.error):
            return None

    def put(self, table: LayerTable) -> None:
        """Keep a table."""
        path = self._path(_LAYERS, table.diff_id)
        if path and self._writable:
            self._write(path, _encode(table))

    def get_blob(self, digest: str) -> bytes | None:
        """Return the blob with that digest, None where there is none that matches it."""
        path = self._path(_BLOBS, digest)
        data = _read(path) if path else None
        return data if data is not None and _digest(data) == digest else None

    def put_blob(self, digest: str, data: bytes) -> None:
        """Keep a blob, if it is what its digest says and no larger than MOST_BLOB."""
        path = self._path(_BLOBS, digest)
        if path and self._writable and len(data) <= MOST_BLOB and _digest(data) == digest:
            self._write(path, data)

    def _path(self, kind: str, digest: str) -> Path | None:
        """Return the file of a digest; None for what is not one and must name no file."""
        match = _DIGEST.fullmatch(digest)
        return self._folder / kind / match[1] if self._folder and match else None

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(name, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            self._writable = False
            self._note(f"the layer cache cannot be written: {error.strerror or error}")


def layers_info(folder: Path) -> tuple[int, int]:
    """Return how many layers the cache in ``folder`` holds, and the bytes of all its files."""
    files = list(_own_files(folder))
    layers = sum(path.parent.name == _LAYERS for path, _ in files)
    return layers, sum(size for _, size in files)


def layers_clear(folder: Path) -> tuple[int, int]:
    """Remove the layers and blobs from the cache in ``folder``; returns what they held."""
    held = layers_info(folder)
    for path, _ in _own_files(folder):
        with suppress(OSError):
            path.unlink()
    for kind in (_LAYERS, _BLOBS):
        with suppress(OSError):
            (folder / kind).rmdir()
    return held


def _own_files(folder: Path) -> Iterator[tuple[Path, int]]:
    for kind in (_LAYERS, _BLOBS):
        for path in sorted((folder / kind).glob("*")):
            with suppress(OSError):  # another run may be replacing it
                if path.is_file():
                    yield path, path.stat().st_size


def _read(path: Path) -> bytes | None:
    """Return the content of a regular file; a pipe or a device would have no end."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else None
    except OSError:
        return None


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _mark(diff_id: str, body: bytes | memoryview) -> bytes:
    """Return what binds a body to the layer that it is kept for."""
    return hashlib.blake2b(body, digest_size=_MARK_BYTES, key=diff_id[-64:].encode()).digest()


def _encode(table: LayerTable) -> bytes:
    """Return the file of a table: magic, mark, then parts, the head and blocks of entries.

    Each part is its length (4 bytes) and zlib of msgpack, so that neither writing nor
    reading holds the whole of a large table a second time.
    """
    entries = table.entries
    if not isinstance(entries, Entries):
        entries = Entries.of(entries.items())
    head = _Head(
        table.diff_id,
        table.size,
        entries.links,
        sorted(table.removed),
        sorted(table.opaque),
        dict(table.contents),
        dict(table.faults),
    )
    parts = [_pack(head)]
    items = iter(entries.records.items())
    while some := list(islice(items, _BLOCK)):
        paths = "\0".join(path for path, _ in some).encode()
        records = b"".join(record for _, record in some)
        parts.append(_pack(_Block(memoryview(paths), memoryview(records))))
    body = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    return _MAGIC + _mark(table.diff_id, body) + body


def _pack(part: _Head | _Block) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(part), 1)


def _decode(data: bytes, diff_id: str) -> LayerTable:
    """Return the table in a file; raises ValueError or zlib.error for what is no such file."""
    start = len(_MAGIC) + _MARK_BYTES
    body = memoryview(data)[start:]
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : start] != _mark(diff_id, body):
        raise ValueError
    parts = _parts(body)
    head = msgspec.msgpack.decode(next(parts, b""), type=_Head)
    if head.diff_id != diff_id:
        raise ValueError
    records: dict[str, bytes] = {}
    for part in parts:
        records.update(_records(msgspec.msgpack.decode(part, type=_Block)))
    return LayerTable(
        diff_id=diff_id,
        entries=Entries(records, head.links),
        removed=frozenset(head.removed),
        opaque=frozenset(head.opaque),
        contents=head.contents,
        faults=head.faults,
        size=head.size,
    )


def _parts(body: memoryview) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        start = at + 4
        at = start + int.from_bytes(body[at:start], "little")
        yield zlib.decompress(body[start:at])


def _records(block: _Block) -> Iterator[tuple[str, bytes]]:
    packed = bytes(block.records)
    records = (packed[at : at + RECORD_BYTES] for at in range(0, len(packed), RECORD_BYTES))
    return zip(str(block.paths, "utf-8").split("\0"), records, strict=True)
