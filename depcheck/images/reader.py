"""Images and containers opened by name, and read alone or as a pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from depcheck.images.cache import LayerCache
from depcheck.images.ladder import Ladder
from depcheck.images.opening import Opener
from depcheck.images.pair import PairReading, read_image, read_pair, shared_layers
from depcheck.images.values import Backing, Opened
from depcheck.model.inventory import Identity, Inventory
from depcheck.model.observer import Observer
from depcheck.model.parity import Named, SideKind, Traffic

IMAGE_KINDS: frozenset[SideKind] = frozenset(("docker", "container", "registry", "oci", "archive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    """How images are found. ``environ`` tells where engines and credentials are.

    ``cache_folder`` None keeps nothing. ``insecure`` are registries spoken to
    without TLS. ``files`` takes every path in.
    """

    environ: Mapping[str, str]
    cache_folder: Path | None = None
    platform: str | None = None
    insecure: tuple[str, ...] = ()
    files: bool = False


class ImageReader:
    """Opens and reads images; a context manager. Nothing is pulled, unpacked or run.

    Everything raises ImageError for what cannot be read.
    """

    def __init__(self, settings: ReaderSettings, observer: Observer) -> None:
        self.files = settings.files
        self._observer = observer
        self._cache = LayerCache(settings.cache_folder, note=observer.note)
        self.opener = Opener(
            environ=settings.environ,
            platform=settings.platform,
            insecure=settings.insecure,
            cache=self._cache,
            observer=observer,
        )

    def __enter__(self) -> ImageReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.opener.close()

    def identity(self, named: Named) -> Identity:
        """Return what names the image or container for good."""
        return self.opener.open(named).image.identity

    def read(self, named: Named) -> tuple[Inventory, tuple[Traffic, ...]]:
        """Return all that one image or container holds, and what reading it moved."""
        opened = self.opener.open(named)
        ladder = Ladder(opened.backings, self._cache, self._observer)
        inventory = read_image(opened.image, str(named), ladder, files=self.files)
        return inventory, ladder.traffic()

    def pair(self, left: Named, right: Named) -> OpenPair:
        """Return two images that are to be read together."""
        one, other = self.opener.open(left), self.opener.open(right)
        ladder = Ladder(_ways(one, other), self._cache, self._observer)
        return OpenPair(one, other, (str(left), str(right)), ladder)


class OpenPair:
    """Two images, opened. First ``fetch`` what differs of each, then ``read`` both."""

    def __init__(self, left: Opened, right: Opened, names: tuple[str, str], ladder: Ladder) -> None:
        self._images = left.image, right.image
        self._names = names
        self._shared = shared_layers(*self._images)
        self._ladder = ladder

    def fetch(self, side: int) -> None:
        """Read the layers of one side (0 left, 1 right) that the other has not."""
        self._ladder.fetch(reversed(self._images[side].layers[self._shared :]))

    def read(self, *, files: bool) -> PairReading:
        """Return both inventories, and read what is needed from below."""
        return read_pair(*self._images, self._names, self._ladder, files=files)

    def traffic(self) -> tuple[Traffic, ...]:
        """Return what all this moved."""
        return self._ladder.traffic()


def _ways(left: Opened, right: Opened) -> tuple[Backing, ...]:
    """Return all ways to the layers of two images; what one engine saves comes in one call."""
    ways = [*left.backings, *right.backings]
    saves = [backing for backing in ways if backing.way == "engine"]
    rest = [backing for backing in ways if backing.way != "engine"]
    if len(saves) == 2:
        from depcheck.images.engine.save import together

        both = together(*saves)
        saves = [both] if both else saves
    return (*dict.fromkeys(rest), *dict.fromkeys(saves))
