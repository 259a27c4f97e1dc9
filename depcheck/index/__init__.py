"""The index client: what package indexes know, from a cache or over the network."""

from depcheck.index.addresses import cache_folder
from depcheck.index.catalog import IndexCatalog, open_catalog
from depcheck.index.housekeeping import CacheInfo, cache_clear, cache_info
from depcheck.net.redaction import redact

__all__ = [
    "CacheInfo",
    "IndexCatalog",
    "cache_clear",
    "cache_folder",
    "cache_info",
    "open_catalog",
    "redact",
]
