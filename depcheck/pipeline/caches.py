"""What is kept between runs: where it lies, how much it is, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from depcheck.images.cache import layers_clear, layers_info
from depcheck.index import cache_clear as index_clear
from depcheck.index import cache_folder
from depcheck.index import cache_info as index_info
from depcheck.model.settings import IndexSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheHeld:
    """What a cache folder holds; ``bytes`` on disk, the rest are numbers of entries."""

    path: Path
    bytes: int
    pages: int
    metadata: int
    layers: int


def cache_info(folder: Path | None, environ: Mapping[str, str]) -> CacheHeld:
    """What the cache holds (``depcheck cache info``); ``folder`` None is the user's."""
    path = cache_folder(IndexSettings(cache_dir=folder), environ)
    index = index_info(path)
    layers, size = layers_info(path)
    return CacheHeld(
        path=path,
        bytes=index.bytes + size,
        pages=index.pages,
        metadata=index.metadata,
        layers=layers,
    )


def cache_clear(folder: Path | None, environ: Mapping[str, str]) -> CacheHeld:
    """Empty the cache (``depcheck cache clear``); returns what it held."""
    held = cache_info(folder, environ)
    layers_clear(held.path)
    index_clear(held.path)
    return held
