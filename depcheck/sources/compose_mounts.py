"""What is mounted into a service of a compose file: volumes, paths of the host, tmpfs.

Also what it has of others (``volumes_from``), and what a named volume is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from depcheck.errors import SourceError
from depcheck.model.guarding import is_sized, is_socket
from depcheck.model.text import printable
from depcheck.sources.compose_files import found, origin_of
from depcheck.sources.compose_service import Fields
from depcheck.sources.compose_units import switch
from depcheck.sources.yaml_text import Node, Scalar, Table

Volumes = dict[str, "_Mount"]

_DEEPEST = 20
_OF_THE_HOST = ("/", ".", "~", "\\")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounts:
    """Paths in the service: ``tmpfs``, writable ``volumes``; ``binds`` are the host's.

    ``unbounded`` are those of ``tmpfs`` that have no size. ``escapes`` are as in Guarded,
    ``files`` the entries that mount a path of the host: source, target, where it stands.
    """

    tmpfs: tuple[str, ...]
    unbounded: tuple[str, ...]
    volumes: tuple[str, ...]
    binds: tuple[str, ...]
    escapes: dict[str, str]
    files: tuple[tuple[str, str, Node], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mount:
    kind: str
    source: str
    target: str
    writable: bool
    node: Node
    bounded: bool = True


def read_mounts(fields: Fields) -> Mounts:
    """Return what ``volumes``, ``volumes_from`` and ``tmpfs`` mount, by target."""
    mounts = _volumes(fields, (fields.name,))
    scratch = [_tmpfs(fields, item, text) for item, text in fields.entries("tmpfs", "tmpfs")]
    scratch += [each for each in mounts.values() if each.kind == "tmpfs"]
    rest = [each for each in mounts.values() if each.kind != "tmpfs"]
    return Mounts(
        tmpfs=tuple(each.target for each in scratch),
        unbounded=tuple(each.target for each in scratch if not each.bounded),
        volumes=tuple(each.target for each in rest if each.writable),
        binds=tuple(each.source for each in rest if each.kind == "bind"),
        escapes={
            f"volumes.{each.source}": "can give the engine orders"
            for each in rest
            if is_socket(each.target) and each.source and not is_socket(each.source)
        },
        files=tuple((each.source, each.target, each.node) for each in rest if each.kind == "bind"),
    )


def _volumes(fields: Fields, chain: tuple[str, ...]) -> Volumes:
    """Return the mounts by target, those of ``volumes_from`` first; ``chain`` led here."""
    mounts: Volumes = {}
    for item, text in fields.entries("volumes_from", "privileges"):
        mounts.update(_of_another(fields, item, text, chain))
    for item, text in fields.entries("volumes", "privileges"):
        mount = _long(fields, item) if isinstance(item, Table) else _short(fields, item, text)
        if not mount.target:
            raise SourceError(f"{item.place}: a volume needs a target")
        mount = _made_of(fields, mount)
        mounts[mount.target] = mount
        _note(fields, item, mount)
    return mounts


def _of_another(fields: Fields, item: Node, text: str, chain: tuple[str, ...]) -> Volumes:
    """Return the mounts of the service that an entry names; a container's are not known."""
    name = text.partition(":")[0]
    table = fields.composed.services.get(name)
    if table is None or text.startswith("container:"):
        reason = f"nothing here says what {printable(text)} in volumes_from has"
        fields.unsure("privileges", reason, origin_of(fields.scope, item, f"volumes_from: {text}"))
        return {}
    if name in chain:
        return {}
    if len(chain) > _DEEPEST:
        raise SourceError(f"{item.place}: volumes_from leads from service to service too often")
    lender = replace(fields, name=name, table=table, lines={})
    mounts = _volumes(lender, (*chain, name))
    fields.allowance.take(item, len(mounts))
    fields.lines.update(
        (path, line) for path, line in lender.lines.items() if path.startswith("volumes.")
    )
    return mounts


def _made_of(fields: Fields, mount: _Mount) -> _Mount:
    """Return a mount of a named volume as that of the path which the volume is made of."""
    if mount.kind == "bind":
        return replace(mount, source=fields.host_path(mount.node, mount.source))
    volume = fields.composed.volumes.get(mount.source) if mount.kind == "volume" else None
    if not isinstance(volume, Table):
        return mount
    external, driver = found(volume, "external"), fields.part(volume, "driver", "volumes")
    outside = isinstance(external, Table) or (
        isinstance(external, Scalar) and switch(fields.loose(external, "volumes")) is not False
    )
    if outside or driver not in ("", "local"):
        reason = f"nothing here says what the volume {mount.source} is made of"
        fields.unsure("privileges", reason, origin_of(fields.scope, mount.node, mount.source))
    options = found(volume, "driver_opts")
    paths = list(_paths(fields, options)) if isinstance(options, Table) else []
    return replace(mount, kind="bind", source=printable(paths[0])) if paths else mount


def _paths(fields: Fields, options: Table) -> Iterator[str]:
    """Yield the host's paths that the options of a volume mount, as mount(8) takes them."""
    device = fields.part(options, "device", "volumes", "privileges")
    words = fields.part(options, "o", "volumes", "privileges")
    for word in words.split(","):
        key, _, folders = word.partition("=")
        if key in ("lowerdir", "upperdir"):
            yield from sorted(folders.split(":"))
    if device.startswith("/"):
        yield device


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
    return _Mount(
        kind="tmpfs", source="", target=target, writable=True, node=item,
        bounded=is_sized(options),
    )  # fmt: skip


def _short(fields: Fields, item: Node, text: str) -> _Mount:
    """Return ``[source:]target[:mode]``; the source may begin with a drive.

    The letter of a drive may be a volume's name: then it is the volume.
    """
    drive = text[:2] if _DRIVE.match(text) and text[0] not in fields.composed.volumes else ""
    source, colon, rest = text[len(drive) :].partition(":")
    source = drive + source
    target, _, mode = rest.partition(":")
    if not colon:
        return _Mount(kind="volume", source="", target=printable(text), writable=True, node=item)
    return _Mount(
        kind="bind" if source.startswith(_OF_THE_HOST) or drive else "volume",
        source=printable(source),
        target=printable(target),
        writable="ro" not in mode.split(","),
        node=item,
    )


def _long(fields: Fields, item: Table) -> _Mount:
    only = found(item, "read_only")
    return _Mount(
        kind=fields.part(item, "type", "volumes") or "volume",
        source=printable(fields.part(item, "source", "volumes")),
        target=printable(fields.part(item, "target", "volumes")),
        writable=not (isinstance(only, Scalar) and switch(fields.loose(only, "volumes"))),
        node=item,
        bounded=_has_size(fields, item),
    )


def _has_size(fields: Fields, item: Table) -> bool:
    options = found(item, "tmpfs")
    size = fields.part(options, "size", "volumes", "tmpfs") if isinstance(options, Table) else ""
    return is_sized(f"size={size}")
