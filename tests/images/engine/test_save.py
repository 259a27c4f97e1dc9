"""An engine's save: layers as they come by, none stored, each known for what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.engine import Engines, engine_backing, open_engine_image, together
from depcheck.images.layer import read_layer
from depcheck.images.values import Backing, Layer
from depcheck.model.observer import Silent
from tests.images.engine.answering import Answering, Cut, Refusal
from tests.support import oci
from tests.support.engine import Engine

BASE = oci.Layer({"etc/os-release": "ID=debian\n", "big": bytes(3 << 20)})
SAME = oci.Layer({"srv/same": "1"})
LEFT, RIGHT = oci.Layer({"srv/app": "left"}), oci.Layer({"srv/app": "right"})
EMPTY = oci.Layer({})
IMAGES = {
    "engine-save:left": oci.Image((BASE, SAME, EMPTY, LEFT)),
    "engine-save:right": oci.Image((BASE, SAME, RIGHT), config={"Env": ["A=<&>\u2028"]}),
    "engine-save:other": oci.Image((BASE, SAME), config={"User": "app"}),
}


@pytest.fixture(scope="module")
def loaded(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine.load(oci.docker_archive(tmp_path_factory.mktemp("save") / "images.tar", IMAGES))
    yield engine
    engine.run("rmi", *IMAGES)


def read(backing: Backing, wanted: Sequence[Layer]) -> list[str]:
    """Return the diff ids of all that a backing yields, hashed here."""
    return [
        read_layer(
            stream.chunks, diff_id=stream.diff_id, digest=stream.digest, wanted=lambda *_: None
        ).diff_id
        for stream in backing.streams(wanted)
    ]


def test_two_images_in_one_call(loaded: Engine) -> None:
    with Engines({"DOCKER_HOST": loaded.url}) as engines:
        opened = [
            open_engine_image(name, platform=None, engines=engines, observer=Silent())
            for name in ("engine-save:left", "engine-save:right")
        ]
        save = together(opened[0].backings[0], opened[1].backings[0])
        assert save is not None
        layers = [layer for each in opened for layer in each.image.layers]
        found = read(save, layers)
        assert set(found) == {each.diff_id for each in (BASE, SAME, EMPTY, LEFT, RIGHT)}
        assert len(found) == 5  # what both have comes once
        assert save.bytes_read > 3 << 20


def test_images_with_the_same_layers(loaded: Engine) -> None:
    with Engines({"DOCKER_HOST": loaded.url}) as engines:
        save = engine_backing(engines.get(), tuple(IMAGES))
        assert set(read(save, ())) >= {layer.diff_id for layer in (BASE, SAME, LEFT, RIGHT)}


def test_a_stream_that_is_not_read_to_its_end_does_not_matter(loaded: Engine) -> None:
    with Engines({"DOCKER_HOST": loaded.url}) as engines:
        save = engine_backing(engines.get(), ("engine-save:left",))
        assert len([next(stream.chunks) for stream in save.streams(())]) == 4
        next(save.streams(()))  # and none after the first
        assert len(read(save, ())) == 4


def test_backings_of_two_engines_are_not_put_together(loaded: Engine) -> None:
    with (
        Engines({"DOCKER_HOST": loaded.url}) as one,
        Engines({"DOCKER_HOST": loaded.url}) as two,
    ):
        assert together(*(engine_backing(each.get(), ("a",)) for each in (one, two))) is None


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answering]:
    with Answering(tmp_path / "x.sock") as engine:
        yield engine


def layers_of(image: oci.Image) -> list[Layer]:
    return [Layer(position=n, diff_id=d) for n, d in enumerate(image.diff_ids, 1)]


def test_the_archive_of_later_engines(answering: Answering, tmp_path: Path) -> None:
    """An OCI layout with plain layers, that are known by their names."""
    archive = oci.docker_archive(tmp_path / "save.tar", IMAGES, style="oci")
    answering.answers["/images/get"] = archive.read_bytes()
    with Engines({"DOCKER_HOST": answering.url}) as engines:
        save = engine_backing(engines.get(), ("a", "b", "a"))
        left = layers_of(IMAGES["engine-save:left"])
        assert set(read(save, left)) == {each.diff_id for each in (BASE, SAME, EMPTY, LEFT, RIGHT)}
    assert answering.asked[-1] == "/images/get?names=a&names=b"


def test_zstandard_and_an_attestation(answering: Answering, tmp_path: Path) -> None:
    image = oci.Image((oci.Layer(LEFT.entries, compression="zstd"), BASE))
    index = oci.Index((image,), attested=True)
    archive = oci.layout_archive(tmp_path / "save.tar", {"1": index})
    answering.answers["/images/get"] = archive.read_bytes()
    with Engines({"DOCKER_HOST": answering.url}) as engines:
        found = read(engine_backing(engines.get(), ("a",)), layers_of(image))
    assert set(found) >= set(image.diff_ids)


@pytest.mark.parametrize("end", [300, 3000, 2_000_000])
def test_a_save_that_is_cut(answering: Answering, tmp_path: Path, end: int) -> None:
    archive = oci.docker_archive(tmp_path / "save.tar", IMAGES).read_bytes()
    for answer in (Cut(archive[:end]), archive[:end]):  # the connection breaks; it just ends
        answering.answers["/images/get"] = answer
        with Engines({"DOCKER_HOST": answering.url}) as engines:
            save = engine_backing(engines.get(), ("a",))
            with pytest.raises(ImageError, match=r"closed the connection|cut short"):
                read(save, ())


def test_a_save_that_is_no_tar(answering: Answering) -> None:
    answering.answers["/images/get"] = b"x" * 2000
    with (
        Engines({"DOCKER_HOST": answering.url}) as engines,
        pytest.raises(ImageError, match="saved of a cannot be read"),
    ):
        read(engine_backing(engines.get(), ("a",)), ())


def test_a_save_that_is_refused(answering: Answering) -> None:
    answering.answers["/images/get"] = Refusal(500, "no space left on device")
    with (
        Engines({"DOCKER_HOST": answering.url}) as engines,
        pytest.raises(ImageError, match="answered 500: no space left"),
    ):
        read(engine_backing(engines.get(), ("a",)), ())


def test_a_blob_that_is_not_what_its_name_says(answering: Answering) -> None:
    name = "blobs/sha256/" + "0" * 64
    answering.answers["/images/get"] = oci.Layer({name: LEFT.blob}).content
    with (
        Engines({"DOCKER_HOST": answering.url}) as engines,
        pytest.raises(ImageError, match="promised"),
    ):
        read(engine_backing(engines.get(), ("a",)), ())
