"""A layer as a table: every member of its tar, and the contents that inventories need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from depcheck.errors import ImageError

Kind = Literal["file", "folder", "link", "device"]


class Entry(NamedTuple):
    """A path in a layer. ``digest`` is the SHA-256 of a regular file (32 bytes), else empty.

    A hard link has the kind, size and digest of what it leads to. ``link`` is the
    target of a symbolic link as written.
    """

    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    digest: bytes
    link: str


class BrokenLayer(ImageError):
    """A layer is not what it should be. The message goes on from the layer's name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The content of a file is wanted, if it is no larger than ``limit`` bytes.

    ``derive`` makes of it what is kept; None keeps it as it is. It raises
    ValueError for what it does not understand.
    """

    limit: int
    derive: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTable:
    """One layer, read once and kept.

    Paths are relative, POSIX, without a leading slash (``usr/bin/python3``).
    ``removed`` are the paths that whiteouts hide, ``opaque`` the folders whose
    content from below is hidden (OCI image-spec, layer). ``contents`` has what the
    rules in ``wanted.py`` keep: a file as it is, or what was derived from it while
    it went by. ``faults`` are files that are wanted but could not be understood,
    with the reason. ``size`` is the length of the uncompressed tar.
    """

    diff_id: str
    entries: Mapping[str, Entry]
    removed: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
