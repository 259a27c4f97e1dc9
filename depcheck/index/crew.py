"""The threads that fetch, and asking one index after the other.

Kept apart from the catalog so that a run that the cache answers imports no part
of the network.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from depcheck import __version__
from depcheck.index.addresses import Addresses, local_path
from depcheck.index.fetch import FetchedPage, Fetcher, Refused
from depcheck.index.pagefiles import PageFiles
from depcheck.index.pages import PageError
from depcheck.index.steps import Found, Step, from_folder
from depcheck.index.transport import Transport, TransportError
from depcheck.model.catalog import Unavailable
from depcheck.net.credentials import Credentials
from depcheck.net.redaction import redact

# More threads hide latency; where there is none to hide they only get in each
# other's way (measured on loopback: 8 took four fifths of the time of 24).
_THREADS, _THREADS_NEAR = 24, 8
_KEEP_SECONDS = 20.0
After = list[Callable[[], None]]
_NETWORK_HINT = "check the network, or try again; --offline answers from the cache alone"


def ask_indexes(
    fetcher: Fetcher, steps: Sequence[Step], name: str, kept: PageFiles | None, after: After
) -> Found:
    """Ask one index after the other; the first that has the project wins.

    An index that cannot be asked ends it: the next must not answer in its place.
    What puts the pages that came into ``kept`` is added to ``after``.
    """
    for step in steps:
        found = _ask(fetcher, step, name, kept, after)
        if found.step or found.failure:
            return found
    return Found()


def _ask(fetcher: Fetcher, step: Step, name: str, kept: PageFiles | None, after: After) -> Found:
    if folder := local_path(step.index):
        return from_folder(step, folder, name)
    stored = step.stored
    if stored is not None and step.usable:
        return Found(step=step, listing=stored.listing()) if stored.found else Found()
    try:
        page = fetcher.page(step.url, name, stored)
    except (TransportError, PageError) as error:
        where = "" if isinstance(error, TransportError) else f"{redact(step.url)}: "
        return Found(failure=Unavailable(
            subject=name, reason=f"{where}{error}", hint=_NETWORK_HINT))  # fmt: skip
    except Refused as error:
        return Found(failure=Unavailable(subject=name, reason=error.reason, hint=error.hint))
    if kept is not None and page.expires is not None:
        after.append(partial(_keep, kept, step.key, page))
    if page.kind == "missing":
        return Found()
    if page.kind == "same" and stored is not None:
        return Found(step=step, listing=stored.listing()) if stored.found else Found()
    return Found(step=step, listing=page.listing)


def _keep(kept: PageFiles, key: bytes, page: FetchedPage) -> None:
    assert page.expires is not None
    if page.kind == "same":
        kept.renew(key, page.expires)
    else:
        kept.put(key, page.listing, page.etag, page.modified, page.expires)


class Network:
    """Runs work on threads, which are started only as far as they are needed."""

    def __init__(self, addresses: Addresses) -> None:
        network = addresses.network
        credentials = Credentials(addresses.indexes, network.netrc, network.keyring)
        # itertools.count is one bytecode, so that threads need no lock to count.
        self._counter = itertools.count(1)
        self.requests = 0
        self._transport = Transport(
            network, credentials,
            user_agent=f"depcheck/{__version__}", on_request=self._count,
        )  # fmt: skip
        self.fetcher = Fetcher(self._transport)
        self._jobs: SimpleQueue[
            tuple[Callable[[After], Any], Callable[[Any, Exception | None], None]] | None
        ]
        self._jobs = SimpleQueue()
        self._results: SimpleQueue[
            tuple[Callable[[Any, Exception | None], None], Any, Exception | None]
        ]
        self._results = SimpleQueue()
        self._limit = _THREADS_NEAR if all(map(_is_near, addresses.indexes)) else _THREADS
        self._open = 0
        self._keeping = 0
        self._kept = threading.Condition()
        self._threads: list[threading.Thread] = []

    @property
    def bytes_read(self) -> int:
        return self._transport.bytes_read

    def submit(
        self, work: Callable[[After], Any], done: Callable[[Any, Exception | None], None]
    ) -> None:
        """Run ``work`` on a thread; ``collect`` then hands its result to ``done``.

        What ``work`` adds to the list that it is given is called once its result is
        on the way: nobody waits for the cache to be written.
        """
        self._open += 1
        self._jobs.put((work, done))
        if len(self._threads) < min(self._limit, self._open):
            thread = threading.Thread(target=self._run, daemon=True)
            self._threads.append(thread)
            thread.start()

    def collect(self, *, wait: bool) -> None:
        """Hand over what is finished; with ``wait`` at least one, if any is open."""
        if wait and self._open:
            self._hand(self._results.get())
        while self._open:
            try:
                self._hand(self._results.get_nowait())
            except Empty:
                return

    def close(self) -> None:
        """End the threads; requests are dropped, what is to be kept is kept."""
        self._transport.close()
        with self._kept:
            self._kept.wait_for(lambda: self._keeping == 0, timeout=_KEEP_SECONDS)
        for _ in self._threads:
            self._jobs.put(None)

    def _hand(
        self, finished: tuple[Callable[[Any, Exception | None], None], Any, Exception | None]
    ) -> None:
        self._open -= 1
        done, result, error = finished
        done(result, error)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, done = job
            after: After = []
            try:
                result, failure = work(after), None
            except Exception as error:
                result, failure = None, error
            self._count_keeping(1)
            self._results.put((done, result, failure))
            try:
                for each in after:
                    each()
            finally:
                self._count_keeping(-1)

    def _count_keeping(self, change: int) -> None:
        with self._kept:
            self._keeping += change
            if self._keeping == 0:
                self._kept.notify_all()

    def _count(self) -> None:
        self.requests = next(self._counter)


def _is_near(index: str) -> bool:
    host = urlsplit(index).hostname or ""
    return index.startswith("file:") or host in ("localhost", "::1") or host.startswith("127.")
