"""The way back: what the right side runs, as a digest and as pins."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model.findings import Drift
from depcheck.model.inventory import Identity, Installed, Inventory
from depcheck.model.parity import WayBack
from depcheck.model.text import printable, redact
from depcheck.parity.compare import Comparison
from depcheck.parity.distributions import Beside, beside
from depcheck.parity.environments import of_pair, pair_environments
from depcheck.parity.packages import pinned
from depcheck.parity.versions import same


def way_back(
    left: Inventory, right: Inventory, comparison: Comparison, *, service: str = ""
) -> WayBack:
    """Return how to get what ``right`` runs; whether it can still be had is not asked here.

    The pins are of the active environment, for each distribution whose version or
    source differs; ``removals`` are the names of those that only ``left`` has.
    """
    pairs = pair_environments(left, right)
    items = [
        item
        for pair in pairs
        if pair.active
        for item in beside(*of_pair(pair, left, right))
        if _differs(item)
    ]
    return WayBack(
        service=service,
        reference=reference(right.identity),
        pins=tuple(dict.fromkeys(_pin(item.right[-1]) for item in items if item.right)),
        removals=tuple(dict.fromkeys(item.name for item in items if not item.right)),
        packages=tuple(_packages(right, comparison)),
    )


def reference(identity: Identity) -> str:
    """Return what names an image for good: by repository where it can be had from one."""
    return (*identity.repositories, identity.manifest, identity.config)[0]


def _differs(item: Beside) -> bool:
    if not item.left or not item.right:
        return True
    left, right = item.left[-1], item.right[-1]
    return not same(left.version, right.version) or left.source != right.source


def _pin(item: Installed) -> str:
    """Return a distribution as a requirements file takes it (PEP 508)."""
    if item.source.startswith(("git+", "hg+", "svn+", "bzr+", "http://", "https://")):
        return printable(f"{item.name} @ {redact(item.source)}")
    return printable(f"{item.name}=={item.version}")


def _packages(right: Inventory, comparison: Comparison) -> Iterator[str]:
    """Yield the OS packages of the right side that were told to differ, folded ones not."""
    names = {
        finding.evidence.name.partition(":")[0]
        for finding in comparison.findings
        if isinstance(finding.evidence, Drift) and finding.evidence.aspect == "os"
    }
    for package in sorted(right.packages, key=lambda p: p.name):
        if package.name in names:
            yield printable(pinned(package))
