"""The layers of an engine's image, had from the registry that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from depcheck.errors import ImageError
from depcheck.images.values import Layer, LayerStream, Opened


class FromRegistry:
    """A Backing over the references by digest that an engine knows for its image.

    ``open_reference`` opens one. They are tried in order, and not before a layer is
    wanted. Layers are known by their diff ids, which the registry's configuration
    has under the same digest that the engine checked when it pulled the image.
    """

    way = "registry"

    def __init__(self, references: Sequence[str], open_reference: Callable[[str], Opened]) -> None:
        self._references = list(references)
        self._open_reference = open_reference
        self._opened: list[Opened] = []

    @property
    def bytes_read(self) -> int:
        """Bytes that were read through it so far."""
        return sum(backing.bytes_read for each in self._opened for backing in each.backings)

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        """Yield the streams of the layers that the registry has; raises ImageError."""
        diff_ids = {layer.diff_id for layer in wanted}
        opened = self._reachable()
        held = [layer for layer in opened.image.layers if layer.diff_id in diff_ids]
        for backing in opened.backings:
            yield from backing.streams(held)

    def close(self) -> None:
        """Let connections go."""
        for each in self._opened:
            for backing in each.backings:
                backing.close()

    def _reachable(self) -> Opened:
        failure: ImageError | None = None
        while self._references and not self._opened:
            try:
                self._opened.append(self._open_reference(self._references.pop(0)))
            except ImageError as error:
                failure = error
        if not self._opened:
            raise failure or ImageError("no registry has the image")
        return self._opened[0]
