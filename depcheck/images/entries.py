"""The entries of a layer in little room: a quarter of a million fit beside all else."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from depcheck.images.table import Entry, Kind

_RECORD = struct.Struct("<BHIIQ32s")
RECORD_BYTES = _RECORD.size
_KINDS: tuple[Kind, ...] = ("file", "folder", "link", "device")
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_NO_DIGEST = bytes(32)
MOST_ID = (1 << 32) - 1
"""The highest user or group id."""


def pack(entry: Entry) -> bytes:
    """Return an entry, but for its link, as RECORD_BYTES bytes."""
    kind, mode, uid, gid, size, digest, _ = entry
    return _RECORD.pack(_NUMBERS[kind], mode, uid, gid, size, digest)


class Entries(Mapping[str, Entry]):
    """Paths to entries, each unpacked when it is looked at.

    ``records`` are the entries as ``pack`` makes them, ``links`` the targets of
    symbolic links. Both are kept as they are given, not copied.
    """

    __slots__ = ("links", "records")

    def __init__(self, records: dict[str, bytes], links: dict[str, str]) -> None:
        self.records = records
        self.links = links

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Entry]]) -> Entries:
        """Return ``entries`` in this form."""
        records, links = {}, {}
        for path, entry in entries:
            records[path] = pack(entry)
            if entry.link:
                links[path] = entry.link
        return cls(records, links)

    def __getitem__(self, path: str) -> Entry:
        return self._unpack(path, self.records[path])

    def get(self, path: str, default: Any = None) -> Any:
        """Return the entry at ``path``, else ``default``; without an exception on the way."""
        record = self.records.get(path)
        return default if record is None else self._unpack(path, record)

    def __contains__(self, path: object) -> bool:
        return path in self.records

    def __iter__(self) -> Iterator[str]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def _unpack(self, path: str, record: bytes) -> Entry:
        number, mode, uid, gid, size, digest = _RECORD.unpack(record)
        return Entry(
            _KINDS[number], mode, uid, gid, size,
            b"" if digest == _NO_DIGEST else digest, self.links.get(path, ""),
        )  # fmt: skip
