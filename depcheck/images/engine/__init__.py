"""Images and containers of a Docker Engine, or of what speaks its API (Docker Engine API v1).

with Engines(environ) as engines:
    opened = open_engine_image("shop:staging", platform=None, engines=engines, ...)
    other = open_container("shop-web-1", engines=engines, ...)
    save = together(opened.backings[0], other.backings[0])   # one call for both
"""

from __future__ import annotations

from depcheck.images.engine.client import Engine, Engines
from depcheck.images.engine.containers import containers_of_project, open_container
from depcheck.images.engine.images import open_engine_image
from depcheck.images.engine.save import engine_backing, together

__all__ = [
    "Engine",
    "Engines",
    "containers_of_project",
    "engine_backing",
    "open_container",
    "open_engine_image",
    "together",
]
