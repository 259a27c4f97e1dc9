"""Distributions that one side has no longer, and the layer that took them away."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.images.view import View
from depcheck.model.inventory import Inventory, Provenance
from depcheck.model.requirement import normalise

_METADATA = (".dist-info", ".egg-info")


def removed_distributions(
    here: tuple[Inventory, View], there: tuple[Inventory, View]
) -> Mapping[tuple[str, str], Provenance]:
    """Return the layer that removed each distribution which the other side has.

    The keys are site folder and normalised name, as in Inventory.
    """
    held = {(item.folder, item.name) for item in here[0].distributions}
    found = {}
    for item in there[0].distributions:
        key = item.folder, item.name
        if key not in held and item.folder and (by := _removed_by(*key, here[1], there[1])):
            found[key] = by
    return found


def _removed_by(folder: str, name: str, here: View, there: View) -> Provenance | None:
    inside = folder.lstrip("/")
    for entry in there.seen(inside):
        if entry.endswith(_METADATA) and normalise(entry.partition("-")[0]) == name:
            return here.removed_by(f"{inside}/{entry}")
    return None
