"""A layer's stream read once, into a table (OCI image-spec, layer and descriptor)."""

from __future__ import annotations

import hashlib
import io
import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from depcheck.images.entries import Entries, pack
from depcheck.images.inflate import inflate
from depcheck.images.table import BrokenLayer, Entry, LayerTable, Wanted
from depcheck.images.tar import MOST_NAME_BYTES, Member, TarReader
from depcheck.model.text import printable

MOST_KEPT: Final = 32 << 20
"""Bytes of contents that are kept of one layer, of all files together; 2 MB are usual."""

MOST_FAULTS: Final = 10_000

_WHITEOUT = ".wh."
_MARKER = ".wh..wh."  # aufs and its heirs
_OPAQUE = ".wh..wh..opq"
_MOST_LINKS = 20

Wants = Callable[[str, int], Wanted | None]


def read_layer(
    chunks: Iterable[bytes], *, diff_id: str | None, digest: str = "", wanted: Wants
) -> LayerTable:
    """Read a layer to its end.

    ``chunks`` are its bytes, compressed or not. ``diff_id`` and ``digest`` are what
    the tar and the blob were promised to hash to (``sha256:`` and 64 hex digits);
    None and empty for no promise. ``wanted`` is asked for every regular file, with
    its path and size in bytes, whether its content is to be kept.

    Raises ImageError for a layer that breaks a promise or is broken itself.
    """
    try:
        return _read(chunks, diff_id, digest, wanted)
    except BrokenLayer as error:
        name = printable(digest or diff_id or "")
        raise BrokenLayer(
            f"layer {name} cannot be read: {error.message}"
            if name
            else f"a layer cannot be read: {error.message}",
            hint=error.hint,
        ) from error


def _read(chunks: Iterable[bytes], diff_id: str | None, digest: str, wanted: Wants) -> LayerTable:
    blob = _Hashed(chunks)
    tar = _Hashed(inflate(iter(blob) if digest else iter(chunks)))
    reader = TarReader(tar)
    reading = _Reading(reader, wanted)
    for member in reader:
        reading.take(member)
    reader.drain()
    if digest:
        _keep_promise("the blob", digest, blob.digest)
    if diff_id:
        _keep_promise("the uncompressed tar", diff_id, tar.digest)
    elif not digest and not tar.size:
        raise BrokenLayer("it is empty")
    return reading.table(tar.digest, tar.size)


def _keep_promise(what: str, promised: str, came: str) -> None:
    if came != promised:
        raise BrokenLayer(
            f"{what} was promised to be {printable(promised)}, and what came is {came}",
            hint="it was changed or cut short on the way, or where it is kept",
        )


