"""Push images made by ``tests.support.oci`` to a registry (OCI distribution-spec, Push)."""

from __future__ import annotations

import base64
import http.client
import json
import re
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from tests.support.oci_layers import digest_of


class Session:
    """A connection to one repository: ``host`` is ``HOST:PORT``, ``auth`` user and password.

    The password is given by basic authentication, or to the token server that the
    registry names.
    """

    def __init__(self, host: str, repository: str, auth: tuple[str, str] | None) -> None:
        self._connection = http.client.HTTPConnection(host)
        self._root = f"/v2/{repository}"
        self._headers = self._authorised(repository, auth) if auth else {}

    def _authorised(self, repository: str, auth: tuple[str, str]) -> dict[str, str]:
        basic = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        self._connection.request("GET", "/v2/")
        answer = self._connection.getresponse()
        answer.read()
        challenge = answer.getheader("WWW-Authenticate") or ""
        if not challenge.startswith("Bearer "):
            return {"Authorization": basic}
        told = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        query = {"service": told["service"], "scope": f"repository:{repository}:pull,push"}
        request = Request(f"{told['realm']}?{urlencode(query)}", headers={"Authorization": basic})
        with urlopen(request) as given:
            return {"Authorization": f"Bearer {json.load(given)['token']}"}

    def close(self) -> None:
        self._connection.close()

    def manifest(self, reference: str, content: bytes, media_type: str) -> None:
        kind = {"Content-Type": media_type}
        self._ask("PUT", f"{self._root}/manifests/{reference}", content, kind, (201,))

    def blob(self, content: bytes) -> None:
        """Push a blob unless it is there."""
        digest = digest_of(content)
        if self._ask("HEAD", f"{self._root}/blobs/{digest}", b"", {}, (200, 404))[0] == 200:
            return
        _, place = self._ask("POST", f"{self._root}/blobs/uploads/", b"", {}, (202,))
        where = urlsplit(place)
        query = "&".join(filter(None, (where.query, urlencode({"digest": digest}))))
        kind = {"Content-Type": "application/octet-stream"}
        self._ask("PUT", f"{where.path}?{query}", content, kind, (201,))

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], good: tuple[int, ...]
    ) -> tuple[int, str]:
        """Return the status and the place that the answer names."""
        self._connection.request(method, path, body, headers | self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status not in good:
            raise OSError(f"{method} {path}: {answer.status} {told[:300]!r}")
        return answer.status, answer.getheader("Location") or ""
