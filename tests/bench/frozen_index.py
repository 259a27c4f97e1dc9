"""An index on loopback that serves a recorded slice, and can record what is missing.

    python tests/bench/frozen_index.py STORE [--record] [--port N] [--upstream URL]

prints its address and serves until it is interrupted. Frozen (the default), it
answers from memory with PEP 691 pages, PEP 658 metadata, ETag and max-age, and
counts what it was asked for and does not have (``/-/stats``). With ``--record`` it
asks the real index for that, once, and stores it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.store import JSON_TYPE, Page, Store, page
from tests.bench.upstream import Upstream, pip_index_url

MISSING = (404, "text/plain", b"", "")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")
Found = tuple[int, str, bytes, str]
"""Status, content type, body, ETag."""


class Slice:
    """What is served, by path; filled from the store, and from upstream if there is one.

    With ``stand_ins`` a stand-in is served, and recorded, where a wheel is asked for.
    """

    def __init__(self, store: Store, upstream: Upstream | None, *, stand_ins: bool = False) -> None:
        self._store, self._upstream, self._stand_ins = store, upstream, stand_ins
        self._hashes = store.metadata_hashes() if upstream is None else {}
        self._origins: dict[str, tuple[str, str]] = {}
        self._known: dict[str, Found] = {}
        self.counts: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        for name in store.projects():
            self.find(f"/simple/{name}/")
        if upstream is None:
            for kind in ("metadata", "files"):
                for name in store.names(kind):
                    self.find(f"/files/{name}")

    def ready(self, path: str) -> Found | None:
        """Return the answer if it is in memory."""
        return self._known.get(path)

    def find(self, path: str) -> Found:
        """Return the answer from memory, disk or upstream (which may take its time)."""
        if path not in self._known:
            kind, _, name = path.strip("/").partition("/")
            if not NAME.fullmatch(name):
                return MISSING
            found = self._page(name) if kind == "simple" else self._file(name)
            if found is MISSING and self._upstream is None:
                return found
            self._known[path] = found
        return self._known[path]

    def _page(self, name: str) -> Found:
        content = self._store.get("pages", f"{name}.json")
        if content is None and self._upstream is not None:
            if self._store.has("pages", f"{name}.missing"):
                return MISSING
            content = self._upstream.page(name)
            kept = f"{name}.json" if content is not None else f"{name}.missing"
            self._store.put("pages", kept, content or b"")
        if content is None:
            return MISSING
        recorded: Page = json.loads(content)
        for file in recorded["files"]:
            self._origins[file["filename"]] = (name, file["url"])
        body = json.dumps(page(recorded, self._hashes), separators=(",", ":")).encode()
        return _found(JSON_TYPE, body)

    def _file(self, name: str) -> Found:
        kind = "metadata" if name.endswith(".metadata") else "files"
        if self._stand_ins and name.endswith(".whl"):
            kind = "stand-ins"
        content = self._store.get(kind, name)
        origin = self._origins.get(name.removesuffix(".metadata"))
        if content is None and self._upstream is not None and origin is not None:
            content = self._fetch(kind, *origin)
            if content is not None:
                self._store.put(kind, name, content)
        return MISSING if content is None else _found("application/octet-stream", content)

    def _fetch(self, kind: str, name: str, url: str) -> bytes | None:
        assert self._upstream is not None
        if kind == "stand-ins":
            return self._upstream.stand_in(name, url)
        if kind == "metadata":
            return self._upstream.metadata(name, url)
        return self._upstream.file(name, url)

    def stats(self) -> Found:
        """Return what was asked for (``counts``) and could not be served (``missed``)."""
        told = {"counts": self.counts, "missed": self.missed}
        return _found("application/json", json.dumps(told).encode())


def _found(kind: str, body: bytes) -> Found:
    return 200, kind, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection: keep-alive, GET and HEAD, validators and byte ranges."""

    def __init__(self, content: Slice, workers: ThreadPoolExecutor) -> None:
        self._content, self._workers = content, workers
        self._buffer = b""
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._serve()

    def _serve(self) -> None:
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            request, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            first, *lines = request.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ", 2)
            fields = (line.partition(":") for line in lines)
            headers = {name.lower(): value.strip() for name, _, value in fields}
            path = unquote(target.partition("?")[0])
            found = self._content.stats() if path == "/-/stats" else self._content.ready(path)
            if found is None:
                self._busy = True
                asyncio.get_running_loop().create_task(self._later(method, path, headers))
                return
            self._answer(method, path, headers, found)

    async def _later(self, method: str, path: str, headers: dict[str, str]) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._workers, self._content.find, path)
        except Exception as error:
            print(f"{path}: {error}", file=sys.stderr)
            found = (502, "text/plain", str(error).encode(), "")
        self._busy = False
        self._answer(method, path, headers, found)
        self._serve()

    def _answer(self, method: str, path: str, headers: dict[str, str], found: Found) -> None:
        status, kind, body, etag = found
        self._content.counts[path] += 1
        if status >= 400:
            self._content.missed[path] += 1
        more = ""
        if etag and headers.get("if-none-match") == etag:
            status, body = 304, b""
        elif status == 200 and headers.get("range", "").startswith("bytes="):
            start, end = _span(headers["range"], len(body))
            more = f"Content-Range: bytes {start}-{end - 1}/{len(body)}\r\n"
            status, body = 206, body[start:end]
        caching = f"ETag: {etag}\r\nCache-Control: max-age=600, public\r\n" if etag else ""
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"Accept-Ranges: bytes\r\n{caching}{more}\r\n"
        )
        self._transport.write(head.encode() + (b"" if method == "HEAD" else body))


def _span(value: str, size: int) -> tuple[int, int]:
    first, _, last = value.removeprefix("bytes=").partition("-")
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)


async def serve(content: Slice, port: int) -> None:
    """Serve until the process is told to end; the address is the first line printed."""
    loop = asyncio.get_running_loop()
    stop = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.cancel)
    workers = ThreadPoolExecutor(16)
    server = await loop.create_server(
        lambda: Connection(content, workers), "127.0.0.1", port, backlog=512
    )
    bound = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{bound}/simple/", flush=True)
    try:
        await stop
    except asyncio.CancelledError:
        workers.shutdown(wait=False, cancel_futures=True)


class FrozenIndex:
    """The server as a process of its own while the ``with`` block runs; ``url`` is the index."""

    def __init__(
        self,
        store: Path,
        *,
        record: bool = False,
        upstream: str | None = None,
        stand_ins: bool = False,
    ) -> None:
        self._command = [sys.executable, str(Path(__file__).resolve()), str(store)]
        if stand_ins:
            self._command.append("--stand-ins")
        if record:
            self._command += ["--record", *(["--upstream", upstream] if upstream else [])]

    def __enter__(self) -> FrozenIndex:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise OSError("the index did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def stats(self) -> dict[str, dict[str, int]]:
        """Return how often each path was asked for, and those that could not be served."""
        with urllib.request.urlopen(self.url.replace("/simple/", "/-/stats")) as answer:
            told: dict[str, dict[str, int]] = json.load(answer)
        return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--record", action="store_true", help="ask the real index for the rest")
    parser.add_argument("--stand-ins", action="store_true", help="of wheels, their native files")
    parser.add_argument("--upstream", help="the real index; default: the one that pip uses")
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    upstream = Upstream(chosen.upstream or pip_index_url()) if chosen.record else None
    content = Slice(Store(chosen.store), upstream, stand_ins=chosen.stand_ins)
    asyncio.run(serve(content, chosen.port))


if __name__ == "__main__":
    main()
