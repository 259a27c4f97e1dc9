"""The catalog over real indexes: many wishes at once, answered from cache or network."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from depcheck.errors import IndexFailure
from depcheck.index.addresses import Addresses, cache_folder, find_addresses, local_path
from depcheck.index.pagefiles import PageFiles
from depcheck.index.releases import (
    Listing,
    as_project,
    filtered,
    merged,
    release_lists,
    upload_stamp,
)
from depcheck.index.steps import Found, Step, from_folder
from depcheck.index.store import MetadataStore, cache_key, metadata_key
from depcheck.model.catalog import (
    Arrival,
    Distribution,
    MetadataAnswer,
    MetadataWanted,
    Missing,
    Project,
    ProjectAnswer,
    ProjectWanted,
    Unavailable,
    Wanted,
    wish_key,
)
from depcheck.model.observer import Observer, Silent
from depcheck.model.settings import IndexSettings
from depcheck.net.credentials import split_userinfo
from depcheck.net.redaction import redact

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Work = Callable[[list[Callable[[], None]]], Any]
_OFFLINE_HINT = "run once without --offline, so that the cache has it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """The two parts of the cache: pages grow old, metadata does not."""

    pages: PageFiles
    metadata: MetadataStore


class IndexCatalog:
    """Implements ``Catalog`` over indexes, with a cache. Use from one thread only.

    ``indexes`` are the addresses asked, without secrets, ``exclude_newer`` the cut-off of
    uploads. ``requests`` and ``bytes_read`` count what went over the network. Close it, or
    use it as a context manager: only then is the cache sure to be written.
    """

    def __init__(
        self,
        addresses: Addresses,
        settings: IndexSettings,
        cache: Cache | None,
        observer: Observer,
    ) -> None:
        self._addresses = addresses
        self._settings = settings
        self._cache = cache
        self._observer = observer
        self._newest = _newest(settings.exclude_newer)
        self._seen: set[tuple[str, ...]] = set()
        self._ready: deque[Arrival] = deque()
        self._total = self._answered = 0
        self._network: Any = None
        self._links: Any = None
        self.indexes = tuple(redact(index) for index in addresses.indexes)
        self.exclude_newer = settings.exclude_newer

    def __enter__(self) -> IndexCatalog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def requests(self) -> int:
        return self._network.requests if self._network else 0

    @property
    def bytes_read(self) -> int:
        return self._network.bytes_read if self._network else 0

    def close(self) -> None:
        """Stop what is under way and write the cache."""
        if self._network is not None:
            self._network.close()
        if self._cache is not None:
            self._cache.metadata.close()

    def want(self, wanted: Wanted) -> None:
        """Ask for a project or a distribution's metadata; returns at once."""
        key = wish_key(wanted)
        if key in self._seen:
            return
        self._seen.add(key)
        if isinstance(wanted, ProjectWanted):
            self._want_project(wanted)
        else:
            self._want_metadata(wanted)

    def arrivals(self) -> Iterator[Arrival]:
        """Wait for at least one answer and yield all that are there."""
        if self._network is not None:
            self._network.collect(wait=not self._ready)
        while self._ready:
            yield self._ready.popleft()

    # Projects

    def _want_project(self, wanted: ProjectWanted) -> None:
        if not _NAME.fullmatch(wanted.name):
            self._ready.append((wanted, Missing(name=wanted.name, indexes=self.indexes)))
            return
        steps = [self._step(index, wanted.name) for index in self._addresses.indexes]
        for position, step in enumerate(steps):
            found = self._at_once(step, wanted.name)
            if found is None:
                self._go(
                    wanted,
                    partial(self._ask, steps[position:], wanted.name),
                    lambda found: self._ready.append((wanted, self._answer(wanted.name, found))),
                )
                return
            if found.step or found.failure:
                self._ready.append((wanted, self._answer(wanted.name, found)))
                return
        self._ready.append((wanted, self._answer(wanted.name, Found())))

    def _step(self, index: str, name: str) -> Step:
        bare, userinfo = split_userinfo(index)
        url = f"{bare}{name}/"
        key = cache_key("page", url, userinfo)
        if self._cache is None or local_path(index):
            return Step(index=index, url=f"{index}{name}/", key=key)
        kept = self._cache.pages.get(key)
        usable = kept is not None and (
            self._settings.offline or (not self._settings.refresh and kept.expires > time.time())
        )
        return Step(index=index, url=f"{index}{name}/", key=key, stored=kept, usable=usable)

    def _at_once(self, step: Step, name: str) -> Found | None:
        """Return what is known of a step without the network, None where it is needed."""
        folder = local_path(step.index)
        if folder is not None:
            return from_folder(step, folder, name)
        if step.usable and step.stored is not None:
            return Found(step=step, listing=step.stored.listing()) if step.stored.found else Found()
        if self._settings.offline:
            reason = f"the cache has no page of {name} from {redact(step.index)}"
            return Found(failure=Unavailable(subject=name, reason=reason, hint=_OFFLINE_HINT))
        return None

    def _ask(self, steps: Sequence[Step], name: str, after: list[Callable[[], None]]) -> Found:
        """Ask the network; runs on a thread of its own. ``after`` gets what keeps pages."""
        pages = self._cache.pages if self._cache else None
        found: Found = _network_module().ask_indexes(
            self._network.fetcher, steps, name, pages, after
        )
        return found

    def _answer(self, name: str, found: Found) -> ProjectAnswer:
        if found.failure is not None:
            return found.failure
        try:
            offered = self._offered(name)
        except Exception as error:
            return Unavailable(subject=name, reason=f"pip's find-links: {error}")
        project = self._project(name, found)
        if offered is not None:
            project = merged(project, offered)
        if project is None:
            return Missing(name=name, indexes=self.indexes)
        return filtered(project, self._newest) if self._newest else project

    def _project(self, name: str, found: Found) -> Project | None:
        if found.step is None or found.listing is None:
            return None
        step, listing = found.step, found.listing
        index = redact(step.index)
        if listing.chunks or step.stored is None:
            return as_project(name, listing, index)
        return as_project(name, listing, index, self._chunks_of(step, name, listing))

    def _chunks_of(self, step: Step, name: str, listing: Listing) -> Callable[[int], bytes]:
        """Return a reader of a cached page's chunks, which mends what is broken."""
        stored = step.stored
        assert stored is not None

        def chunk_at(number: int) -> bytes:
            found = stored.chunk(number)
            return found if found is not None else self._mended(step, name, listing, number)

        return chunk_at

    def _mended(self, step: Step, name: str, listing: Listing, number: int) -> bytes:
        """Fetch a page again whose chunk is broken or was replaced by another run."""
        starts = [*listing.starts, len(listing.versions)]
        wanted = listing.versions[starts[number] : starts[number + 1]]
        if not self._settings.offline:
            self._begin()
            after: list[Callable[[], None]] = []
            found = self._ask([Step(index=step.index, url=step.url, key=step.key)], name, after)
            for each in after:
                each()
            if found.listing is not None:
                return release_lists(found.listing, wanted)
        raise IndexFailure(
            f"the cached page of {name} is damaged and cannot be fetched again",
            hint="run 'depcheck cache clear'",
        )

    def _offered(self, name: str) -> Project | None:
        """Return what pip's find-links offer of a project."""
        if not self._addresses.find_links:
            return None
        from depcheck.index.local import FindLinks

        if self._links is None:
            self._links = FindLinks(self._addresses.find_links, self._link_page)
        listing = self._links.listing(name)
        return as_project(name, listing, "find-links") if listing else None

    def _link_page(self, url: str) -> tuple[bytes, str]:
        if self._settings.offline:
            raise IndexFailure(f"{redact(url)} is not in the cache", hint=_OFFLINE_HINT)
        self._begin()
        page: tuple[bytes, str] = self._network.fetcher.text(url)
        return page

    # Metadata

    def _want_metadata(self, wanted: MetadataWanted) -> None:
        distribution = wanted.distribution
        subject = _subject(wanted)
        path = local_path(distribution.url)
        if path is not None:
            from depcheck.index.local import local_metadata

            self._ready.append((wanted, local_metadata(subject, wanted.name, path)))
            return
        key = metadata_key(distribution)
        known = self._known(key, subject, distribution)
        if known is None and self._settings.offline:
            reason = "the cache has no metadata of it"
            known = Unavailable(subject=subject, reason=reason, hint=_OFFLINE_HINT)
        if known is not None:
            self._ready.append((wanted, known))
            return
        self._go(
            wanted,
            lambda after: self._network.fetcher.metadata(subject, wanted.name, distribution),
            lambda result: self._metadata_came(wanted, key, result),
        )

    def _known(self, key: bytes, subject: str, distribution: Distribution) -> MetadataAnswer | None:
        # What a hash binds never changes; the rest is asked again on request.
        if self._cache is None or (self._settings.refresh and not distribution.hashes):
            return None
        return self._cache.metadata.get(key, subject)

    def _metadata_came(
        self, wanted: MetadataWanted, key: bytes, result: tuple[MetadataAnswer, bool]
    ) -> None:
        answer, lasting = result
        if lasting and self._cache is not None:
            self._cache.metadata.put(key, answer)
        self._ready.append((wanted, answer))

    # Contents

    def native_files(
        self, distributions: Iterable[Distribution]
    ) -> Mapping[str, tuple[str, ...] | Unavailable]:
        """Return the native files in wheels, by the URL of the distribution; waits for all.

        They are paths of libraries and extension modules (``torch/lib/libc10.so``). A wheel
        for any platform costs no request; of others the end is read. What cannot be told
        (an sdist, a wheel that is not there) is Unavailable.
        """
        from depcheck.index.contents import Contents

        contents = Contents(self._cache.metadata if self._cache else None, self._settings)
        for each in contents.unknown(distributions):
            self._send(partial(self._natives, each), partial(contents.came, each))
        while self._answered < self._total:
            self._network.collect(wait=True)
        return contents.answers

    def _natives(self, distribution: Distribution, after: list[Callable[[], None]]) -> Any:
        return self._network.fetcher.natives(distribution)

    # The network

    def _begin(self) -> None:
        if self._network is None:
            self._network = _network_module().Network(self._addresses)

    def _go(self, wanted: Wanted, work: Work, done: Callable[[Any], None]) -> None:
        def finished(result: Any, error: Exception | None) -> None:
            if error is None:
                done(result)
            else:
                # Hostile input may find a fault that nobody thought of.
                reason = redact(f"it cannot be understood: {type(error).__name__}: {error}")
                answer = Unavailable(subject=_subject(wanted), reason=reason)
                # Which kind of answer goes with which wish is more than the types can tell.
                self._ready.append((wanted, answer))  # type: ignore[arg-type]

        self._send(work, finished)

    def _send(self, work: Work, done: Callable[[Any, Exception | None], None]) -> None:
        self._begin()
        self._total += 1
        self._observer.requested(self._total)

        def finished(result: Any, error: Exception | None) -> None:
            self._answered += 1
            self._observer.answered(self._answered)
            done(result, error)

        self._network.submit(work, finished)


