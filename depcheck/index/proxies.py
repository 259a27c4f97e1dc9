"""Going through an HTTP proxy."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

from depcheck.index.credentials import basic, split_userinfo
from depcheck.index.redaction import redact


class ProxyError(OSError):
    """The proxy's address cannot be used."""


def proxy_address(proxy: str) -> tuple[str, int]:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme != "http" or not parts.hostname:
        raise ProxyError(f"the proxy {redact(proxy)} is not an http:// address")
    return parts.hostname, parts.port or 80


def proxy_authorization(proxy: str) -> dict[str, str]:
    userinfo = split_userinfo(proxy if "://" in proxy else f"http://{proxy}")[1]
    return {"Proxy-Authorization": basic(userinfo)} if userinfo else {}


def tunnel(sock: socket.socket, host: str, port: int, proxy: str, timeout: float) -> None:
    """Ask the proxy for a tunnel (RFC 9110, section 9.3.6)."""
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    fields = {"Host": target, **proxy_authorization(proxy)}
    lines = [f"CONNECT {target} HTTP/1.1", *(f"{key}: {value}" for key, value in fields.items())]
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = b""
    until = time.monotonic() + timeout
    while b"\r\n\r\n" not in answer:
        # One byte at a time: what follows the head belongs to TLS.
        byte = sock.recv(1)
        if not byte or len(answer) > 16384 or time.monotonic() > until:
            raise OSError("the proxy gave no answer")
        answer += byte
    status = answer.split(b" ", 2)[1:2]
    if status != [b"200"]:
        shown = status[0].decode("latin-1")[:3] if status else "nothing"
        raise OSError(f"the proxy answered {shown}")
