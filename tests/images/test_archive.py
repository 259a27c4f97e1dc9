"""Images in one file, as docker save and skopeo write them."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from depcheck.errors import ImageError
from depcheck.images.archive import open_archive
from depcheck.images.values import Layer, Opened
from tests.support import oci
from tests.support.programs import needs
from tests.support.registry import Registry

NOISE = bytes(range(256)) * 4096
A = oci.Layer({"a": "a"}, "COPY a .")
B = oci.Layer({"b": NOISE}, "COPY b .")
C = oci.Layer({"c": "c"}, "COPY c .")
STAGING, PRODUCTION = oci.Image((A, B)), oci.Image((A, B, C))
BOTH = {"shop:staging": STAGING, "team/shop:prod": PRODUCTION}


def contents(found: Opened) -> dict[str | None, bytes]:
    streams = found.backings[0].streams(found.image.layers)
    return {stream.diff_id: b"".join(stream.chunks) for stream in streams}


def refused(value: object, **more: str) -> ImageError:
    with pytest.raises(ImageError) as caught:
        open_archive(str(value), **more)
    return caught.value


def plain(path: Path) -> Path:
    return path


def gzipped(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


def zstd(path: Path) -> Path:
    packed = path.with_name(path.name + ".zst")
    packed.write_bytes(zstandard.compress(path.read_bytes()))
    return packed


@pytest.mark.parametrize("pack", [plain, gzipped, zstd])
@pytest.mark.parametrize("style", ["classic", "oci"])
def test_what_docker_saves(tmp_path: Path, style: str, pack: Callable[[Path], Path]) -> None:
    path = pack(oci.docker_archive(tmp_path / "both.tar", BOTH, style=style))  # type: ignore[arg-type]  # the two that there are
    found = open_archive(f"{path}:team/shop:prod")
    assert found.image.identity.platform == "linux/amd64"
    assert [layer.diff_id for layer in found.image.layers] == PRODUCTION.diff_ids
    assert contents(found) == {layer.diff_id: layer.content for layer in (A, B, C)}
    assert found.backings[0].way == "archive"
    assert open_archive(f"{path}:shop:staging").image.identity.config == STAGING.id
    assert "holds 2 images: shop:staging, team/shop:prod" in refused(path).message
    assert "no single image shop:prod" in refused(f"{path}:shop:prod").message
    found.backings[0].close()


@pytest.mark.parametrize("pack", [plain, gzipped, zstd])
def test_a_layout_in_a_tar(tmp_path: Path, pack: Callable[[Path], Path]) -> None:
    path = pack(oci.layout_archive(tmp_path / "shop.tar", {"1": PRODUCTION}))
    found = open_archive(str(path))
    assert found.image.identity.manifest == PRODUCTION.digest
    assert contents(found) == {layer.diff_id: layer.blob for layer in (A, B, C)}
    assert open_archive(f"{path}@{PRODUCTION.digest}").image.identity.config == PRODUCTION.id


def test_only_what_is_wanted_is_read_of_a_plain_tar(tmp_path: Path) -> None:
    path = oci.docker_archive(tmp_path / "a.tar", BOTH)
    found = open_archive(f"{path}:shop:staging")
    (backing,) = found.backings
    before = backing.bytes_read
    foreign = Layer(position=3, diff_id=C.diff_id)
    (stream,) = backing.streams([found.image.layers[0], foreign])
    assert b"".join(stream.chunks) == A.content
    assert backing.bytes_read - before == len(A.content)
    assert before < 40_000


def test_a_stream_that_is_left_half_read(tmp_path: Path) -> None:
    path = gzipped(oci.docker_archive(tmp_path / "a.tar", {"shop:1": PRODUCTION}))
    found = open_archive(str(path))
    seen = {}
    for stream in found.backings[0].streams(found.image.layers):
        seen[stream.diff_id] = next(iter(stream.chunks))
    assert {diff_id: len(start) > 0 for diff_id, start in seen.items()} == dict.fromkeys(
        PRODUCTION.diff_ids, True
    )
    assert contents(found) == {layer.diff_id: layer.content for layer in (A, B, C)}


def test_the_platform(tmp_path: Path) -> None:
    path = oci.docker_archive(tmp_path / "a.tar", {"shop:1": STAGING})
    assert open_archive(str(path), platform="linux/x86_64").image.identity.config == STAGING.id
    assert "is for linux/amd64" in refused(path, platform="linux/arm64").message


def test_what_is_no_archive(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("hello " * 1000)
    empty = tmp_path / "empty.tar"
    tarfile.open(empty, "w").close()
    packed = tmp_path / "bad.tar.gz"
    packed.write_bytes(gzip.compress(b"x" * 10_000)[:-20])
    xz = tmp_path / "x.tar.xz"
    xz.write_bytes(b"\xfd7zXZ\x00" + b"x" * 1000)
    assert "cannot be read: No such file" in refused(tmp_path / "absent.tar").message
    assert "is a folder" in refused(tmp_path).message
    assert "is no tar" in refused(text).message
    assert "holds no image" in refused(empty).message
    assert str(packed) in refused(packed).message
    assert "compressed with xz" in refused(xz).message


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_an_archive_that_is_cut(tmp_path: Path, pack: Callable[[Path], Path]) -> None:
    path = oci.docker_archive(tmp_path / "a.tar", {"shop:1": STAGING})
    path.write_bytes(path.read_bytes()[:600_000])
    assert "is cut short" in refused(pack(path)).message


def tar_of(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def saved(
    layers: list[str], *more: tuple[tarfile.TarInfo, bytes]
) -> list[tuple[tarfile.TarInfo, bytes]]:
    told = [{"Config": "config.json", "RepoTags": ["shop:1"], "Layers": layers}]
    image = oci.Image((A,))
    return [
        (tarfile.TarInfo("manifest.json"), json.dumps(told).encode()),
        (tarfile.TarInfo("config.json"), image.config_blob),
        *more,
    ]


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_links_are_followed_inside_alone(tmp_path: Path) -> None:
    layer = (tarfile.TarInfo("x/layer.tar"), A.content)
    for name, one in (
        ("y/layer.tar", link("y/layer.tar", "../x/layer.tar")),
        ("h.tar", link("h.tar", "x/layer.tar", tarfile.LNKTYPE)),
    ):
        path = tar_of(tmp_path / "good.tar", saved([name], layer, one))
        assert contents(open_archive(str(path))) == {A.diff_id: A.content}
    for target in ("/etc/passwd", "../../../etc/passwd", "bad.tar", "absent"):
        path = tar_of(tmp_path / "bad.tar", saved(["bad.tar"], link("bad.tar", target)))
        found = open_archive(str(path))
        with pytest.raises(ImageError, match=r"has no file bad\.tar"):
            contents(found)


def test_long_names_and_pax_sizes(tmp_path: Path) -> None:
    name = "folder/" * 30 + "layer.tar"
    for format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        path = tmp_path / "long.tar"
        with tarfile.open(path, "w", format=format) as archive:
            for info, content in saved([name], (tarfile.TarInfo(name), A.content)):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        assert contents(open_archive(str(path))) == {A.diff_id: A.content}


def test_documents_that_make_no_sense(tmp_path: Path) -> None:
    for told, reason in (
        (b"{}", "no list"),
        (b"[]", "holds no image"),
        (b"[1]", "no list of objects"),
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"Config":"absent.json","Layers":[]}]', "has no file absent.json"),
        (b'[{"Layers":[]}]', "has no file"),
        (b'[{"Config":"config.json","Layers":[]}]', "it has 0 layers, its configuration 1"),
        (b" " * (5 << 20), "larger than 4 MiB"),
    ):
        members = [(tarfile.TarInfo("manifest.json"), told), saved([])[1]]
        path = tar_of(tmp_path / "a.tar", members)
        assert reason in refused(path).message
        assert reason in refused(gzipped(path)).message


def test_headers_made_to_exhaust(tmp_path: Path) -> None:
    began = time.process_time()
    huge = tarfile.TarInfo("pax")
    huge.type, huge.size = tarfile.XHDTYPE, 8 << 30
    path = tmp_path / "pax.tar"
    path.write_bytes(huge.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)
    assert "an extended header of 8,589,934,592 bytes" in refused(path).message
    records = b"5 a=\n" * 200_000
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    tail = oci.docker_archive(tmp_path / "a.tar", {"shop:1": STAGING}).read_bytes()
    path.write_bytes(info.tobuf() + records + b"\0" * (-len(records) % 512) + tail)
    assert open_archive(str(path)).image.identity.config == STAGING.id
    sparse = tarfile.TarInfo("big")
    sparse.size = 1 << 60
    path.write_bytes(sparse.tobuf(tarfile.GNU_FORMAT) + b"x" * 512)
    assert "is cut short" in refused(path).message
    assert time.process_time() - began < 5


@needs("skopeo", "no skopeo to copy an image with")
@pytest.mark.parametrize("transport", ["docker-archive", "oci-archive"])
def test_what_skopeo_writes(registry: Registry, tmp_path: Path, transport: str) -> None:
    oci.push(PRODUCTION, registry.host, "team/archived", "1")
    name = "shop:1" if transport == "docker-archive" else "1"
    subprocess.run(
        ["skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false",
         f"docker://{registry.host}/team/archived:1", f"{transport}:{tmp_path}/a.tar:{name}"],
        check=True,
    )  # fmt: skip
    found = open_archive(f"{tmp_path}/a.tar:{name}")
    assert [layer.diff_id for layer in found.image.layers] == PRODUCTION.diff_ids
    assert set(contents(found)) == set(PRODUCTION.diff_ids)
