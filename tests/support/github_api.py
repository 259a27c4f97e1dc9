"""GitHub's REST API on loopback, as much of it as comments need: real HTTP, real JSON.

    with GitHubApi() as api:
        api.comment("Hello", login="somebody")       # one that is there already
        ...                                          # GITHUB_API_URL=api.url
        api.comments                                 # what is there now
        api.requests                                 # (method, path, Authorization)

``access`` is ``"write"``, ``"read"`` (403 on what writes) or ``"none"`` (404). ``user`` is who
``GET /user`` says the token is; None is what the token of a workflow is told: 403.
``answer`` gives a path's next answers by hand: (status, headers, body).
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
_LIST = re.compile(r"/repos/([\w.-]+/[\w.-]+)/issues/(\d+)/comments")
_ONE = re.compile(r"/repos/([\w.-]+/[\w.-]+)/issues/comments/(\d+)")

Given = tuple[int, dict[str, str], Any]


class GitHubApi:
    """An API with one pull request in ``shop/shop``."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, str]] = []
        self.access: Literal["write", "read", "none"] = "write"
        self.user: str | None = None
        self.answers: defaultdict[str, deque[Given]] = defaultdict(deque)
        self.page = 100
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def comment(self, body: str, *, login: str = BOT) -> int:
        kind = "Bot" if login.endswith("[bot]") else "User"
        number = len(self.comments) + 1
        entry = {"id": number, "body": body, "user": {"login": login, "type": kind}}
        self.comments.append(entry)
        return number

    def answer(self, method: str, path: str, status: int, body: Any = None, **headers: str) -> None:
        """Have the next request to a path (without its query) answered so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[f"{method} {path}"].append((status, named, body))

    def bodies(self) -> list[str]:
        return [entry["body"] for entry in self.comments]

    def methods(self) -> list[str]:
        return [method for method, path, _ in self.requests if path != "/user"]

    def respond(self, method: str, target: str, body: Any) -> Given:
        parts = urlsplit(target)
        if waiting := self.answers[f"{method} {parts.path}"]:
            return waiting.popleft()
        if parts.path == "/user":
            refused = {"message": "Resource not accessible by integration"}
            return (403, {}, refused) if self.user is None else (200, {}, {"login": self.user})
        listed, one = _LIST.fullmatch(parts.path), _ONE.fullmatch(parts.path)
        if self.access == "none" or not (listed or one):
            return 404, {}, {"message": "Not Found"}
        if method == "GET" and listed:
            return self._page(parts.path, parse_qs(parts.query))
        if self.access == "read":
            return 403, {}, {"message": "Resource not accessible by integration"}
        if len(body["body"]) > 65_536:
            return 422, {}, {"message": "Validation Failed"}
        if method == "POST" and listed:
            return 201, {}, self.comments[self.comment(body["body"]) - 1]
        if method == "PATCH" and one:
            self.comments[int(one[2]) - 1]["body"] = body["body"]
            return 200, {}, self.comments[int(one[2]) - 1]
        return 404, {}, {"message": "Not Found"}

    def _page(self, path: str, query: dict[str, list[str]]) -> Given:
        size, number = self.page, int(query.get("page", ["1"])[0])
        shown = self.comments[size * (number - 1) : size * number]
        headers = {}
        if size * number < len(self.comments):
            address = f"{self.url}{path}?per_page={size}&page="
            headers["Link"] = f'<{address}{number + 1}>; rel="next", <{address}9>; rel="last"'
        return 200, headers, shown

    def _handler(api) -> type[BaseHTTPRequestHandler]:  # "self" is the handler's
        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size) or b"null")
                bearer = self.headers.get("Authorization", "")
                api.requests.append((self.command, self.path, bearer))
                status, headers, answer = api.respond(self.command, self.path, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_PUT = _any

            def log_message(self, *_: object) -> None:
                pass

        return Handler
