"""GET over a pool of connections: redirects, credentials, proxies, retries."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from depcheck.index.credentials import Credentials, basic, origin, split_userinfo
from depcheck.index.http import (
    Connection,
    Head,
    HttpError,
    NoConnection,
    Socket,
    StaleConnection,
    TooLarge,
    tune,
)
from depcheck.index.network import Network
from depcheck.index.proxies import proxy_address, proxy_authorization, tunnel
from depcheck.index.redaction import redact

if TYPE_CHECKING:
    import ssl

MAX_REDIRECTS = 10
_RETRIED = frozenset((408, 429, 500, 502, 503, 504, 520, 521, 522, 524))
_WAIT_CAP = 30.0


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
        self._idle: dict[str, deque[Connection]] = {}
        self._tls: dict[bool, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._down: dict[str, str] = {}
        self._dialling: dict[tuple[str, int], threading.Lock] = {}
        self._resolved: dict[tuple[str, int], list[Any]] = {}
        self._closed = threading.Event()
        self.bytes_read = 0

    def get(self, url: str, headers: Mapping[str, str], cap: int) -> Response:
        """Return the answer to a GET, after redirects and retries.

        Any status that is not worth a retry is returned as it is. ``cap`` bounds
        the decoded body in bytes. Raises TransportError.
        """
        with self.stream(url, headers, body_cap=cap) as (response, _):
            return response

    @contextmanager
    def stream(
        self, url: str, headers: Mapping[str, str], *, body_cap: int | None = None
    ) -> Iterator[tuple[Response, Callable[[], bytes]]]:
        """Yield the answer and a function that reads its body bit by bit.

        With ``body_cap`` the body is read whole, within the retries. A body that
        is left unread costs its connection.
        """
        connection, head, where, body = self._persist(url, headers, body_cap)
        try:
            yield Response(head.status, head.headers, body, where), _guarded(connection, url)
        finally:
            self._release(connection, where)

    def close(self) -> None:
        """Close what is open and stop waiting."""
        self._closed.set()
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _persist(
        self, url: str, headers: Mapping[str, str], cap: int | None
    ) -> tuple[Connection, Head, str, bytes]:
        reason = ""
        until = time.monotonic() + self._deadline
        for attempt in range(self._network.retries + 1):
            last = attempt == self._network.retries
            try:
                self._unless_down(url)
                connection, head, where = self._follow(url, headers, until)
                body = self._body(connection, head, where, cap)
            except HttpError as error:
                reason = str(error)
                wait = 0.0
                if last and isinstance(error, NoConnection):
                    self._down[origin(split_userinfo(url)[0])] = reason
            except TooLarge:
                raise TransportError(
                    f"{redact(url)} is larger than {(cap or 0) >> 20} MB"
                ) from None
            else:
                if head.status not in _RETRIED or last:
                    return connection, head, where, body
                self._release(connection, where)
                reason, wait = f"status {head.status}", _retry_after(head.headers)
            if last or self._closed.is_set() or time.monotonic() + wait > until:
                break
            pause = max(wait, random.uniform(0.5, 1.0) * 0.25 * 2**attempt)  # noqa: S311
            self._closed.wait(min(pause, _WAIT_CAP))
        raise TransportError(f"{redact(url)}: {reason}")

    def _unless_down(self, url: str) -> None:
        """Do not try a host again that another wish of this run has given up on."""
        if self._down and (reason := self._down.get(origin(split_userinfo(url)[0]))):
            raise TransportError(f"{redact(url)}: {reason}")

    def _body(self, connection: Connection, head: Head, where: str, cap: int | None) -> bytes:
        if cap is None and head.status not in _RETRIED:
            return b""
        try:
            return connection.read(cap if cap is not None else 1 << 20)
        except (HttpError, TooLarge):
            self._discard(connection)
            raise

    def _follow(
        self, url: str, headers: Mapping[str, str], until: float
    ) -> tuple[Connection, Head, str]:
        where, userinfo = split_userinfo(url)
        home = origin(where)
        refused = False
        for _ in range(MAX_REDIRECTS + 1):
            here = origin(where)
            token = basic(userinfo) if userinfo and here == home else None
            token = token or self._credentials.for_origin(here)
            connection, head = self._once(where, headers, token, until)
            if head.status == 401 and not refused:
                refused = True
                if self._credentials.after_refusal(here):
                    self._drain(connection, where)
                    continue
            if head.status not in (301, 302, 303, 307, 308) or "location" not in head.headers:
                return connection, head, where
            self._drain(connection, where)
            where = _redirected(where, head.headers["location"])
        raise TransportError(f"{redact(url)} redirects more than {MAX_REDIRECTS} times")

    def _once(
        self, url: str, headers: Mapping[str, str], token: str | None, until: float
    ) -> tuple[Connection, Head]:
        """Send one request; a kept connection that turns out dead is replaced once."""
        while True:
            connection, target, extra = self._connect(url)
            sent = {"Host": _host(url), "User-Agent": self._agent, **headers, **extra}
            if token:
                sent["Authorization"] = token
            self._on_request()
            try:
                return connection, connection.request(target, sent, until)
            except StaleConnection:
                self._discard(connection)
            except HttpError:
                self._discard(connection)
                raise

    def _connect(self, url: str) -> tuple[Connection, str, Mapping[str, str]]:
        """Return a connection, the request target, and header fields for a proxy."""
        if self._closed.is_set():
            raise TransportError("the run is over")
        scheme, host, port, path = _split(url)
        proxy = self._network.proxy_for(scheme, host)
        extra = {}
        if proxy and scheme == "http":
            path = f"http://{_host(url)}{path}"
            extra = proxy_authorization(proxy)
        idle = self._idle.setdefault(origin(url), deque())
        try:
            return idle.pop(), path, extra
        except IndexError:
            pass
        try:
            sock = self._open(scheme, host, port, proxy)
        except OSError as error:
            raise NoConnection(f"cannot connect to {host}: {_plain(error)}") from error
        return Connection(sock, self._network.timeout), path, extra

    def _open(self, scheme: str, host: str, port: int, proxy: str | None) -> Socket:
        address = (host, port)
        if proxy:
            address = proxy_address(proxy)
        sock = self._dial(address)
        tune(sock)
        if scheme == "http":
            return sock
        try:
            if proxy:
                tunnel(sock, host, port, proxy, self._network.timeout)
            return self._context(self._network.trusts(host, port)).wrap_socket(
                sock, server_hostname=host
            )
        except BaseException:
            sock.close()
            raise

    def _dial(self, address: tuple[str, int]) -> socket.socket:
        """Connect to the first address of a host that answers, and stay with it.

        The name is looked up once: many look-ups at the same moment get lost in
        small resolvers, and each lost one costs seconds.
        """
        with self._lock:
            lock = self._dialling.setdefault(address, threading.Lock())
        with lock:
            if address not in self._resolved:
                self._resolved[address] = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
        failure: OSError = OSError("the name has no address")
        for position, (family, kind, protocol, _, place) in enumerate(self._resolved[address]):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self._network.timeout)
                sock.connect(place)
            except OSError as error:
                sock.close()
                failure = error
                continue
            if position:
                self._resolved[address] = self._resolved[address][position:]
            return sock
        raise failure

    def _context(self, unverified: bool) -> ssl.SSLContext:
        with self._lock:
            if unverified not in self._tls:
                self._tls[unverified] = _tls_context(self._network, unverified)
            return self._tls[unverified]

    def _drain(self, connection: Connection, where: str) -> None:
        """Read what is left of a short body, so that the connection can be kept."""
        try:
            connection.read(1 << 20)
        except (HttpError, TooLarge):
            connection.reusable = False
        self._release(connection, where)

    def _release(self, connection: Connection, where: str) -> None:
        if connection.reusable and connection.at_end and not self._closed.is_set():
            with self._lock:
                self.bytes_read += connection.bytes_read
            connection.bytes_read = 0
            self._idle.setdefault(origin(where), deque()).append(connection)
        else:
            self._discard(connection)

    def _discard(self, connection: Connection) -> None:
        with self._lock:
            self.bytes_read += connection.bytes_read
        connection.bytes_read = 0
        connection.close()


def _guarded(connection: Connection, url: str) -> Callable[[], bytes]:
    def read_some() -> bytes:
        try:
            return connection.read_some()
        except HttpError as error:
            raise TransportError(f"{redact(url)}: {error}") from error

    return read_some


@lru_cache(maxsize=1024)
def _split(url: str) -> tuple[str, str, int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TransportError(f"{redact(url)} is no http or https address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(char) <= 32 or ord(char) > 126 for char in path):
        path = _quoted(path)
    return parts.scheme, parts.hostname, port, path


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/%?&=+:@!$'()*,;~[]-._")


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


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


def _tls_context(network: Network, unverified: bool) -> ssl.SSLContext:
    import ssl

    try:
        context = ssl.create_default_context(cafile=network.ca_file)
        if network.client_cert:
            context.load_cert_chain(network.client_cert)
    except (OSError, ssl.SSLError) as error:
        raise TransportError(f"cannot use the certificates: {_plain(error)}") from error
    if unverified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _plain(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
