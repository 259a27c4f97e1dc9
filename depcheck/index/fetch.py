"""What the worker threads do: fetch one page or one distribution's metadata."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from depcheck.index.archive import BadArchive, Source
from depcheck.index.contents import SMALL_CAP, NativeFiles, native_names, project_of
from depcheck.index.coremetadata import read_headers
from depcheck.index.distributions import (
    METADATA_CAP,
    from_core_metadata,
    from_headers,
    from_tar_sdist,
    from_wheel,
    from_zip_sdist,
)
from depcheck.index.local import PAGE_CAP
from depcheck.index.pagefiles import StoredPage
from depcheck.index.pages import PageError, read_html, read_json
from depcheck.index.releases import Listing, build_listing
from depcheck.index.transport import Response, Transport, TransportError
from depcheck.model.catalog import Distribution, Metadata, Unavailable
from depcheck.net.redaction import redact

ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
)
FILE_CAP = 256 << 20
DEFAULT_FRESH = 600.0
_SMALL_TAIL, _LARGE_TAIL, _LARGE = 32 << 10, 160 << 10, 4 << 20
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """An index's answer about a project.

    ``kind`` ``page`` comes with a listing, ``same`` means the cached one holds,
    ``missing`` that the index has no such project. ``expires`` is until when it is
    fresh (``time.time``), None where it must not be kept.
    """

    kind: str
    listing: Listing | None = None
    etag: str = ""
    modified: str = ""
    expires: float | None = None


class Refused(Exception):
    """The index answered with a status that says nothing about the project."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Fetcher:
    """Stateless but for what it learns about wheels; used from many threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._tails: dict[str, int] = {}

    def page(self, url: str, name: str, stored: StoredPage | None) -> FetchedPage:
        """Return what the page at ``url`` says; conditional where ``stored`` allows it.

        Raises TransportError, PageError or Refused.
        """
        headers = {"Accept": ACCEPT, "Accept-Encoding": "gzip"}
        if stored is not None and stored.etag:
            headers["If-None-Match"] = stored.etag
        elif stored is not None and stored.modified:
            headers["If-Modified-Since"] = stored.modified
        answer = self._transport.get(url, headers, PAGE_CAP)
        if answer.status == 304 and stored is not None:
            return FetchedPage(
                kind="same", expires=fresh_until(answer.headers, time.time(), stored.lifetime)
            )
        expires = fresh_until(answer.headers, time.time())
        if answer.status in (404, 410):
            return FetchedPage(kind="missing", expires=expires)
        if answer.status != 200:
            raise _refused(answer)
        return FetchedPage(
            kind="page",
            listing=parse_page(answer, name),
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
            expires=expires,
        )

    def text(self, url: str) -> tuple[bytes, str]:
        """Return the body of a page and the address that answered."""
        answer = self._transport.get(url, {"Accept": "text/html"}, PAGE_CAP)
        if answer.status != 200:
            raise _refused(answer)
        return answer.body, answer.url

    def metadata(
        self, subject: str, name: str, distribution: Distribution
    ) -> tuple[Metadata | Unavailable, bool]:
        """Return the metadata, and whether the answer holds for good."""
        try:
            answer = self._metadata(subject, name, distribution)
        except (TransportError, BadArchive) as error:
            return Unavailable(subject=subject, reason=str(error)), False
        except Refused as error:
            return Unavailable(subject=subject, reason=error.reason, hint=error.hint), False
        except _Mismatch as error:
            return Unavailable(subject=subject, reason=str(error), hint=_TAMPERED), False
        return answer, True

    def _metadata(
        self, subject: str, name: str, distribution: Distribution
    ) -> Metadata | Unavailable:
        if distribution.metadata_hash is not None:
            content = self._beside(distribution)
            if content is not None and distribution.is_wheel:
                return from_core_metadata(subject, name, content, "pep658")
            if content is not None and (headers := read_headers(content)):
                return from_headers(headers, "pep658", presumed=not headers.static)
        if distribution.is_wheel:
            return self._zip(subject, name, distribution)
        if distribution.filename.endswith(".zip"):
            return self._zip(subject, name, distribution)
        return self._tar(subject, distribution.url)

    def _tar(self, subject: str, url: str) -> Metadata | Unavailable:
        """Read a tar sdist only as far as needed; a cut stream is tried once more."""
        for last in (False, True):
            try:
                with self._transport.stream(url, _PLAIN) as (response, read_some):
                    if response.status != 200:
                        raise _refused(response)
                    return from_tar_sdist(subject, _capped(read_some, url))
            except TransportError:
                if last:
                    raise
        raise AssertionError("unreachable")

    def _beside(self, distribution: Distribution) -> bytes | None:
        """Return the metadata file of PEP 658, None where there is none after all."""
        algorithm, _, digest = (distribution.metadata_hash or "").partition("=")
        if algorithm and algorithm not in hashlib.algorithms_guaranteed:
            return None
        answer = self._transport.get(_beside(distribution.url), _PACKED, METADATA_CAP)
        if answer.status in (404, 410):
            return None
        if answer.status != 200:
            raise _refused(answer)
        if digest and hashlib.new(algorithm, answer.body).hexdigest() != digest.lower():
            raise _Mismatch("its metadata differs from the hash that the index declares")
        return answer.body

    def _zip(self, subject: str, name: str, distribution: Distribution) -> Metadata | Unavailable:
        source = self._ranged(name, distribution) or self._whole(distribution.url)
        read = from_wheel if distribution.is_wheel else _zip_sdist
        try:
            answer = read(subject, name, source)
        except _NoRanges:
            source = self._whole(distribution.url)
            answer = read(subject, name, source)
        self._learn(name, source)
        return answer

    def natives(self, distribution: Distribution) -> tuple[NativeFiles, bool]:
        """Return the paths of a wheel's native files, and whether the answer holds for good.

        A server without ranges is asked for the whole wheel only where that is small.
        """
        subject, name = distribution.filename, project_of(distribution)
        try:
            source = self._ranged(name, distribution, SMALL_CAP)
            if source is None:
                source = self._whole(distribution.url, SMALL_CAP)
            found = native_names(source)
        except (TransportError, BadArchive) as error:
            return Unavailable(subject=subject, reason=str(error)), False
        except Refused as error:
            return Unavailable(subject=subject, reason=error.reason, hint=error.hint), False
        except _NoRanges:
            reason = "the server answers a range of the wheel with something else"
            return Unavailable(subject=subject, reason=reason), False
        self._learn(name, source)
        return found, True

    def _ranged(self, name: str, distribution: Distribution, cap: int = FILE_CAP) -> Source | None:
        """Return the file by its last bytes, None where the server has no ranges.

        ``cap`` bounds what a server may send that answers with the whole file.
        """
        large = (distribution.size or 0) > _LARGE
        length = self._tails.get(name) or (_LARGE_TAIL if large else _SMALL_TAIL)
        answer = self._transport.get(distribution.url, _range(f"-{length}"), cap)
        if answer.status == 200:
            return _in_memory(answer.body)
        if answer.status in (400, 405, 416, 501):
            return self._explicit(distribution, length, cap)
        if answer.status != 206:
            raise _refused(answer)
        return self._source(distribution.url, answer)

    def _explicit(self, distribution: Distribution, length: int, cap: int) -> Source | None:
        """Ask by position, for servers that know no suffix ranges."""
        size = distribution.size
        if not size:
            return None
        wanted = f"{max(0, size - length)}-{size - 1}"
        answer = self._transport.get(distribution.url, _range(wanted), cap)
        if answer.status == 200:
            return _in_memory(answer.body)
        return self._source(distribution.url, answer)

    def _source(self, url: str, response: Response) -> Source | None:
        body = response.body
        found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if response.status != 206 or not found:
            return None
        start, last, size = (int(part) for part in found.groups())
        if last != size - 1 or size - start != len(body):
            return None

        def fetch(start: int, stop: int) -> bytes:
            if start >= stop:
                return b""
            answer = self._transport.get(url, _range(f"{start}-{stop - 1}"), FILE_CAP)
            stated = answer.headers.get("content-range", "")
            if answer.status != 206 or len(answer.body) != stop - start:
                raise _NoRanges
            if not stated.startswith(f"bytes {start}-{stop - 1}/"):
                raise _NoRanges
            return answer.body

        return Source(size, body, fetch)

    def _whole(self, url: str, cap: int = FILE_CAP) -> Source:
        answer = self._transport.get(url, _PLAIN, cap)
        if answer.status != 200:
            raise _refused(answer)
        return _in_memory(answer.body)

    def _learn(self, name: str, source: Source) -> None:
        """Remember how much of the end of this project's wheels was needed."""
        needed = source.size - source.known_from
        if needed > self._tails.get(name, 0) and needed < 2 << 20:
            self._tails[name] = needed + needed // 8


