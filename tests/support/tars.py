"""Tars and layers made for tests."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator

from depcheck.images.layer import read_layer
from depcheck.images.table import LayerTable, Wanted

BLOCK = 512


def chunked(data: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    """Yield ``data`` in chunks of ``size`` bytes."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


def sha256(data: bytes) -> str:
    """Return the digest of ``data`` as OCI writes it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Return a member without content."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    return info


def tar_of(*members: tuple[str, bytes] | tarfile.TarInfo, end: bool = True) -> bytes:
    """Return a tar of files (name and content) and of other members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for each in members:
            if isinstance(each, tarfile.TarInfo):
                tar.addfile(each)
            else:
                info = member(each[0])
                info.size = len(each[1])
                tar.addfile(info, io.BytesIO(each[1]))
        length = out.tell()
    return out.getvalue() if end else out.getvalue()[:length]


def header(name: bytes, size: int = 0, kind: bytes = b"0", **fields: bytes) -> bytes:
    """Return a raw ustar header; ``fields`` are put in as they are, the checksum is right."""
    block = bytearray(BLOCK)
    block[0 : len(name)] = name
    for at, text in ((100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0")):
        block[at : at + 8] = text
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"%011o\0" % 0
    block[156:157] = kind
    block[257:265] = b"ustar\x0000"
    places = {"uid": 108, "length": 124, "link": 157, "magic": 257, "prefix": 345, "sparse": 386}
    for field, text in fields.items():
        block[places[field] : places[field] + len(text)] = text
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data: bytes) -> bytes:
    """Return ``data`` filled up to whole blocks."""
    return data + bytes(-len(data) % BLOCK)


def pax(*records: tuple[str, str], kind: bytes = b"x") -> bytes:
    """Return an extended header with its records."""
    data = b"".join(pax_record(key.encode(), value.encode()) for key, value in records)
    return header(b"pax", len(data), kind) + padded(data)


def pax_record(key: bytes, value: bytes) -> bytes:
    """Return one record of an extended header, its own length first."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length += 1
    return str(length).encode() + rest


def layer_of(
    *members: tuple[str, bytes] | tarfile.TarInfo,
    wanted: Callable[[str, int], Wanted | None] = lambda path, size: Wanted(1 << 20),
) -> LayerTable:
    """Return the table of a layer with those members; all contents are kept."""
    return read_layer(chunked(tar_of(*members)), diff_id=None, wanted=wanted)
