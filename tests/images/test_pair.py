"""Two images read together: which layers are read, and which are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from depcheck.images.cache import LayerCache
from depcheck.images.ladder import Ladder
from depcheck.images.pair import PairReading, read_pair, shared_layers
from depcheck.images.values import Image, Layer, LayerStream
from depcheck.model.inventory import Identity
from depcheck.model.observer import Silent
from tests.support import oci
from tests.support.contents import SITE, debian, distribution, dpkg_status, interpreter, venv
from tests.support.oci import WHITEOUT, Entry

SYSTEM = {**debian("12", {"curl": "1"}), **interpreter("3.11.2")}
FAT = {"usr/share/doc/fat": "x" * 1000}
PYTHON = {**venv("opt/venv", "3.11.2"), **distribution("alpha", "1.0")}
SHARED: tuple[Mapping[str, Entry], ...] = (SYSTEM, FAT, PYTHON)


@dataclass
class Counting:
    """A way to layers that are at hand; ``given`` are the diff ids that were read."""

    layers: Mapping[str, oci.Layer]
    way: str = "layout"
    bytes_read: int = 0
    given: list[str] = field(default_factory=list)

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        for each in wanted:
            self.given.append(each.diff_id)
            yield LayerStream(each.diff_id, "", iter([self.layers[each.diff_id].content]))

    def close(self) -> None:
        pass


def image(layers: Sequence[oci.Layer]) -> Image:
    stored = (Layer(position=n, diff_id=each.diff_id) for n, each in enumerate(layers, 1))
    return Image(identity=Identity(), layers=tuple(stored), path="/opt/venv/bin:/usr/bin")


def read(
    *tops: Sequence[Mapping[str, Entry]], shared: Sequence[Mapping[str, Entry]] = SHARED
) -> tuple[PairReading, int]:
    """Read a pair; return the reading and how many layers it took."""
    stacks = [[oci.Layer(each) for each in (*shared, *top)] for top in tops]
    way = Counting({each.diff_id: each for stack in stacks for each in stack})
    ladder = Ladder([way], LayerCache(None, note=print), Silent())
    left, right = (image(stack) for stack in stacks)
    reading = read_pair(left, right, ("left", "right"), ladder, files=False)
    assert len(way.given) == len(set(way.given))
    return reading, len(way.given)


@pytest.mark.parametrize(
    ("left", "right", "below"),
    [
        ([], [], 0),
        ([{"srv/a": "1"}], [{"srv/a": "2"}], 0),
        ([distribution("gamma", "1")], [distribution("gamma", "2")], 0),
        ([], [{f"{SITE}/alpha-1.0.dist-info": WHITEOUT, **distribution("alpha", "2.0")}], 0),
        ([{"var/lib/dpkg/status": dpkg_status({"curl": "1"})}],
         [{"var/lib/dpkg/status": dpkg_status({"curl": "2"})}], 0),
        ([], [{f"{SITE}/alpha.py": "patched"}], 1),  # its RECORD
        ([], [{"var/lib/dpkg/status": dpkg_status({"curl": "2"})}], 3),  # the database
        ([], [{"usr/share/doc/fat": WHITEOUT}], 0),  # nothing that is compared
    ],
)  # fmt: skip
def test_layers_below_are_read_only_where_they_decide(
    left: list[Mapping[str, Entry]], right: list[Mapping[str, Entry]], below: int
) -> None:
    reading, count = read(left, right)
    assert (reading.shared, reading.below) == (3, below)
    assert count == len(left) + len(right) + below
    assert not reading.left.whole


def test_the_same_layers_are_not_read() -> None:
    reading, count = read([], [])
    assert (count, reading.left.distributions, reading.left.packages) == (0, (), ())


def test_nothing_shared_is_read_whole() -> None:
    reading, count = read([SYSTEM], [{**SYSTEM, "srv/a": "b"}], shared=())
    assert (reading.shared, count, reading.left.whole, reading.right.whole) == (0, 2, True, True)
    assert [package.name for package in reading.right.packages] == ["curl"]


def test_shared_layers_end_where_the_first_differs() -> None:
    one, two, three = (oci.Layer({"srv/a": text}) for text in "123")
    assert shared_layers(image([one, two, three]), image([one, three, three])) == 1
    assert shared_layers(image([one]), image([one, one])) == 1
    assert shared_layers(image([]), image([one])) == 0


def test_what_was_removed_is_told_with_its_layer() -> None:
    gone = {f"{SITE}/alpha-1.0.dist-info": WHITEOUT, f"{SITE}/alpha.py": WHITEOUT}
    reading, _ = read([], [{"srv/a": "1"}, gone])
    (((folder, name), by),) = reading.right.removed.items()
    assert (folder, name, by.layer) == (f"/{SITE}", "alpha", 5)
    assert reading.left.removed == {}
    assert read([], [distribution("gamma", "1")])[0].left.removed == {}
