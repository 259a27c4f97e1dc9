"""A gateway as it is written, run by a real HAProxy on loopback, and a service behind it.

    with service() as ai, gateway(text, {"recommender:8000": ai.port}) as front:
        front.get("recommender")          # Answer(status=200, body=..., seconds=...)

HAProxy runs as a number without an account where the tests run as root, as it does in its
container. Where it is lacking the test is skipped with the reason, or fails where ``CI`` is set.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.running import cannot, free_port, running

NOBODY = "10001"


def haproxy() -> str:
    """Return the program, or skip the test."""
    found = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found or cannot("HAProxy is lacking (Debian's package haproxy)")


def checked(text: str, folder: Path) -> str:
    """Return what HAProxy's own checker says of a configuration, empty where it is content.

    Any warning counts (``-dW``).
    """
    file = folder / "haproxy.cfg"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([haproxy(), "-dW", "-c", "-f", str(file)], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


# The service behind


@dataclass(slots=True)
class Service:
    """What answers, and what it saw. ``status`` 0 closes the connection without an answer.

    ``/healthz`` is answered with ``well``, whatever the rest gets.
    """

    port: int = 0
    status: int = 200
    well: int = 200
    delay: float = 0.0
    seen: list[str] = field(default_factory=list)
    most: int = 0
    now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> list[str]:
        """What it was asked for, health checks left out."""
        return [line for line in self.seen if not line.endswith("/healthz")]

    def enter(self, line: str) -> None:
        with self.lock:
            self.seen.append(line)
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Whoever gave up waiting has closed the connection: that is what is tested."""


@contextmanager
def service(host: str = "127.0.0.1", port: int = 0, **given: float) -> Iterator[Service]:
    """Serve until the end of the block; ``given`` are fields of ``Service``."""
    told = Service(**given)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/healthz":
                told.seen.append("GET /healthz")
                self._send(told.well)
                return
            told.enter(f"{self.command} {self.path}")
            time.sleep(told.delay)
            told.leave()
            if told.status:
                self._send(told.status)
            else:
                self.close_connection = True

        def _send(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = _Server((host, port), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# The gateway in front


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Front:
    """A running gateway: its port by service, that of its own health, and the program."""

    ports: Mapping[str, int]
    health: int
    process: subprocess.Popen[bytes]

    def get(self, name: str, path: str = "/", method: str = "GET", body: str = "") -> Answer:
        return ask(self.ports[name], path, method, body)

    def until(self, name: str, status: int, limit: float) -> float:
        """Ask until the status comes; return after how many seconds. Raises TimeoutError."""
        start = time.monotonic()
        while (waited := time.monotonic() - start) < limit:
            if self.get(name).status == status:
                return waited
            time.sleep(0.05)
        raise TimeoutError(f"no {status} within {limit} s")


def ask(port: int, path: str = "/", method: str = "GET", body: str = "") -> Answer:
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body or None)
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, text, headers, time.monotonic() - start)


@contextmanager
def gateway(
    text: str, addresses: Mapping[str, int] | None = None, *, names: int = 0
) -> Iterator[Front]:
    """Run a configuration until the end of the block, its addresses led to loopback.

    ``addresses`` maps ``service:port`` to a port of loopback. Others are looked up by the name
    server at the port ``names`` of loopback.
    """
    ports: dict[str, int] = {}

    def bound(found: re.Match[str]) -> str:
        port = ports[found[1]] = free_port()
        return f"frontend {found[1]}\n    bind 127.0.0.1:{port}"

    text = re.sub(r"frontend (\S+)\n    bind \S+", bound, text)
    text = text.replace("127.0.0.11:53", f"127.0.0.1:{names or free_port()}")
    for address, port in (addresses or {}).items():
        looked_up = f"{address} resolvers engine init-addr none resolve-prefer ipv4"
        assert looked_up in text
        text = text.replace(looked_up, f"127.0.0.1:{port}")
    health = ports.pop("gateway-health")
    with tempfile.TemporaryDirectory(prefix="depcheck-gateway-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        file = folder / "haproxy.cfg"
        file.write_text(text, encoding="utf-8")
        command = [haproxy(), "-f", str(file)]
        if os.geteuid() == 0:
            numbers = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
            # HAProxy goes back to where it was started, which its user may not be let into.
            where = ["env", f"--chdir={folder}"]
            command = [
                *where,
                "setpriv",
                *numbers,
                "--no-new-privs",
                "--bounding-set=-all",
                *command,
            ]
        with running(command, folder / "log", lambda: _well(health)) as process:
            yield Front(ports, health, process)


def _well(port: int) -> bool:
    try:
        return ask(port, "/healthz").status == 200
    except OSError:
        return False


# A name server


@contextmanager
def name_server(records: Mapping[str, tuple[str, ...]]) -> Iterator[int]:
    """Answer A questions (RFC 1035) from ``records``, read anew each time; give the port."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.1)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                question, asker = server.recvfrom(4096)
            except TimeoutError:
                continue
            server.sendto(_answer(question, records), asker)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        server.close()


def _answer(question: bytes, records: Mapping[str, tuple[str, ...]]) -> bytes:
    labels, place = [], 12
    while length := question[place]:
        labels.append(question[place + 1 : place + 1 + length].decode())
        place += 1 + length
    asked = question[12 : place + 5]
    kind = struct.unpack("!H", asked[-4:-2])[0]
    found = records.get(".".join(labels), ())
    addresses = found if kind == 1 else ()
    flags = 0x8580 if found else 0x8583  # no such name
    head = question[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
    answers = (
        b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(address)
        for address in addresses
    )
    return head + asked + b"".join(answers)
