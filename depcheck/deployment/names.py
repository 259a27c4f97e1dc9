"""Names that are valid wherever they are used: service, image, host, folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from depcheck.errors import ConfigurationError
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
