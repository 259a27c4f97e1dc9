"""The way back: what the right side runs, as a digest and as pins."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.model.findings import Drift
from depcheck.model.inventory import Installed, Inventory
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
    container, known = right.identity.container, bool(right.identity.repositories)
    items = [
        item
        for pair in pairs
        if pair.active
        for item in beside(*of_pair(pair, left, right))
        if _differs(item)
    ]
    return WayBack(
        service=service,
        reference=reference(right),
        remark="" if known else _without_registry(right),
        caution=_OF_CONTAINER if container else "",
        pins=tuple(dict.fromkeys(_pin(item.right[-1]) for item in items if item.right)),
        removals=tuple(dict.fromkeys(item.name for item in items if not item.right)),
        packages=tuple(_packages(right, comparison)),
    )


_OF_CONTAINER = (
    "the image holds neither what was changed in the container nor its settings: keep the "
    "changes with docker commit before it is replaced"
)


def _without_registry(right: Inventory) -> str:
    """Say where an image lies that no registry is known to have."""
    if not reference(right):
        return "nothing names it by digest"
    where = "this engine" if _is_of_engine(right) else right.subject
    return printable(f"no registry is known to have it: only {where} has it")


def _is_of_engine(right: Inventory) -> bool:
    return right.subject.startswith("docker:") or bool(right.identity.container)


def reference(right: Inventory) -> str:
    """Return what names an image for good: by repository where it can be had from one.

    Else by the digest of its manifest, or of its configuration, which is an engine's id of it.
    """
    identity = right.identity
    digests = (identity.manifest, identity.config)
    known = (*identity.repositories, *(reversed(digests) if _is_of_engine(right) else digests))
    return next((text for text in known if text), "")


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
