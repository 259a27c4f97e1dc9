"""A registry on loopback that serves synthetic images and misbehaves as it is told.

    with FakeRegistry() as server:
        server.add("shop", "staging", image)
        server.rules["/v2/shop/manifests/staging"] = [Rule(status=503), Rule(cut=100)]
        ...
        server.log      # (method, path, headers with names in lower case) of each request
    server.connections

Each request of a path takes its next rule; without one it is answered as a registry
would (OCI distribution-spec, Pull; ranges by RFC 9110, section 14).
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.oci import Image, Index, digest_of


@dataclass(frozen=True)
class Rule:
    """What is done to one answer; the rest of it stays as it would be.

    ``cut`` ends the connection after as many bytes of the body, ``stall`` waits as many
    seconds before the body. ``ranges=False`` gives the whole for a part.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int | None = None
    stall: float = 0.0
    ranges: bool = True


class FakeRegistry:
    """``auth`` is the Authorization value to ask for, ``challenge`` how it is asked for."""

    def __init__(
        self, *, auth: str = "", challenge: str = 'Basic realm="fake"', certificate: str = ""
    ) -> None:
        self.auth = auth
        self.challenge = challenge
        self.certificate = certificate
        self.files: dict[str, tuple[str, bytes]] = {}
        self.rules: dict[str, list[Rule]] = {}
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0

    def __enter__(self) -> FakeRegistry:
        handler = type("Handler", (_Handler,), {"registry": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def add(self, repository: str, tag: str, image: Image | Index) -> None:
        """Serve an image by its tag and everything in it by its digest."""
        for member in image.members if isinstance(image, Index) else ():
            self.add(repository, member.digest, member)
        root = f"/v2/{repository}"
        for name in (tag, image.digest):
            self.files[f"{root}/manifests/{name}"] = (image.media_type, image.manifest)
        for blob in image.blobs() if isinstance(image, Image) else ():
            self.files[f"{root}/blobs/{digest_of(blob)}"] = ("application/octet-stream", blob)

    def asked(self, part: str = "") -> list[str]:
        """``METHOD PATH`` of each request whose path has ``part``."""
        return [f"{method} {path}" for method, path, _ in self.log if part in path]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away, or does not trust us, is no error of the server."""


class _Handler(BaseHTTPRequestHandler):
    registry: FakeRegistry
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.registry.connections += 1

    def do_GET(self) -> None:
        registry = self.registry
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        registry.log.append((self.command, self.path, headers | ({"body": sent} if sent else {})))
        rules = registry.rules.get(self.path) or registry.rules.get(self.path.partition("?")[0])
        self._answer(rules.pop(0) if rules else Rule())

    do_HEAD = do_POST = do_CONNECT = do_GET

    def _answer(self, rule: Rule) -> None:
        status, headers, body = self._usual(rule)
        body = body if rule.body is None else rule.body
        self.send_response(rule.status or status)
        for name, value in {"Content-Length": str(len(body)), **headers, **rule.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        time.sleep(rule.stall)
        if self.command != "HEAD":
            self.wfile.write(body if rule.cut is None else body[: rule.cut])
        self.close_connection = rule.cut is not None

    def _usual(self, rule: Rule) -> tuple[int, dict[str, str], bytes]:
        registry = self.registry
        if registry.auth and self.headers.get("Authorization") != registry.auth:
            return 401, {"WWW-Authenticate": registry.challenge}, b"{}"
        if self.path == "/v2/":
            return 200, {}, b"{}"
        found = registry.files.get(self.path)
        if found is None:
            return 404, {}, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'
        kind, body = found
        headers = {"Content-Type": kind}
        if "/manifests/" in self.path:
            headers["Docker-Content-Digest"] = digest_of(body)
        wanted = self.headers.get("Range", "")
        if wanted and rule.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return 206, headers, body[start:]
        return 200, headers, body

    def log_message(self, format: str, *args: object) -> None:
        return


def write_login(folder: Path, text: str) -> dict[str, str]:
    """Write a Docker configuration and return the environment that leads to it."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(text, encoding="utf-8")
    return {"DOCKER_CONFIG": str(folder)}
