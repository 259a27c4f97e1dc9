"""Images in OCI layout folders."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.archive import open_archive
from depcheck.images.layout import open_layout
from depcheck.images.platforms import host_platform
from depcheck.images.values import Opened
from tests.support import oci
from tests.support.programs import needs
from tests.support.registry import Registry

A, B = oci.Layer({"a": "a"}, "COPY a ."), oci.Layer({"b": "b" * 600_000}, "COPY b .", "none")
STAGING, PRODUCTION = oci.Image((A,)), oci.Image((A, B))
ARM = oci.Image((A,), platform="linux/arm64")


def contents(found: Opened) -> dict[str | None, bytes]:
    streams = found.backings[0].streams(found.image.layers)
    return {stream.diff_id: b"".join(stream.chunks) for stream in streams}


def refused(value: object, **more: str) -> ImageError:
    with pytest.raises(ImageError) as caught:
        open_layout(str(value), **more)
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return oci.write_layout(tmp_path / "shop", {"staging": STAGING, "team/shop:prod": PRODUCTION})


def test_an_image_by_its_name(folder: Path) -> None:
    found = open_layout(f"{folder}:team/shop:prod")
    assert found.image.identity.manifest == PRODUCTION.digest
    assert found.image.identity.config == PRODUCTION.id
    assert contents(found) == {A.diff_id: A.blob, B.diff_id: B.blob}
    (backing,) = found.backings
    index = (folder / "index.json").stat().st_size + (folder / "oci-layout").stat().st_size
    blobs = [PRODUCTION.manifest, *PRODUCTION.blobs()]
    assert (backing.way, backing.bytes_read) == ("layout", index + sum(map(len, blobs)))


def test_other_ways_to_name_it(folder: Path) -> None:
    for name in ("prod", f"@{PRODUCTION.digest}"):
        value = f"{folder}{name}" if name.startswith("@") else f"{folder}:{name}"
        assert open_layout(value).image.identity.config == PRODUCTION.id
    assert open_layout(f"{folder}:staging").image.identity.config == STAGING.id


def test_several_images_and_none_named(folder: Path) -> None:
    error = refused(folder)
    assert "holds 2 images: staging, team/shop:prod" in error.message
    assert f"oci:{folder}:staging" in error.hint
    assert 'did you mean "staging"?' in refused(f"{folder}:stagin").hint
    assert "no single image other/shop:prod" in refused(f"{folder}:other/shop:prod").message
    assert "holds no image sha256" in refused(f"{folder}@sha256:{'0' * 64}").message


def test_one_image_needs_no_name(tmp_path: Path) -> None:
    path = oci.write_layout(tmp_path / "with:colon", {"1": STAGING})
    assert open_layout(str(path)).image.identity.config == STAGING.id
    assert open_layout(f"{path}:1").image.identity.config == STAGING.id


def test_platforms_in_an_index_or_side_by_side(tmp_path: Path) -> None:
    index = oci.Index((STAGING, ARM), attested=True)
    path = oci.write_layout(tmp_path / "index", {"1": index})
    found = open_layout(f"{path}:1", platform="linux/arm64")
    assert found.image.identity.manifest == ARM.digest
    assert found.image.identity.index == index.digest
    assert "it has linux/amd64, linux/arm64" in refused(path, platform="linux/s390x").message
    flat = oci.write_layout(tmp_path / "flat", {"1": STAGING, "2": ARM})
    told = json.loads((flat / "index.json").read_bytes())
    for each in told["manifests"]:
        del each["annotations"]
    (flat / "index.json").write_text(json.dumps(told))
    assert open_layout(str(flat), platform="linux/arm64").image.identity.manifest == ARM.digest
    if host_platform() == "linux/amd64":
        assert open_layout(str(flat)).image.identity.manifest == STAGING.digest


def test_what_is_no_layout(tmp_path: Path, folder: Path) -> None:
    assert "is no folder" in refused(tmp_path / "absent").message
    assert "is no folder" in refused(folder / "index.json").message
    assert "is no OCI layout" in refused(tmp_path).message
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "2.0"}')
    assert "unknown version 2.0" in refused(f"{folder}:staging").message
    (folder / "oci-layout").write_text("[]")
    assert "oci-layout is broken" in refused(f"{folder}:staging").message


def blob(folder: Path, digest: str) -> Path:
    return folder / "blobs" / digest.replace(":", "/")


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    for opening in (open_layout, open_archive):
        with pytest.raises(ImageError, match="too long"):
            opening(f"{tmp_path}/{'x' * 300}")


def test_a_tag_may_be_longer_than_a_name_of_a_file(folder: Path) -> None:
    with pytest.raises(ImageError, match="has no single image"):
        open_layout(f"{folder}:{'x' * 300}")


def test_blobs_that_are_not_what_they_say(folder: Path) -> None:
    blob(folder, STAGING.id).write_bytes(ARM.config_blob)
    assert "is not what its digest says" in refused(f"{folder}:staging").message
    blob(folder, STAGING.id).unlink()
    assert "cannot be read: No such file" in refused(f"{folder}:staging").message
    blob(folder, PRODUCTION.digest).write_bytes(b" " * (5 << 20))
    assert "larger than 4 MiB" in refused(f"{folder}:prod").message


def test_a_layer_that_is_gone(folder: Path) -> None:
    found = open_layout(f"{folder}:prod")
    blob(folder, oci.digest_of(B.blob)).unlink()
    with pytest.raises(ImageError, match="cannot be read"):
        contents(found)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links and pipes")
def test_what_leads_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(STAGING.config_blob)
    path = blob(folder, STAGING.id)
    path.unlink()
    path.symlink_to(secret)
    assert "leads out of the folder" in refused(f"{folder}:staging").message
    path.unlink()
    path.symlink_to(path)
    assert "cannot be read" in refused(f"{folder}:staging").message
    path.unlink()
    os.mkfifo(path)
    assert "no regular file" in refused(f"{folder}:staging").message
    path.unlink()
    (folder / "kept").write_bytes(STAGING.config_blob)
    path.symlink_to(folder / "kept")  # a link that stays inside is fine
    assert open_layout(f"{folder}:staging").image.identity.config == STAGING.id


@needs("skopeo", "no skopeo to copy an image with")
def test_what_skopeo_writes(registry: Registry, tmp_path: Path) -> None:
    oci.push(PRODUCTION, registry.host, "team/copied", "1")
    subprocess.run(
        ["skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false",
         f"docker://{registry.host}/team/copied:1", f"oci:{tmp_path}/copy:1"],
        check=True,
    )  # fmt: skip
    found = open_layout(f"{tmp_path}/copy:1")
    assert found.image.identity.config == PRODUCTION.id  # the layers are compressed anew
    assert list(contents(found)) == PRODUCTION.diff_ids
