"""A container's lock as the requirements file that its image installs from.

pip 26 reads ``pylock.toml`` and checks its hashes, but calls that experimental, takes each file
from the lock's own URL (no mirror, no index behind a login), and comes with no base
image: Debian's pip is 23.0. ``--require-hashes`` is stable since pip 8, asks whatever index
the build has, and refuses every file whose hash is not in the lock. So the very same
lock is written a second time, in that form.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from depcheck.errors import OutputError
from depcheck.model.requirement import normalise
from depcheck.model.text import printable

_ALGORITHMS = ("sha256", "sha512", "sha384")  # Those that pip takes for --hash.
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64,128}")
_HEAD = """\
# Written by depcheck from the pylock.toml beside it, in the form that every pip checks:
# only files with these hashes are installed. Change the components' requirements instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What an image needs of its lock.

    ``requirements`` is the text of the requirements file, ``names`` are its projects,
    ``built`` those that have no wheel (an sdist is built), ``indexes`` the http(s) addresses
    of the indexes that they come from, the most used first.
    """

    requirements: str
    names: tuple[str, ...] = ()
    built: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def read_lock(lock: str, container: str) -> Locked:
    """Return what the text of a ``pylock.toml`` (PEP 751) says; ``container`` is for messages.

    Raises OutputError where it is no lock, or a file has no hash that pip can check.
    """
    try:
        packages = tomllib.loads(lock)["packages"]
        lines = [_lines(package) for package in packages]
        indexes = _indexes(packages)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as fault:
        raise OutputError(
            f'the lock of container "{printable(container)}" cannot be used: '
            f"{printable(str(fault))}"
        ) from None
    return Locked(
        requirements="\n".join((_HEAD, *lines)) + "\n",
        names=tuple(package["name"] for package in packages),
        built=tuple(package["name"] for package in packages if not package.get("wheels")),
        indexes=indexes,
    )


def _lines(package: Mapping[str, Any]) -> str:
    from packaging.version import Version

    name, version = package["name"], Version(package["version"])
    if normalise(name) != name or not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no normalised name")
    files = package.get("wheels") or [package["sdist"]]
    hashes = sorted({_hash(file) for file in files})
    return " \\\n".join((f"{name}=={version}", *(f"    --hash={digest}" for digest in hashes)))


def _hash(file: Mapping[str, Any]) -> str:
    for algorithm in _ALGORITHMS:
        digest = file["hashes"].get(algorithm, "")
        if _DIGEST.fullmatch(digest):
            return f"{algorithm}:{digest}"
    raise ValueError(f"{file.get('name', 'a file')} has no SHA-256, and pip checks no other hash")


def _indexes(packages: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    counted = Counter(package.get("index", "") for package in packages)
    ordered = sorted(counted, key=lambda index: (-counted[index], index))
    # A folder of the machine that made the lock is nothing that a build can ask.
    return tuple(index for index in ordered if urlsplit(index).scheme in ("http", "https"))
