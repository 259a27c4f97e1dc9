"""urllib3's connection pools, as one run needs them.

Added to what urllib3 does: one deadline for an exchange as a whole (its own time-outs
start again with every packet), a count of the bytes, and one look-up per host.
"""

from __future__ import annotations

import http.client
import importlib.util
import io
import os
import socket
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ProxySchemeUnknown
from urllib3.util.connection import create_connection

from depcheck.net.credentials import basic, origin, split_userinfo
from depcheck.net.network import Network
from depcheck.net.redaction import redact

_MAXSIZE = 24  # kept for each host: as many as there are threads at most
_BLOCK = 64 * 1024
_SOCKET_OPTIONS = [
    *HTTPConnection.default_socket_options,
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
]


class Unusable(Exception):
    """The address, the proxy or the certificates cannot be used. The text is for people."""


class Deadline(threading.local):
    """``until`` is the ``time.monotonic`` moment at which this thread's exchange must end."""

    until = float("inf")


class Connections:
    """A pool of connections for every origin. Used from many threads at once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lock = threading.Lock()
        self._managers: dict[tuple[str | None, bool, bool], urllib3.PoolManager] = {}
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._places: dict[tuple[str, int], list[str]] = {}
        self._looking: dict[tuple[str, int], threading.Lock] = {}
        self.deadline = Deadline()
        self.bytes_read = 0

    def pool(self, url: str) -> urllib3.HTTPConnectionPool:
        """Return the pool for a URL's origin. Raises Unusable."""
        where = origin(url)
        found = self._pools.get(where)
        if found is None:
            with self._lock:
                found = self._pools.get(where) or self._new_pool(where)
                self._pools[where] = found
        return found

    def close(self) -> None:
        """Close the connections that wait for work; the others close once they are done."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()

    def count(self, size: int) -> None:
        with self._lock:
            self.bytes_read += size

    def addresses(self, url: str) -> list[str]:
        """Return the IP addresses that a connection to a URL would go to.

        Empty where a proxy makes the connection, or where the name has none.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._network.proxy_for(parts.scheme, host):
            return []
        try:
            return self._look_up(host, parts.port or (443 if parts.scheme == "https" else 80))
        except OSError:
            return []

    def dial(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Connect to the first address of a host that answers, and stay with it.

        The name is looked up once: many look-ups at the same moment get lost in
        small resolvers, and each lost one costs seconds. Raises OSError.
        """
        failure = OSError("the name has no address")
        places = self._look_up(host, port)
        for position, place in enumerate(places):
            try:
                sock = create_connection((place, port), timeout, socket_options=_SOCKET_OPTIONS)
            except OSError as error:
                failure = error
                continue
            if position:
                self._places[host, port] = places[position:]
            return sock
        raise failure

    def _look_up(self, host: str, port: int) -> list[str]:
        with self._lock:
            looking = self._looking.setdefault((host, port), threading.Lock())
        with looking:
            if (host, port) not in self._places:
                try:
                    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                except UnicodeError as error:
                    raise OSError("the name is no host name") from error
                self._places[host, port] = [str(address[4][0]) for address in found]
            return self._places[host, port]

    def _new_pool(self, where: str) -> urllib3.HTTPConnectionPool:
        parts = urlsplit(where)
        host, port = parts.hostname or "", parts.port
        proxy = self._network.proxy_for(parts.scheme, host)
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise Unusable(f"{where} has no usable host name") from error
        tls = parts.scheme == "https"
        key = (proxy, tls, tls and self._network.trusts(host, port or 443))
        if key not in self._managers:
            self._managers[key] = _manager(self._network, *key)
        pool = self._managers[key].connection_from_host(host, port, parts.scheme)
        if not issubclass(pool.ConnectionCls, _Timed):  # all plain hosts share a proxy's pool
            mixins = (_Timed,) if (proxy or "").startswith("socks") else (_Dialled, _Timed)
            pool.ConnectionCls = type("Connection", (*mixins, pool.ConnectionCls), {"run": self})
        return pool


class _Timed:
    """Added to a connection: reads end at the deadline, and are counted."""

    run: Connections

    def response_class(self, sock: Any, **more: Any) -> http.client.HTTPResponse:
        # Of a socket, a response uses what _Watched has.
        return http.client.HTTPResponse(_Watched(sock, self.run), **more)  # type: ignore[arg-type]


class _Dialled:
    """Added to a connection: names are looked up once in a run."""

    run: Connections
    timeout: float | None
    port: int
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        try:
            return self.run.dial(self._dns_host, self.port, self.timeout)
        except OSError as error:
            connection: Any = self
            raise NewConnectionError(connection, "no connection") from error


class _Watched:
    """What ``http.client`` wants of a socket: a file to read from."""

    def __init__(self, sock: Any, run: Connections) -> None:
        self._sock = sock
        self._run = run

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._run), _BLOCK)


class _Reader(io.RawIOBase):
    def __init__(self, sock: Any, run: Connections) -> None:
        self._sock = sock
        self._run = run
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._run.deadline.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no complete answer in time")
        if left < (self._sock.gettimeout() or left + 1):
            self._sock.settimeout(left)
        count: int = self._raw.readinto(buffer)
        self._run.count(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _manager(
    network: Network, proxy: str | None, tls: bool, unverified: bool
) -> urllib3.PoolManager:
    settings: dict[str, Any] = {
        "maxsize": _MAXSIZE,
        "timeout": urllib3.Timeout(connect=network.timeout, read=network.timeout),
    }
    if tls or (proxy or "").startswith("https:"):
        settings["ssl_context"] = _tls_context(network, unverified)
    if proxy is None:
        return urllib3.PoolManager(**settings)
    address, userinfo = split_userinfo(proxy if "://" in proxy else f"http://{proxy}")
    if address.startswith("socks"):
        return _socks_manager(proxy, settings)
    if address.startswith("https:"):
        settings["proxy_ssl_context"] = _tls_context(network, False)
    headers = {"Proxy-Authorization": basic(userinfo)} if userinfo else {}
    try:
        return urllib3.ProxyManager(address, proxy_headers=headers, **settings)
    except (HTTPError, ProxySchemeUnknown) as error:
        raise Unusable(f"the proxy {redact(proxy)} is no http or https address") from error


def _socks_manager(proxy: str, settings: dict[str, Any]) -> urllib3.PoolManager:
    if importlib.util.find_spec("socks") is None:
        raise Unusable(f"the proxy {redact(proxy)} needs SOCKS: install urllib3[socks]")
    from urllib3.contrib.socks import SOCKSProxyManager

    try:
        return SOCKSProxyManager(proxy, **settings)
    except ValueError as error:
        raise Unusable(f"the proxy {redact(proxy)} is no SOCKS address") from error


def _tls_context(network: Network, unverified: bool) -> ssl.SSLContext:
    bundle = network.ca_file
    where = {"capath": bundle} if bundle and os.path.isdir(bundle) else {"cafile": bundle}
    try:
        context = ssl.create_default_context(**where)
        if network.client_cert:
            context.load_cert_chain(network.client_cert)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unusable(f"cannot use the certificates: {reason}") from error
    if unverified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        # The user has asked for it, and a warning would land in the middle of the report.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return context
