"""Images straight from a registry: read, not pulled (OCI distribution-spec 1.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from depcheck.images.assembly import assemble, descend
from depcheck.images.docker_config import Logins
from depcheck.images.manifest import Descriptor, Index, parse_manifest
from depcheck.images.platforms import parse_platform
from depcheck.images.reference import Reference, parse_reference
from depcheck.images.registry_auth import Authority
from depcheck.images.registry_client import BlobCache, Client, is_untrusted, unreachable, verified
from depcheck.images.values import Image, Layer, LayerStream, Opened
from depcheck.images.wire import Request, Wire
from depcheck.model.inventory import Identity
from depcheck.model.observer import Observer
from depcheck.net.failures import Broken
from depcheck.net.network import network_from
from depcheck.net.places import is_loopback

_PING_CAP = 64 << 10


class RegistryBacking:
    """The layers of one image by their blobs. A layer that is not its own is passed over."""

    way = "registry"

    def __init__(self, client: Client, wire: Wire, layers: tuple[Layer, ...]) -> None:
        self._client = client
        self._wire = wire
        self._layers = {layer.diff_id: layer for layer in layers}

    @property
    def bytes_read(self) -> int:
        return self._wire.bytes_read

    def streams(self, wanted: Sequence[Layer]) -> Iterator[LayerStream]:
        """Yield each wanted layer once, in the order wanted (see Backing)."""
        for diff_id in dict.fromkeys(layer.diff_id for layer in wanted):
            if layer := self._layers.get(diff_id):
                chunks = self._client.blob(layer.digest, layer.size)
                yield LayerStream(diff_id, layer.digest, chunks)

    def close(self) -> None:
        self._wire.close()


def open_registry(
    value: str,
    *,
    platform: str | None = None,
    environ: Mapping[str, str],
    insecure: tuple[str, ...] = (),
    cache: BlobCache | None = None,
    observer: Observer,
) -> Opened:
    """Return the image that a reference names (``HOST/REPOSITORY:TAG`` or ``@DIGEST``).

    ``environ`` tells of proxies, certificates and credentials. ``insecure`` are hosts
    (``HOST`` or ``HOST:PORT``) that may speak plain http or show any certificate; a
    loopback host may speak http. Manifests and configurations named by a digest are
    kept in ``cache``. Raises UsageError for a bad reference or platform, and ImageError.
    """
    reference = parse_reference(value)
    platform = parse_platform(platform) if platform else None
    observer.stage(f"asking {reference.host}")
    client, wire = _client(reference, environ, insecure)
    try:
        image = _Puller(client, cache, reference).image(platform)
    except BaseException:
        wire.close()
        raise
    return Opened(image, (RegistryBacking(client, wire, image.layers),))


def is_available(
    value: str,
    *,
    environ: Mapping[str, str],
    insecure: tuple[str, ...] = (),
    observer: Observer | None = None,
) -> bool | None:
    """Whether a reference can still be had from its registry; None where that does not say.

    Raises ImageError where the registry cannot be asked, UsageError for a bad reference.
    """
    reference = parse_reference(value)
    if observer:
        observer.stage(f"asking {reference.host}")
    client, wire = _client(reference, environ, insecure)
    try:
        return client.has(reference.target)
    finally:
        wire.close()


class _Puller:
    """Manifest, platform, configuration: what is known by a digest comes from the cache."""

    def __init__(self, client: Client, cache: BlobCache | None, reference: Reference) -> None:
        self._client = client
        self._cache = cache
        self._reference = reference

    def image(self, platform: str | None) -> Image:
        what = str(self._reference)
        data, media_type, digest = self._top()
        top = parse_manifest(data, what, media_type=media_type)
        self._keep(digest, data)
        manifest, own = descend(top, digest, self._member, platform, what)
        configuration = self._kept(manifest.config.digest)
        if configuration is None:
            configuration = self._client.document(manifest.config)
        identity = Identity(
            manifest=own,
            index=digest if isinstance(top, Index) else "",
            repositories=(f"{self._reference.name}@{digest}",),
        )
        image = assemble(manifest, configuration, identity, platform, what)
        self._keep(manifest.config.digest, configuration)
        return image

    def _top(self) -> tuple[bytes, str, str]:
        digest = self._reference.digest
        if digest and (kept := self._kept(digest)) is not None:
            return kept, "", digest
        return self._client.manifest(self._reference.target)

    def _member(self, descriptor: Descriptor) -> bytes:
        kept = self._kept(descriptor.digest)
        if kept is None:
            kept = self._client.manifest(descriptor.digest)[0]
            self._keep(descriptor.digest, kept)
        return kept

    def _kept(self, digest: str) -> bytes | None:
        data = None if self._cache is None else self._cache.get_blob(digest)
        return data if data is not None and verified(data, digest) else None

    def _keep(self, digest: str, data: bytes) -> None:
        if self._cache is not None:
            self._cache.put_blob(digest, data)


def _client(
    reference: Reference, environ: Mapping[str, str], insecure: tuple[str, ...]
) -> tuple[Client, Wire]:
    wire = Wire(replace(network_from(environ), trusted_hosts=insecure))
    try:
        base = _base(reference, wire, insecure)
    except BaseException:
        wire.close()
        raise
    authority = Authority(reference, base, wire, Logins(environ), insecure)
    return Client(reference, base, wire, authority), wire


def _base(reference: Reference, wire: Wire, insecure: tuple[str, ...]) -> str:
    """Return the address of the registry's interface; where http is allowed, try both."""
    host = reference.api_host
    name = urlsplit(f"//{host}").hostname or ""
    if is_loopback(name):
        schemes = ("http", "https")
    elif name in insecure or host in insecure:
        schemes = ("https", "http")
    else:
        return f"https://{host}"
    failures = []
    for scheme in schemes:
        try:
            answer = wire.ask(Request(url=f"{scheme}://{host}/v2/"), _PING_CAP, attempts=1)
        except Broken as error:
            failures.append(error)
            continue
        if answer.status != 400:  # what a TLS server tells who speaks plain http to it
            return f"{scheme}://{host}"
    failures.sort(key=lambda each: not is_untrusted(each))
    failure = failures[0] if failures else Broken("the answer is no registry's")
    raise unreachable(failure, str(reference)) from failure
