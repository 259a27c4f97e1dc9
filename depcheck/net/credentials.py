"""Who we are to a host: the URL's own userinfo, netrc, then the keyring."""

from __future__ import annotations

import threading
from base64 import b64encode
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from depcheck.net.redaction import redact


def basic(userinfo: str) -> str:
    """Return the Authorization value for the userinfo part of a URL."""
    user, _, password = userinfo.partition(":")
    return _basic(unquote(user), unquote(password))


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def split_userinfo(url: str) -> tuple[str, str]:
    """Return the URL without its userinfo, and the userinfo (maybe empty)."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    return (f"{scheme}{mark}{host}{slash}{path}", userinfo) if at else (url, "")


class Credentials:
    """Authorization values by origin (``scheme://host:port``). Used from many threads."""

    def __init__(self, index_urls: tuple[str, ...], netrc_path: str | None, keyring: bool) -> None:
        self._known: dict[str, str | None] = {}
        self._users: dict[str, str] = {}
        self._indexes = index_urls
        self._netrc_path = netrc_path
        self._keyring = keyring
        self._asked: dict[str, str | None] = {}
        self._lock = threading.Lock()
        for url in index_urls:
            bare, userinfo = split_userinfo(url)
            if userinfo:
                self._users[origin(bare)] = userinfo.partition(":")[0]
                if ":" in userinfo:
                    self._known[origin(bare)] = basic(userinfo)

    def for_origin(self, where: str) -> str | None:
        """Return what to send without being asked, None for nothing."""
        with self._lock:
            if where not in self._known:
                self._known[where] = self._from_netrc(urlsplit(where).hostname or "")
            return self._known[where]

    def after_refusal(self, where: str) -> str | None:
        """Return what the keyring knows for an origin that answered 401, asked once."""
        with self._lock:
            if where not in self._asked:
                self._asked[where] = self._from_keyring(where) if self._keyring else None
                if self._asked[where]:
                    self._known[where] = self._asked[where]
            return self._asked[where]

    def _from_netrc(self, host: str) -> str | None:
        if not self._netrc_path:
            return None
        import netrc

        try:
            found = netrc.netrc(self._netrc_path).authenticators(host)
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
            return None
        return _basic(found[0] or "", found[2] or "") if found else None

    def _from_keyring(self, where: str) -> str | None:
        try:
            import keyring
        except ImportError:
            return None
        services = [url for url in self._indexes if origin(split_userinfo(url)[0]) == where]
        user = unquote(self._users.get(where, "")) or None
        for service in [*(split_userinfo(url)[0] for url in services), urlsplit(where).netloc]:
            try:
                found: Any = keyring.get_credential(service, user)
            except Exception:  # noqa: S112 (a back end may raise anything; none is fatal)
                continue
            if found and found.password is not None:
                return _basic(found.username or user or "", found.password)
        return None


@lru_cache(maxsize=1024)
def origin(url: str) -> str:
    """Return ``scheme://host:port`` of a URL, the port always given."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"the address {redact(url)} has an impossible port") from None
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port or (443 if parts.scheme == 'https' else 80)}"
