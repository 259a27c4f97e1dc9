"""Images of an engine: what they are, without moving a layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from depcheck.errors import ImageError
from depcheck.images.configuration import Configuration, parse_configuration
from depcheck.images.engine.client import Engine, Engines
from depcheck.images.engine.history import oci_history
from depcheck.images.engine.save import engine_backing
from depcheck.images.platforms import fitting, parse_platform, spelled
from depcheck.images.reference import parse_reference
from depcheck.images.values import Image, Opened
from depcheck.model.inventory import Identity
from depcheck.model.observer import Observer
from depcheck.model.text import printable

_NEVER = "0001-01-01T00:00:00Z"
_HEX_DIGITS = 64


def open_engine_image(
    value: str, *, platform: str | None, engines: Engines, observer: Observer
) -> Opened:
    """Return an image that an engine has, by reference or id (``docker:shop:staging``).

    ``platform`` (``linux/arm64``) must be the one that the engine has of it, None for
    whichever it has. The one backing is the engine's save. Raises ImageError where the
    engine or the image cannot be had, UsageError where ``value`` is no reference.
    """
    parse_reference(value)
    engine = engines.get()
    observer.stage(f"asking the engine for {printable(value)}")
    asked = parse_platform(platform) if platform else ""
    inspected = engine.image(value, asked)
    configuration = image_configuration(engine, inspected, value)
    if asked and fitting(asked, [configuration.platform]) is None:
        raise ImageError(
            f"the engine has {printable(value)} for {configuration.platform} alone, "
            f"and {printable(asked)} was asked for",
            hint=f"docker pull --platform {printable(asked)} {printable(value)}, "
            f"or registry:{printable(value)}",
        )
    image = Image(
        identity=image_identity(engine, inspected, configuration),
        layers=configuration.layers,
        settings=configuration.settings,
        path=configuration.path,
        command=configuration.command,
    )
    return Opened(image, (engine_backing(engine, (image_id(inspected),)),))


def image_configuration(
    engine: Engine,
    inspected: Mapping[str, Any],
    name: str,
    *,
    config: Mapping[str, Any] | None = None,
) -> Configuration:
    """Return what an engine tells of an image, read as an OCI configuration.

    ``inspected`` is the answer of ``GET /images/{name}/json``; ``config`` stands in for
    its ``Config`` (a container has its own). Raises ImageError.
    """
    files = inspected.get("RootFS") or {}
    diff_ids = files.get("Layers") or [] if isinstance(files, dict) else []
    created = inspected.get("Created")
    document = {
        "architecture": inspected.get("Architecture"),
        "variant": inspected.get("Variant"),
        "os": inspected.get("Os"),
        "created": created if created != _NEVER else "",
        "config": inspected.get("Config") if config is None else config,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": oci_history(engine.history(image_id(inspected)), len(diff_ids)),
    }
    what = f"the engine's answer about image {printable(name)}"
    return parse_configuration(json.dumps(document).encode(), what)


def image_identity(
    engine: Engine, inspected: Mapping[str, Any], configuration: Configuration
) -> Identity:
    """Return what names an image for good.

    In an engine's classic store an image's id is the digest of its configuration, in
    containerd's that of the index or manifest that its name leads to.
    """
    whole = image_id(inspected)
    repositories = tuple(
        printable(each)
        for each in inspected.get("RepoDigests") or ()
        if isinstance(each, str) and not each.startswith("<none>")
    )
    index = manifest = config = ""
    described = inspected.get("Descriptor")
    if isinstance(described, dict) and described.get("digest") == whole:
        if "manifest.v" in str(described.get("mediaType")) and "list" not in str(
            described.get("mediaType")
        ):
            manifest = whole
        else:
            index, manifest = whole, _manifest(engine, whole, configuration.platform)
    elif any(each.endswith(f"@{whole}") for each in repositories):
        index = whole
    else:
        config = whole
    return Identity(
        manifest=manifest,
        index=index,
        config=config,
        platform=configuration.platform,
        created=configuration.created,
        repositories=repositories,
    )


def image_id(inspected: Mapping[str, Any]) -> str:
    """Return an image's id as a digest. Raises ImageError where an engine tells none."""
    found = inspected.get("Id")
    if not isinstance(found, str) or not found:
        raise ImageError("the engine's answer about an image has no id")
    return f"sha256:{found}" if len(found) == _HEX_DIGITS else found


def _manifest(engine: Engine, index: str, platform: str) -> str:
    """Return the digest of the manifest of ``platform`` in an index, empty if not told."""
    for each in engine.manifests(index):
        data = each.get("ImageData")
        named = data.get("Platform") if isinstance(data, dict) else None
        descriptor = each.get("Descriptor")
        if each.get("Kind") != "image" or not isinstance(named, dict):
            continue
        parts = [str(named.get(key) or "") for key in ("os", "architecture", "variant")]
        if isinstance(descriptor, dict) and spelled(*parts) == platform:
            return str(descriptor.get("digest") or "")
    return ""
