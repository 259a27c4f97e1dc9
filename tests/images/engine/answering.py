"""A small engine behind a Unix socket or a loopback port, for those that cannot run here.

    with Answering(folder / "x.sock") as engine:
        engine.answers["/images/shop:1/json"] = {"Id": ...}      # an object is sent as JSON
        engine.answers["/images/get"] = archive.read_bytes()      # bytes as they are
        engine.answers["/x"] = Refusal(404, "no such thing")
        Engines({"DOCKER_HOST": engine.url})

What has no answer is a 404, as Podman's ``/distribution``. ``asked`` lists the paths with
their queries, without the API's version.
"""

from __future__ import annotations

import json
import re
import socketserver
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any

VERSION = {"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10"}


@dataclass(frozen=True)
class Refusal:
    status: int
    message: str


@dataclass(frozen=True)
class Cut:
    """An answer that is promised longer than what is sent."""

    body: bytes
    missing: int = 1000


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        path = re.sub(r"^/v[0-9.]+(?=/)", "", self.path)
        self.server.owner.asked.append(path)
        answers = self.server.owner.answers
        answer = answers.get(path, answers.get(path.partition("?")[0], Refusal(404, "not found")))
        status, missing = 200, 0
        if isinstance(answer, Refusal):
            status, answer = answer.status, {"message": answer.message}
        if isinstance(answer, Cut):
            missing, answer = answer.missing, answer.body
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = missing > 0

    def address_string(self) -> str:
        return "a client"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up is no error of the server."""


class Answering:
    def __init__(self, place: Path | None = None, *, certificate: Path | None = None) -> None:
        self.answers: dict[str, Any] = {"/version": VERSION}
        self.asked: list[str] = []
        self._server: Any
        if place is not None:
            self._server, self.url = _UnixServer(str(place), _Handler), f"unix://{place}"
        else:
            self._server = _TcpServer(("127.0.0.1", 0), _Handler)
            self.url = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._server.owner = self

    def __enter__(self) -> Answering:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
