"""The replicas of a service: which of them have to be compared with which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from depcheck.images.reader import IMAGE_KINDS
from depcheck.model.findings import Drift, Finding
from depcheck.model.inventory import Identity
from depcheck.model.parity import Named
from depcheck.parity.services import is_one_image

Replica = tuple[Named, Identity | None]
"""A replica and what it runs; None for what is no image or could not be read."""


def replica_pairs(
    left: Sequence[Replica], right: Sequence[Replica]
) -> tuple[tuple[Named, Named, str], ...]:
    """Return what stands against what, and the name of the replica where it is not the first.

    The first of each side come first; then every other replica of either side that is not
    known to hold the same stands against the first one of the other side.
    """
    lefts, rights = _distinct(left), _distinct(right)
    return (
        (lefts[0], rights[0], ""),
        *((lefts[0], named, str(named)) for named in islice(rights, 1, None)),
        *((named, rights[0], str(named)) for named in islice(lefts, 1, None)),
    )


def _distinct(replicas: Sequence[Replica]) -> list[Named]:
    """Return one replica of each image; each container, as it can have changes of its own."""
    kept: list[Replica] = []
    for named, identity in replicas:
        if not any(_holds_the_same((named, identity), other) for other in kept):
            kept.append((named, identity))
    return [named for named, _ in kept]


def _holds_the_same(one: Replica, other: Replica) -> bool:
    if (one[0].kind, one[0].value) == (other[0].kind, other[0].value):
        return True
    if one[1] is None or other[1] is None or "container" in (one[0].kind, other[0].kind):
        return False
    return is_one_image(one[1], other[1])


def is_image(named: Named) -> bool:
    """Tell whether a replica has an identity that can be asked for."""
    return named.kind in IMAGE_KINDS


def of_replica(findings: Sequence[Finding], replica: str) -> tuple[Finding, ...]:
    """Return findings that say which replica they are of."""
    return tuple(
        replace(finding, evidence=replace(finding.evidence, replica=replica))
        if isinstance(finding.evidence, Drift) and replica
        else finding
        for finding in findings
    )
