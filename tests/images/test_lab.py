"""The real parts themselves: what the synthetic images are is what others read in them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import oci
from tests.support.contents import debian, distribution, interpreter, venv
from tests.support.engine import Engine
from tests.support.programs import needs
from tests.support.registry import Registry

BASE = oci.Layer(
    {
        **debian("12", {"openssl": "3.0.16-1~deb12u1"}), **interpreter("3.11.2"),
        **venv("opt/venv", "3.11.2"), "etc/motd": "hello", "opt/old/a": "1",
        "bin/second": oci.Hardlink("usr/bin/python3.11"), "dev/null": oci.Device(1, 3),
    },
    "debootstrap",
)  # fmt: skip
TOP = oci.Layer(
    {
        **distribution("PyJWT", "2.10.1"), "etc/motd": oci.WHITEOUT,
        "opt/old": oci.OPAQUE, "opt/old/b": "2",
    },
    "COPY . .",
)  # fmt: skip
IMAGE = oci.Image((BASE, oci.Step("ENV A=1"), TOP), config={"Env": ["A=1"], "User": "app"})
ZSTD = oci.Image((oci.Layer(TOP.entries, compression="zstd"),))
ARM = oci.Image((BASE,), platform="linux/arm64/v8")

needs_skopeo = needs("skopeo", "no skopeo to read with")


def skopeo(where: str) -> dict[str, object]:
    command = ["skopeo", "inspect", "--raw", "--tls-verify=false", where]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("style", ["classic", "oci"])
def test_an_engine_loads_the_archive_and_finds_what_was_written(
    engine: Engine, tmp_path: Path, style: str
) -> None:
    other = oci.Image((BASE, TOP), config={"User": "other"})
    archive = oci.docker_archive(
        tmp_path / "a.tar", {"synthetic:one": IMAGE, "synthetic:two": other}, style=style
    )
    engine.load(archive)
    for name, image in {"synthetic:one": IMAGE, "synthetic:two": other}.items():
        told = json.loads(engine.run("image", "inspect", name))[0]
        assert told["Id"] == image.id
        assert told["RootFS"]["Layers"] == image.diff_ids
        assert told["Config"]["User"] == image.config["User"]


def test_a_container_has_what_the_layers_say(engine: Engine, tmp_path: Path) -> None:
    engine.load(oci.docker_archive(tmp_path / "a.tar", {"synthetic:one": IMAGE}))
    container = engine.create("synthetic:one")
    try:
        engine.run("export", "-o", str(tmp_path / "root.tar"), container)
    finally:
        engine.remove(container)
    shutil.unpack_archive(tmp_path / "root.tar", tmp_path / "root", filter="fully_trusted")
    assert not (tmp_path / "root/etc/motd").exists()
    assert [path.name for path in (tmp_path / "root/opt/old").iterdir()] == ["b"]


def test_a_build_stands_on_a_synthetic_image(engine: Engine, tmp_path: Path) -> None:
    engine.load(oci.docker_archive(tmp_path / "a.tar", {"synthetic:one": IMAGE}))
    engine.build("synthetic:built", "FROM synthetic:one\nCOPY x.txt /x\n", {"x.txt": "x"})
    layers = json.loads(engine.run("image", "inspect", "synthetic:built"))[0]["RootFS"]["Layers"]
    assert layers[:2] == IMAGE.diff_ids
    assert len(layers) == 3


@needs_skopeo
def test_a_registry_takes_images_of_each_kind(registry: Registry) -> None:
    index = oci.Index((IMAGE, ARM), attested=True)
    old = oci.Image((BASE,), dialect="docker")
    for tag, image in {"one": IMAGE, "zstd": ZSTD, "multi": index, "old": old}.items():
        assert oci.push(image, registry.host, "team/shop", tag) == image.digest
        assert skopeo(f"docker://{registry.host}/team/shop:{tag}") == json.loads(image.manifest)
    assert "PUT /v2/team/shop/manifests/multi 201" in registry.log()


def test_a_guarded_registry_lets_in_who_knows_the_password(guarded_registry: Registry) -> None:
    host = guarded_registry.host
    oci.push(IMAGE, host, "team/shop", "one", auth=guarded_registry.auth)
    with pytest.raises(OSError, match="401"):
        oci.push(IMAGE, host, "team/shop", "one", auth=("user", "wrong"))


@needs_skopeo
def test_a_layout_is_one_to_others(tmp_path: Path) -> None:
    folder = oci.write_layout(tmp_path / "shop", {"staging": IMAGE, "zstd": ZSTD})
    archive = oci.layout_archive(tmp_path / "shop.tar", {"staging": IMAGE})
    for where in (f"oci:{folder}:staging", f"oci-archive:{archive}"):
        assert skopeo(where) == json.loads(IMAGE.manifest)
