"""The files of installed distributions against their RECORD (PEP 376, 627)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.model.record import Row, fingerprint, may_lack, rows
from depcheck.model.text import printable

_LARGEST_RECORD = 32 << 20
_LARGEST_CONDA = 64 << 20
_BUDGET = 64 << 30
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``patched`` are files by path → SHA-256 (hex), ``digest`` is of what RECORD says (hex)."""

    patched: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    digest: str = ""


@dataclass(slots=True)
class RecordCheck:
    """Checks distributions of one prefix; ``budget`` is how many bytes may still be read.

    ``prefixed`` are the files into which conda wrote the prefix, with the SHA-256 that
    they have since, empty for any.
    """

    prefix: Path
    prefixed: Mapping[str, str] = field(default_factory=dict)
    budget: int = _BUDGET

    def check(self, info: Path, *, trusted: bool) -> Checked:
        """Return what differs from the RECORD in the folder ``info``.

        Where it is not ``trusted`` to say what was installed, only its digest. Files
        outside of the prefix are not looked at. Raises ValueError for what is no RECORD,
        and where there is too much to read.
        """
        content = small_file(info / "RECORD", _LARGEST_RECORD)
        if content is None:
            return Checked()
        listed = list(rows(content, info.parent.as_posix()))
        digest = fingerprint(listed)
        if not trusted:
            return Checked(digest=digest)
        patched: dict[str, str] = {}
        missing: list[str] = []
        for row in listed:
            self._compare(row, info.parent, patched, missing)
        return Checked(patched=patched, missing=tuple(sorted(missing)), digest=digest)

    def _compare(self, row: Row, folder: Path, patched: dict[str, str], missing: list[str]) -> None:
        path = os.path.normpath(folder / row.path)
        if not path.startswith(os.path.join(os.path.normpath(self.prefix), "")):
            return
        if _is_byte_code(row.path):
            return
        if not os.path.exists(path):
            if not may_lack(row.path):
                missing.append(printable(row.path))
            return
        actual = self._digest(path) if row.digest else ""
        if actual and actual not in (row.digest.hex(), self._expected(path, actual)):
            patched[printable(row.path)] = actual

    def _expected(self, path: str, actual: str) -> str:
        """Return what conda made of a file, the file's own digest where it does not tell."""
        expected = self.prefixed.get(path)
        return actual if expected == "" else expected or ""

    def _digest(self, path: str) -> str:
        """Return the SHA-256 of a regular file (hex), empty for what is none or unreadable."""
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(descriptor, "rb", buffering=0) as stream:
                if stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return self._hashed(stream.read)
        return ""

    def _hashed(self, read: Callable[[int], bytes | None]) -> str:
        digest = hashlib.sha256()
        while block := read(_BLOCK):
            self.budget -= len(block)
            if self.budget < 0:
                raise ValueError(f"the files are more than {_BUDGET >> 30} GiB")
            digest.update(block)
        return digest.hexdigest()


def small_file(path: Path, largest: int) -> bytes | None:
    """Return what a regular file holds, None where there is none.

    Raises ValueError where it is longer than ``largest`` bytes.
    """
    with contextlib.suppress(OSError):
        if path.is_file():
            with path.open("rb") as stream:
                content = stream.read(largest + 1)
            if len(content) > largest:
                raise ValueError(f"its {path.name} is larger than {largest >> 20} MiB")
            return content
    return None


def conda_files(prefix: Path) -> Mapping[str, str]:
    """Return the files that conda changed when it installed them, as RecordCheck wants them."""
    found: dict[str, str] = {}
    for path in sorted(prefix.glob("conda-meta/*.json")):
        with contextlib.suppress(ValueError, AttributeError, KeyError, TypeError, RecursionError):
            told = json.loads(small_file(path, _LARGEST_CONDA) or b"{}")
            for file in told.get("paths_data", {}).get("paths", []):
                made = "entry_point" in str(file.get("path_type"))
                if made or file.get("prefix_placeholder"):
                    at = os.path.normpath(prefix / str(file["_path"]))
                    found[at] = str(file.get("sha256_in_prefix") or "")
    return found


def _is_byte_code(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or "__pycache__/" in path
