"""A container registry on a loopback port, for as long as a block lasts.

    with registry_or_skip(folder) as registry:
        oci.push(image, registry.host, "team/shop", "staging", auth=registry.auth)
        registry.log()        # the requests that it answered

Debian's ``docker-registry`` is used. ``auth="basic"`` asks for basic authentication,
``auth="token"`` sends clients to a token server on loopback for a bearer token; both take
``USER`` and ``PASSWORD``, which stand in ``registry.auth``. ``oci.push`` knows both ways.
"""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.support.running import cannot, free_port, running
from tests.support.tokens import TokenServer

USER, PASSWORD = "user", "open sesame"
"""What a registry with authentication takes."""
_HTPASSWD = "user:$2y$04$depcheckregistry.salteVIS5yNfRlEmIvV50v8hjjVdDfZCcYP.\n"
"""The password's bcrypt hash, the only kind that the registry reads."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry; ``host`` is ``127.0.0.1:PORT``."""

    host: str
    folder: Path
    auth: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def log(self) -> list[str]:
        """The requests so far, as ``METHOD PATH STATUS``, in their order."""
        told = (self.folder / "registry.log").read_text(encoding="utf-8", errors="replace")
        found = []
        for line in told.splitlines():
            if '"' not in line or " HTTP/1." not in line:
                continue
            before, _, after = line.partition(" HTTP/1.")
            found.append(f"{before.rpartition(chr(34))[2]} {after.split()[1]}")
        return found

    def blob(self, digest: str) -> Path:
        """The file that holds a blob, for a test that spoils it."""
        algorithm, _, value = digest.partition(":")
        root = self.folder / "data" / "docker" / "registry" / "v2" / "blobs"
        return root / algorithm / value[:2] / value / "data"


@contextmanager
def registry_or_skip(
    folder: Path, *, auth: Literal["", "basic", "token"] = ""
) -> Iterator[Registry]:
    """Start a registry whose storage and log lie in ``folder``."""
    if not shutil.which("docker-registry"):
        cannot("no registry for this test: apt-get install docker-registry")
    folder.mkdir(parents=True, exist_ok=True)
    host = f"127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        asked: dict[str, Any] = {}
        if auth == "basic":
            (folder / "htpasswd").write_text(_HTPASSWD, encoding="utf-8")
            asked = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
        elif auth == "token":
            issuer = stack.enter_context(TokenServer(folder, (USER, PASSWORD)))
            asked = {"token": issuer.settings()}
        path = folder / "registry.yml"
        path.write_text(json.dumps(_settings(host, folder, asked)), encoding="utf-8")
        command = ["docker-registry", "serve", str(path)]
        stack.enter_context(running(command, folder / "registry.log", lambda: answers(host)))
        yield Registry(host, folder, (USER, PASSWORD) if auth else None)


def _settings(host: str, folder: Path, auth: dict[str, Any]) -> dict[str, Any]:
    """Return the registry's configuration, which as JSON is YAML as well."""
    files = {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": True}}
    return {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": False}},
        "storage": files,
        "http": {"addr": host},
    } | ({"auth": auth} if auth else {})


def answers(host: str) -> bool:
    """Return whether a registry speaks on this ``HOST:PORT``."""
    connection = http.client.HTTPConnection(host, timeout=2)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status in (200, 401)
    except OSError:
        return False
    finally:
        connection.close()
