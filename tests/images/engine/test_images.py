"""Images of a real engine, and of those that cannot run here: Podman and containerd's store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import ImageError, UsageError
from depcheck.images.engine import Engines, open_engine_image
from depcheck.images.layer import read_layer
from depcheck.images.values import Opened
from depcheck.model.observer import Silent
from tests.images.engine.answering import VERSION, Answering
from tests.support import oci
from tests.support.engine import Engine

BASE = oci.Layer({"etc/os-release": "ID=debian\n"}, "debootstrap")
APP = oci.Layer({"srv/app.py": "x = 1\n"}, "COPY . . # buildkit")
IMAGE = oci.Image(
    (BASE, oci.Step("ENV A=1"), APP, oci.Step('CMD ["app"]')),
    config={"Env": ["PATH=/srv", "A=1"], "Cmd": ["app"], "Labels": {"tier": "staging"}},
)
ARM = oci.Image((BASE,), platform="linux/arm64/v8")
INDEX = oci.Index((IMAGE, ARM))


def opened(url: str, name: str, platform: str | None = None) -> Opened:
    with Engines({"DOCKER_HOST": url}) as engines:
        return open_engine_image(name, platform=platform, engines=engines, observer=Silent())


@pytest.fixture(scope="module")
def loaded(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    archive = tmp_path_factory.mktemp("image") / "image.tar"
    engine.load(oci.docker_archive(archive, {"engine-image:1": IMAGE, "engine-image:arm": ARM}))
    yield engine.url
    engine.run("rmi", "engine-image:1", "engine-image:arm")


def test_an_image_of_a_real_engine(loaded: str) -> None:
    image = opened(loaded, "engine-image:1").image
    assert image.identity.config == IMAGE.id
    assert (image.identity.platform, image.identity.index) == ("linux/amd64", "")
    assert [layer.diff_id for layer in image.layers] == IMAGE.diff_ids
    assert [layer.step for layer in image.layers] == ["debootstrap", "COPY . ."]
    assert image.layers[0].created == "2026-11-01T12:00:00Z"
    assert image.settings["label.tier"].value == "staging"
    assert (image.path, image.command) == ("/srv", ("app",))
    assert image.runtime is None


def test_steps_of_the_classic_builder(engine: Engine, loaded: str) -> None:
    recipe = "FROM engine-image:1\nENV B=2\nCOPY a /a\nWORKDIR /made\nUSER app\nCOPY a /b\n"
    engine.build("engine-image:built", recipe, {"a": "1"})
    try:
        layers = opened(loaded, "engine-image:built").image.layers
    finally:
        engine.run("rmi", "engine-image:built")
    assert [layer.step.split(" ")[0] for layer in layers] == [
        "debootstrap", "COPY", "COPY", "WORKDIR", "COPY",
    ]  # fmt: skip


def test_an_image_by_its_id(loaded: str) -> None:
    for name in (IMAGE.id, IMAGE.id.partition(":")[2][:12]):
        assert opened(loaded, name).image.identity.config == IMAGE.id


def test_another_platform_than_the_one_that_is_there(loaded: str) -> None:
    assert opened(loaded, "engine-image:1", "linux/amd64")
    assert opened(loaded, "engine-image:arm", "linux/arm64").image.identity.platform
    with pytest.raises(ImageError, match="linux/amd64 alone, and linux/arm64 was asked") as caught:
        opened(loaded, "engine-image:1", "linux/arm64")
    assert "docker pull --platform linux/arm64 engine-image:1" in caught.value.hint


def test_an_unknown_image(loaded: str) -> None:
    with pytest.raises(ImageError, match="has no image engine-image:none"):
        opened(loaded, "engine-image:none")


@pytest.mark.parametrize("name", ["", "../containers/json", "Shop:1", "a b", "x://y"])
def test_what_is_no_reference_is_not_asked_for(name: str) -> None:
    with pytest.raises(UsageError):
        opened("unix:///nowhere", name)


def told(image: oci.Image, **more: Any) -> dict[str, Any]:
    """What ``GET /images/{name}/json`` says of an image."""
    system, architecture, *variant = image.platform.split("/")
    return {
        "Id": image.id, "Os": system, "Architecture": architecture, "Variant": "".join(variant),
        "Config": dict(image.config), "RootFS": {"Type": "layers", "Layers": image.diff_ids},
        "Created": image.created, "RepoDigests": [], **more,
    }  # fmt: skip


HISTORY = [
    {"CreatedBy": 'CMD ["app"]', "Size": 0, "Created": 1793534400},
    {"CreatedBy": "COPY . . # buildkit", "Size": 6, "Created": 1793534400},
    {"CreatedBy": "ENV A=1", "Size": 0, "Created": 1793534400},
    {"CreatedBy": "", "Comment": "imported", "Size": 10, "Created": 1793534400},
]


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Answering]:
    with Answering(tmp_path / "x.sock") as engine:
        yield engine


def test_podman(answering: Answering, tmp_path: Path) -> None:
    """It has its own form of ids and of archives: layers by their diff id, links to them."""
    answering.answers["/images/shop:1/json"] = told(
        IMAGE, Id=IMAGE.id.partition(":")[2], RepoDigests=[f"reg.example/shop@{IMAGE.digest}"]
    )
    answering.answers[f"/images/{IMAGE.id}/history"] = HISTORY
    files: dict[str, oci.Entry] = {"manifest.json": "[]"}
    for layer in IMAGE.layers:
        name = layer.diff_id.partition(":")[2]
        files[f"{name}.tar"] = layer.content
        files[f"{'0' * 63}{len(files)}/layer.tar"] = oci.Symlink(f"../{name}.tar")
    answering.answers["/images/get"] = oci.Layer(files).content
    with Engines({"DOCKER_HOST": answering.url}) as engines:
        found = open_engine_image("shop:1", platform=None, engines=engines, observer=Silent())
        assert found.image.identity.config == IMAGE.id
        assert found.image.identity.repositories == (f"reg.example/shop@{IMAGE.digest}",)
        assert [layer.step for layer in found.image.layers] == ["imported", "COPY . ."]
        assert read(found) == set(IMAGE.diff_ids)


def read(found: Opened) -> set[str]:
    (backing,) = found.backings
    return {
        read_layer(
            stream.chunks, diff_id=stream.diff_id, digest=stream.digest, wanted=lambda *_: None
        ).diff_id
        for stream in backing.streams(found.image.layers)
    }


def test_containerds_store(answering: Answering, tmp_path: Path) -> None:
    """An id is the index's digest there, and the save has gzip layers under that index."""
    answering.answers["/version"] = {**VERSION, "ApiVersion": "1.49"}
    repository = f"reg.example/shop@{INDEX.digest}"
    answer = told(
        IMAGE, Id=INDEX.digest, RepoDigests=[repository], Descriptor=INDEX.descriptor(),
        Created="0001-01-01T00:00:00Z",
    )  # fmt: skip
    manifests = [
        {"Kind": "attestation", "Descriptor": IMAGE.descriptor()},
        *(
            {
                "Kind": "image", "Descriptor": image.descriptor(),
                "ImageData": {"Platform": image.platform_object},
            }
            for image in (ARM, IMAGE)
        ),
    ]  # fmt: skip
    answering.answers["/images/shop:1/json"] = answer
    answering.answers[f"/images/{INDEX.digest}/json?manifests=true"] = {
        **answer, "Manifests": manifests,
    }  # fmt: skip
    answering.answers[f"/images/{INDEX.digest}/history"] = HISTORY
    archive = oci.layout_archive(tmp_path / "save.tar", {"1": INDEX})
    answering.answers["/images/get"] = archive.read_bytes()
    with Engines({"DOCKER_HOST": answering.url}) as engines:
        found = open_engine_image(
            "shop:1", platform="linux/amd64", engines=engines, observer=Silent()
        )
        identity = found.image.identity
        assert (identity.index, identity.manifest) == (INDEX.digest, IMAGE.digest)
        assert (identity.config, identity.created) == ("", "")
        assert set(IMAGE.diff_ids) <= read(found)
    asked = "%7B%22os%22%3A+%22linux%22%2C+%22architecture%22%3A+%22amd64%22%7D"
    assert f"/images/shop:1/json?platform={asked}" in answering.asked


def test_containerds_store_of_an_engine_that_tells_no_descriptor(answering: Answering) -> None:
    answering.answers["/images/shop:1/json"] = told(
        IMAGE, Id=IMAGE.digest, RepoDigests=[f"shop@{IMAGE.digest}"]
    )
    answering.answers[f"/images/{IMAGE.digest}/history"] = None
    image = opened(answering.url, "shop:1").image
    assert (image.identity.config, image.identity.index) == ("", IMAGE.digest)
    assert [layer.step for layer in image.layers] == ["", ""]


def test_one_manifest_without_an_index(answering: Answering) -> None:
    answering.answers["/images/shop:1/json"] = told(
        IMAGE, Id=IMAGE.digest, Descriptor=IMAGE.descriptor()
    )
    answering.answers[f"/images/{IMAGE.digest}/history"] = HISTORY
    identity = opened(answering.url, "shop:1").image.identity
    assert (identity.manifest, identity.index, identity.config) == (IMAGE.digest, "", "")
