"""What is kept of Python's own files: names and versions, not the files."""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache, partial

from depcheck.images.table import Wanted
from depcheck.model.python_program import about_interpreter
from depcheck.model.record import without_bytecode

_MIB = 1 << 20
_INTERPRETER = re.compile(
    r"(?:.*/)?(?:bin/python|lib(?:64)?/(?:[\w-]+/)?libpython)(\d\.\d+)[td]{0,2}(?:\.so(?:\.1\.0)?)?"
)
_HEADER = re.compile(r"(?:.*/)?include/(?:python|pypy)\d\.\d+[td]{0,2}/patchlevel\.h")
_DEFINED = re.compile(rb'^#\s*define\s+(PY_VERSION|PYPY_VERSION)\s+"([\w.+-]{1,40})"', re.M)
_MOST_PREFIXED = 20_000


def wanted_python(path: str, size: int) -> Wanted | None:
    """Return how the file at ``path``, ``size`` bytes long, is kept for Python; None for not."""
    folder, _, name = path.rpartition("/")
    kept = _INFO.get(name)
    if kept is not None:
        return kept if folder.endswith((".dist-info", ".egg-info")) else None
    if name == "pyvenv.cfg":
        return Wanted(_MIB)
    if name.endswith((".egg-info", ".egg-link")):
        return _METADATA if name.endswith(".egg-info") else Wanted(_MIB)
    if name.endswith(".json"):
        return _CONDA if posixpath.basename(folder) == "conda-meta" else None
    if name == "patchlevel.h":
        return Wanted(_MIB, defined_version) if _HEADER.fullmatch(path) else None
    found = _INTERPRETER.fullmatch(path) if "python" in name else None
    return _interpreter(found[1]) if found else None


@lru_cache(maxsize=64)  # one rule for one version, so that a hard link finds its target's
def _interpreter(short: str) -> Wanted:
    return Wanted(64 * _MIB, partial(about_interpreter, short))


def name_and_version(content: bytes) -> bytes:
    """Return the Name and Version lines of core metadata (METADATA, PKG-INFO), nothing else.

    Raises ValueError where one of them lacks.
    """
    found: dict[bytes, bytes] = {}
    for line in content.splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(b":")
        if colon and key.lower() in (b"name", b"version"):
            found.setdefault(key.lower(), value.strip()[:200])
    if not found.get(b"name") or not found.get(b"version"):
        raise ValueError("the metadata has no name or no version")
    return b"\n".join((found[b"name"], found[b"version"]))


def defined_version(content: bytes) -> bytes:
    """Return PY_VERSION and, of PyPy, PYPY_VERSION of a patchlevel.h, a line each."""
    found = {match[1]: match[2] for match in _DEFINED.finditer(content)}
    return b"\n".join((found.get(b"PY_VERSION", b""), found.get(b"PYPY_VERSION", b"")))


def conda_package(content: bytes) -> bytes:
    """Return what matters of a conda-meta file, as JSON.

    ``prefixed`` are the files into which conda wrote its prefix, with the SHA-256 after that.
    """
    try:
        told = json.loads(content)
        keys = ("name", "version", "build", "channel", "subdir")
        kept = {key: str(told.get(key, ""))[:200] for key in keys}
        files = told.get("paths_data", {}).get("paths", [])
        prefixed = {
            str(file["_path"]): str(file.get("sha256_in_prefix") or "")
            for file in files[:_MOST_PREFIXED]
            if file.get("prefix_placeholder") or "entry_point" in str(file.get("path_type"))
        }
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is no description of a conda package") from error
    return json.dumps({**kept, "prefixed": prefixed}, sort_keys=True).encode()


_METADATA = Wanted(16 * _MIB, name_and_version)
_CONDA = Wanted(16 * _MIB, conda_package)
_INFO = {
    "METADATA": _METADATA,
    "PKG-INFO": _METADATA,
    "RECORD": Wanted(32 * _MIB, without_bytecode),
    "INSTALLER": Wanted(64 << 10),
    "direct_url.json": Wanted(_MIB),
}
