"""GET over pooled connections: redirects, credentials, retries, deadlines."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from urllib3 import BaseHTTPResponse, Retry
from urllib3.exceptions import HTTPError

from depcheck.net.bodies import TooLarge, read_body
from depcheck.net.connections import Connections, Unusable
from depcheck.net.credentials import Credentials, basic, origin, split_userinfo
from depcheck.net.failures import Broken, NoConnection, broken
from depcheck.net.network import Network
from depcheck.net.redaction import redact

MAX_REDIRECTS = 10
_RETRIED = frozenset((408, 429, 500, 502, 503, 504, 520, 521, 522, 524))
_WAIT_CAP = 30.0
_BLOCK = 64 * 1024
_SHORT = 1 << 20
# Redirects and retries follow the rules of this file, not urllib3's.
_ONCE = Retry(False, redirect=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. ``url`` is the address that answered, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class TransportError(Exception):
    """No usable answer could be had. The text is for people and holds no secrets."""


class Transport:
    """Used from many threads at once.

    ``deadline`` is seconds for one wish with all its redirects and retries, so that
    a server that answers a byte a minute cannot hold a run up.
    """

    def __init__(
        self,
        network: Network,
        credentials: Credentials,
        *,
        user_agent: str,
        deadline: float = 120.0,
        on_request: Callable[[], None] = lambda: None,
    ) -> None:
        self._network = network
        self._credentials = credentials
        self._agent = user_agent
        self._deadline = deadline
        self._on_request = on_request
        self._connections = Connections(network)
        self._down: dict[str, str] = {}
        self._closed = threading.Event()

    @property
    def bytes_read(self) -> int:
        return self._connections.bytes_read

    def get(self, url: str, headers: Mapping[str, str], cap: int) -> Response:
        """Return the answer to a GET, after redirects and retries.

        Any status that is not worth a retry is returned as it is. ``cap`` bounds
        the decoded body in bytes. Raises TransportError.
        """
        return self._persist(url, headers, cap)[1]

    @contextmanager
    def stream(
        self, url: str, headers: Mapping[str, str]
    ) -> Iterator[tuple[Response, Callable[[], bytes]]]:
        """Yield the answer, without its body, and a function that reads that bit by bit.

        A body that is left unread costs its connection. Raises TransportError.
        """
        raw, response = self._persist(url, headers, None)

        def read_some() -> bytes:
            try:
                return raw.read(_BLOCK)
            except HTTPError as error:
                raise TransportError(f"{redact(url)}: {broken(error, _host(url))}") from error

        try:
            yield response, read_some
        finally:
            _release(raw)

    def close(self) -> None:
        """Close what is open and stop waiting."""
        self._closed.set()
        self._connections.close()

    def _persist(
        self, url: str, headers: Mapping[str, str], cap: int | None
    ) -> tuple[BaseHTTPResponse, Response]:
        """Try until an answer is not worth another try; without a cap, leave its body."""
        until = self._connections.deadline.until = time.monotonic() + self._deadline
        for attempt in range(self._network.retries + 1):
            last = attempt == self._network.retries
            self._unless_down(url)
            try:
                raw, response = self._follow(url, headers, cap)
            except Broken as error:
                reason, wait = str(error), 0.0
                if last and isinstance(error, NoConnection):
                    self._down[origin(split_userinfo(url)[0])] = reason
            except TooLarge:
                raise TransportError(
                    f"{redact(url)} is larger than {(cap or _SHORT) >> 20} MB"
                ) from None
            except Unusable as error:
                raise TransportError(str(error)) from error
            else:
                if response.status not in _RETRIED or last:
                    return raw, response
                _release(raw)
                reason, wait = f"status {response.status}", _retry_after(response.headers)
            if last or self._closed.is_set() or time.monotonic() + wait > until:
                break
            # Jitter keeps many clients apart; nothing secret rests on it.
            pause = max(wait, random.uniform(0.5, 1.0) * 0.25 * 2**attempt)  # noqa: S311 - a pause
            self._closed.wait(min(pause, _WAIT_CAP))
        raise TransportError(f"{redact(url)}: {reason}")

    def _unless_down(self, url: str) -> None:
        """Do not try a host again that another wish of this run has given up on."""
        if self._down and (reason := self._down.get(origin(split_userinfo(url)[0]))):
            raise TransportError(f"{redact(url)}: {reason}")

    def _follow(
        self, url: str, headers: Mapping[str, str], cap: int | None
    ) -> tuple[BaseHTTPResponse, Response]:
        where, userinfo = split_userinfo(url)
        home = origin(where)
        refused = False
        for _ in range(MAX_REDIRECTS + 1):
            here = origin(where)
            token = basic(userinfo) if userinfo and here == home else None
            token = token or self._credentials.for_origin(here)
            raw = self._once(where, headers, token)
            if raw.status == 401 and not refused:
                refused = True
                if self._credentials.after_refusal(here):
                    _drain(raw)
                    continue
            if raw.status not in (301, 302, 303, 307, 308) or "location" not in raw.headers:
                return raw, self._answer(raw, where, cap)
            _drain(raw)
            where = _redirected(where, raw.headers["location"])
        raise TransportError(f"{redact(url)} redirects more than {MAX_REDIRECTS} times")

    def _once(self, url: str, headers: Mapping[str, str], token: str | None) -> BaseHTTPResponse:
        if self._closed.is_set():
            raise TransportError("the run is over")
        target = _target(url)
        pool = self._connections.pool(url)
        if pool.proxy is not None and url.startswith("http:"):
            target = url
        sent = {"User-Agent": self._agent, **headers}
        if token:
            sent["Authorization"] = token
        self._on_request()
        try:
            return pool.urlopen(
                "GET", target, headers=sent, retries=_ONCE, redirect=False,
                assert_same_host=False, preload_content=False,
            )  # fmt: skip
        except HTTPError as error:
            raise broken(error, _host(url)) from error

    def _answer(self, raw: BaseHTTPResponse, where: str, cap: int | None) -> Response:
        body = b""
        try:
            if cap is not None:
                body = read_body(raw, cap)
        except HTTPError as error:
            raise broken(error, _host(where)) from error
        except (Broken, TooLarge):
            _release(raw)
            raise
        return Response(raw.status, raw.headers, body, where)


def _release(raw: BaseHTTPResponse) -> None:
    """Give the connection back; where something of the body is left, it is closed."""
    raw.close()
    raw.release_conn()


def _drain(raw: BaseHTTPResponse) -> None:
    """Read what is left of a short body, so that the connection can be kept."""
    try:
        read_body(raw, _SHORT)
    except (HTTPError, Broken, TooLarge):
        pass
    finally:
        _release(raw)


@lru_cache(maxsize=1024)
def _target(url: str) -> str:
    """Return path and query of a URL, checked to be one of HTTP; urllib3 quotes them."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TransportError(f"{redact(url)} is no http or https address")
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _redirected(where: str, location: str) -> str:
    try:
        target = split_userinfo(urljoin(where, location))[0].partition("#")[0]
    except ValueError as error:
        raise TransportError(f"{redact(where)} redirects to nonsense") from error
    if not target.startswith(("https://", "http://")):
        raise TransportError(f"{redact(where)} redirects to something that is not http")
    if where.startswith("https:") and target.startswith("http:"):
        raise TransportError(f"{redact(where)} redirects from https to http")
    return target


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait (RFC 9110, section 10.2.3), at most the cap."""
    text = headers.get("retry-after", "")
    if text.isdecimal():
        return min(float(text), _WAIT_CAP)
    if not text:
        return 0.0
    from email.utils import parsedate_to_datetime

    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - time.time()), _WAIT_CAP)
    except (ValueError, TypeError):
        return 0.0
