"""The ``Link`` header, in which an API names the next page of a list (RFC 8288)."""

from __future__ import annotations

import re

_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')


def next_page(header: str) -> str | None:
    """Return the address of ``rel="next"``, None where there is none."""
    for url, parameters in _LINK.findall(header):
        for quoted, bare in _RELATION.findall(parameters):
            if "next" in (quoted or bare).lower().split():
                return str(url)
    return None
