"""The layers of images as an engine saves them: one call, one stream, nothing stored.

Two forms of archive come (Docker image specification 1.2, and an OCI layout in a tar,
since engine 25 or with containerd's store). Which layers are in it cannot be chosen, and a
classic engine writes all of it to its disk before the first byte comes: one more save
costs more than to read what comes in this one and is not wanted yet.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from depcheck.errors import ImageError
from depcheck.images.engine.client import Engine
from depcheck.images.table import BrokenLayer
from depcheck.images.tar import Member, TarReader
from depcheck.images.values import Backing, Layer, LayerStream
from depcheck.model.text import printable

_CLASSIC = re.compile(r"[^/]+/layer\.tar|[0-9a-f]{64}\.tar")  # the other is Podman's
_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})")
_LEAST = 512  # the shortest tar is longer
_MAGIC_AT = slice(257, 262)


def engine_backing(engine: Engine, names: tuple[str, ...]) -> Save:
    """Return the way to the layers of all ``names`` (references or ids) in one save."""
    return Save(engine, names)


def together(left: Backing, right: Backing) -> Save | None:
    """Return one save for what two backings save, None if they are not of one engine."""
    if isinstance(left, Save) and isinstance(right, Save) and left.engine is right.engine:
        return Save(left.engine, left.names + right.names)
    return None


class Save:
    """A Backing: an engine's save of one image or several."""

    way = "engine"

    def __init__(self, engine: Engine, names: tuple[str, ...]) -> None:
        self.engine = engine
        self.names = tuple(dict.fromkeys(names))
        self.bytes_read = 0

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        """Yield all layers as they come, wanted or not.

        Raises ImageError where the engine cannot save them or the stream is broken.
        """
        with self.engine.save(self.names) as chunks:
            archive = TarReader(self._counted(chunks))
            members = iter(archive)
            while True:
                with self._naming():  # not while a layer is with its reader
                    member = next(members, None)
                    stream = _layer(member, archive) if member else None
                if member is None:
                    break
                if stream is not None:
                    yield stream
            archive.drain()

    def close(self) -> None:
        """Nothing: the engine's connections are closed by who opened them."""

    def _counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.bytes_read += len(chunk)
            yield chunk

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except BrokenLayer as broken:
            raise ImageError(
                f"what the engine at {self.engine.endpoint.shown} saved of "
                f"{printable(' and '.join(self.names))} cannot be read: {broken.message}",
                hint="its log says why it stopped (journalctl -u docker)",
            ) from broken


def _layer(member: Member, archive: TarReader) -> LayerStream | None:
    """Return a member of a save as a layer, None for what is none."""
    if member.kind != "file" or member.hard or member.size < 1:
        return None  # a link leads to a layer that comes anyway
    if _CLASSIC.fullmatch(member.path):
        return LayerStream(None, "", map(bytes, archive.content()))
    blob = _BLOB.fullmatch(member.path)
    if blob is None:
        return None
    content = archive.content()
    head = _head(content)
    digest, chunks = f"sha256:{blob[1]}", itertools.chain([head], map(bytes, content))
    if _compressed(head):
        return LayerStream(None, digest, chunks)
    if head[_MAGIC_AT] == b"ustar" or not any(head):
        return LayerStream(digest, "", chunks)  # of a plain tar both digests are one
    return None  # an index, a manifest, a configuration


def _head(content: Iterator[memoryview]) -> bytes:
    head = b""
    while len(head) < _LEAST and (piece := next(content, None)) is not None:
        head += piece
    return head


def _compressed(head: bytes) -> bool:
    """Tell gzip and Zstandard (RFC 1952, RFC 8878) from a plain tar."""
    return head[:2] == b"\x1f\x8b" or head[:4] == b"\x28\xb5\x2f\xfd"
