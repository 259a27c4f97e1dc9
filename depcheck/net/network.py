"""How to reach a host: time-outs, proxies, certificates, trusted hosts (no I/O here)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """``timeout`` is seconds without any progress, ``retries`` how often to try again.

    ``proxies`` maps a scheme (or ``all``) to a proxy's address; ``no_proxy`` are host
    suffixes, ``*`` for all. ``ca_file`` None means the system's own trust.
    ``netrc`` is a path, None for none.
    """

    timeout: float = 15.0
    retries: int = 4
    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: tuple[str, ...] = ()
    ca_file: str | None = None
    client_cert: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    netrc: str | None = None
    keyring: bool = True

    def proxy_for(self, scheme: str, host: str) -> str | None:
        """Return the proxy for a host, or None to connect directly."""
        for suffix in self.no_proxy:
            bare = suffix.partition(":")[0].lstrip(".").lower()
            if suffix == "*" or (bare and (host == bare or host.endswith("." + bare))):
                return None
        return self.proxies.get(scheme) or self.proxies.get("all")

    def trusts(self, host: str, port: int) -> bool:
        """Whether pip's trusted-host lets this host go without a valid certificate."""
        return host in self.trusted_hosts or f"{host}:{port}" in self.trusted_hosts


def network_from(environ: Mapping[str, str]) -> Network:
    """Return what the usual variables say of proxies and of the certificates to trust."""
    return Network(
        proxies=_proxies(environ),
        no_proxy=_no_proxy(environ),
        ca_file=next((environ[name] for name in _CA_VARIABLES if environ.get(name)), None),
    )


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for scheme in ("http", "https", "all"):
        # Upper-case HTTP_PROXY can be set by a client of a CGI server.
        names = [f"{scheme}_proxy"]
        if scheme != "http" or "REQUEST_METHOD" not in environ:
            names.append(f"{scheme}_proxy".upper())
        value = next((environ[name] for name in names if environ.get(name)), None)
        if value:
            found[scheme] = value
    return found


def _no_proxy(environ: Mapping[str, str]) -> tuple[str, ...]:
    text = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return tuple(part.strip() for part in text.split(",") if part.strip())
