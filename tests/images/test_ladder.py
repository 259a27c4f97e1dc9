"""Ways to a layer, tried from the cheapest on, each layer read at most once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.cache import LayerCache
from depcheck.images.ladder import Ladder
from depcheck.images.values import Layer, LayerStream
from depcheck.model.observer import Silent
from tests.support import oci

CONTENT = [oci.Layer({f"srv/{name}": name}) for name in "abc"]
LAYERS = [Layer(position=n, diff_id=each.diff_id) for n, each in enumerate(CONTENT, 1)]


@dataclass
class Way:
    """A backing that has some of the layers, and says what it was asked for.

    Where ``all_at_once``, it gives everything it has, as an engine's save does, and does
    not tell which layer is which.
    """

    way: str
    has: Sequence[oci.Layer]
    broken: str = ""
    all_at_once: bool = False
    asked: list[list[int]] = field(default_factory=list)
    bytes_read: int = 0

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        self.asked.append([layer.position for layer in wanted])
        diff_ids = {layer.diff_id for layer in wanted}
        for each in self.has:
            if self.all_at_once or each.diff_id in diff_ids:
                self.bytes_read += len(each.content)
                yield LayerStream(
                    None if self.all_at_once else each.diff_id, "", iter([each.content])
                )
        if self.broken:
            raise ImageError(self.broken)

    def close(self) -> None:
        pass


class Told(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def ladder(*ways: Way, cache: Path | None = None, observer: Silent | None = None) -> Ladder:
    return Ladder(list(ways), LayerCache(cache, note=print), observer or Silent())


def test_the_next_way_is_asked_for_what_the_first_has_not() -> None:
    first, second = Way("registry", CONTENT[:1]), Way("engine", CONTENT)
    one = ladder(first, second)
    one.fetch(LAYERS)
    assert (first.asked, second.asked) == ([[1, 2, 3]], [[2, 3]])
    assert one.read == {"registry": 1, "engine": 2}
    assert set(one.tables) == {each.diff_id for each in CONTENT}


def test_a_way_that_breaks_keeps_what_it_gave_and_is_told() -> None:
    told = Told()
    first, second = Way("registry", CONTENT[:2], broken="it hung up"), Way("engine", CONTENT)
    one = ladder(first, second, observer=told)
    one.fetch(LAYERS)
    assert second.asked == [[3]]
    assert told.notes == ["registry: it hung up; trying another way"]


def test_the_last_failure_is_the_one_that_is_told() -> None:
    with pytest.raises(ImageError, match="it hung up"):
        ladder(Way("engine", ()), Way("registry", (), broken="it hung up")).fetch(LAYERS)
    with pytest.raises(ImageError, match=r"layer 1 \(sha256:\w+\) could not be had"):
        ladder(Way("engine", ())).fetch(LAYERS)
    with pytest.raises(ImageError, match="could not be had"):
        ladder().fetch(LAYERS)


def test_nothing_is_read_twice(tmp_path: Path) -> None:
    way = Way("registry", CONTENT)
    one = ladder(way, cache=tmp_path)
    one.fetch(LAYERS[:1])
    one.fetch(LAYERS[:1])
    one.fetch(LAYERS[:2])
    assert way.asked == [[1], [2]]
    again = ladder(Way("registry", CONTENT), cache=tmp_path)
    again.fetch(LAYERS)
    assert again.read == {"cache": 2, "registry": 1}


def test_what_comes_unasked_is_kept(tmp_path: Path) -> None:
    way = Way("engine", CONTENT, all_at_once=True)
    one = ladder(way)
    one.fetch(LAYERS[2:])
    one.fetch(LAYERS)
    assert (len(way.asked), one.read) == (1, {"engine": 3})


def test_a_layer_that_stands_in_an_image_twice_is_read_once() -> None:
    way = Way("registry", CONTENT)
    ladder(way).fetch([LAYERS[0], Layer(position=3, diff_id=CONTENT[0].diff_id)])
    assert len(way.asked[0]) == 1


def test_traffic_counts_what_only_told_what_an_image_is() -> None:
    quiet, way = Way("archive", (), bytes_read=7), Way("registry", CONTENT)
    one = ladder(way, quiet)
    one.fetch(LAYERS[:1])
    told = {each.way: (each.layers, each.size) for each in one.traffic()}
    assert told == {"registry": (1, len(CONTENT[0].content)), "archive": (0, 7)}
