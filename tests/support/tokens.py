"""A token server on loopback: bearer tokens for a registry (distribution, token authentication)."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SERVICE, ISSUER = "registry.test", "tokens.test"


class TokenServer:
    """Signs a token for every scope that is asked for with the right user and password.

    ``asked`` keeps each request's query and whether it carried the right credentials.
    Without them a token grants nothing. ``lifetime`` is in seconds.
    """

    def __init__(self, folder: Path, auth: tuple[str, str], lifetime: int = 300) -> None:
        self.asked: list[tuple[dict[str, list[str]], bool]] = []
        self.lifetime = lifetime
        self._expected = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        self._key, self._certificate = folder / "token.key", folder / "token.crt"

    def __enter__(self) -> TokenServer:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tokens.test"
        subprocess.run(
            [*command.split(), "-keyout", str(self._key), "-out", str(self._certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        handler = type("Handler", (_Handler,), {"tokens": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/token"

    def settings(self) -> dict[str, str]:
        """The registry's ``auth.token`` configuration."""
        return {
            "realm": self.url, "service": SERVICE, "issuer": ISSUER,
            "rootcertbundle": str(self._certificate),
        }  # fmt: skip

    def answer(self, query: dict[str, list[str]], credentials: str) -> dict[str, Any]:
        known = credentials == self._expected
        self.asked.append((query, known))
        access = [_access(scope) for scope in query.get("scope", ())] if known else []
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": SERVICE, "sub": "user" if known else "", "jti": uuid.uuid4().hex,
            "iat": now, "nbf": now - 5, "exp": now + self.lifetime, "access": access,
        }  # fmt: skip
        return {"token": self._sign(claims), "expires_in": self.lifetime}

    def _sign(self, claims: Mapping[str, Any]) -> str:
        pem = self._certificate.read_text(encoding="ascii").splitlines()
        head = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(pem[1:-1])]}
        text = f"{_encode(json.dumps(head).encode())}.{_encode(json.dumps(claims).encode())}"
        signed = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", str(self._key)],
            input=text.encode(), check=True, capture_output=True,
        )  # fmt: skip
        return f"{text}.{_encode(signed.stdout)}"


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        told = json.dumps(self.tokens.answer(query, self.headers.get("Authorization", "")))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told.encode())

    def log_message(self, format: str, *args: object) -> None:
        return


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _access(scope: str) -> dict[str, Any]:
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    return {"type": kind, "name": name, "actions": actions.split(",")}
