"""Which files of a layer are kept, whole or in part, while it is read."""

from __future__ import annotations

from depcheck.images.contents.kept import wanted_python
from depcheck.images.contents.native import wanted_native
from depcheck.images.contents.packages import wanted_os
from depcheck.images.table import Wanted


def wanted(path: str, size: int) -> Wanted | None:
    """Return how the file at ``path``, ``size`` bytes long, is kept; None where it is not."""
    return wanted_python(path, size) or wanted_os(path, size) or wanted_native(path, size)
