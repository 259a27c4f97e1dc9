"""Which native libraries are in a wheel, told by its directory alone (PEP 427, APPNOTE 6.3).

The wheel is not fetched: the end of it, which is the zip's central directory, names every
member. What it says never changes, so it is kept for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from depcheck.index.addresses import local_path
from depcheck.index.archive import BadArchive, Source, find_names
from depcheck.index.store import MetadataStore, cache_key, metadata_key
from depcheck.model.catalog import Distribution, Unavailable
from depcheck.model.requirement import normalise
from depcheck.model.settings import IndexSettings
from depcheck.net.redaction import redact

SMALL_CAP = 4 << 20
"""Bytes of a wheel that may be read whole where a server has no ranges."""

NativeFiles = tuple[str, ...] | Unavailable
_NATIVE = re.compile(rb"\.so(?:\.\d{1,9}){0,8}\Z|\.dylib\Z|\.dll\Z", re.IGNORECASE)
_NAMES_CAP, _NAME_CAP = 20_000, 1024
_TAIL = 64 << 10


def native_names(source: Source) -> tuple[str, ...]:
    """Return the paths of shared libraries and extension modules in a wheel, in its order.

    They are data of strangers: any path, any character. Raises BadArchive.
    """
    names = find_names(source, _is_native)
    if len(names) > _NAMES_CAP:
        raise BadArchive("it has more native files than is believable")
    return tuple(name.decode("utf-8", "backslashreplace") for name in names)


def _is_native(name: bytes) -> bool:
    return len(name) <= _NAME_CAP and _NATIVE.search(name) is not None


def local_natives(path: Path) -> NativeFiles:
    """Return the native files of a wheel on this machine."""
    try:
        with path.open("rb") as file:

            def fetch(start: int, stop: int) -> bytes:
                file.seek(start)
                return file.read(stop - start)

            size = path.stat().st_size
            return native_names(Source(size, fetch(max(0, size - _TAIL), size), fetch))
    except OSError as error:
        reason = f"the wheel cannot be read: {error.strerror or type(error).__name__}"
    except BadArchive as error:
        reason = f"the wheel cannot be read: {error}"
    return Unavailable(subject=path.name, reason=reason)


class Contents:
    """One question for the native files of many wheels (``IndexCatalog.native_files``).

    ``answers`` are by the URL of the distribution.
    """

    def __init__(self, store: MetadataStore | None, settings: IndexSettings) -> None:
        self._store, self._offline = store, settings.offline
        self._refresh = settings.refresh
        self.answers: dict[str, NativeFiles] = {}

    def unknown(self, distributions: Iterable[Distribution]) -> Iterator[Distribution]:
        """Answer what needs no network, and yield each other distribution once."""
        for each in {each.url: each for each in distributions}.values():
            answer = self._at_once(each)
            if answer is None:
                yield each
            else:
                self.answers[each.url] = answer

    def _at_once(self, distribution: Distribution) -> NativeFiles | None:
        if not distribution.is_wheel:
            reason = "an sdist does not say what a build of it would hold"
            return Unavailable(subject=distribution.filename, reason=reason)
        if distribution.filename.endswith("-none-any.whl"):
            return ()
        path = local_path(distribution.url)
        if path is not None:
            return local_natives(path)
        known = self._known(distribution)
        if known is None and self._offline:
            return Unavailable(
                subject=distribution.filename,
                reason="the cache does not say what is in it",
                hint="run once without --offline, so that the cache has it",
            )
        return known

    def _known(self, distribution: Distribution) -> NativeFiles | None:
        # What a hash binds never changes; the rest is asked again on request.
        if self._store is None or (self._refresh and not distribution.hashes):
            return None
        return self._store.get_names(_key(distribution))

    def came(
        self,
        distribution: Distribution,
        result: tuple[NativeFiles, bool] | None,
        error: Exception | None,
    ) -> None:
        """Take in an answer of the network, and keep it where it holds for good."""
        if result is None:
            # Hostile input may find a fault that nobody thought of.
            reason = redact(f"it cannot be understood: {type(error).__name__}: {error}")
            self.answers[distribution.url] = Unavailable(
                subject=distribution.filename, reason=reason
            )
            return
        answer, lasting = result
        self.answers[distribution.url] = answer
        if lasting and self._store is not None and not isinstance(answer, Unavailable):
            self._store.put_names(_key(distribution), answer)


def _key(distribution: Distribution) -> bytes:
    return cache_key("native", metadata_key(distribution).hex())


def project_of(distribution: Distribution) -> str:
    """Return the normalised project name in a wheel's file name."""
    return normalise(distribution.filename.partition("-")[0])
