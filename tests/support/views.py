"""Views of layers that a test makes: whole ones, and one side of a pair with shared layers."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from depcheck.images.layer import read_layer
from depcheck.images.table import LayerTable
from depcheck.images.view import Placed, View
from depcheck.images.wanted import wanted
from depcheck.model.inventory import Provenance
from tests.support.oci import Entry, Layer


def table(entries: Mapping[str, Entry]) -> LayerTable:
    """Read a layer with these entries, as the layers of an image are read."""
    return read_layer([Layer(entries).content], diff_id=None, wanted=wanted)


def table_of(folder: Path, at: str) -> LayerTable:
    """Read a real folder as a layer in which it lies at ``at``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, arcname=at)
    return read_layer([buffer.getvalue()], diff_id=None, wanted=wanted)


def whole(*tables: LayerTable) -> View:
    """All layers of an image, the bottom first."""
    return View(_placed(tables), complete=True)


def pair(
    shared: Sequence[LayerTable],
    left: Sequence[LayerTable],
    right: Sequence[LayerTable],
    below: int = 0,
) -> tuple[View, View]:
    """Both sides of a pair, of whose shared layers the top ``below`` were read.

    Layers stand the bottom first. The scope is what the differing layers touch or hide.
    """
    scope = sorted({path for each in (*left, *right) for path in (*each.entries, *each.removed)})
    unread = len(shared) - below
    one, other = (
        View(_placed((*shared, *own))[: len(own) + below], complete=not unread, scope=scope)
        for own in (left, right)
    )
    return one, other


def _placed(tables: Sequence[LayerTable]) -> list[Placed]:
    numbered = list(enumerate(tables, 1))
    return [Placed(each, Provenance(layer=number)) for number, each in reversed(numbered)]
