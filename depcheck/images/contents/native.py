"""Shared libraries that decide whether Python code runs, of the system and in wheels."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from depcheck.images.contents.derived import glibc_version, musl_version
from depcheck.images.contents.distributions import listed_paths
from depcheck.images.contents.sites import infos, site_of
from depcheck.images.table import Entry, Wanted
from depcheck.images.view import BELOW, View
from depcheck.model.inventory import Installed, NativeLibrary
from depcheck.model.text import printable

_MIB = 1 << 20


def _telling(pattern: bytes) -> Callable[[bytes], bytes]:
    """Return what finds a version in the bytes of a library; nothing found is empty."""
    compiled = re.compile(pattern)

    def told(content: bytes) -> bytes:
        found = compiled.search(content)
        return found[1] if found else b""

    return told


_OPENSSL = _telling(rb"\0(?:OpenSSL|LibreSSL|BoringSSL) (\d[\w.]{1,20})[ \0]")
_SQLITE = _telling(rb"\0(3\.\d{1,2}\.\d{1,2}(?:\.\d)?)\0")
_OPENBLAS = _telling(rb"OpenBLAS (\d[\w.]{1,20})[ \0]")
_GCC = _telling(rb"GCC: \([^)\0]{1,80}\) (\d{1,2}\.\d{1,2}\.\d{1,2})")


@dataclass(frozen=True, slots=True)
class _Library:
    """A library by the stem of its file (``libssl``), and how its content tells its version."""

    name: str
    stems: str
    told: Callable[[bytes], bytes] | None = None


_LIBRARIES = (
    _Library("openssl", r"libssl|libcrypto", _OPENSSL),
    _Library("libstdc++", r"libstdc\+\+"),
    _Library("openmp", r"libgomp", _GCC),
    _Library("openmp", r"libomp|libiomp5"),
    _Library("cuda", r"libcudart"),
    _Library("cuda-nvrtc", r"libnvrtc"),
    _Library("cublas", r"libcublas|libcublasLt"),
    _Library("cudnn", r"libcudnn"),
    _Library("nccl", r"libnccl"),
    _Library("tensorrt", r"libnvinfer"),
    _Library("mkl", r"libmkl_core|libmkl_rt"),
    _Library("openblas", r"lib(?:scipy_)?openblas(?:64_)?p?(?:-r0)?", _OPENBLAS),
    _Library("libpq", r"libpq"),
    _Library("libffi", r"libffi"),
    _Library("sqlite", r"libsqlite3", _SQLITE),
    _Library("zlib", r"libz"),
)
_FILES = tuple(
    # lib, the hash that auditwheel adds, .so, the version
    (
        library,
        re.compile(
            rf"(?:{library.stems})(?:-[0-9a-f]{{8}})?(?:[-.](\d[\d.]*\w*))?\.so((?:\.\d+)*)"
        ),
    )
    for library in _LIBRARIES
)
_GLIBC = re.compile(r"libc\.so\.6|libc-2\.\d+\.so")
_MUSL = re.compile(r"ld-musl-\w+\.so\.1")


def wanted_native(path: str, size: int) -> Wanted | None:
    """Return how a library whose version its name does not tell is kept; None for not."""
    name = posixpath.basename(path)
    if ".so" not in name:
        return None
    if _GLIBC.fullmatch(name):
        return Wanted(32 * _MIB, glibc_version)
    if _MUSL.fullmatch(name):
        return Wanted(32 * _MIB, musl_version)
    found = _library(name)
    return Wanted(64 * _MIB, found[0].told) if found and found[0].told else None


def native_contents(view: View, distributions: Iterable[Installed]) -> tuple[NativeLibrary, ...]:
    """Return the libraries in the view's scope, sorted by path.

    ``distributions`` are those that were read, for the versions of libraries that tell
    none themselves. Of a pair, a library that only the other side touched, inside of a
    site folder, is left out: its distribution tells of it.
    """
    versions = {(each.folder, each.name): each.version for each in distributions}
    found: list[NativeLibrary] = []
    for path in view.scope:
        name = posixpath.basename(path)
        if ".so" not in name or not (name.startswith(("lib", "ld-"))):
            continue
        what = _what(name)
        if what is None or (view.known(path) is BELOW and site_of(path) is not None):
            continue
        entry = view.entry(path)
        if entry is not None and entry.kind == "file":
            found.append(_native(view, path, entry, what, versions))
    return tuple(found)


def _what(name: str) -> tuple[str, str] | None:
    """Return a library's name, and the version in its file's name (empty for none)."""
    if _GLIBC.fullmatch(name):
        return "glibc", ""
    if _MUSL.fullmatch(name):
        return "musl", ""
    found = _library(name)
    return None if found is None else (found[0].name, found[1])


def _library(name: str) -> tuple[_Library, str] | None:
    for library, pattern in _FILES:
        match = pattern.fullmatch(name)
        if match is not None:
            version = match[1] or match[2].lstrip(".")
            return library, f"0.{version}" if "-r0" in name and version else version  # OpenBLAS
    return None


def _native(
    view: View,
    path: str,
    entry: Entry,
    what: tuple[str, str],
    versions: dict[tuple[str, str], str],
) -> NativeLibrary:
    name, named = what
    owner = _owner(view, path)
    told = (view.content(path) or b"").decode(errors="replace").rpartition(" ")[2]
    version = told or (named if "." in named else "")
    if not version and owner:
        site = site_of(path)
        version = versions.get((f"/{site.folder}", owner), "") if site else ""
    return NativeLibrary(
        name=name,
        path=f"/{path}",
        version=printable(version or named),
        owner=owner,
        digest=entry.digest.hex(),
        brought=view.brought(path),
    )


def _owner(view: View, path: str) -> str:
    """Return the distribution that a library came with, empty for the system's."""
    site = site_of(path)
    if site is None or site.of_packages:
        return ""
    for info in infos(f"{site.folder}/{name}" for name in view.seen(site.folder)):
        if path in listed_paths(view, info):
            return info.name
    first = path[len(site.folder) + 1 :].partition("/")[0]
    return canonicalize_name(first.removesuffix(".libs"))
