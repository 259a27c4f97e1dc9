"""Addresses that lead inside: this machine, its link, a cloud's metadata service."""

from __future__ import annotations

import ipaddress

# Not link-local, yet as telling as 169.254.169.254.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254")))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name: ``localhost``, 127.0.0.0/8, ``::1``."""
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_inside(host: str) -> bool:
    """Whether an address, or a name without looking it up, leads inside.

    That is loopback, link-local, unspecified and the metadata services' own.
    Private networks are not: companies keep their registries there.
    """
    if is_loopback(host):
        return True
    address = _address(host.strip("[]"))
    if address is None:
        return False
    return address.is_link_local or address.is_unspecified or address in _METADATA


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
