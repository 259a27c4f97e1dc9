"""Looking at the cache from outside, and clearing it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from depcheck.index.pagefiles import FOLDER
from depcheck.index.store import NAME, MetadataStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """What a cache folder holds; ``bytes`` on disk, the rest are numbers of entries."""

    path: Path
    bytes: int
    pages: int
    metadata: int


def cache_info(folder: Path) -> CacheInfo:
    """Return what the cache in ``folder`` holds; an absent cache holds nothing."""
    entries = 0
    if (folder / NAME).exists():
        store = MetadataStore(folder, lambda text: None)
        entries = store.count()
        store.close()
    files = _own_files(folder)
    return CacheInfo(
        path=folder,
        bytes=sum(path.stat().st_size for path in files),
        pages=sum(path.parent.name == FOLDER for path in files),
        metadata=entries,
    )


def cache_clear(folder: Path) -> CacheInfo:
    """Remove the cache's own files from ``folder``; returns what they held."""
    info = cache_info(folder)
    for path in _own_files(folder):
        path.unlink(missing_ok=True)
    for emptied in (folder / FOLDER, folder):
        with suppress(OSError):
            emptied.rmdir()
    return info


def _own_files(folder: Path) -> list[Path]:
    patterns = (f"{FOLDER}/*", f"{NAME.partition('.')[0]}.*")
    return [path for pattern in patterns for path in folder.glob(pattern) if path.is_file()]
