"""Where two images come from: one line at the most, since what layers change is told by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from depcheck.model.findings import Drift, Finding
from depcheck.model.inventory import Inventory
from depcheck.model.text import redact
from depcheck.parity.telling import Teller, brief, count

_FRACTION = re.compile(r"\.\d+")


def layer_findings(teller: Teller, left: Inventory, right: Inventory) -> Iterator[Finding]:
    """Yield the finding that chains of layers, base images or times of building differ."""
    chains = [[layer.diff_id for layer in side.layers] for side in (left, right)]
    bases, created = [
        [_setting(side, key) for side in (left, right)] for key in ("base", "created")
    ]
    if chains[0] == chains[1] and bases[0] == bases[1] and created[0] == created[1]:
        return
    drift = Drift(
        aspect="settings",
        name="layers",
        left=_origin(chains[0], bases[0], created[0]),
        right=_origin(chains[1], bases[1], created[1]),
        service=teller.service,
    )
    message = (
        f"the image is {brief(drift.left or '')} in {teller.left}, "
        f"{brief(drift.right or '')} in {teller.right}: {_shared(left, right)}."
    )
    yield teller.found("image-layers", message, drift)


def _setting(side: Inventory, key: str) -> str:
    fact = side.settings.get(key)
    value = fact.value if fact is not None and not fact.secret else ""
    return value or (side.identity.created if key == "created" else "")


def _origin(chain: Sequence[str], base: str, created: str) -> str:
    parts = [f"of {count(len(chain), 'layer')}"]
    parts += [f"on {redact(base)}"] if base else []
    parts += [f"built {_FRACTION.sub('', created)}"] if created else []
    return ", ".join(parts)


def _shared(left: Inventory, right: Inventory) -> str:
    number = shared_layers(left, right)
    if number == len(left.layers) == len(right.layers):
        return "the layers are the same"
    return f"they share the lowest {count(number, 'layer')}" if number else "no layer is shared"


def shared_layers(left: Inventory, right: Inventory) -> int:
    """Return how many layers both have in common, counted from the bottom."""
    number = 0
    for one, other in zip(left.layers, right.layers, strict=False):
        if one.diff_id != other.diff_id:
            break
        number += 1
    return number
