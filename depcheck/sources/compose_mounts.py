"""What is mounted into a service of a compose file: volumes, paths of the host, tmpfs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from depcheck.errors import SourceError
from depcheck.model.guarding import is_sized
from depcheck.model.text import printable
from depcheck.sources.compose_files import found
from depcheck.sources.compose_service import Fields
from depcheck.sources.compose_units import switch
from depcheck.sources.yaml_text import Node, Scalar, Table

_OF_THE_HOST = ("/", ".", "~", "\\")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounts:
    """Paths in the service: ``tmpfs``, writable ``volumes``; ``binds`` are the host's.

    ``unbounded`` are those of ``tmpfs`` that have no size.
    """

    tmpfs: tuple[str, ...]
    unbounded: tuple[str, ...]
    volumes: tuple[str, ...]
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mount:
    kind: str
    source: str
    target: str
    writable: bool
    bounded: bool = True


def read_mounts(fields: Fields) -> Mounts:
    """Return what ``volumes`` and ``tmpfs`` mount; the last of one target counts."""
    mounts: dict[str, _Mount] = {}
    for item, text in fields.entries("volumes"):
        mount = _long(fields, item) if isinstance(item, Table) else _short(text)
        if not mount.target:
            raise SourceError(f"{item.place}: a volume needs a target")
        mounts[mount.target] = mount
        _note(fields, item, mount)
    scratch = [_tmpfs(fields, item, text) for item, text in fields.entries("tmpfs", "tmpfs")]
    scratch += [each for each in mounts.values() if each.kind == "tmpfs"]
    rest = [each for each in mounts.values() if each.kind != "tmpfs"]
    return Mounts(
        tmpfs=tuple(each.target for each in scratch),
        unbounded=tuple(each.target for each in scratch if not each.bounded),
        volumes=tuple(each.target for each in rest if each.writable),
        binds=tuple(each.source for each in rest if each.kind == "bind"),
    )


def _note(fields: Fields, item: Node, mount: _Mount) -> None:
    """Note the line of one entry, by what of the host it mounts, or by a tmpfs' target."""
    if mount.kind == "tmpfs":
        fields.note(f"tmpfs.{mount.target}", item, f"volumes: tmpfs {mount.target}")
    elif mount.source:
        text = f"volumes: {mount.source}:{mount.target}"
        fields.note(f"volumes.{mount.source}", item, text)


def _tmpfs(fields: Fields, item: Node, text: str) -> _Mount:
    """Return an entry of ``tmpfs``: ``/tmp:size=64m,mode=1777``."""
    target, _, options = text.partition(":")
    target = printable(target)
    fields.note(f"tmpfs.{target}", item, f"tmpfs: {text}")
    return _Mount(kind="tmpfs", source="", target=target, writable=True, bounded=is_sized(options))


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
        bounded=_has_size(fields, item),
    )


def _has_size(fields: Fields, item: Table) -> bool:
    options = found(item, "tmpfs")
    size = fields.part(options, "size", "volumes", "tmpfs") if isinstance(options, Table) else ""
    return is_sized(f"size={size}")
