"""Manifests and indexes: what is taken for an image, and which of several."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depcheck.errors import ImageError, UsageError
from depcheck.images.manifest import Index, Manifest, choose, parse_manifest
from depcheck.images.platforms import fitting, host_platform, parse_platform
from tests.support import oci

LAYER = oci.Layer({"a": "a"})
AMD = oci.Image((LAYER,))


def parsed(value: Any, media_type: str = "") -> Manifest | Index:
    data = value if isinstance(value, bytes) else oci.as_json(value)
    return parse_manifest(data, "shop:1", media_type=media_type)


def told(image: oci.Image = AMD, **changes: Any) -> dict[str, Any]:
    return {**json.loads(image.manifest), **changes}


def refused(value: Any, media_type: str = "") -> ImageError:
    with pytest.raises(ImageError) as caught:
        parsed(value, media_type)
    return caught.value


def index_of(*platforms: str, **more: Any) -> Index:
    images = tuple(oci.Image((LAYER,), platform=each) for each in platforms)
    found = parsed(oci.Index(images, **more).manifest)
    assert isinstance(found, Index)
    return found


@pytest.mark.parametrize("dialect", ["oci", "docker"])
def test_both_dialects(dialect: Any) -> None:
    image = oci.Image((LAYER,), dialect=dialect)
    found = parsed(image.manifest, image.media_type + "; charset=utf-8")
    assert isinstance(found, Manifest)
    assert found.config.digest == image.id
    assert [layer.digest for layer in found.layers] == [oci.digest_of(LAYER.blob)]
    assert found.layers[0].size == len(LAYER.blob)
    assert isinstance(parsed(oci.Index((image,), dialect=dialect).manifest), Index)


def test_a_document_without_its_media_type() -> None:
    bare = told()
    del bare["mediaType"]
    assert isinstance(parsed(bare), Manifest)
    assert isinstance(parsed(bare, "text/plain"), Manifest)
    assert isinstance(parsed({"schemaVersion": 2, "manifests": []}), Index)


def test_foreign_layers_are_layers() -> None:
    layer = {**told()["layers"][0], "urls": ["http://169.254.169.254/x"]}
    layer["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    found = parsed(told(layers=[layer]))
    assert isinstance(found, Manifest)
    assert not hasattr(found.layers[0], "urls")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"schemaVersion": 1, "name": "x", "fsLayers": []}, "schema 1"),
        (told(config={**told()["config"], "mediaType": "application/vnd.cncf.helm.config.v1+json"}),
         "not an image: it is a Helm chart"),
        (told(layers=[{**told()["layers"][0], "mediaType": "application/vnd.in-toto+json"}]),
         "not an image: it is an attestation"),
        (told(artifactType="application/x.sbom",
              config={**told()["config"], "mediaType": "application/vnd.oci.empty.v1+json"}),
         "not an image: it holds application/x.sbom"),
        (told(layers=[{**told()["layers"][0],
                       "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"}]),
         "encrypted"),
        (told(mediaType="application/json"), "not an image: it holds application/json"),
        ({"schemaVersion": 2}, "neither layers nor manifests"),
        (told(manifests=[]), "at once"),
        (told(layers=[{**told()["layers"][0], "digest": "sha256:../../x"}]), "no sha256"),
        (told(layers=[{**told()["layers"][0], "size": -1}]), "no count"),
        (told(layers=[{**told()["layers"][0], "size": True}]), "no count"),
        (told(layers={}), "no list"),
        (told(layers=[1]), "no list of objects"),
        (told(config=[]), "no object"),
        (told(config=None), "no sha256"),
        (b"[]", "no JSON object"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        (b'{"size":' + b"9" * 10_000 + b"}", "no JSON"),
        (b" " * (5 << 20), "larger than 4 MiB"),
    ],
    ids=range(21),
)  # fmt: skip
def test_what_is_no_image(value: Any, reason: str) -> None:
    assert reason in refused(value).message


def test_one_thing_announced_and_another_told() -> None:
    error = refused(AMD.manifest, "application/vnd.oci.image.index.v1+json")
    assert "was announced as" in error.message


def test_the_platform_asked_for() -> None:
    index = index_of("linux/amd64", "linux/arm64/v8", "linux/arm/v6", "linux/arm/v7", attested=True)
    assert choose(index, "linux/arm64", "x").platform == "linux/arm64"
    assert choose(index, "linux/arm", "x").platform == "linux/arm"  # v7 goes without saying
    assert choose(index, "linux/arm/v6", "x").platform == "linux/arm/v6"
    with pytest.raises(ImageError) as caught:
        choose(index, "linux/s390x", "shop:1")
    assert "it has linux/amd64, linux/arm, linux/arm/v6, linux/arm64" in caught.value.message
    assert "--platform linux/amd64" in caught.value.hint


def test_no_platform_asked_for() -> None:
    only = index_of("linux/s390x", attested=True)
    assert choose(only, None, "x").platform == "linux/s390x"
    both = index_of("linux/s390x", host_platform())
    assert choose(both, None, "x").platform == host_platform()
    with pytest.raises(ImageError, match="lists none"):
        choose(Index(members=()), None, "x")


def test_an_index_within_an_index() -> None:
    inner = oci.Index((AMD,))
    found = parsed(oci.Index((oci.Image((LAYER,), platform="linux/s390x"), inner)).manifest)
    assert isinstance(found, Index)
    assert choose(found, "linux/amd64", "x").digest == inner.digest


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("linux/amd64", "linux/amd64"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/armhf", "linux/arm"),
        ("linux/amd64/v3", "linux/amd64/v3"),
    ],
)
def test_spellings(text: str, usual: str) -> None:
    assert parse_platform(text) == usual


@pytest.mark.parametrize("text", ["", "linux", "linux/", "/amd64", "a/b/c/d", "linux/am d64"])
def test_what_is_no_platform(text: str) -> None:
    with pytest.raises(UsageError, match="no platform"):
        parse_platform(text)


def test_a_higher_variant_stands_for_the_architecture() -> None:
    assert fitting("linux/amd64", ["linux/amd64/v2", "linux/amd64/v3"]) == 1
    assert fitting("linux/amd64/v3", ["linux/amd64"]) is None
