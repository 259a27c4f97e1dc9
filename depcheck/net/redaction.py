"""Addresses without their secrets: every address that is shown goes through here."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
_QUERY = re.compile(r"\?[^#\s'\"]*")


def redact(text: str) -> str:
    """Return ``text`` with the userinfo and the query of every URL in it masked.

    A query may be a signature (presigned addresses), so it goes as a whole. The
    fragment, which holds a public digest in an index page, goes as well.
    """
    if "://" not in text:
        return text
    bare = text.partition("#")[0]
    return _QUERY.sub("?****", _USERINFO.sub("****@", bare))
