"""What stands in a layer, and the layer's bytes; ``tests.support.oci`` gives it all."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

EPOCH = 1_750_000_000
"""Modification time of every entry that names none, in seconds."""


@dataclass(frozen=True)
class File:
    """A regular file; ``pax`` are extra records, as ``{"SCHILY.xattr.user.a": "b"}``."""

    content: str | bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = EPOCH
    pax: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Folder:
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    mtime: int = EPOCH


@dataclass(frozen=True)
class Symlink:
    target: str


@dataclass(frozen=True)
class Hardlink:
    """Another name of a file; ``target`` is a path from the root, without a slash before it."""

    target: str


@dataclass(frozen=True)
class Device:
    """A character device, a block device (``kind="b"``) or a named pipe (``kind="p"``)."""

    major: int = 0
    minor: int = 0
    kind: Literal["c", "b", "p"] = "c"


@dataclass(frozen=True)
class Mark:
    kind: Literal["whiteout", "opaque"]


WHITEOUT = Mark("whiteout")
"""The path is removed from the layers below (OCI image-spec, layer, Whiteouts)."""
OPAQUE = Mark("opaque")
"""A folder that hides everything below it (OCI image-spec, layer, Opaque Whiteout)."""

Entry = str | bytes | File | Folder | Symlink | Hardlink | Device | Mark
_KINDS = {"c": tarfile.CHRTYPE, "b": tarfile.BLKTYPE, "p": tarfile.FIFOTYPE}


@dataclass(frozen=True)
class Layer:
    """One layer and the build step that made it.

    ``style`` is the tar's format, ``parents`` whether missing parent folders are added,
    ``prefix`` stands before each path (some tools write ``./``).
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    created_by: str = "RUN step"
    compression: Literal["gzip", "zstd", "none"] = "gzip"
    style: Literal["pax", "gnu", "ustar"] = "pax"
    parents: bool = True
    prefix: str = ""
    tar: bytes | None = None

    @cached_property
    def content(self) -> bytes:
        """The tar, not compressed."""
        return self.tar if self.tar is not None else _tar(self)

    @cached_property
    def blob(self) -> bytes:
        if self.compression == "gzip":
            return gzip.compress(self.content, mtime=0)
        if self.compression == "zstd":
            import zstandard

            return zstandard.compress(self.content)
        return self.content

    @property
    def diff_id(self) -> str:
        return digest_of(self.content)

    @property
    def digest(self) -> str:
        return digest_of(self.blob)


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _tar(layer: Layer) -> bytes:
    styles = {"pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=styles[layer.style]) as tar:
        for name, entry in _with_parents(layer):
            info, content = _member(layer.prefix + name, entry)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _with_parents(layer: Layer) -> Iterator[tuple[str, Entry]]:
    known: set[str] = set()
    for path, entry in layer.entries.items():
        name = path.rstrip("/")
        above = name.split("/")[:-1]
        for depth in range(1, len(above) + 1) if layer.parents else ():
            folder = "/".join(above[:depth])
            if folder not in known and folder not in layer.entries and folder:
                yield folder, Folder()
            known.add(folder)
        known.add(name)
        if entry == OPAQUE:
            yield name, Folder()
        yield name, entry


def _member(name: str, entry: Entry) -> tuple[tarfile.TarInfo, bytes]:
    """Return a member's header and its content."""
    above, _, last = name.rpartition("/")
    info = tarfile.TarInfo(name)
    info.mtime, info.mode = EPOCH, 0o644
    content = b""
    match entry:
        case str() | bytes():
            return _member(name, File(entry))
        case File(text, mode, uid, gid, mtime, pax):
            content = text.encode() if isinstance(text, str) else text
            info.size, info.mode, info.mtime = len(content), mode, mtime
            info.uid, info.gid, info.pax_headers = uid, gid, dict(pax)
        case Folder(mode, uid, gid, mtime):
            info.type, info.mode, info.mtime = tarfile.DIRTYPE, mode, mtime
            info.uid, info.gid = uid, gid
        case Symlink(target):
            info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
        case Hardlink(target):
            info.type, info.linkname = tarfile.LNKTYPE, target
        case Device(major, minor, kind):
            info.type, info.devmajor, info.devminor = _KINDS[kind], major, minor
        case Mark("whiteout"):
            info.name = f"{above}/.wh.{last}" if above else f".wh.{last}"
        case Mark():
            info.name = f"{name}/.wh..wh..opq"
    return info, content
