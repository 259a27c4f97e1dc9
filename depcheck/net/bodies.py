"""The bodies of answers, read whole and within a cap."""

from __future__ import annotations

import gzip
import io
import zlib

from urllib3 import BaseHTTPResponse

from depcheck.net.failures import Broken

_BLOCK = 64 * 1024


class TooLarge(Exception):
    """The body is larger than the caller allows."""


def read_body(response: BaseHTTPResponse, cap: int) -> bytes:
    """Return the whole body, decoded.

    Raises Broken, TooLarge above ``cap`` bytes (packed or unpacked), and what
    urllib3 raises. It is unpacked here because urllib3 takes a compressed body that
    was cut short for a whole one.
    """
    body = _packed(response, cap)
    encoding = response.headers.get("content-encoding", "").lower()
    if encoding in ("", "identity") or not body:
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Broken(f"the answer is encoded as {encoding[:20]!r}")
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(body)).read(cap + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise Broken(f"the compressed answer is broken: {error}") from error
    if len(unpacked) > cap:
        raise TooLarge
    return unpacked


def _packed(response: BaseHTTPResponse, cap: int) -> bytes:
    length = response.length_remaining
    if length is not None:
        if length > cap:
            raise TooLarge
        return response.read(decode_content=False)
    parts = []
    total = 0
    while block := response.read(_BLOCK, decode_content=False):
        total += len(block)
        if total > cap:
            raise TooLarge
        parts.append(block)
    return b"".join(parts)
