"""GitHub's REST API, as far as a comment needs it."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any

from action.links import next_page

_TIMEOUT = 30
_PATIENCE = 60  # seconds at most that a rate limit is waited for
_MOST = 20 << 20
_PAGES = 50
_NUMBER = re.compile(r"[0-9]{1,12}")


class ApiError(Exception):
    """The API refused, or did not answer. ``status`` is 0 where nothing came."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message} (HTTP {status})" if status else message)
        self.status = status


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """A repository that was renamed is found at its new place; no other host is asked."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        if _origin(newurl) != _origin(req.full_url) or code not in (301, 302, 307, 308):
            raise ApiError(code, "the API points to another place")
        if req.get_method() != "GET" and code in (301, 302):
            raise ApiError(code, "the repository has moved")
        return urllib.request.Request(  # noqa: S310  # the same origin as before
            newurl, data=req.data, headers=dict(req.header_items()), method=req.get_method()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API at ``url`` (``https://api.git.example``), asked with ``token``."""

    url: str
    token: str
    sleep: Callable[[float], None] = time.sleep

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send one request and return the JSON that answers; raises ApiError."""
        return self._send(method, f"{self.url.rstrip('/')}{path}", body)[0]

    def pages(self, path: str) -> Iterator[Any]:
        """Give the entries of a list, page after page; raises ApiError."""
        url: str | None = f"{self.url.rstrip('/')}{path}"
        for _ in range(_PAGES):
            if url is None:
                return
            read, headers = self._send("GET", url)
            yield from read if isinstance(read, list) else ()
            url = next_page(headers.get("Link", ""))
            if url is not None and _origin(url) != _origin(self.url):
                raise ApiError(0, "the API's next page is at another place")

    def _send(self, method: str, url: str, body: object = None) -> tuple[Any, Message]:
        for attempt in (1, 2):
            try:
                return self._once(method, url, body)
            except urllib.error.HTTPError as error:
                with error:
                    wait = _limited(error.code, error.headers)
                    if wait is None or wait > _PATIENCE or attempt == 2:
                        raise ApiError(error.code, _said(error)) from None
                self.sleep(wait)
            except (OSError, HTTPException, ValueError, RecursionError) as error:
                raise ApiError(0, f"no answer: {type(error).__name__}") from None
        raise AssertionError("the second attempt returns or raises")

    def _once(self, method: str, url: str, body: object) -> tuple[Any, Message]:
        request = urllib.request.Request(  # noqa: S310  # the API's address, from the runner
            url, data=None if body is None else json.dumps(body).encode(), method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "depcheck-action",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )  # fmt: skip
        opener = urllib.request.build_opener(_SameOrigin)
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return json.loads(answer.read(_MOST) or b"null"), answer.headers


def _limited(status: int, headers: Message) -> float | None:
    """Return how long a rate limit asks to wait, None where it is none."""
    if status not in (403, 429):
        return None
    if _NUMBER.fullmatch(after := headers.get("Retry-After", "")):
        return float(after)
    if headers.get("X-RateLimit-Remaining") == "0":
        reset = headers.get("X-RateLimit-Reset", "")
        return max(0.0, float(reset) - time.time()) if _NUMBER.fullmatch(reset) else _PATIENCE
    return None


def _said(error: urllib.error.HTTPError) -> str:
    try:
        message = json.loads(error.read(_MOST))["message"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError, RecursionError):
        return "the API refused"
    return " ".join(str(message).split())[:200]


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
