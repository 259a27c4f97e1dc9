"""HTTP exchanges with registries: redirects, retries, deadlines, and what was read."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError

from depcheck import __version__
from depcheck.errors import ImageError
from depcheck.net.bodies import TooLarge, read_body
from depcheck.net.connections import Connections, Unusable
from depcheck.net.credentials import origin, split_userinfo
from depcheck.net.failures import Broken, NoConnection, broken
from depcheck.net.network import Network
from depcheck.net.places import is_inside
from depcheck.net.redaction import redact

_MAX_REDIRECTS = 5
_RETRIED = frozenset((408, 429, 500, 502, 503, 504))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_ATTEMPTS = 4
_LONGEST_PAUSE = 30.0
_DEADLINE = 120.0  # seconds for one wish with its redirects and retries, a blob's bytes aside
_SLOWEST = 20_000  # bytes a second: a stream that is slower than that is given up
_CHUNK = 256 << 10
_LEFTOVER = 64 << 10
# Redirects and retries follow the rules of this file, not urllib3's.
_ONCE = Retry(False, redirect=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``authorization`` goes to the origin of ``url`` alone, never where that redirects to."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. The names of ``headers`` are matched whatever their case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """The connections of one backing. ``bytes_read`` counts the bytes of all bodies."""

    def __init__(self, network: Network) -> None:
        self._connections = Connections(network)
        self._closed = threading.Event()
        self.bytes_read = 0

    def ask(self, request: Request, cap: int, *, attempts: int = _ATTEMPTS) -> Answer:
        """Return the answer with its body, of at most ``cap`` bytes; any status that lasts.

        Raises Broken or NoConnection after the last attempt, and ImageError where
        another one would not help.
        """
        raw = self._persist(request, cap, attempts)
        assert isinstance(raw, Answer)
        return raw

    @contextmanager
    def stream(self, request: Request) -> Iterator[tuple[BaseHTTPResponse, Iterator[bytes]]]:
        """Yield the answer and its body in chunks.

        Raises as ``ask`` does, while the chunks are taken as well.
        """
        raw = self._persist(request, None, _ATTEMPTS)
        assert not isinstance(raw, Answer)
        try:
            yield raw, self._chunks(raw, _host(request.url))
        finally:
            raw.close()
            raw.release_conn()

    def addresses(self, url: str) -> list[str]:
        """Return where a URL leads, empty where that is not known."""
        return self._connections.addresses(url)

    def pause(self, attempt: int, least: float = 0.0) -> None:
        """Wait before the next attempt, longer each time; ends early when closed."""
        # Jitter keeps many clients apart; nothing secret rests on it.
        seconds = max(least, random.uniform(0.5, 1.0) * 0.25 * 2**attempt)  # noqa: S311 - a pause
        self._closed.wait(min(seconds, _LONGEST_PAUSE))

    def close(self) -> None:
        self._closed.set()
        self._connections.close()

    def _persist(
        self, request: Request, cap: int | None, attempts: int
    ) -> Answer | BaseHTTPResponse:
        """Try until an answer is not worth another try; without a cap, leave its body."""
        until = self._connections.deadline.until = time.monotonic() + _DEADLINE
        for attempt in range(attempts):
            last = attempt == attempts - 1
            least = 0.0
            try:
                raw = self._follow(request)
                if raw.status not in _RETRIED or last:
                    return raw if cap is None else self._whole(raw, request, cap)
                least = _retry_after(raw.headers)
                _drain(raw)
            except Broken as error:
                if last or self._closed.is_set() or time.monotonic() > until or _is_final(error):
                    raise
            if time.monotonic() + least > until:
                break
            self.pause(attempt, least)
        raise Broken("no answer in time")

    def _follow(self, request: Request) -> BaseHTTPResponse:
        where, token = request.url, request.authorization
        home = origin(where)
        for _ in range(_MAX_REDIRECTS + 1):
            raw = self._once(request, where, token)
            if raw.status not in _REDIRECTS or "location" not in raw.headers:
                return raw
            if request.body is not None:  # it is a secret, meant for this address alone
                return raw
            _drain(raw)
            where = _redirected(where, raw.headers["location"])
            if origin(where) != home:
                token = ""
                self._stay_outside(where, request.url)
        raise ImageError(f"{redact(request.url)} redirects more than {_MAX_REDIRECTS} times")

    def _stay_outside(self, where: str, home: str) -> None:
        """Refuse a redirect that would make us ask inside what strangers cannot reach."""
        if any(map(is_inside, [_host(home), *self.addresses(home)])):
            return
        if any(map(is_inside, [_host(where), *self.addresses(where)])):
            raise ImageError(f"{redact(home)} redirects to an address of this machine or its link")

    def _once(self, request: Request, url: str, token: str) -> BaseHTTPResponse:
        if self._closed.is_set():
            raise ImageError(f"{_host(url)}: the run is over")
        sent = {"User-Agent": f"depcheck/{__version__}", "Accept-Encoding": "identity"}
        sent |= dict(request.headers) | ({"Authorization": token} if token else {})
        try:
            pool = self._connections.pool(url)
            plain_proxy = pool.proxy is not None and url.startswith("http:")
            return pool.urlopen(
                request.method, url if plain_proxy else _target(url), body=request.body,
                headers=sent, retries=_ONCE, redirect=False, assert_same_host=False,
                preload_content=False,
            )  # fmt: skip
        except Unusable as error:
            raise ImageError(str(error)) from error
        except HTTPError as error:
            raise broken(error, _host(url)) from error

    def _whole(self, raw: BaseHTTPResponse, request: Request, cap: int) -> Answer:
        try:
            body = read_body(raw, cap)
        except HTTPError as error:
            raise broken(error, _host(request.url)) from error
        except TooLarge:
            raise ImageError(
                f"{redact(request.url)}: the answer is larger than {cap >> 10} KiB"
            ) from None
        finally:
            raw.close()
            raw.release_conn()
        self.bytes_read += len(body)
        return Answer(raw.status, raw.headers, body)

    def _chunks(self, raw: BaseHTTPResponse, host: str) -> Iterator[bytes]:
        until = time.monotonic() + _DEADLINE
        while True:
            self._connections.deadline.until = until
            try:
                chunk = raw.read(_CHUNK, decode_content=False)
            except HTTPError as error:
                raise broken(error, host) from error
            if not chunk:
                return
            self.bytes_read += len(chunk)
            until += len(chunk) / _SLOWEST  # of what came: any size can be announced
            yield chunk


def _is_final(error: Broken) -> bool:
    """Whether another attempt must end the same way: a name or a certificate is wrong."""
    import socket
    import ssl

    cause = error.cause if isinstance(error, NoConnection) else None
    if isinstance(cause, socket.gaierror):
        return cause.errno != socket.EAI_AGAIN
    return isinstance(cause, ssl.SSLError)


def _drain(raw: BaseHTTPResponse) -> None:
    """Read what is left of a short body, so that the connection can be kept."""
    try:
        read_body(raw, _LEFTOVER)
    except (HTTPError, Broken, TooLarge):
        pass
    finally:
        raw.close()
        raw.release_conn()


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _redirected(where: str, location: str) -> str:
    shown = redact(where)
    try:
        target = split_userinfo(urljoin(where, location))[0].partition("#")[0]
        origin(target)
    except ValueError as error:
        raise ImageError(f"{shown} redirects to nonsense") from error
    if not target.startswith(("https://", "http://")) or not _host(target):
        raise ImageError(f"{shown} redirects to something that is not http")
    if where.startswith("https:") and target.startswith("http:"):
        raise ImageError(f"{shown} redirects from https to http")
    return target


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait (RFC 9110, section 10.2.3), bounded; dates are not heeded."""
    text = headers.get("retry-after", "")
    return min(float(text), _LONGEST_PAUSE) if text.isdecimal() and text.isascii() else 0.0
