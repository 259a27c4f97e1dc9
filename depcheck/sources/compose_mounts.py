"""What is mounted into a service of a compose file: volumes, paths of the host, tmpfs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from depcheck.errors import SourceError
from depcheck.model.text import printable
from depcheck.sources.compose_files import found
from depcheck.sources.compose_service import Fields
from depcheck.sources.compose_units import switch
from depcheck.sources.yaml_text import Scalar, Table

_OF_THE_HOST = ("/", ".", "~", "\\")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounts:
    """Paths in the service: ``tmpfs``, writable ``volumes``; ``binds`` are the host's."""

    tmpfs: tuple[str, ...]
    volumes: tuple[str, ...]
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mount:
    kind: str
    source: str
    target: str
    writable: bool


def read_mounts(fields: Fields) -> Mounts:
    """Return what ``volumes`` and ``tmpfs`` mount; the last of one target counts."""
    mounts: dict[str, _Mount] = {}
    for item, text in fields.entries("volumes"):
        mount = _long(fields, item) if isinstance(item, Table) else _short(text)
        if not mount.target:
            raise SourceError(f"{item.place}: a volume needs a target")
        mounts[mount.target] = mount
    tmpfs = [printable(text.partition(":")[0]) for _, text in fields.entries("tmpfs")]
    tmpfs += [each.target for each in mounts.values() if each.kind == "tmpfs"]
    rest = [each for each in mounts.values() if each.kind != "tmpfs"]
    return Mounts(
        tmpfs=tuple(tmpfs),
        volumes=tuple(each.target for each in rest if each.writable),
        binds=tuple(each.source for each in rest if each.kind == "bind"),
    )


def _short(text: str) -> _Mount:
    """Return ``[source:]target[:mode]``; the source may begin with a drive."""
    drive = text[:2] if _DRIVE.match(text) else ""
    source, colon, rest = text[len(drive) :].partition(":")
    source = drive + source
    target, _, mode = rest.partition(":")
    if not colon:
        return _Mount(kind="volume", source="", target=printable(text), writable=True)
    return _Mount(
        kind="bind" if source.startswith(_OF_THE_HOST) or drive else "volume",
        source=printable(source),
        target=printable(target),
        writable="ro" not in mode.split(","),
    )


def _long(fields: Fields, item: Table) -> _Mount:
    only = found(item, "read_only")
    return _Mount(
        kind=fields.part(item, "type", "volumes") or "volume",
        source=printable(fields.part(item, "source", "volumes")),
        target=printable(fields.part(item, "target", "volumes")),
        writable=not (isinstance(only, Scalar) and switch(fields.loose(only, "volumes"))),
    )
