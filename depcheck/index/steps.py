"""Asking one index after the other: the steps of it, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from depcheck.index.pagefiles import StoredPage
from depcheck.index.releases import Listing
from depcheck.model.catalog import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One index to be asked for a project, and what the cache has of its page."""

    index: str
    url: str
    key: bytes
    stored: StoredPage | None = None
    usable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The end of asking: the index that has the project, and its listing or page."""

    step: Step | None = None
    listing: Listing | None = None
    failure: Unavailable | None = None


def from_folder(step: Step, folder: Path, name: str) -> Found:
    """Return what an index that is a folder has of a project."""
    from depcheck.index.local import local_listing
    from depcheck.index.pages import PageError

    try:
        listing = local_listing(folder, name)
    except (PageError, OSError) as error:
        reason = f"its page in {folder} cannot be read: {error}"
        return Found(failure=Unavailable(subject=name, reason=reason))
    return Found(step=step, listing=listing) if listing is not None else Found()