def _network_module() -> Any:
    """Return the module that talks to the network, imported when first needed."""
    from depcheck.index import crew

    return crew


def _subject(wanted: Wanted) -> str:
    if isinstance(wanted, ProjectWanted):
        return wanted.name
    return f"{wanted.name} {wanted.version} ({wanted.distribution.filename})"


def _newest(text: str | None) -> str:
    if not text:
        return ""
    whole_day = "T23:59:59.999999" if len(text) == len("2026-01-31") else ""
    stamp = upload_stamp(text + whole_day)
    if stamp == "~":
        raise IndexFailure(
            f"--exclude-newer {text[:40]!r} is no ISO 8601 date or time",
            hint="write it as 2026-01-31 or 2026-01-31T12:00:00Z",
        )
    return stamp


def open_catalog(
    settings: IndexSettings,
    *,
    environ: Mapping[str, str],
    root: Path,
    observer: Observer | None = None,
) -> IndexCatalog:
    """Return a catalog over the indexes that ``settings`` and ``environ`` name.

    ``root`` is what relative index paths are relative to. Nothing is sent and no
    thread started until something is wanted that the cache does not have. Raises
    IndexFailure where the configuration makes no sense.
    """
    told = observer or Silent()
    addresses = find_addresses(settings, environ, root)
    if not (addresses.indexes or addresses.find_links):
        raise IndexFailure(
            "pip is configured to use no index at all", hint="name one with --index-url"
        )
    cache = None
    if not settings.no_cache:
        folder = cache_folder(settings, environ)
        metadata = MetadataStore(folder, told.note)
        cache = Cache(pages=PageFiles(folder, told.note), metadata=metadata)
    return IndexCatalog(addresses, settings, cache, told)
