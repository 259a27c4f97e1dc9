"""Images in one file: what ``docker save`` and ``skopeo copy`` write.

Docker image specification 1.2 (``manifest.json``), and an OCI layout in a tar.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from depcheck.errors import ImageError
from depcheck.images.assembly import as_image
from depcheck.images.configuration import parse_configuration
from depcheck.images.documents import Document, read_json
from depcheck.images.layout import StoreBacking, is_layout, open_store, pick_name, split_path
from depcheck.images.platforms import parse_platform
from depcheck.images.reference import is_digest
from depcheck.images.registry_client import digest_of, verified
from depcheck.images.stores import Store
from depcheck.images.tar_store import TarStore
from depcheck.images.values import Opened
from depcheck.model.inventory import Identity
from depcheck.model.text import printable

_MANIFEST = "manifest.json"
_WAY = "archive"


def open_archive(value: str, *, platform: str | None = None) -> Opened:
    """Return the image of an archive: ``PATH``, ``PATH:NAME:TAG`` or ``PATH@DIGEST``.

    The name may be left out where there is one image. The archive may be compressed
    with gzip or zstd, and is not unpacked. Raises ImageError and UsageError.
    """
    path, name = split_path(value, Path.exists)
    shown = printable(str(path))
    if path.is_dir():
        raise ImageError(f"{shown} is a folder", hint=f"for an OCI layout use oci:{shown}")
    store = TarStore(path)
    try:
        # Docker's list is of one platform alone, and an index is verified by its digests.
        if not store.has(_MANIFEST) or (is_layout(store) and (platform or is_digest(name))):
            return _layout(store, shown, name, platform)
        return _docker(store, shown, name, platform)
    except BaseException:
        store.close()
        raise


def _layout(store: Store, shown: str, name: str, platform: str | None) -> Opened:
    if is_layout(store):
        return open_store(store, _WAY, shown, name, platform)
    raise ImageError(
        f"{shown} holds no image: it has neither {_MANIFEST} nor an OCI index",
        hint="make it with docker save, or skopeo copy … docker-archive:PATH",
    )


def _docker(store: Store, shown: str, name: str, platform: str | None) -> Opened:
    entry = _entry(store, shown, name)
    what = f"{shown}:{printable(name)}" if name else shown
    place = _tidy(entry.text("Config"))
    data = store.document(place)
    told = parse_configuration(data, f"the configuration of {what}")
    files = entry.texts("Layers")
    if len(files) != len(told.layers):
        raise ImageError(
            f"{what} is broken: it has {len(files)} layers, its configuration {len(told.layers)}"
        )
    config = digest_of(data)
    if (named := _digest_in(place)) and not verified(data, named):
        raise ImageError(f"{what} is broken: the configuration is not what its name says")
    wanted = parse_platform(platform) if platform else None
    image = as_image(told, told.layers, Identity(config=config), wanted, what)
    places = {
        layer.diff_id: (_tidy(file), _digest_in(_tidy(file)))
        for layer, file in zip(told.layers, files, strict=True)
    }
    return Opened(image, (StoreBacking(store, _WAY, places),))


def _entry(store: Store, shown: str, name: str) -> Document:
    what = f"{shown}: {_MANIFEST}"
    told = Document({"images": read_json(store.document(_MANIFEST), what)}, what)
    entries = told.objects("images")
    if not entries:
        raise ImageError(f"{shown} holds no image")
    names = [each.texts("RepoTags") or (_tidy(each.text("Config")),) for each in entries]
    return entries[pick_name(names, name, shown, _WAY)]


def _tidy(name: str) -> str:
    return posixpath.normpath(name.lstrip("/")) if name else ""


def _digest_in(name: str) -> str:
    """Return the digest that a file's own name tells, empty where it tells none."""
    if name.startswith("blobs/"):
        digest = name.removeprefix("blobs/").replace("/", ":")
    else:
        digest = f"sha256:{name.removesuffix('.json')}" if name.endswith(".json") else ""
    return digest if is_digest(digest) else ""
