"""The partition of the last run, as the folder written then tells."""

from __future__ import annotations

from pathlib import Path

from depcheck.deployment.manifest import read_manifest


def previous_partition(folder: Path) -> tuple[tuple[str, ...], ...]:
    """Return the components of each container of the last run; empty where none is known.

    It only breaks ties, so that a manifest that cannot be read or used is none.
    """
    try:
        manifest = read_manifest(folder)
    except OSError:
        return ()
    return manifest.partition if manifest else ()