class _Hashed:
    """Bytes on their way, hashed as they pass."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def digest(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Reading:
    """What has been seen of a layer so far. Of a path that comes twice, the last counts."""

    def __init__(self, reader: TarReader, wanted: Wants) -> None:
        self._reader = reader
        self._wanted = wanted
        self._entries = Entries({}, {})
        self._removed: set[str] = set()
        self._opaque: set[str] = set()
        self._contents: dict[str, bytes] = {}
        self._rules: dict[str, Wanted] = {}
        self._faults: dict[str, str] = {}
        self._kept = 0
        self._moved = 0

    def take(self, member: Member) -> None:
        """Take in the next member, while its content is at hand."""
        path = member.path
        folder, _, name = path.rpartition("/")
        if not path:
            return  # the root is there anyway
        if name.startswith(_WHITEOUT) and not (name.startswith(_MARKER) and name != _OPAQUE):
            self._take_whiteout(folder, name)
            return
        self._forget(path)
        if member.hard:
            self._take_hard_link(member)
        elif member.kind == "file":
            self._put(path, _entry(member, self._take_content(member)))
        else:
            self._put(path, _entry(member, b""))

    def table(self, diff_id: str, size: int) -> LayerTable:
        """Return what was seen as a table."""
        self._settle()
        return LayerTable(
            diff_id=diff_id,
            entries=self._entries,
            removed=frozenset(self._removed),
            opaque=frozenset(self._opaque),
            contents=self._contents,
            faults=self._faults,
            size=size,
        )

    def _take_whiteout(self, folder: str, name: str) -> None:
        if name == _OPAQUE:
            self._opaque.add(folder)
            return
        hidden = name.removeprefix(_WHITEOUT)
        if hidden in ("", ".", ".."):
            raise BrokenLayer(f"it has a whiteout of no name, {printable(f'{folder}/{name}')}")
        self._removed.add(f"{folder}/{hidden}" if folder else hidden)

    def _take_hard_link(self, member: Member) -> None:
        path, target = member.path, member.link
        entry = self._entries.get(target)
        if entry is None or entry.kind == "folder":
            self._put(path, _entry(member, b""))
            self._fault(path, f"it is a hard link to {printable(target)}, no file before it")
            return
        self._put(path, entry)
        wanted = self._wanted(path, entry.size) if entry.kind == "file" else None
        if target in self._faults:
            self._fault(path, self._faults[target])
        elif wanted is not None:
            self._take_linked_content(path, target, wanted, entry.size)

    def _take_linked_content(self, path: str, target: str, wanted: Wanted, size: int) -> None:
        """Keep of a hard link what can be had: its target's bytes have gone by."""
        rule = self._rules.get(target)
        if rule and rule.derive is wanted.derive:
            self._keep(path, wanted, self._contents[target])
        elif size and (rule is None or rule.derive or size > wanted.limit):
            self._fault(path, f"it is a hard link to {printable(target)}, which was not kept")
        else:
            self._derive(path, wanted, self._contents.get(target, b""))

    def _take_content(self, member: Member) -> bytes:
        """Return the SHA-256 of a regular file (of a sparse one, of its map and its data)."""
        hashed = hashlib.sha256(member.sparse)
        wanted = self._wanted(member.path, member.size)
        if wanted is None:
            for piece in self._reader.content():
                hashed.update(piece)
            return hashed.digest()
        whole = io.BytesIO()  # gives its bytes away without a copy, which a join does not
        keeps = not member.sparse and member.size <= wanted.limit
        for piece in self._reader.content():
            hashed.update(piece)
            if keeps:
                whole.write(piece)
        if member.sparse:
            self._fault(member.path, "it is stored as a sparse file")
        elif not keeps:
            self._fault(
                member.path,
                f"it has {member.size:,} bytes; more than {wanted.limit:,} are not looked at",
            )
        elif whole.tell() == member.size:  # else the end of the stream is told next
            self._derive(member.path, wanted, whole.getvalue())
        return hashed.digest()

    def _derive(self, path: str, wanted: Wanted, content: bytes) -> None:
        try:
            kept = wanted.derive(content) if wanted.derive else content
        except ValueError as error:
            self._fault(path, str(error))
            return
        self._keep(path, wanted, kept)

    def _keep(self, path: str, wanted: Wanted, kept: bytes) -> None:
        if self._kept + len(kept) > MOST_KEPT:
            self._fault(path, f"the layer's files of interest take more than {MOST_KEPT >> 20} MiB")
            return
        self._kept += len(kept)
        self._contents[path] = kept
        self._rules[path] = wanted

    def _fault(self, path: str, reason: str) -> None:
        if len(self._faults) >= MOST_FAULTS:
            raise BrokenLayer(f"more than {MOST_FAULTS:,} of its files make no sense")
        self._faults[path] = reason

    def _put(self, path: str, entry: Entry) -> None:
        self._entries.records[path] = pack(entry)
        if entry.link:
            self._entries.links[path] = entry.link

    def _forget(self, path: str) -> None:
        if self._entries.records.pop(path, None) is None:
            return
        self._entries.links.pop(path, None)
        self._faults.pop(path, None)
        self._rules.pop(path, None)
        self._kept -= len(self._contents.pop(path, b""))

    def _settle(self) -> None:
        """Put every path where unpacking would have put it."""
        homes: dict[str, str] = {}
        for path in list(self._entries):
            if _MARKER in path and f"/{_MARKER}" in f"/{path}":
                self._forget(path)  # aufs' own; hard links to it are files by now
                continue
            folder, _, name = path.rpartition("/")
            home = homes.get(folder)
            if home is None:
                home = homes[folder] = self._home(folder)
            if home != folder:
                self._move(path, f"{home}/{name}" if home else name)

    def _home(self, folder: str) -> str:
        """Return where a folder is, once the links of this layer that lead to it are followed."""
        followed, end = 0, 0
        while end >= 0:
            end = folder.find("/", end)
            above = folder if end < 0 else folder[:end]
            end += end >= 0
            entry = self._entries.get(above)
            if entry is None or entry.kind == "folder":
                continue
            followed += 1
            if entry.kind != "link" or followed > _MOST_LINKS:
                raise BrokenLayer(f"it has {printable(above)} both as a file and as a folder")
            inside = folder[len(above) :].lstrip("/")
            folder, end = _joined(posixpath.dirname(above), entry.link, inside), 0
        return folder

    def _move(self, path: str, to: str) -> None:
        self._moved += len(to)
        if self._moved > MOST_NAME_BYTES:
            raise BrokenLayer(f"its links make names of more than {MOST_NAME_BYTES >> 20} MiB")
        self._forget(to)
        self._entries.records[to] = self._entries.records.pop(path)
        for kept in (self._entries.links, self._contents, self._rules, self._faults):
            _rename(kept, path, to)


def _rename(values: dict[str, Any], path: str, to: str) -> None:
    if path in values:
        values[to] = values.pop(path)


def _joined(folder: str, link: str, inside: str) -> str:
    """Return where a link in ``folder`` leads; above the root is the root."""
    joined = posixpath.normpath(posixpath.join("/", folder, link, inside))
    return joined.lstrip("/")


def _entry(member: Member, digest: bytes) -> Entry:
    link = member.link if member.kind == "link" else ""
    return Entry(member.kind, member.mode, member.uid, member.gid, member.size, digest, link)
