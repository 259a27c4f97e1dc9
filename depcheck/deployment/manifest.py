"""What depcheck wrote into a folder: the hash of each file, and the partition.

The manifest lies in that folder and may be edited by anyone. It is only ever used to tell
that a file at a path below the folder is still as it was written; one that is not exactly
of the form is no manifest.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "depcheck-manifest.json"
_VERSION = 1
_LARGEST = 4_000_000
_MOST_FILES = 10_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """``files`` maps a POSIX path to the SHA-256 of its text.

    ``replaced`` is that of files that a write under way replaces or removes: until it is
    done, both states of a file are depcheck's own. ``partition`` are the components of each
    container.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    partition: tuple[tuple[str, ...], ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        """Return all files that depcheck may have written."""
        return frozenset((*self.files, *self.replaced))

    def is_own(self, path: str, found: str) -> bool:
        """Return whether a file whose hash is ``found`` is one that depcheck wrote."""
        return found in (self.files.get(path), self.replaced.get(path))


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content``, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of ``folder``; None where there is none, or none that can be used.

    A link, anything but a file, more than 4 MB and every odd value make it unusable.
    Raises OSError where it is there and cannot be read.
    """
    path = folder / NAME
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        return None
    try:
        return _manifest(json.loads(path.read_bytes()))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None


def manifest_text(manifest: Manifest) -> str:
    """Return ``manifest`` as JSON, keys sorted."""
    return (
        json.dumps(
            {
                "about": "Written by depcheck isolate; it tells which files nobody has changed.",
                "version": _VERSION,
                "files": dict(manifest.files),
                "replaced": dict(manifest.replaced),
                "partition": manifest.partition,
            },
            indent=2,
            sort_keys=True,
        )
        + "\n"
    )


def is_below(path: str) -> bool:
    """Return whether ``path`` is a plain POSIX path that stays below where it starts."""
    parts = path.split("/")
    return (
        len(path) <= 1_000
        and path.isprintable()
        and not any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts)
    )


def _manifest(value: Any) -> Manifest:
    if value["version"] != _VERSION:
        raise ValueError("another version")
    return Manifest(
        files=_hashes(value["files"]),
        replaced=_hashes(value["replaced"]),
        partition=tuple(_names(group) for group in value["partition"]),
    )


def _hashes(value: Mapping[str, str]) -> dict[str, str]:
    if len(value) > _MOST_FILES:
        raise ValueError("too many files")
    for path, found in value.items():
        if not is_below(path) or path == NAME or not _DIGEST.fullmatch(found):
            raise ValueError("no hash of a file below the folder")
    return dict(value)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("no names")
    return tuple(value)
