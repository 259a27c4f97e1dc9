"""What distributions weigh, in bytes of the files that an install takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from depcheck.model.findings import Finding
from depcheck.model.report import Picked
from depcheck.model.rules import RULES
from depcheck.model.walls import Weight

_LARGEST = 5
_FOR_GPU = re.compile(r"nvidia-|cuda-|triton$")


def size_of(picks: Iterable[Picked]) -> tuple[int, tuple[str, ...]]:
    """Return the bytes of the preferred file of each pick, and the names without a size.

    They are as downloaded: unpacked, a wheel takes two to three times as much.
    """
    total = 0
    unsized = []
    for pick in picks:
        size = _size(pick)
        if size is None:
            unsized.append(pick.name)
        total += size or 0
    return total, tuple(unsized)


def _size(pick: Picked) -> int | None:
    return pick.distributions[0].size if pick.distributions else None


def heavy(
    component: str,
    core: str,
    core_picks: Sequence[Picked],
    picks: Sequence[Picked],
    threshold: int,
) -> Finding | None:
    """Return the wall (``wall-heavy``) of a component whose stack would swell the core's image.

    ``core_picks`` and ``picks`` are what the core and the component resolve to alone;
    ``threshold`` is in bytes. None where the distributions that the core lacks weigh less.
    """
    has = {pick.name for pick in core_picks}
    new = [pick for pick in picks if pick.name not in has]
    added = size_of(new)[0]
    if added < threshold:
        return None
    rule = RULES["wall-heavy"]
    before = size_of(core_picks)[0]
    ranked = sorted(((p.name, _size(p) or 0) for p in new), key=lambda item: (-item[1], item[0]))
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f"{component} would add {_readable(added)} of files to install to {core}'s image, "
        f"which takes {_readable(before)} alone.",
        evidence=Weight(
            component=component, added=added, core=before, largest=tuple(ranked[:_LARGEST])
        ),
        remedy=_remedy(component, new, added),
    )


def _remedy(component: str, new: Sequence[Picked], added: int) -> str:
    for_gpu = size_of(p for p in new if _FOR_GPU.match(p.name))[0]
    if 2 * for_gpu < added:
        return ""
    return (
        f"{_readable(for_gpu)} of it are libraries for a GPU: if {component} computes on the CPU, "
        "install CPU builds instead."
    )


def _readable(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"
