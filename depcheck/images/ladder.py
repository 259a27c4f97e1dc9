"""Layers come by in the cheapest way there is: the cache, a registry or file, an engine's save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from depcheck.errors import ImageError
from depcheck.images.cache import LayerCache
from depcheck.images.layer import read_layer
from depcheck.images.table import LayerTable
from depcheck.images.values import Backing, Layer
from depcheck.images.wanted import wanted as wanted_file
from depcheck.model.observer import Observer
from depcheck.model.parity import Traffic
from depcheck.model.text import printable


@dataclass(slots=True)
class Ladder:
    """Reads layers for one comparison, each at most once.

    ``backings`` are tried in order; what one cannot give the next is asked for.
    ``read`` counts the layers that each way gave (``cache`` among them).
    """

    backings: Sequence[Backing]
    cache: LayerCache
    observer: Observer
    tables: dict[str, LayerTable] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)

    def fetch(self, layers: Iterable[Layer]) -> None:
        """Read ``layers`` into ``tables``. Raises ImageError where no way leads to one."""
        missing = {each.diff_id: each for each in layers if each.diff_id not in self.tables}
        for diff_id in list(missing):
            self._from_cache(diff_id, missing)
        failures: list[ImageError] = []
        for backing in self.backings:
            if missing:
                self._from_backing(backing, missing, failures)
        if missing:
            raise self._unread(missing, failures)

    def traffic(self) -> tuple[Traffic, ...]:
        """Return what was read by each way; a way that only told what an image is counts too."""
        sizes: dict[str, int] = {}
        for backing in self.backings:
            sizes[backing.way] = sizes.get(backing.way, 0) + backing.bytes_read
        ways = dict.fromkeys([*sizes, *self.read])
        return tuple(
            Traffic(
                way=way,
                what="manifests and configurations",
                layers=self.read.get(way, 0),
                size=sizes.get(way, 0),
            )
            for way in ways
            if sizes.get(way) or self.read.get(way)
        )

    def _from_cache(self, diff_id: str, missing: dict[str, Layer]) -> None:
        table = self.cache.get(diff_id)
        if table is not None:
            self.tables[diff_id] = table
            self._count("cache")
            del missing[diff_id]

    def _from_backing(
        self, backing: Backing, missing: dict[str, Layer], failures: list[ImageError]
    ) -> None:
        self.observer.stage(f"reading layers ({backing.way})")
        try:
            for stream in backing.streams(list(missing.values())):
                table = read_layer(
                    stream.chunks, diff_id=stream.diff_id, digest=stream.digest, wanted=wanted_file
                )
                if table.diff_id not in self.tables:
                    self._keep(table, backing.way)
                missing.pop(table.diff_id, None)
        except ImageError as failure:
            failures.append(failure)
            if any(other.way != backing.way for other in self.backings[-1:]):
                self.observer.note(f"{backing.way}: {failure.message}; trying another way")

    def _keep(self, table: LayerTable, way: str) -> None:
        self.tables[table.diff_id] = table
        self.cache.put(table)
        self._count(way)

    def _count(self, way: str) -> None:
        self.read[way] = self.read.get(way, 0) + 1

    def _unread(self, missing: dict[str, Layer], failures: list[ImageError]) -> ImageError:
        if failures:
            return failures[-1]
        first = next(iter(missing.values()))
        return ImageError(
            f"layer {first.position} ({printable(first.diff_id)}) could not be had",
            hint="was the image removed while it was read? run it again",
        )
