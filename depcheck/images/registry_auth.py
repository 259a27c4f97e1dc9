"""Who we are to a registry: basic authentication and bearer tokens.

Distribution's token authentication specification; challenges by RFC 9110, section 11.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from depcheck.errors import ImageError
from depcheck.images.docker_config import Login, Logins
from depcheck.images.reference import Reference
from depcheck.images.wire import Answer, Request, Wire
from depcheck.model.text import printable
from depcheck.net.credentials import split_userinfo
from depcheck.net.places import is_inside, is_loopback

_TOKEN_CAP = 1 << 20
_CLIENT = "depcheck"
_CHALLENGE = re.compile(r'([A-Za-z][\w-]*)(?:=("[^"\\]*(?:\\.[^"\\]*)*"|[^\s,"]*)|(?=\s|,|$))')
_ESCAPED = re.compile(r"\\(.)")
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Authority:
    """The Authorization value for one repository, found when the registry asks for one.

    ``insecure`` are hosts (maybe with a port) that may be spoken to without TLS.
    Credentials go to the registry itself and to the token server that it names, unless
    that one is unsafe; never elsewhere.
    """

    def __init__(
        self,
        reference: Reference,
        base: str,
        wire: Wire,
        logins: Logins,
        insecure: tuple[str, ...] = (),
    ) -> None:
        self._reference = reference
        self._base = base
        self._wire = wire
        self._logins = logins
        self._insecure = insecure
        self.header = ""
        """What to send; empty for nothing."""

    def renew(self, refused: Answer) -> None:
        """Find what a registry wants that answered 401. Raises ImageError where we have none."""
        offers = challenges(refused.headers.get("www-authenticate", ""))
        login = self._logins.find(self._reference)
        if login and login.bearer:
            self.header = self._bearer(login.bearer)
        elif "bearer" in offers:
            self.header = self._bearer(self._token(offers["bearer"], login))
        elif "basic" in offers and login and login.user:
            self.header = _basic(login)
        else:
            raise self.refusal()

    def refusal(self) -> ImageError:
        """Return the error for a repository that we may not read."""
        known = self._logins.find(self._reference)
        reason = "the stored login does not suffice" if known else "no login is stored"
        hint = f"docker login {self._reference.host}"
        if self._logins.problems:
            hint += f" ({'; '.join(self._logins.problems)})"
        return ImageError(f"{self._reference} may not be read: {reason}", hint=hint)

    def _token(self, offer: Mapping[str, str], login: Login | None) -> str:
        realm = self._checked(offer.get("realm", ""))
        asked = {"service": offer.get("service", ""), "scope": self._scope()}
        request = (
            _exchange(realm, asked, login)
            if login and login.identity
            else _question(realm, asked, login)
        )
        answer = self._wire.ask(request, _TOKEN_CAP)
        if answer.status in (400, 401, 403):
            raise self.refusal()
        if answer.status != 200:
            host = printable(urlsplit(realm).netloc)
            raise ImageError(f"the token server {host} answered with status {answer.status}")
        return _token_in(answer.body, self._reference)

    def _scope(self) -> str:
        return f"repository:{self._reference.repository}:pull"

    def _bearer(self, token: str) -> str:
        if not _BEARER.fullmatch(token):
            raise ImageError(f"{self._reference.host}: the token is none that can be sent")
        return f"Bearer {token}"

    def _checked(self, realm: str) -> str:
        """Return a token server's address, if it is a safe one (CVE-2020-15157)."""
        try:
            parts = urlsplit(split_userinfo(realm)[0])
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        host = (parts.hostname or "").lower()
        home = urlsplit(self._base)
        own = home.hostname or ""
        shown = printable(f"{parts.scheme}://{parts.netloc}")
        if parts.scheme not in ("http", "https") or not host:
            raise ImageError(f"{self._reference.host} names no usable token server")
        if host in self._insecure or f"{host}:{port}" in self._insecure:
            return parts.geturl()
        both_here = is_loopback(host) and is_loopback(own)
        if parts.scheme == "http" and not both_here and (host != own or home.scheme == "https"):
            raise self._unsafe(shown, "it would take the login without TLS")
        if host != own and not both_here and self._leads_inside(parts.geturl(), host):
            raise self._unsafe(shown, "it is an address of this machine or its link")
        return parts.geturl()

    def _leads_inside(self, realm: str, host: str) -> bool:
        return any(map(is_inside, [host, *self._wire.addresses(realm)]))

    def _unsafe(self, realm: str, reason: str) -> ImageError:
        return ImageError(
            f"{self._reference.host} sends us to the token server {realm}, which is refused: "
            + reason,
            hint="if that is meant, list the token server's host as insecure",
        )


def challenges(header: str) -> dict[str, dict[str, str]]:
    """Return the parameters of each scheme in a WWW-Authenticate value, in lower case."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for match in _CHALLENGE.finditer(header[:8192]):
        name, value = match[1].lower(), match[2]
        if value is None:
            current = found.setdefault(name, {})
        else:
            text = _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
            current.setdefault(name, text)
    return found


def _question(realm: str, asked: Mapping[str, str], login: Login | None) -> Request:
    parts = urlsplit(realm)
    query = [*parse_qsl(parts.query), *((key, value) for key, value in asked.items() if value)]
    url = urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    return Request(url=url, authorization=_basic(login) if login and login.user else "")


def _exchange(realm: str, asked: Mapping[str, str], login: Login) -> Request:
    """Return the request that changes a refresh token for one to show (RFC 6749, section 6)."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": login.identity,
        "client_id": _CLIENT,
        **asked,
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return Request(url=realm, method="POST", headers=kind, body=urlencode(form).encode())


def _basic(login: Login) -> str:
    packed = base64.b64encode(f"{login.user}:{login.password}".encode())
    return f"Basic {packed.decode('ascii')}"


def _token_in(body: bytes, reference: Reference) -> str:
    try:
        told = json.loads(body)
        token = told.get("token") or told.get("access_token")
    except (ValueError, AttributeError, RecursionError):
        token = None
    if not isinstance(token, str):
        raise ImageError(f"the token server of {reference.host} answered without a token")
    return token
