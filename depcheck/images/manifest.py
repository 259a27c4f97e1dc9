"""Manifests and indexes: what an image is made of, and which of several is meant.

OCI image-spec (manifest, image-index, descriptor) and Docker's image manifest version 2,
schema 2, with its manifest list.
"""

from __future__ import annotations

from dataclasses import dataclass

from depcheck.errors import ImageError
from depcheck.images.documents import Document, read_document
from depcheck.images.platforms import fitting, host_platform, spelled
from depcheck.images.reference import is_digest
from depcheck.model.text import printable

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ACCEPTED = (OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST)
"""Media types to ask a registry for."""
_INDEXES = (OCI_INDEX, DOCKER_LIST)
_CONFIGURATIONS = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_LAYERS = (
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
)
_PACKINGS = ("", "+gzip", "+zstd", ".gzip", ".zstd")
_LAYER_TYPES = frozenset(layer + packing for layer in _LAYERS for packing in _PACKINGS)
_KNOWN_OTHERS = {
    "application/vnd.cncf.helm.config.v1+json": "it is a Helm chart",
    "application/vnd.docker.plugin.v1+json": "it is a Docker plugin",
    "application/vnd.in-toto+json": "it is an attestation",
}
_REFERENCE_TYPE = "vnd.docker.reference.type"
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What points to a blob (OCI image-spec, descriptor). ``names`` are those in an index.

    ``platform`` is ``os/architecture[/variant]``, empty where it is not told. ``attests``
    marks what only speaks about another image. Addresses in ``urls`` are never used.
    """

    media_type: str
    digest: str
    size: int
    platform: str = ""
    names: tuple[str, ...] = ()
    attests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest of an image for one platform, its layers from the bottom up."""

    config: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Images of several platforms, or other indexes."""

    members: tuple[Descriptor, ...]


def parse_manifest(data: bytes, what: str, *, media_type: str = "") -> Manifest | Index:
    """Return the manifest or index in ``data``.

    ``what`` is the image's name for messages; ``media_type`` is what was told along with
    it. Raises ImageError for what is broken or is no image.
    """
    document = read_document(data, f"the manifest of {what}")
    kind = _kind(document, media_type.partition(";")[0].strip(), what)
    if kind in _INDEXES:
        return Index(members=tuple(_descriptor(each) for each in document.objects("manifests")))
    config = _descriptor(document.object("config"))
    layers = tuple(_descriptor(each) for each in document.objects("layers"))
    _check_image(config, layers, document.text("artifactType"), what)
    return Manifest(config=config, layers=layers)


def choose(index: Index, platform: str | None, what: str) -> Descriptor:
    """Return the member of an index for a platform, in the spelling of ``parse_platform``.

    None stands for the only one there is, else for this machine's. Attestations do not
    count. An index inside the index stands for the platforms that are not listed. Raises
    ImageError with the platforms that there are.
    """
    members = [each for each in index.members if not each.attests]
    if platform is None and len(members) == 1:
        return members[0]
    told = [each for each in members if each.platform]
    wanted = platform or host_platform()
    position = fitting(wanted, [each.platform for each in told])
    if position is not None:
        return told[position]
    untold = [each for each in members if not each.platform]
    if len(untold) == 1:
        return untold[0]
    if untold:
        raise ImageError(f"{what}: its index does not say which image is for which platform")
    raise _lacks(what, wanted, told)


def _lacks(what: str, wanted: str, told: list[Descriptor]) -> ImageError:
    names = sorted({each.platform for each in told})
    if not names:
        return ImageError(f"{what} is not an image: its index lists none")
    shown = ", ".join(names[:_MOST_SHOWN]) + (" …" if len(names) > _MOST_SHOWN else "")
    return ImageError(
        f"{what} has no image for {printable(wanted)}: it has {shown}",
        hint=f"choose one with --platform {names[0]}",
    )


def _kind(document: Document, told: str, what: str) -> str:
    """Return the media type, by the document itself first: what was told may be general."""
    own = document.text("mediaType")
    version = document.value.get("schemaVersion")
    if version == 1 or ".distribution.manifest.v1+" in (own or told):
        raise ImageError(
            f"{what} is not an image: its manifest is of the old Docker schema 1",
            hint="push it again with a current Docker",
        )
    if own and told in ACCEPTED and own != told:
        raise document.broken(f"it was announced as {told}, and says {printable(own)}")
    kind = own or (told if told in ACCEPTED else _by_shape(document))
    if kind not in ACCEPTED:
        raise _no_image(what, kind)
    # One document that reads as either could be another image to another tool.
    wrong = ("layers", "config") if kind in _INDEXES else ("manifests",)
    if any(key in document.value for key in wrong):
        raise document.broken("it is a manifest and an index at once")
    return kind


def _by_shape(document: Document) -> str:
    if "manifests" in document.value:
        return OCI_INDEX
    if "config" in document.value and "layers" in document.value:
        return OCI_MANIFEST
    raise document.broken("it has neither layers nor manifests")


def _descriptor(document: Document) -> Descriptor:
    digest = document.text("digest")
    if not is_digest(digest):
        raise document.broken(f'"{printable(digest)}" is no sha256 or sha512 digest')
    platform = document.object("platform")
    system, architecture, variant = (
        printable(platform.text(key), limit=40).lower() for key in ("os", "architecture", "variant")
    )
    notes = document.object("annotations")
    names = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
    return Descriptor(
        media_type=document.text("mediaType"),
        digest=digest,
        size=document.number("size"),
        platform=spelled(system, architecture, variant),
        names=tuple(notes.text(key) for key in names if notes.text(key)),
        attests="unknown" in (system, architecture) or bool(notes.text(_REFERENCE_TYPE)),
    )


def _check_image(
    config: Descriptor, layers: tuple[Descriptor, ...], artifact: str, what: str
) -> None:
    if config.media_type not in _CONFIGURATIONS:
        raise _no_image(what, artifact or config.media_type)
    for layer in layers:
        if layer.media_type.endswith("+encrypted"):
            raise ImageError(
                f"{what} has an encrypted layer, which cannot be read",
                hint="compare the image that it was encrypted from",
            )
        if layer.media_type not in _LAYER_TYPES:
            raise _no_image(what, artifact or layer.media_type)


def _no_image(what: str, media_type: str) -> ImageError:
    known = _KNOWN_OTHERS.get(media_type)
    shown = printable(media_type, limit=100) or "nothing that says what it is"
    return ImageError(
        f"{what} is not an image: {known or f'it holds {shown}'}",
        hint="name a container image",
    )
