"""The uncompressed bytes of a layer, whatever it was compressed with, within limits.

OCI image-spec, layer: a layer is a tar, plain, gzip (RFC 1952) or zstd (RFC 8878).
What it is, its first bytes tell; a media type can be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from depcheck.images.pieces import Pieces
from depcheck.images.table import BrokenLayer

PIECE = 256 << 10
"""No piece that comes out is larger, in bytes, unless a plain one came in so."""

MOST_BYTES = 64 << 30
# A stranger's few megabytes may unfold to as many gigabytes. DEFLATE ends at 1,032:1,
# so a limit above that would never bite; real layers are packed 2 to 10:1, a layer
# that is one sparse file at most some 100 megabytes. The first gibibyte is free: it
# takes two seconds at most, and a small layer of zeros is nothing bad.
FREE_BYTES = 1 << 30
MOST_RATIO = 200
# What `zstd --ultra -22` asks for; more has to be asked for with --long.
_MOST_WINDOW = 128 << 20
_MOST_BLOCK = 128 << 10  # RFC 8878, 3.1.1.2.4

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_OTHERS = {b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2", b"\x04\x22\x4d\x18": "lz4"}


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the uncompressed bytes of a layer in bounded pieces.

    Reads ``chunks`` to their end. Several gzip members or zstd frames in a row are
    one stream, skippable frames (zstd:chunked) are passed over. Raises BrokenLayer
    for a stream that is cut short, broken, of another compression, or that unfolds
    to more than MOST_BYTES or, beyond FREE_BYTES, than MOST_RATIO times its size.
    """
    read = 0

    def counted() -> Iterator[bytes]:
        nonlocal read
        for chunk in chunks:
            read += len(chunk)
            yield chunk

    written = 0
    for piece in _plain(counted()):
        written += len(piece)
        if written > FREE_BYTES:
            _check_size(written, read)
        yield piece


def _check_size(written: int, read: int) -> None:
    if written > MOST_BYTES:
        raise BrokenLayer(f"it unfolds to more than {MOST_BYTES >> 30} GiB")
    if written > read * MOST_RATIO:
        raise BrokenLayer(
            f"{read:,} compressed bytes unfold to more than {written:,}",
            hint="no layer of real files does: it may be made to exhaust its reader",
        )


def _plain(chunks: Iterator[bytes]) -> Iterator[bytes]:
    source = Pieces(chunks)
    head = source.take(6)
    whole = _joined(head, source.rest())
    if head.startswith(_GZIP):
        return _gunzip(whole)
    if head.startswith(_ZSTD) or _is_skippable(head[:4]):
        return _unzstd(Pieces(whole))
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise BrokenLayer(f"it is compressed with {name}, which the OCI formats do not have")
    return whole


def _joined(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    begin, error = _inflater()
    member = begin()
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if member.eof:
                    data = data.lstrip(b"\0")  # gzip's own padding of tapes
                    if not data:
                        break
                    member = begin()
                if piece := member.decompress(data, PIECE):
                    yield piece
                data = member.unused_data if member.eof else member.unconsumed_tail
        # What no longer fitted into the last piece has no input left to push it out.
        while not member.eof and (piece := member.decompress(b"", PIECE)):
            yield piece
    except error as fault:
        raise BrokenLayer(f"its gzip stream is broken: {fault}") from fault
    if not member.eof:
        raise BrokenLayer("its gzip stream is cut short")


def _inflater() -> tuple[Callable[[], _Inflater], type[Exception]]:
    """Return what begins a gzip member, and the error that a broken one raises."""
    try:
        from isal import isal_zlib
    except ImportError:  # no wheel for this platform: three times slower, the same bytes
        import zlib

        return lambda: zlib.decompressobj(31), zlib.error
    # Its types have the error as an instance.
    return lambda: isal_zlib.decompressobj(31), isal_zlib.IsalError  # type: ignore[return-value]  # untyped


def _is_skippable(magic: bytes) -> bool:
    return magic[1:] == b"\x2a\x4d\x18" and magic[0] >> 4 == 5


def _unzstd(source: Pieces) -> Iterator[bytes]:
    """Yield what zstd frames hold.

    They are fed to the decoder a block at a time: a block is at most 128 KiB
    unpacked, whereas a chunk of blocks can be gigabytes, and the end of a frame
    is seen exactly, so that a stream cut short is told from a whole one.
    """
    import zstandard

    decoder = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW)
    try:
        while magic := source.take(4):
            if magic == _ZSTD:
                yield from _frame(source, decoder.decompressobj().decompress)
            elif len(magic) == 4 and _is_skippable(magic):
                if source.skip(int.from_bytes(_exactly(source, 4), "little")):
                    raise BrokenLayer("its zstd stream is cut short")
            else:
                raise BrokenLayer("its zstd stream is broken: no frame begins where one should")
    except zstandard.ZstdError as fault:
        raise BrokenLayer(f"its zstd stream is broken: {fault}") from fault


def _frame(source: Pieces, decompress: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield what a frame holds, its magic number already read (RFC 8878, 3.1.1)."""
    descriptor = _exactly(source, 1)
    flags = descriptor[0]
    single = flags >> 5 & 1
    size_bytes = (single, 2, 4, 8)[flags >> 6]
    header = _exactly(source, (1 - single) + (0, 1, 2, 4)[flags & 3] + size_bytes)
    yield decompress(_ZSTD + descriptor + header)
    last = False
    while not last:
        start = _exactly(source, 3)
        number = int.from_bytes(start, "little")
        last, kind, size = bool(number & 1), number >> 1 & 3, number >> 3
        if size > _MOST_BLOCK:
            raise BrokenLayer("its zstd stream is broken: a block is too large")
        yield decompress(start + _exactly(source, 1 if kind == 1 else size))
    if flags >> 2 & 1:
        yield decompress(_exactly(source, 4))


def _exactly(source: Pieces, size: int) -> bytes:
    data = source.take(size)
    if len(data) < size:
        raise BrokenLayer("its zstd stream is cut short")
    return data