_TAMPERED = "the index or something in between serves altered metadata; do not use this file"
_PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}
_PACKED = {"Accept": "*/*", "Accept-Encoding": "gzip"}


class _NoRanges(Exception):
    """The server answered a range with something else."""


class _Mismatch(Exception):
    """Content differs from its declared hash."""


def _range(text: str) -> dict[str, str]:
    return {**_PLAIN, "Range": f"bytes={text}"}


def _zip_sdist(subject: str, name: str, source: Source) -> Metadata | Unavailable:
    return from_zip_sdist(subject, source)


def _in_memory(body: bytes) -> Source:
    return Source(len(body), body, lambda start, stop: body[start:stop])


def _capped(read_some: Callable[[], bytes], url: str) -> Callable[[], bytes]:
    """Return the same reader, which fails once more than ``FILE_CAP`` bytes came."""
    total = 0

    def read() -> bytes:
        nonlocal total
        block = read_some()
        total += len(block)
        if total > FILE_CAP:
            raise TransportError(f"{redact(url)} is larger than {FILE_CAP >> 20} MB")
        return block

    return read


def _beside(url: str) -> str:
    """Return where PEP 658 puts the metadata: the suffix goes on the path."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path + ".metadata", fragment="").geturl()


def _refused(answer: Response) -> Refused:
    where = redact(answer.url)
    if answer.status in (401, 403, 407):
        return Refused(
            f"{where} refuses access (status {answer.status})",
            "check the credentials: in the index address, in ~/.netrc or in the keyring",
        )
    return Refused(f"{where} answers with status {answer.status}")


def parse_page(answer: Response, name: str) -> Listing:
    """Return the releases on a page, JSON or HTML. Raises PageError."""
    kind = answer.headers.get("content-type", "").lower()
    start = answer.body[:64].lstrip()
    if "json" in kind or ("html" not in kind and start.startswith(b"{")):
        entries, raws = read_json(answer.body)
        return build_listing(name, entries, raws, answer.url)
    charset = kind.partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
    entries, raws, stated = read_html(answer.body, charset)
    try:
        base = urljoin(answer.url, stated)
    except ValueError as error:
        raise PageError("its base address makes no sense") from error
    return build_listing(name, entries, raws, base)


def fresh_until(
    headers: Mapping[str, str], now: float, default: float = DEFAULT_FRESH
) -> float | None:
    """Return until when an answer is fresh (RFC 9111), None where it must not be kept.

    ``default`` is how many seconds it is fresh without any word of the server.
    """
    words = [word.strip().lower() for word in headers.get("cache-control", "").split(",")]
    if "no-store" in words:
        return None
    if "no-cache" in words:
        return now
    for word in words:
        key, _, value = word.partition("=")
        value = value.strip('"')
        if key == "max-age" and value.isdecimal():
            age = headers.get("age", "")
            return now + int(value[:9]) - (int(age[:9]) if age.isdecimal() else 0)
    return now + default
