"""A distribution's dependencies, read without building or running anything."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

from depcheck.index.archive import BadArchive, Source, find_members, read_member
from depcheck.index.coremetadata import Headers, extras_of, read_headers, requires_txt
from depcheck.model.catalog import Metadata, Unavailable
from depcheck.model.requirement import normalise

METADATA_CAP = 8 << 20
_UNPACKED_CAP = 512 << 20
_MEMBERS_CAP = 100_000
NOTHING_READABLE = "no readable metadata without building"


def from_headers(
    headers: Headers, origin: Literal["pep658", "wheel", "sdist"], *, presumed: bool = False
) -> Metadata:
    """Return what the headers say, as the model has it."""
    return Metadata(
        requires_dist=headers.requires_dist,
        requires_python=headers.requires_python,
        provides_extra=headers.provides_extra,
        presumed=presumed,
        origin=origin,
    )


def from_core_metadata(
    subject: str, name: str, content: bytes, origin: Literal["pep658", "wheel"]
) -> Metadata | Unavailable:
    """Return the metadata of a wheel; it must be that of project ``name``."""
    headers = read_headers(content)
    if headers is None:
        return Unavailable(subject=subject, reason="its metadata is not core metadata")
    if normalise(headers.name) != name:
        return Unavailable(subject=subject, reason="its metadata is that of another project")
    return from_headers(headers, origin)


def from_wheel(subject: str, name: str, source: Source) -> Metadata | Unavailable:
    """Return the metadata inside a wheel: the one METADATA in its .dist-info folder."""
    try:
        members = find_members(source, _is_wheel_metadata, 64 << 10)
        ours = [each for each in members if normalise(each.name.split("-")[0]) == name] or members
        if len(ours) != 1:
            reason = "more than one METADATA" if ours else "no METADATA"
            return Unavailable(subject=subject, reason=f"the wheel has {reason}")
        content = read_member(source, ours[0])
    except BadArchive as error:
        return Unavailable(subject=subject, reason=f"the wheel cannot be read: {error}")
    return from_core_metadata(subject, name, content, "wheel")


def _is_wheel_metadata(name: bytes) -> bool:
    return name.endswith(b".dist-info/METADATA") and name.count(b"/") == 1


def from_zip_sdist(subject: str, source: Source) -> Metadata | Unavailable:
    """Return the metadata that an sdist in a zip file states."""
    found = SdistReader()
    try:
        for member in find_members(source, lambda name: _is_sdist_metadata(_text(name)), 0):
            found.add(member.name, read_member(source, member))
    except BadArchive as error:
        return Unavailable(subject=subject, reason=f"the sdist cannot be read: {error}")
    return found.answer() or Unavailable(subject=subject, reason=NOTHING_READABLE)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def from_tar_sdist(subject: str, read_some: Callable[[], bytes]) -> Metadata | Unavailable:
    """Return the metadata that a tar sdist states, reading no further than needed.

    ``read_some`` gives the next compressed bytes, empty at the end.
    """
    import tarfile

    found = SdistReader()
    members = 0
    try:
        with tarfile.open(fileobj=_Stream(read_some), mode="r|*") as archive:
            for member in archive:
                members += 1
                if member.offset > _UNPACKED_CAP or members > _MEMBERS_CAP:
                    return Unavailable(subject=subject, reason="the sdist is too large")
                if not member.isreg() or not _is_sdist_metadata(member.name):
                    continue
                if member.size > METADATA_CAP:
                    return Unavailable(subject=subject, reason="its metadata is too large")
                file = archive.extractfile(member)
                found.add(member.name, file.read() if file else b"")
                if found.proven:
                    break
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        return Unavailable(subject=subject, reason=f"the sdist cannot be read: {error}")
    return found.answer() or Unavailable(subject=subject, reason=NOTHING_READABLE)


def _is_sdist_metadata(path: str) -> bool:
    parts = path.removeprefix("./").split("/")
    if len(parts) == 2:
        return parts[1] == "PKG-INFO"
    return (
        parts[-2:-1] != []
        and parts[-2].endswith(".egg-info")
        and parts[-1] in ("requires.txt", "PKG-INFO")
    )


class SdistReader:
    """Collects what the files of an sdist say, and judges it."""

    def __init__(self) -> None:
        self._top: Headers | None = None
        self._egg: Headers | None = None
        self._requires: bytes | None = None
        self._depth = 1 << 30

    def add(self, path: str, content: bytes) -> None:
        """Take in one PKG-INFO or requires.txt; the egg-info nearest the top counts."""
        parts = path.removeprefix("./").split("/")
        if len(parts) == 2:
            self._top = read_headers(content)
            return
        if len(parts) > self._depth:
            return
        if len(parts) < self._depth:
            self._egg = self._requires = None
            self._depth = len(parts)
        if parts[-1] == "PKG-INFO":
            self._egg = read_headers(content)
        else:
            self._requires = content

    @property
    def proven(self) -> bool:
        return self._top is not None and self._top.static

    def answer(self) -> Metadata | None:
        """Return the metadata, None where the sdist says nothing."""
        if self._top is not None and self._top.static:
            return from_headers(self._top, "sdist")
        headers = self._top or self._egg
        python = headers.requires_python if headers else None
        if self._requires is not None:
            extras = extras_of(self._requires)
            return self._presumed(requires_txt(self._requires), python, extras)
        for stated in (self._top, self._egg):
            if stated is not None and stated.requires_dist:
                return from_headers(stated, "sdist", presumed=True)
        return self._presumed((), python, ()) if self._egg is not None else None

    @staticmethod
    def _presumed(
        requires: tuple[str, ...], python: str | None, extras: tuple[str, ...]
    ) -> Metadata:
        return Metadata(
            requires_dist=requires,
            requires_python=python,
            provides_extra=extras,
            presumed=True,
            origin="egg-info",
        )


class _Stream(io.RawIOBase):
    """Bytes that come in parts, as a file that can only be read forwards."""

    def __init__(self, read_some: Callable[[], bytes]) -> None:
        self._read_some = read_some
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        parts = [self._rest]
        have = len(self._rest)
        while (size < 0 or have < size) and (block := self._read_some()):
            parts.append(block)
            have += len(block)
        whole = b"".join(parts)
        cut = have if size < 0 else size
        self._rest = whole[cut:]
        return whole[:cut]
