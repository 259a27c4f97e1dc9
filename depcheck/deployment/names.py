"""Names that are valid wherever they are used: service, image, host, folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from depcheck.errors import ConfigurationError, together
from depcheck.model.text import printable

LONGEST = 63
RESERVED = frozenset({"gateway", "localhost", "secrets"})
"""What stands in the folder or on the network already; such a name gets ``app-`` before it."""

GATEWAY = "gateway"
"""The gateway's name where there is one. Names that begin with it and a dash are the gateways'."""

_ODD = re.compile(r"[^a-z0-9]+")
# Programs that look up a host take these for an IPv4 address.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def service_name(text: str) -> str:
    """Return ``text`` as a DNS label (RFC 1123), at most 63 characters.

    Such a label is also valid as a service of the Compose Specification, as a component of an
    image's repository name and as a folder. ``Web.App`` gives ``web-app``, accents are
    dropped, a long name is cut and told apart by a digest. Raises ConfigurationError where
    nothing valid is left.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _ODD.sub("-", plain.lower()).strip("-")
    if not name or _NUMBER.fullmatch(name):
        raise ConfigurationError(
            f'"{printable(text)}" cannot be made a service and image name',
            hint="name the component with letters a to z",
        )
    if name in RESERVED or name.startswith(f"{GATEWAY}-"):
        name = f"app-{name}"
    return name if len(name) <= LONGEST else _cut(name, text)


def gateway_name(service: str) -> str:
    """Return the name of the gateway before ``service``, where there are several.

    No service has such a name, and no two services have the same gateway.
    """
    name = f"{GATEWAY}-{service}"
    return name if len(name) <= LONGEST else _cut(name, service)


def _cut(name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[: LONGEST - 9].rstrip('-')}-{digest}"


def unique_names(names: Iterable[str]) -> Mapping[str, str]:
    """Return name → service name, in order, of components or of what is named after them.

    Raises ConfigurationError that names every two whose names fall together, and every name
    that cannot be made valid.
    """
    owners: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    for text in names:
        try:
            name = service_name(text)
        except ConfigurationError as fault:
            faults.append((fault.message, fault.hint))
            continue
        if owners.setdefault(name, text) != text:
            faults.append((_clash(owners[name], text, name), "rename one of them"))
    if faults:
        raise together(ConfigurationError, faults)
    return {text: name for name, text in owners.items()}


def _clash(first: str, second: str, name: str) -> str:
    return f'"{printable(first)}" and "{printable(second)}" would both be the service "{name}"'
