"""What an installer writes: RECORD (PEP 376, 427, 627) and direct_url.json (PEP 610)."""

from __future__ import annotations

import binascii
import csv
import hashlib
import io
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from depcheck.model.text import printable, redact

MOST_ROWS = 100_000
"""Rows of one RECORD that are read; the largest distributions have some 40,000."""

_MOST_PATH = 4 << 10  # PATH_MAX: no longer one can be there
_ADMINISTRATIVE = (
    "RECORD",
    "INSTALLER",
    "REQUESTED",
    "direct_url.json",
    "RECORD.jws",
    "RECORD.p7s",
)
_SHA256 = "sha256="
_STANDARD = str.maketrans("-_", "+/")  # from the alphabet for URLs


class Row(NamedTuple):
    """A file of a distribution. ``path`` is as written, ``at`` the place of that from ``/`` on.

    ``digest`` is the SHA-256 (32 bytes), empty where there is none or another hash.
    """

    path: str
    at: str
    digest: bytes


def rows(content: bytes, folder: str) -> Iterator[Row]:
    """Yield the rows of a RECORD that lies in a dist-info of the site folder ``folder``.

    Raises ValueError for what is no RECORD.
    """
    try:
        text = content.decode("utf-8")
        for number, fields in enumerate(csv.reader(text.splitlines())):
            if number >= MOST_ROWS:
                raise ValueError(f"it has more than {MOST_ROWS:,} lines")
            if fields and fields[0]:
                yield _row(fields, folder)
    except csv.Error as error:
        raise ValueError(f"it is no RECORD: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is no RECORD: it is not UTF-8") from error


def without_bytecode(content: bytes) -> bytes:
    """Return a RECORD without the lines of byte code that have no hash: nothing rests on them.

    Raises ValueError where more than MOST_ROWS lines are left.
    """
    lines = (line.rstrip(b"\r\n") for line in io.BytesIO(content))
    left = (line for line in lines if not line.endswith((b".pyc,,", b'.pyc",,')))
    kept = list(islice(left, MOST_ROWS + 1))
    if len(kept) > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} lines")
    return b"\n".join(kept) + b"\n"


def may_lack(path: str) -> bool:
    """Tell whether a file that RECORD lists may be gone: byte code, an installer's own notes."""
    folder, _, name = path.rpartition("/")
    return name.endswith((".pyc", ".pyo")) or (
        folder.endswith(".dist-info") and name in _ADMINISTRATIVE
    )


def fingerprint(listed: Iterable[Row]) -> str:
    """Return a SHA-256 (hex) of what a distribution brought, empty where nothing is hashed.

    Left out is what installers add of their own: scripts, which name the environment,
    and the notes beside RECORD.
    """
    own = ("/INSTALLER", "/REQUESTED", "/RECORD", "/direct_url.json", "/uv_cache.json")
    kept = sorted(
        f"{row.path}\0{row.digest.hex()}\n"
        for row in listed
        if row.digest and not row.path.startswith("../") and not row.path.endswith(own)
    )
    return hashlib.sha256("".join(kept).encode()).hexdigest() if kept else ""


def _row(fields: list[str], folder: str) -> Row:
    path = fields[0].replace("\\", "/")
    at = path if path.startswith("/") else f"{folder}/{path}"
    if len(at) > _MOST_PATH:
        raise ValueError(f"it has a path of {len(at):,} characters")
    if "/." in at or "//" in at or at[0] == "/":
        at = posixpath.normpath(at).lstrip("/")
    declared = fields[1] if len(fields) > 1 else ""
    return Row(path, at, _digest(declared))


def _digest(declared: str) -> bytes:
    if not declared.startswith(_SHA256):
        return b""
    text = declared[len(_SHA256) :].rstrip("=").translate(_STANDARD)
    try:
        digest = binascii.a2b_base64(f"{text}=")  # 43 characters and one to fill
    except ValueError:
        return b""
    return digest if len(digest) == 32 else b""


def direct_source(text: str) -> str:
    """Return what a direct_url.json says, in one line, without credentials.

    As ``git+https://…@commit``, ``editable file:///…``, ``https://…#sha256=…``.
    """
    try:
        return printable(_direct_url(json.loads(text)), limit=500)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "direct_url.json cannot be understood"


def _direct_url(told: dict[str, dict[str, object]]) -> str:
    url = redact(str(told.get("url", "")))
    vcs, folder, archive = (told.get(f"{kind}_info") for kind in ("vcs", "dir", "archive"))
    if vcs is not None:
        url = f"{vcs.get('vcs', 'vcs')}+{url}@{vcs.get('commit_id', '')}"
    elif folder is not None and folder.get("editable"):
        url = f"editable {url}"
    elif archive is not None:
        url += f"#{_archive_hash(archive)}" if _archive_hash(archive) else ""
    subdirectory = told.get("subdirectory")
    return f"{url}#subdirectory={subdirectory}" if subdirectory else url


def _archive_hash(archive: Mapping[str, object]) -> str:
    hashes = archive.get("hashes")
    if isinstance(hashes, dict) and isinstance(hashes.get("sha256"), str):
        return f"sha256={hashes['sha256']}"
    return str(archive.get("hash", ""))
