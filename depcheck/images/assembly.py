"""An image put together from its manifest and its configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from depcheck.errors import ImageError
from depcheck.images.configuration import Configuration, parse_configuration
from depcheck.images.manifest import Descriptor, Index, Manifest, choose, parse_manifest
from depcheck.images.platforms import fitting
from depcheck.images.values import Image, Layer
from depcheck.model.inventory import Identity

_DEEPEST = 4  # an index in an index is allowed; nobody needs more of them

ReadManifest = Callable[[Descriptor], bytes]


def descend(
    found: Manifest | Index, digest: str, read: ReadManifest, platform: str | None, what: str
) -> tuple[Manifest, str]:
    """Return the manifest for a platform below an index, and its digest.

    ``found`` has the digest ``digest``; ``read`` gives the verified bytes of what an
    index lists. Raises ImageError.
    """
    for _ in range(_DEEPEST):
        if isinstance(found, Manifest):
            return found, digest
        member = choose(found, platform, what)
        found = parse_manifest(read(member), what, media_type=member.media_type)
        digest = member.digest
    raise ImageError(f"{what} is not an image: its indexes are nested too deeply")


def assemble(
    manifest: Manifest, configuration: bytes, identity: Identity, platform: str | None, what: str
) -> Image:
    """Return an image; ``identity`` has what the way to it told, the rest is filled in.

    Raises ImageError where the two do not belong together, or are for another
    platform than was asked for.
    """
    told = parse_configuration(configuration, f"the configuration of {what}")
    if len(told.layers) != len(manifest.layers):
        raise ImageError(
            f"{what} is broken: its manifest has {len(manifest.layers)} layers, "
            f"its configuration {len(told.layers)}"
        )
    layers = tuple(map(_stored, told.layers, manifest.layers))
    identity = replace(identity, config=manifest.config.digest)
    return as_image(told, layers, identity, platform, what)


def as_image(
    told: Configuration,
    layers: tuple[Layer, ...],
    identity: Identity,
    platform: str | None,
    what: str,
) -> Image:
    """Return an image for the platform asked for, None for any. Raises ImageError."""
    if platform and told.platform and fitting(platform, [told.platform]) is None:
        raise ImageError(
            f"{what} is for {told.platform}, not for {platform}",
            hint="leave --platform out, or name an image of that platform",
        )
    return Image(
        identity=replace(identity, platform=told.platform, created=told.created),
        layers=layers,
        settings=told.settings,
        path=told.path,
        command=told.command,
    )


def _stored(layer: Layer, descriptor: Descriptor) -> Layer:
    return replace(
        layer, digest=descriptor.digest, size=descriptor.size, media_type=descriptor.media_type
    )
