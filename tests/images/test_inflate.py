from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import os
import random
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images import inflate as module
from depcheck.images.inflate import PIECE, inflate
from depcheck.images.table import BrokenLayer
from tests.support.tars import chunked

TEXT = b"".join(b"line %d of a layer\n" % number for number in range(40_000))
NOISE = os.urandom(300_000)


def zstd(data: bytes, **options: int) -> bytes:
    parameters = zstandard.ZstdCompressionParameters(**options)
    return zstandard.ZstdCompressor(compression_params=parameters).compress(data)


def skippable(data: bytes) -> bytes:
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


PACKED = {
    "plain": TEXT,
    "gzip": gzip.compress(TEXT),
    "gzip stored": gzip.compress(NOISE, 0) + gzip.compress(TEXT),
    "gzip members": gzip.compress(TEXT[:1000]) + gzip.compress(b"") + gzip.compress(TEXT[1000:]),
    "gzip padded": gzip.compress(TEXT) + bytes(700),
    "zstd": zstd(TEXT, compression_level=3, write_checksum=1),
    "zstd noise": zstd(NOISE, compression_level=3),
    "zstd frames": zstd(TEXT[:9]) + zstd(b"") + skippable(b"toc") + zstd(TEXT[9:], window_log=12),
    "zstd:chunked": skippable(b"") + zstd(TEXT) + skippable(bytes(200)),
    "zstd unsized": zstandard.ZstdCompressor(write_content_size=False).compress(TEXT),
}
CONTENT = {"gzip stored": NOISE + TEXT, "zstd noise": NOISE}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("size", [7, 1000, 1 << 16, 1 << 24])
def test_what_was_packed_comes_out(name: str, size: int) -> None:
    pieces = list(inflate(chunked(PACKED[name], size)))
    assert b"".join(pieces) == CONTENT.get(name, TEXT)
    assert name == "plain" or max(map(len, pieces)) <= PIECE


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.tuples(st.binary(max_size=3000), st.integers(1, 400)), max_size=4),
    size=st.integers(1, 5000),
    kind=st.sampled_from(["gzip", "zstd"]),
)
def test_any_content_in_any_chunks(parts: list[tuple[bytes, int]], size: int, kind: str) -> None:
    pack = gzip.compress if kind == "gzip" else zstd
    whole = [part * times for part, times in parts] or [b""]
    packed = b"".join(map(pack, whole))
    assert b"".join(inflate(chunked(packed, size))) == b"".join(whole)


def test_zlib_stands_in_where_isal_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    assert module._inflater()[1] is zlib.error
    for name in ("gzip", "gzip members", "gzip padded"):
        assert b"".join(inflate(chunked(PACKED[name], 999))) == TEXT
    with pytest.raises(BrokenLayer, match="cut short"):
        list(inflate(chunked(PACKED["gzip"][:-9])))
    broken = bytearray(PACKED["gzip"])
    broken[len(broken) // 2] ^= 0xFF
    with pytest.raises(BrokenLayer, match="gzip stream is"):
        list(inflate(chunked(bytes(broken))))


@pytest.mark.parametrize("name", ["gzip", "gzip members", "zstd", "zstd noise", "zstd:chunked"])
def test_every_cut_is_seen(name: str) -> None:
    packed = PACKED[name]
    for cut in (5, 10, 18, len(packed) // 2, len(packed) - 9, len(packed) - 4, len(packed) - 1):
        with pytest.raises(BrokenLayer, match=r"cut short|broken"):
            list(inflate(chunked(packed[:cut], 4096)))


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_a_damaged_byte_is_seen(name: str) -> None:
    random_number = random.Random(7)
    for _ in range(40):
        broken = bytearray(PACKED[name])
        broken[random_number.randrange(len(broken) // 4, len(broken))] ^= (
            1 << random_number.randrange(8)
        )
        with pytest.raises(BrokenLayer):
            list(inflate(chunked(bytes(broken))))


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_garbage_after_the_end_is_seen(name: str) -> None:
    with pytest.raises(BrokenLayer):
        list(inflate(chunked(PACKED[name] + b"garbage")))


def test_other_compressions_are_named() -> None:
    with pytest.raises(BrokenLayer, match="xz"):
        list(inflate(chunked(lzma.compress(TEXT))))
    with pytest.raises(BrokenLayer, match="bzip2"):
        list(inflate(chunked(bz2.compress(TEXT))))


def endless_gzip() -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    start = packer.compress(zeros * 4) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(zeros * 4) + packer.flush(zlib.Z_FULL_FLUSH)
    return itertools.chain([start], itertools.repeat(again))


def endless_zstd() -> Iterator[bytes]:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x38])
    block = (((128 << 10) << 3) | (1 << 1)).to_bytes(3, "little") + b"\0"
    return itertools.chain([frame], itertools.repeat(block * 1000))


@pytest.mark.parametrize("endless", [endless_gzip, endless_zstd])
def test_an_endless_stream_of_zeros_ends_soon_and_in_small_pieces(
    endless: Callable[[], Iterator[bytes]],
) -> None:
    begun = time.monotonic()
    sizes: set[int] = set()
    with pytest.raises(BrokenLayer, match="unfold to more than"):
        sizes.update(map(len, inflate(endless())))
    assert max(sizes) <= PIECE
    assert time.monotonic() - begun < 30


def test_a_gigantic_window_is_refused() -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, (28 - 10) << 3]) + b"\x01\x00\x00"
    with pytest.raises(BrokenLayer, match=r"memory|window"):
        list(inflate(iter([frame])))


def test_a_block_above_the_standards_size_is_refused() -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x58])
    block = (((1 << 20) << 3) | (1 << 1) | 1).to_bytes(3, "little") + b"\0"
    with pytest.raises(BrokenLayer, match="too large"):
        list(inflate(iter([frame + block])))


def test_the_whole_stream_is_read() -> None:
    chunks = chunked(PACKED["gzip padded"], 100)
    list(inflate(chunks))
    assert next(chunks, None) is None
