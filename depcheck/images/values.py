"""What an image is before any of its layers is read (OCI image-spec, manifest and config)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from depcheck.images.table import LayerTable
from depcheck.model.inventory import Fact, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer. ``position`` counts from 1, the bottom first.

    ``diff_id`` is the digest of the uncompressed tar, ``digest`` and ``size`` are
    of the blob as stored (empty and None where an engine does not tell).
    ``step`` is the build step with its secrets hidden.
    """

    position: int
    diff_id: str
    digest: str = ""
    size: int | None = None
    media_type: str = ""
    step: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image's identity, configuration and layers; or a container's.

    ``settings`` is as in Inventory. ``path`` is the value of ``PATH`` and
    ``command`` entrypoint and command as one list: they lead to the interpreter.
    ``top`` is a container's writable layer; ``runtime`` its own settings.
    """

    identity: Identity
    layers: tuple[Layer, ...]
    settings: Mapping[str, Fact] = field(default_factory=dict)
    path: str = ""
    command: tuple[str, ...] = ()
    top: LayerTable | None = None
    runtime: Mapping[str, Fact] | None = None


@dataclass(frozen=True, slots=True)
class LayerStream:
    """The bytes of one layer as a backing gives them: compressed or not, in chunks.

    ``diff_id`` is what the layer claims to be, None where the stream does not tell
    (an engine's save). ``digest`` is the blob's, to be verified, empty for none.
    """

    diff_id: str | None
    digest: str
    chunks: Iterator[bytes]


class Backing(Protocol):
    """One way to the layers of an image: a registry, a layout, an archive, an engine."""

    way: str
    """``registry``, ``layout``, ``archive`` or ``engine``."""

    @property
    def bytes_read(self) -> int:
        """Bytes that were read through it so far, manifests included."""
        ...

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        """Yield the streams of the layers that are wanted, in any order.

        A backing that cannot choose (an engine's save) yields all that it gets.
        Each stream is read to its end, or closed, before the next is asked for.
        Raises ImageError where one cannot be read.
        """
        ...

    def close(self) -> None:
        """Let connections and files go."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An image with the ways to its layers, the cheapest first."""

    image: Image
    backings: tuple[Backing, ...]
