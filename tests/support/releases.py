"""Releases as data, and the wheels and sdists made from them."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SDISTS = ("static", "dynamic", "egg-info", "egg-info-only", "bare", "zip")


@dataclass
class Release:
    """One release. ``wheels`` are compatibility tags, ``sdist`` one of ``SDISTS`` or None.

    ``static``: PKG-INFO of metadata 2.2; ``dynamic``: the same with Requires-Dist
    dynamic, and an egg-info/requires.txt; ``egg-info``: old PKG-INFO and requires.txt;
    ``egg-info-only``: an egg-info folder without requires.txt; ``bare``: no metadata;
    ``zip``: as static, in a zip file.
    """

    requires_dist: Sequence[str] = ()
    requires_python: str | None = None
    yanked: bool | str = False
    upload_time: str | None = None
    wheels: Sequence[str] = ("py3-none-any",)
    sdist: str | None = None
    provides_extra: Sequence[str] = ()
    padding: int = 0
    """Bytes of incompressible data in the wheel, to make it large."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Further members of the wheel."""


def as_release(value: Any) -> Release:
    """Return a Release from one, from a mapping, or from a list of requires_dist."""
    if isinstance(value, Release):
        return value
    return Release(**value) if isinstance(value, Mapping) else Release(requires_dist=value)


def escaped(name: str) -> str:
    """Return a project's name as file names have it."""
    return re.sub(r"[-_.]+", "_", name)


def filenames(name: str, version: str, release: Release) -> list[str]:
    """Return the names of a release's files: wheels, then the sdist."""
    stem = f"{escaped(name)}-{version}"
    names = [f"{stem}-{tag}.whl" for tag in release.wheels]
    if release.sdist:
        names.append(f"{stem}.zip" if release.sdist == "zip" else f"{stem}.tar.gz")
    return names


def core_metadata(name: str, version: str, release: Release, level: str = "2.3") -> str:
    """Return core metadata as text."""
    lines = [f"Metadata-Version: {level}", f"Name: {name}", f"Version: {version}"]
    if release.requires_python:
        lines.append(f"Requires-Python: {release.requires_python}")
    lines += [f"Provides-Extra: {extra}" for extra in release.provides_extra]
    lines += [f"Requires-Dist: {text}" for text in release.requires_dist]
    return "\n".join(lines) + "\n\nA package made for a test.\n"


def build_wheel(name: str, version: str, release: Release, metadata: bytes) -> bytes:
    """Return a wheel as bytes: valid, installable, empty."""
    folder = f"{escaped(name)}-{version}.dist-info"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{escaped(name)}/__init__.py", "")
        if release.padding:
            block = hashlib.shake_128(filename_seed(name, version)).digest(release.padding)
            archive.writestr(f"{escaped(name)}/data.bin", block)
        for path, content in release.files.items():
            archive.writestr(path, content)
        archive.writestr(f"{folder}/METADATA", metadata)
        wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{folder}/WHEEL", wheel)
        archive.writestr(f"{folder}/RECORD", "")
    return buffer.getvalue()


def filename_seed(name: str, version: str) -> bytes:
    """Return what makes the padding of one file unlike that of another."""
    return f"{name}-{version}".encode()


def build_sdist(name: str, version: str, release: Release) -> bytes:
    """Return an sdist as bytes, of the kind that ``release.sdist`` names."""
    members = sdist_members(name, version, release)
    buffer = io.BytesIO()
    if release.sdist == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in members:
                archive.writestr(path, text)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in members:
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def sdist_members(name: str, version: str, release: Release) -> list[tuple[str, str]]:
    """Return (path, text) of what an sdist of this kind holds."""
    top = f"{escaped(name)}-{version}"
    egg = f"{top}/src/{escaped(name)}.egg-info"
    setup = (f"{top}/setup.py", "raise SystemExit('an sdist was executed')\n")
    old = core_metadata(name, version, Release(), "1.2")
    requires = (f"{egg}/requires.txt", "\n".join(release.requires_dist) + "\n")
    static = core_metadata(name, version, release, "2.2")
    dynamic = core_metadata(name, version, Release(), "2.2").replace(
        "\n\n", "\nDynamic: Requires-Dist\n\n", 1
    )
    kinds = {
        "static": [(f"{top}/PKG-INFO", static)],
        "zip": [(f"{top}/PKG-INFO", static)],
        "dynamic": [(f"{top}/PKG-INFO", dynamic), (f"{egg}/PKG-INFO", dynamic), requires],
        "egg-info": [(f"{top}/PKG-INFO", old), (f"{egg}/PKG-INFO", old), requires],
        "egg-info-only": [(f"{top}/PKG-INFO", old), (f"{egg}/PKG-INFO", old)],
        "bare": [],
    }
    return [setup, *kinds[release.sdist or "bare"]]
