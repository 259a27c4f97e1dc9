"""Pulls from a registry: manifests and blobs (OCI distribution-spec 1.1, Pull)."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Protocol

from urllib3 import BaseHTTPResponse

from depcheck.errors import ImageError
from depcheck.images.documents import DOCUMENT_CAP
from depcheck.images.manifest import ACCEPTED, Descriptor
from depcheck.images.reference import Reference, is_digest
from depcheck.images.registry_auth import Authority
from depcheck.images.wire import Answer, Request, Wire
from depcheck.model.text import printable
from depcheck.net.failures import Broken, NoConnection

_RESUMED = 3
_UNAUTHORISED = 401
_MANIFESTS = {"Accept": ", ".join(ACCEPTED)}


class BlobCache(Protocol):
    """Keeps small blobs by digest between runs."""

    def get_blob(self, digest: str) -> bytes | None: ...

    def put_blob(self, digest: str, data: bytes) -> None: ...


class Client:
    """One repository of one registry. ``base`` is ``scheme://host[:port]``."""

    def __init__(self, reference: Reference, base: str, wire: Wire, authority: Authority) -> None:
        self._reference = reference
        self._root = f"{base}/v2/{reference.repository}"
        self._wire = wire
        self._authority = authority

    def manifest(self, target: str) -> tuple[bytes, str, str]:
        """Return a manifest's bytes, media type and digest, for a tag or a digest.

        A digest that is asked for is verified; what the registry tells of a tag is so
        too. Raises ImageError.
        """
        answer = self._get(f"/manifests/{target}", what=_suffix(target))
        told = answer.headers.get("docker-content-digest", "")
        for expected in (target, told):
            if is_digest(expected) and not verified(answer.body, expected):
                raise self._mismatch("manifest", expected)
        digest = target if is_digest(target) else digest_of(answer.body)
        return answer.body, answer.headers.get("content-type", ""), digest

    def document(self, descriptor: Descriptor) -> bytes:
        """Return a small blob, a configuration, whole and verified. Raises ImageError."""
        if descriptor.size > DOCUMENT_CAP:
            raise ImageError(
                f"{self._reference}: the configuration is larger than {DOCUMENT_CAP >> 20} MiB"
            )
        body = self._get(f"/blobs/{descriptor.digest}", what=_suffix(descriptor.digest)).body
        if not verified(body, descriptor.digest):
            raise self._mismatch("configuration", descriptor.digest)
        return body

    def has(self, target: str) -> bool | None:
        """Whether the registry still has a tag or digest, None where it does not say."""
        return {200: True, 404: False}.get(self._ask(f"/manifests/{target}", "HEAD").status)

    def blob(self, digest: str, size: int | None) -> Iterator[bytes]:
        """Yield a layer's bytes in chunks, its digest not verified here.

        Where the connection is cut it goes on from there, up to three times.
        ``size`` is what the manifest says. Raises ImageError.
        """
        done = failures = 0
        while True:
            try:
                with closing(self._part(digest, done)) as part:
                    for chunk in part:
                        done += len(chunk)
                        if size is not None and done > size:
                            raise self._mismatch("layer", digest, "is larger than announced")
                        yield chunk
                if size is None or done == size:
                    return
                raise Broken("the answer was cut short")
            except Broken as error:
                failures += 1
                if failures > _RESUMED:
                    raise unreachable(error, f"{self._reference}: layer {digest}") from error
                self._wire.pause(failures)

    def _part(self, digest: str, start: int) -> Generator[bytes, None, None]:
        """Yield a blob from a byte on. A server without ranges begins again: that is skipped."""
        wanted = {"Range": f"bytes={start}-"} if start else {}
        for renewed in (False, True):
            request = self._request(f"/blobs/{digest}", "GET", wanted)
            with self._wire.stream(request) as (raw, chunks):
                if raw.status == _UNAUTHORISED and not renewed:
                    self._authority.renew(Answer(raw.status, raw.headers, b""))
                    continue
                skip = self._position(raw, start, digest)
                for chunk in chunks:
                    if skip < len(chunk):
                        yield chunk[skip:] if skip else chunk
                    skip = max(0, skip - len(chunk))
                return

    def _position(self, raw: BaseHTTPResponse, start: int, digest: str) -> int:
        """Return how many bytes come that we have; raises ImageError for no answer at all."""
        if raw.status == 206 and start:
            if raw.headers.get("content-range", "").startswith(f"bytes {start}-"):
                return 0
            raise self._mismatch("layer", digest, "goes on at another place than asked")
        if raw.status != 200:
            raise self._status(raw.status, _suffix(digest))
        return start

    def _get(self, path: str, *, what: str) -> Answer:
        answer = self._ask(path, "GET")
        if answer.status != 200:
            raise self._status(answer.status, what)
        return answer

    def _ask(self, path: str, method: str) -> Answer:
        """Return the answer, after asking for credentials once where they are wanted."""
        headers = _MANIFESTS if path.startswith("/manifests/") else {}
        try:
            answer = self._wire.ask(self._request(path, method, headers), DOCUMENT_CAP)
            if answer.status == _UNAUTHORISED:
                self._authority.renew(answer)
                answer = self._wire.ask(self._request(path, method, headers), DOCUMENT_CAP)
        except Broken as error:
            raise unreachable(error, str(self._reference)) from error
        return answer

    def _request(self, path: str, method: str, headers: Mapping[str, str]) -> Request:
        return Request(
            url=self._root + path,
            method=method,
            headers=headers,
            authorization=self._authority.header,
        )

    def _status(self, status: int, what: str) -> ImageError:
        if status in (_UNAUTHORISED, 403):
            return self._authority.refusal()
        name = self._reference
        if status == 404:
            return ImageError(
                f"{name.host} has no {name.repository}{printable(what)}",
                hint=f"check the name; if it is private: docker login {name.host}",
            )
        if status == 429:
            return ImageError(
                f"{name.host} allows no more requests for now",
                hint=f"wait, or log in for a higher limit: docker login {name.host}",
            )
        return ImageError(f"{name}: {name.host} answered with status {status}")

    def _mismatch(
        self, kind: str, digest: str, how: str = "is not what its digest says"
    ) -> ImageError:
        return ImageError(
            f"{self._reference}: the {kind} {printable(digest)} {how}",
            hint="the registry, or something on the way to it, gave other bytes",
        )


def _suffix(target: str) -> str:
    return f"@{target}" if is_digest(target) else f":{target}"


def unreachable(error: Broken, what: str) -> ImageError:
    """Return what a failed exchange means to a person."""
    import socket
    import ssl

    cause = error.cause if isinstance(error, NoConnection) else None
    hint = "is the registry up? try again"
    if isinstance(cause, socket.gaierror):
        hint = "check the host's name, and the network"
    elif is_untrusted(error):
        hint = "name the file of its authority in SSL_CERT_FILE, or list the host as insecure"
    elif isinstance(cause, ssl.SSLError):
        hint = "if the registry speaks plain http, list the host as insecure"
    return ImageError(f"{what}: {error}", hint=hint)


def is_untrusted(error: Broken) -> bool:
    """Whether a connection failed because the other side's certificate is not trusted."""
    import ssl

    cause = error.cause if isinstance(error, NoConnection) else None
    return isinstance(cause, ssl.SSLCertVerificationError)


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    """Return the digest of ``data`` (OCI image-spec, descriptor)."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def verified(data: bytes, digest: str) -> bool:
    """Whether ``data`` is what a digest says."""
    return digest_of(data, digest.partition(":")[0]) == digest
