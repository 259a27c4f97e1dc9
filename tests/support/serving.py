"""HTTP/1.1 over loopback, plain or over TLS, as much of it as a package index needs."""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.index_server import IndexServer


class Handler(socketserver.StreamRequestHandler):
    """HTTP/1.1 with keep-alive, only as much as a package index needs."""

    server: Server

    def handle(self) -> None:
        self.server.index.connections += 1
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while self._one():
                pass
        except OSError:
            pass

    def _one(self) -> bool:
        line = self.rfile.readline().decode("latin-1")
        if not line:
            return False
        headers = {}
        while (header := self.rfile.readline().decode("latin-1").strip()) != "":
            key, _, value = header.partition(":")
            headers[key.lower()] = value.strip()
        method, path = line.split(" ")[:2]
        if method == "CONNECT":
            path = f"/CONNECT/{path}"
        answer, rule = self.server.index.respond(path, headers)
        if rule and rule.drop:
            return False
        if method == "CONNECT" and not rule:
            return self._tunnel()
        head = f"HTTP/1.1 {answer.status} Status\r\n"
        if answer.status != 304:
            head += f"Content-Length: {len(answer.body)}\r\n"
        head += "".join(f"{key}: {value}\r\n" for key, value in answer.headers.items())
        cut = rule.truncate if rule else None
        self.wfile.write(head.encode("latin-1") + b"\r\n" + answer.body[:cut])
        return cut is None

    def _tunnel(self) -> bool:
        """Pass bytes on both ways until one side has no more."""
        assert self.server.index.tunnel_to
        self.wfile.write(b"HTTP/1.1 200 Here you are\r\n\r\n")
        near = self.request
        with socket.create_connection(("127.0.0.1", self.server.index.tunnel_to.port)) as far:
            other = {near: far, far: near}
            while True:
                for side in select.select([near, far], [], [])[0]:
                    if not (block := side.recv(65536)):
                        return False
                    other[side].sendall(block)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, index: IndexServer) -> None:
        self.index = index
        super().__init__(("127.0.0.1", 0), Handler)
        if index.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(index.certificate)
            if index.client_authority:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(index.client_authority)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of the server."""
