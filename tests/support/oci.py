"""Small container images made from data, without an engine, the same bytes every time.

    base = Layer({"etc/os-release": "ID=debian\\n", "bin/sh": Symlink("dash")}, "debootstrap")
    app = Layer({"srv/app.py": File("x = 1\\n", mode=0o755), "etc/motd": WHITEOUT,
                 "opt/old": OPAQUE, "opt/old/new.txt": "kept"}, "COPY . .", compression="zstd")
    image = Image((base, Step("ENV A=1"), app), config={"Env": ["A=1"], "User": "app"})
    image.digest, image.id, image.diff_ids          # "sha256:..." each

    write_layout(tmp_path / "shop", {"staging": image})            # OCI layout directory
    layout_archive(tmp_path / "shop.tar", {"staging": image})      # the same as one tar
    docker_archive(tmp_path / "a.tar", {"shop:staging": image})    # docker save up to 24
    docker_archive(tmp_path / "b.tar", {"shop:staging": image}, style="oci")  # from 25 on
    push(Index((image, arm)), "127.0.0.1:5000", "team/shop", "staging")       # returns the digest

What stands in a layer is a ``str``, ``bytes`` or one of the entries below, by path. Parent
folders are added. ``Layer(tar=...)`` takes the bytes of a tar made elsewhere (hostile ones).
Formats: OCI image-spec 1.1; Docker image specification 1.2 for archives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from tests.support.oci_layers import (
    EPOCH,
    OPAQUE,
    WHITEOUT,
    Device,
    Entry,
    File,
    Folder,
    Hardlink,
    Layer,
    Symlink,
    digest_of,
)
from tests.support.oci_push import Session

__all__ = [
    "EPOCH", "OPAQUE", "WHITEOUT", "Device", "Entry", "File", "Folder", "Hardlink", "Image",
    "Index", "Layer", "Step", "Symlink", "digest_of", "docker_archive", "layout_archive", "push",
    "write_layout",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A build step that makes no layer, as ``ENV A=1``."""

    created_by: str


@dataclass(frozen=True)
class Image:
    """An image for one platform; ``config`` is the configuration's ``config`` object.

    ``platform`` is ``os/architecture[/variant]``. ``dialect`` chooses media types; Docker's
    has no zstd. ``history=False`` leaves the history out. ``extra`` is merged into the
    configuration, ``annotations`` stand in the manifest.
    """

    steps: tuple[Layer | Step, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    platform: str = "linux/amd64"
    created: str = "2026-11-01T12:00:00Z"
    dialect: Literal["oci", "docker"] = "oci"
    history: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(step for step in self.steps if isinstance(step, Layer))

    @property
    def diff_ids(self) -> list[str]:
        return [layer.diff_id for layer in self.layers]

    @property
    def platform_object(self) -> dict[str, str]:
        return dict(zip(("os", "architecture", "variant"), self.platform.split("/"), strict=False))

    @cached_property
    def config_blob(self) -> bytes:
        told: dict[str, Any] = {"created": self.created, **self.platform_object}
        told |= {"config": dict(self.config)}
        told |= {"rootfs": {"type": "layers", "diff_ids": self.diff_ids}}
        if self.history:
            told["history"] = [_told(step, self.created) for step in self.steps]
        return as_json({**told, **self.extra})

    @property
    def id(self) -> str:
        """Digest of the configuration, which the classic image store uses as the id."""
        return digest_of(self.config_blob)

    @cached_property
    def manifest(self) -> bytes:
        layers = [
            _descriptor(_media(self.dialect, layer.compression), layer.blob)
            for layer in self.layers
        ]
        told: dict[str, Any] = {"schemaVersion": 2, "mediaType": self.media_type}
        told["config"] = _descriptor(_media(self.dialect, "config"), self.config_blob)
        told["layers"] = layers
        return as_json(told | ({"annotations": dict(self.annotations)} if self.annotations else {}))

    @property
    def media_type(self) -> str:
        return _media(self.dialect, "manifest")

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)

    def descriptor(self) -> dict[str, Any]:
        return _descriptor(self.media_type, self.manifest) | {"platform": self.platform_object}

    def blobs(self) -> Iterator[bytes]:
        """Everything that the manifest points to, and not the manifest itself."""
        yield self.config_blob
        for layer in self.layers:
            yield layer.blob


@dataclass(frozen=True)
class Index:
    """Images of several platforms; an index may hold an index.

    ``attested`` adds what BuildKit adds: a manifest of the platform ``unknown/unknown``.
    """

    images: tuple[Image | Index, ...]
    dialect: Literal["oci", "docker"] = "oci"
    attested: bool = False

    @property
    def media_type(self) -> str:
        return _media(self.dialect, "index")

    @cached_property
    def members(self) -> tuple[Image | Index, ...]:
        if not self.attested:
            return self.images
        note = Layer(compression="none", created_by="attestation")
        return (*self.images, Image((note,), platform="unknown/unknown"))

    @cached_property
    def manifest(self) -> bytes:
        told = [image.descriptor() for image in self.members]
        if self.attested:
            told[-1]["annotations"] = {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": told[0]["digest"],
            }
        return as_json({"schemaVersion": 2, "mediaType": self.media_type, "manifests": told})

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)

    def descriptor(self) -> dict[str, Any]:
        return _descriptor(self.media_type, self.manifest)

    def blobs(self) -> Iterator[bytes]:
        """Everything that the index points to, the manifests of its members included."""
        for image in self.members:
            yield image.manifest
            yield from image.blobs()


def as_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def write_layout(folder: Path, images: Mapping[str, Image | Index]) -> Path:
    """Write an OCI layout directory (image-spec, image-layout) with these tags."""
    for name, content in _layout(images).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def layout_archive(path: Path, images: Mapping[str, Image | Index]) -> Path:
    """Write the layout as one tar, as ``skopeo copy ... oci-archive:`` does."""
    path.write_bytes(Layer(_layout(images)).content)
    return path


