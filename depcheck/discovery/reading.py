"""Small files of a repository, read without trust."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LARGEST = 1 << 20


def read_text(path: Path, root: Path) -> str:
    """Return the text of a regular file below ``root``, empty for anything else.

    Of a file larger than 1 MiB only the beginning is read.
    """
    try:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
            return ""
        # Opened without waiting: a pipe in the tree must not hold the search up.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return ""
            return stream.read(_LARGEST).decode("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""


def read_toml(path: Path, root: Path) -> Mapping[str, Any]:
    """Return the TOML of a file below ``root``, empty where it holds none."""
    try:
        return tomllib.loads(read_text(path, root))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def table(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return the table at ``path``, empty where there is none."""
    for key in path:
        inner = data.get(key)
        if not isinstance(inner, Mapping):
            return {}
        data = inner
    return data
