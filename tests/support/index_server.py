"""A package index on loopback, made from data: real HTTP/1.1, real wheels and sdists.

    with IndexServer({"app": {"1.0": ["lib>=2"]}, "lib": {"2.0": Release()}}) as server:
        catalog = open_catalog(IndexSettings(index_url=server.url, no_cache=True), ...)

A project maps versions to a ``Release``, a plain mapping with the same keys, or
just the list of its ``requires_dist``. Files are made when first asked for.

``style`` is what the index serves: ``"json"`` (PEP 691 with PEP 658 metadata, ETag,
``max-age``) or ``"html"`` (PEP 503 alone: no metadata, no validators, no max-age).
Each trait can be switched by its own argument or attribute at any time.
``server.misbehave(pattern, ...)`` spoils answers whose path matches a regular
expression; ``server.counts`` counts requests by path, ``server.log`` keeps them. A
proxy's request for a tunnel has the path ``/CONNECT/host:port``.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tests.support.releases import (
    Release,
    as_release,
    build_sdist,
    build_wheel,
    core_metadata,
    escaped,
    filenames,
)
from tests.support.serving import Server

__all__ = ["IndexServer", "Release"]


@dataclass
class Rule:
    """What to do to answers whose path matches; ``times`` None means always."""

    pattern: str
    times: int | None = None
    status: int | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    truncate: int | None = None
    drop: bool = False


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class IndexServer:
    """Serves ``projects`` on 127.0.0.1 while its ``with`` block runs.

    ``url`` is the address of its simple index, ``root`` that of the host.
    ``ranges`` is ``True``, ``False`` (answers 200), ``"no-suffix"`` (416 on a suffix
    range), ``"refused"`` (501) or ``"wrong"`` (answers another range than asked).
    ``auth`` is a (user, password) pair that every request must carry.
    ``certificate`` is a PEM file with a key and a certificate: it is served over TLS,
    with ``client_authority`` (a PEM file) only to clients with a certificate of its own.
    As a proxy it answers CONNECT with a tunnel to ``tunnel_to``, whatever was asked for.
    """

    def __init__(
        self,
        projects: Mapping[str, Mapping[str, Any]],
        *,
        style: str = "json",
        pep658: bool | None = None,
        validators: bool | None = None,
        max_age: int | None = 600,
        ranges: bool | str = True,
        auth: tuple[str, str] | None = None,
        wrong_metadata_hash: bool = False,
        compress: bool = False,
        certificate: str | None = None,
        client_authority: str | None = None,
        tunnel_to: IndexServer | None = None,
    ) -> None:
        modern = style == "json"
        self.projects = {
            name: {version: as_release(release) for version, release in releases.items()}
            for name, releases in projects.items()
        }
        self.style = style
        self.pep658 = modern if pep658 is None else pep658
        self.validators = modern if validators is None else validators
        self.max_age = max_age if modern else None
        self.ranges = ranges
        self.auth = auth
        self.wrong_metadata_hash = wrong_metadata_hash
        self.compress = compress
        self.certificate = certificate
        self.client_authority = client_authority
        self.tunnel_to = tunnel_to
        self.connections = 0
        self.counts: Counter[str] = Counter()
        self.log: list[tuple[str, dict[str, str]]] = []
        self._rules: list[Rule] = []
        self._extra: dict[str, Answer] = {}
        self._files: dict[str, bytes] = {}
        self._pages: dict[tuple[str, str], Answer] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> IndexServer:
        self._server = Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def root(self) -> str:
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{self.root}/simple/"

    @property
    def requests(self) -> int:
        return sum(self.counts.values())

    def misbehave(self, pattern: str, **what: Any) -> None:
        """Spoil answers whose path matches ``pattern`` (see ``Rule``)."""
        self._rules.append(Rule(pattern, **what))

    def behave(self) -> None:
        """Take every ``misbehave`` back."""
        self._rules.clear()

    def serve(self, path: str, body: bytes, content_type: str = "text/html") -> None:
        """Serve ``body`` at ``path``, instead of what would be there."""
        self._extra[path] = Answer(200, {"Content-Type": content_type}, body)

    def change(self, name: str, version: str, release: Any) -> None:
        """Add or replace a release."""
        self.projects.setdefault(name, {})[version] = as_release(release)
        self._pages.clear()
        self._files.clear()

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """Return the honest answer to a GET."""
        if self.auth and not self._authorised(headers):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="index"'}, b"")
        if path in self._extra:
            return self._extra[path]
        parts = unquote(path).strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2 and parts[1] in self.projects:
            return self._conditional(self._page(parts[1]), headers)
        if parts[0] == "files" and len(parts) == 2:
            body = self._file(parts[1])
            if body is not None:
                return self._ranged(body, headers.get("range", ""))
        return Answer(404, {}, b"not here")

    def _authorised(self, headers: dict[str, str]) -> bool:
        assert self.auth
        wanted = base64.b64encode(":".join(self.auth).encode()).decode()
        return headers.get("authorization") == f"Basic {wanted}"

    def _conditional(self, page: Answer, headers: dict[str, str]) -> Answer:
        if self.validators and headers.get("if-none-match") == page.headers["ETag"]:
            return Answer(304, {"ETag": page.headers["ETag"]}, b"")
        if self.compress and "gzip" in headers.get("accept-encoding", ""):
            return Answer(
                200, page.headers | {"Content-Encoding": "gzip"}, gzip.compress(page.body, 1)
            )
        return page

    def _ranged(self, body: bytes, wanted: str) -> Answer:
        suffix = re.fullmatch(r"bytes=-(\d+)", wanted)
        span = re.fullmatch(r"bytes=(\d+)-(\d+)?", wanted)
        if not (suffix or span) or self.ranges is False:
            return Answer(200, {"Accept-Ranges": "bytes"} if self.ranges else {}, body)
        if self.ranges == "refused":
            return Answer(501, {}, b"")
        if suffix and self.ranges == "no-suffix":
            return Answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"")
        if suffix:
            start, stop = max(0, len(body) - int(suffix[1])), len(body)
        else:
            assert span
            start, stop = int(span[1]), min(len(body), int(span[2] or len(body) - 1) + 1)
        if self.ranges == "wrong":
            start, stop = 0, min(len(body), 10)
        if start >= stop:
            return Answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"")
        return Answer(
            206, {"Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}, body[start:stop]
        )

    def _page(self, name: str) -> Answer:
        with self._lock:
            page = self._pages.get((name, self.style))
            if page is None:
                page = self._pages[name, self.style] = self._make_page(name)
        headers = dict(page.headers)
        if self.max_age is not None:
            headers["Cache-Control"] = f"max-age={self.max_age}"
        if self.validators:
            headers["ETag"] = '"' + hashlib.sha256(page.body).hexdigest()[:16] + '"'
        return Answer(200, headers, page.body)

    def _make_page(self, name: str) -> Answer:
        entries = [
            self._entry(filename, release)
            for version, release in self.projects[name].items()
            for filename in filenames(name, version, release)
        ]
        if self.style == "json":
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": entries}
            page["versions"] = list(self.projects[name])
            kind = "application/vnd.pypi.simple.v1+json"
            return Answer(200, {"Content-Type": kind}, json.dumps(page).encode())
        text = (
            "<!DOCTYPE html><html><body>\n" + "\n".join(map(_anchor, entries)) + "\n</body></html>"
        )
        return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())

    def _entry(self, filename: str, release: Release) -> dict[str, Any]:
        body = self._file(filename) or b""
        entry: dict[str, Any] = {
            "filename": filename,
            "url": f"../../files/{quote(filename)}",
            "hashes": {"sha256": hashlib.sha256(body).hexdigest()},
            "size": len(body),
            "requires-python": release.requires_python,
            "yanked": release.yanked,
        }
        if release.upload_time:
            entry["upload-time"] = release.upload_time
        if self.pep658 and filename.endswith(".whl"):
            text = self._file(filename + ".metadata") or b""
            if self.wrong_metadata_hash:
                text += b"tampered"
            entry["core-metadata"] = {"sha256": hashlib.sha256(text).hexdigest()}
        return entry

    def _file(self, filename: str) -> bytes | None:
        if filename not in self._files:
            found = self._find(filename.removesuffix(".metadata"))
            if found is None:
                return None
            name, version, release = found
            text = core_metadata(name, version, release).encode()
            wheel = filename.endswith(".whl")
            if filename.endswith(".metadata"):
                if not self.pep658:
                    return None
                self._files[filename] = text
            elif wheel:
                self._files[filename] = build_wheel(name, version, release, text)
            else:
                self._files[filename] = build_sdist(name, version, release)
        return self._files[filename]

    def _find(self, filename: str) -> tuple[str, str, Release] | None:
        wanted = re.sub(r"[-_.]+", "_", filename).lower()
        for name, releases in self.projects.items():
            if not wanted.startswith(escaped(name).lower()):
                continue
            for version, release in releases.items():
                if filename in filenames(name, version, release):
                    return name, version, release
        return None

    def respond(self, path: str, headers: dict[str, str]) -> tuple[Answer, Rule | None]:
        """Count one request, and return its answer with the rule that spoils it."""
        bare = urlsplit(path).path
        with self._lock:
            self.counts[bare] += 1
            self.log.append((bare, headers))
            rule = self._rule(bare)
        if rule is None:
            return self.answer(bare, headers), None
        if rule.delay:
            time.sleep(rule.delay)
        answer = self.answer(bare, headers)
        if rule.status is not None:
            answer = Answer(rule.status, {}, b"")
        if rule.body is not None:
            answer = Answer(answer.status, dict(answer.headers), rule.body)
        answer.headers = answer.headers | dict(rule.headers)
        return answer, rule

    def _rule(self, path: str) -> Rule | None:
        for rule in self._rules:
            if rule.times != 0 and re.search(rule.pattern, path):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None


def _anchor(entry: Mapping[str, Any]) -> str:
    attributes = ""
    if entry["requires-python"]:
        attributes += f' data-requires-python="{html.escape(entry["requires-python"])}"'
    if entry["yanked"] is not False:
        reason = "" if entry["yanked"] is True else entry["yanked"]
        attributes += f' data-yanked="{html.escape(reason)}"'
    if "core-metadata" in entry:
        attributes += f' data-core-metadata="sha256={entry["core-metadata"]["sha256"]}"'
    url = f"{entry['url']}#sha256={entry['hashes']['sha256']}"
    return f'<a href="{html.escape(url)}"{attributes}>{html.escape(entry["filename"])}</a><br/>'