def docker_archive(
    path: Path, images: Mapping[str, Image], *, style: Literal["classic", "oci"] = "classic"
) -> Path:
    """Write what ``docker save`` writes of images by reference (``shop:staging``).

    ``classic``: ``<id>/layer.tar`` with equal layers as symbolic links (Engine up to 24).
    ``oci``: an OCI layout with uncompressed layers and a ``manifest.json`` (25 and later).
    """
    write = _classic if style == "classic" else _modern
    path.write_bytes(Layer(write(images)).content)
    return path


def push(
    image: Image | Index, host: str, repository: str, tag: str, *,
    auth: tuple[str, str] | None = None,
) -> str:  # fmt: skip
    """Push to a registry over plain HTTP (OCI distribution-spec, Push) and return the digest.

    ``host`` is ``HOST:PORT``, ``auth`` a user and password.
    Raises ``OSError`` where the registry refuses.
    """
    session = Session(host, repository, auth)
    try:
        _push(session, image, tag)
    finally:
        session.close()
    return image.digest


def _push(session: Session, image: Image | Index, reference: str) -> None:
    for member in image.members if isinstance(image, Index) else ():
        _push(session, member, member.digest)
    for blob in image.blobs() if isinstance(image, Image) else ():
        session.blob(blob)
    session.manifest(reference, image.manifest, image.media_type)


_MEDIA = {
    "oci": {
        "manifest": "application/vnd.oci.image.manifest.v1+json",
        "index": "application/vnd.oci.image.index.v1+json",
        "config": "application/vnd.oci.image.config.v1+json",
        "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
        "zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
        "none": "application/vnd.oci.image.layer.v1.tar",
    },
    "docker": {
        "manifest": "application/vnd.docker.distribution.manifest.v2+json",
        "index": "application/vnd.docker.distribution.manifest.list.v2+json",
        "config": "application/vnd.docker.container.image.v1+json",
        "gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "none": "application/vnd.docker.image.rootfs.diff.tar",
    },
}


def _media(dialect: str, what: str) -> str:
    return _MEDIA[dialect][what]


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _told(step: Layer | Step, created: str) -> dict[str, Any]:
    told = {"created": created, "created_by": step.created_by}
    return told if isinstance(step, Layer) else {**told, "empty_layer": True}


def _layout(images: Mapping[str, Image | Index]) -> dict[str, bytes]:
    files = {"oci-layout": as_json({"imageLayoutVersion": "1.0.0"})}
    told = []
    for tag, image in images.items():
        name = {"annotations": {"org.opencontainers.image.ref.name": tag}}
        told.append(image.descriptor() | name)
        for blob in (image.manifest, *image.blobs()):
            files["blobs/sha256/" + digest_of(blob).partition(":")[2]] = blob
    files["index.json"] = as_json(
        {"schemaVersion": 2, "mediaType": _media("oci", "index"), "manifests": told}
    )
    return files


def _modern(images: Mapping[str, Image]) -> dict[str, Entry]:
    plain = {reference: _uncompressed(image) for reference, image in images.items()}
    tags = {reference.rpartition(":")[2]: image for reference, image in plain.items()}
    files: dict[str, Entry] = dict(_layout(tags))
    place = "blobs/sha256/"
    files["manifest.json"] = as_json([
        {"Config": place + image.id[7:], "RepoTags": [reference],
         "Layers": [place + diff[7:] for diff in image.diff_ids]}
        for reference, image in plain.items()
    ])  # fmt: skip
    return files


def _uncompressed(image: Image) -> Image:
    steps = tuple(
        Layer(tar=step.content, created_by=step.created_by, compression="none")
        if isinstance(step, Layer) else step
        for step in image.steps
    )  # fmt: skip
    return Image(**{**vars_of(image), "steps": steps, "dialect": "oci"})


def vars_of(image: Image) -> dict[str, Any]:
    """Return an image's own fields, to make a changed copy."""
    return {name: getattr(image, name) for name in Image.__dataclass_fields__}


def _classic(images: Mapping[str, Image]) -> dict[str, Entry]:
    files: dict[str, Entry] = {}
    told = []
    first: dict[str, str] = {}
    repositories: dict[str, dict[str, str]] = {}
    for reference, image in images.items():
        names = _chain(image)
        for name, layer in zip(names, image.layers, strict=True):
            files[f"{name}/VERSION"] = "1.0"
            files[f"{name}/json"] = as_json({"id": name, "os": "linux"})
            where = first.setdefault(layer.diff_id, name)
            files[f"{name}/layer.tar"] = (
                layer.content if where == name else Symlink(f"../{where}/layer.tar")
            )
        files[f"{image.id[7:]}.json"] = image.config_blob
        layers = [f"{name}/layer.tar" for name in names]
        told.append({"Config": f"{image.id[7:]}.json", "RepoTags": [reference], "Layers": layers})
        repository, _, tag = reference.rpartition(":")
        repositories.setdefault(repository, {})[tag] = names[-1] if names else ""
    files["manifest.json"] = as_json(told)
    files["repositories"] = as_json(repositories)
    # Sorted as the engine writes them: a link can stand before its target, and
    # ``manifest.json`` comes after every layer.
    return dict(sorted(files.items()))


def _chain(image: Image) -> list[str]:
    """Return an id for each layer from all below it; the top one depends on the configuration."""
    names: list[str] = []
    for diff in image.diff_ids:
        names.append(digest_of("/".join((*names[-1:], diff)).encode())[7:])
    if names:
        names[-1] = digest_of((names[-1] + image.id).encode())[7:]
    return names
