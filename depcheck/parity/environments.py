"""Which Python environment of one side stands against which of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from depcheck.model.inventory import Installed, Inventory, PythonEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPair:
    """Two environments, or one that has no other. ``active`` is the one that runs.

    ``named`` is True where a side is a lock or a list, which knows versions alone.
    """

    left: PythonEnvironment | None
    right: PythonEnvironment | None
    active: bool = False
    named: bool = False

    @property
    def place(self) -> str:
        """The prefix on the right side, else on the left one."""
        return (self.right.prefix if self.right else "") or (self.left.prefix if self.left else "")


Environments = Mapping[str, PythonEnvironment]


def pair_environments(left: Inventory, right: Inventory) -> tuple[EnvironmentPair, ...]:
    """Return the environments of two inventories side by side, the active one first.

    Images are paired by prefix; what is left over on both sides is paired if it is the
    active one of each. A lock, a list or a single interpreter has no
    place in an image: it stands against the active environment alone.
    """
    lefts, rights = _environments(left), _environments(right)
    pairs = _by_role(left, right, lefts, rights)
    if pairs is None:
        pairs = _by_prefix(lefts, rights)
    if not any(pair.active for pair in pairs):  # nobody knows, so everything may run
        pairs = [_as_active(pair) for pair in pairs]
    return tuple(sorted(pairs, key=lambda pair: (not pair.active, pair.place)))


def of_pair(
    pair: EnvironmentPair, left: Inventory, right: Inventory
) -> tuple[tuple[Installed, ...], tuple[Installed, ...]]:
    """Return the distributions of both environments of a pair."""
    return _within(left, pair.left), _within(right, pair.right)


def _within(inventory: Inventory, environment: PythonEnvironment | None) -> tuple[Installed, ...]:
    if environment is None:
        return ()
    return tuple(d for d in inventory.distributions if d.environment == environment.prefix)


def _environments(inventory: Inventory) -> Environments:
    found = {environment.prefix: environment for environment in inventory.environments}
    for distribution in inventory.distributions:
        prefix = distribution.environment
        found.setdefault(prefix, PythonEnvironment(prefix=prefix, kind="other"))
    return found


def is_image(inventory: Inventory) -> bool:
    """Tell whether an inventory speaks of a whole image, not of one environment."""
    return "settings" in inventory.covers


def _by_role(
    left: Inventory, right: Inventory, lefts: Environments, rights: Environments
) -> list[EnvironmentPair] | None:
    if (is_image(left) and is_image(right)) or not (lefts and rights):
        return None
    one, other = _main(left, lefts), _main(right, rights)
    named = "lock" in (one.kind, other.kind)
    main = EnvironmentPair(left=one, right=other, active=True, named=named)
    rest = (lefts.keys() & rights.keys()) - {one.prefix, other.prefix}
    return [
        main,
        *(EnvironmentPair(left=lefts[prefix], right=rights[prefix]) for prefix in rest),
    ]


def _main(inventory: Inventory, environments: Environments) -> PythonEnvironment:
    counts = dict.fromkeys(environments, 0)
    for distribution in inventory.distributions:
        counts[distribution.environment] += 1
    return max(environments.values(), key=lambda e: (e.active, counts[e.prefix], e.prefix))


def _by_prefix(lefts: Environments, rights: Environments) -> list[EnvironmentPair]:
    both = lefts.keys() & rights.keys()
    only_left = [e for prefix, e in lefts.items() if prefix not in both]
    only_right = [e for prefix, e in rights.items() if prefix not in both]
    moved = _moved(only_left, only_right)
    pairs = [(lefts[prefix], rights[prefix]) for prefix in both]
    if moved is not None:
        pairs.append(moved)
        only_left.remove(moved[0])
        only_right.remove(moved[1])
    return [
        *(EnvironmentPair(left=a, right=b, active=a.active or b.active) for a, b in pairs),
        *(EnvironmentPair(left=e, right=None, active=e.active) for e in only_left),
        *(EnvironmentPair(left=None, right=e, active=e.active) for e in only_right),
    ]


def _moved(
    lefts: Sequence[PythonEnvironment], rights: Sequence[PythonEnvironment]
) -> tuple[PythonEnvironment, PythonEnvironment] | None:
    """Return the active environment that lies elsewhere on the other side, if there is one."""
    one = next((environment for environment in lefts if environment.active), None)
    other = next((environment for environment in rights if environment.active), None)
    return None if one is None or other is None else (one, other)


def _as_active(pair: EnvironmentPair) -> EnvironmentPair:
    return EnvironmentPair(left=pair.left, right=pair.right, active=True, named=pair.named)
