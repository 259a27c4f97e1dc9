"""Images in an OCI layout (OCI image-spec, image-layout): a folder, or such a folder in a tar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from depcheck.errors import ImageError, UsageError
from depcheck.images.assembly import assemble, descend
from depcheck.images.documents import read_document
from depcheck.images.manifest import Descriptor, Index, Manifest, parse_manifest
from depcheck.images.platforms import parse_platform
from depcheck.images.reference import is_digest, parse_reference
from depcheck.images.registry_client import verified
from depcheck.images.stores import Folder, Store
from depcheck.images.values import Image, Layer, LayerStream, Opened
from depcheck.model.inventory import Identity
from depcheck.model.text import did_you_mean, printable

_INDEX = "index.json"
_MARK = "oci-layout"
_MOST_NAMED = 20


class StoreBacking:
    """Layers that lie in a store. ``files`` maps a diff_id to the file's name and its digest.

    A digest is empty where the file's name does not tell one. A layer that is not its
    own is passed over.
    """

    def __init__(self, store: Store, way: str, files: Mapping[str, tuple[str, str]]) -> None:
        self._store = store
        self.way = way
        self._files = files

    @property
    def bytes_read(self) -> int:
        return self._store.bytes_read

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        """Yield each wanted layer once, in the store's own order (see Backing)."""
        known = {
            each.diff_id: self._files[each.diff_id]
            for each in wanted
            if each.diff_id in self._files
        }
        by_name = {name: (diff_id, digest) for diff_id, (name, digest) in known.items()}
        for name, chunks in self._store.streams(tuple(by_name)):
            yield LayerStream(*by_name[name], chunks)

    def close(self) -> None:
        self._store.close()


def open_layout(value: str, *, platform: str | None = None) -> Opened:
    """Return the image of a layout folder: ``PATH``, ``PATH:NAME`` or ``PATH@DIGEST``.

    NAME is the annotation ``org.opencontainers.image.ref.name`` in ``index.json``; it may
    be left out where there is one image. Raises ImageError and UsageError.
    """
    path, name = split_path(value, Path.is_dir)
    if not path.is_dir():
        raise ImageError(
            f"{printable(str(path))} is no folder",
            hint="name an OCI layout; for a tar use archive:PATH",
        )
    return open_store(Folder(path), "layout", str(path), name, platform)


def is_layout(store: Store) -> bool:
    """Whether a store holds an OCI layout."""
    return store.has(_MARK) and store.has(_INDEX)


def open_store(store: Store, way: str, path: str, name: str, platform: str | None) -> Opened:
    """Return the image of an OCI layout in a store; ``path`` is what it is called."""
    shown = printable(path)
    if not is_layout(store):
        raise ImageError(
            f"{shown} is no OCI layout: it has no {_MARK} or no {_INDEX}",
            hint="skopeo copy … oci:PATH makes one",
        )
    version = read_document(store.document(_MARK), f"{shown}: {_MARK}").text("imageLayoutVersion")
    if not version.startswith("1."):
        raise ImageError(f"{shown} is an OCI layout of the unknown version {printable(version)}")
    image = _read(store, shown, name, parse_platform(platform) if platform else None)
    files = {each.diff_id: (blob_name(each.digest), each.digest) for each in image.layers}
    return Opened(image, (StoreBacking(store, way, files),))


def split_path(value: str, there: Callable[[Path], bool]) -> tuple[Path, str]:
    """Return the longest path in ``value`` that is there, and what is named behind it.

    Raises ImageError where it cannot be looked for.
    """
    ends = [at for at, char in enumerate(value) if char in ":@"]
    for end in [len(value), *reversed(ends)]:
        path = Path(value[:end])
        with suppress(OSError):  # with what is named behind it, it may be too long for a path
            if value[:end] and there(path):
                return path, value[end + 1 :]
    try:
        there(Path(value))
    except OSError as error:
        raise ImageError(f"{printable(value)} cannot be read: {error.strerror}") from None
    return Path(value), ""


def blob_name(digest: str) -> str:
    """Return where a layout keeps a blob."""
    return f"blobs/{digest.replace(':', '/')}"


def pick_name(names: Sequence[tuple[str, ...]], wanted: str, path: str, kind: str) -> int:
    """Return which of several images, each with its names, is meant by ``wanted``.

    A name is meant by itself, as a reference or, being alone in that, as a tag.
    Raises ImageError with the names that there are.
    """
    if not wanted and len(names) == 1:
        return 0
    for same in (_same_text, _same_reference, _same_tag):
        found = [at for at, each in enumerate(names) if any(same(name, wanted) for name in each)]
        if wanted and len(found) == 1:
            return found[0]
    known = sorted({name for each in names for name in each})
    shown = (
        ", ".join(printable(each, limit=80) for each in known[:_MOST_NAMED]) or "none with a name"
    )
    if not wanted:
        raise ImageError(
            f"{path} holds {len(names)} images: {shown}",
            hint=f"name one: {kind}:{path}:{printable(known[0]) if known else 'NAME'}",
        )
    raise ImageError(
        f"{path} has no single image {printable(wanted)}; there is: {shown}",
        hint=did_you_mean(wanted, known),
    )


def _same_text(name: str, wanted: str) -> bool:
    return name == wanted


def _same_reference(name: str, wanted: str) -> bool:
    try:
        return parse_reference(name) == parse_reference(wanted)
    except UsageError:
        return False


def _same_tag(name: str, wanted: str) -> bool:
    tag, other = name.rpartition(":"), wanted.rpartition(":")
    return tag[2] == other[2] and not (tag[0] and other[0])


def _read(store: Store, shown: str, name: str, platform: str | None) -> Image:
    what = f"{shown}:{printable(name)}" if name else shown
    index = parse_manifest(store.document(_INDEX), what)
    if not isinstance(index, Index):
        raise ImageError(f"{shown}: {_INDEX} is no index")
    group = _choice(index, name, shown)
    found: Manifest | Index = Index(members=group)
    digest = ""
    if len(group) == 1:
        digest = group[0].digest
        data = _blob(store, group[0], what)
        found = parse_manifest(data, what, media_type=group[0].media_type)
    manifest, own = descend(found, digest, lambda each: _blob(store, each, what), platform, what)
    identity = Identity(manifest=own, index=digest if isinstance(found, Index) else "")
    return assemble(manifest, _blob(store, manifest.config, what), identity, platform, what)


def _choice(index: Index, name: str, shown: str) -> tuple[Descriptor, ...]:
    """Return the image that is meant; several descriptors are its platforms."""
    members = [each for each in index.members if not each.attests]
    if not members:
        raise ImageError(f"{shown} holds no image")
    if is_digest(name):
        members = [each for each in members if each.digest == name][:1]
        if not members:
            raise ImageError(f"{shown} holds no image {name}")
    groups: dict[tuple[str, ...], list[Descriptor]] = {}
    for each in members:
        groups.setdefault(each.names, []).append(each)
    chosen = pick_name(tuple(groups), "" if is_digest(name) else name, shown, "oci")
    return tuple(list(groups.values())[chosen])


def _blob(store: Store, descriptor: Descriptor, what: str) -> bytes:
    data = store.document(blob_name(descriptor.digest))
    if not verified(data, descriptor.digest):
        raise ImageError(
            f"{what} is broken: the blob {descriptor.digest} is not what its digest says",
            hint="copy the image again",
        )
    return data
