"""Which groups of components fit: asked of the oracles, and never asked twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from depcheck.isolation.values import Group
from depcheck.isolation.worlds import World
from depcheck.model.catalog import Unavailable
from depcheck.resolve.oracle import Completion


class OracleJudge:
    """Implements ``isolation.values.Judge`` over one world for each Python version.

    ``worlds`` are by version, the most wanted first. ``allowed`` says on which versions each
    component may run, its own choice first. Each answer is kept together with what follows
    from it: a part of a group that fits, fits; a group around a clash clashes, and the core of
    a refutation is a clash of fewer components.
    """

    def __init__(self, worlds: Mapping[str, World], allowed: Mapping[str, tuple[str, ...]]) -> None:
        self._worlds = dict(worlds)
        self._allowed = {
            name: frozenset(v for v in versions if v in worlds and name in worlds[v].stated)
            for name, versions in allowed.items()
        }
        self._preferred = {name: tuple(versions) for name, versions in allowed.items()}
        self._fitting: dict[str, set[Group]] = {version: set() for version in worlds}
        self._clashing: dict[str, set[Group]] = {version: set() for version in worlds}
        self._unread: dict[str, Unavailable] = {}
        self.questions = 0
        """How often an oracle had to be asked."""

    @property
    def unread(self) -> tuple[Unavailable, ...]:
        """What the answers took on trust: releases and projects that could not be read."""
        return tuple(self._unread[subject] for subject in sorted(self._unread))

    def fits(self, group: Group) -> bool:
        """Whether some version that all members may run on has a joint solution."""
        versions = self._versions(group)
        if any(self._known(version, group) for version in versions):
            return True
        return any(self._fits_on(version, group) for version in versions)

    def python(self, group: Group) -> str | None:
        """Return the most wanted version that a group fits on; None where there is none.

        That is the one which stands first in its members' orders, all in all; where these
        tell no difference, first among the worlds.
        """
        return next((v for v in self._versions(group) if self._fits_on(v, group)), None)

    def clash(self, group: Group) -> Group:
        """Return a minimal part that does not fit, the same whatever was asked before.

        Members are left out one by one, the last name first; the cores of refutations
        answer most of these questions. Raises ValueError for a group that fits.
        """
        if self.fits(group):
            raise ValueError(f"{', '.join(sorted(group))} fit together")
        left = group
        for name in sorted(group, reverse=True):
            if len(left) > 1 and not self.fits(left - {name}):
                left -= {name}
        return left

    def _versions(self, group: Group) -> list[str]:
        """The versions that all members may run on, the most wanted first."""
        shared = set(self._worlds).intersection(*(self._allowed[name] for name in group))
        orders = sorted({self._preferred[name] for name in group})
        places = {v: i for i, v in enumerate(self._worlds)}

        def wanted(version: str) -> tuple[int, int]:
            return sum(order.index(version) for order in orders), places[version]

        return sorted(shared, key=wanted)

    def _known(self, version: str, group: Group) -> bool:
        return any(group <= fitting for fitting in self._fitting[version])

    def _fits_on(self, version: str, group: Group) -> bool:
        if self._known(version, group):
            return True
        if any(clash <= group for clash in self._clashing[version]):
            return False
        return self._ask(version, group)

    def _ask(self, version: str, group: Group) -> bool:
        self.questions += 1
        world = self._worlds[version]
        answer = world.complete(group)
        if isinstance(answer, Completion):
            _keep_maximal(self._fitting[version], group)
            self._unread.update((u.subject, u) for u in answer.unread)
            return True
        _keep_minimal(self._clashing[version], world.blamed(answer))
        return False


def _keep_maximal(groups: set[Group], new: Group) -> None:
    _replace(groups, [g for g in groups if g <= new], new)


def _keep_minimal(groups: set[Group], new: Group) -> None:
    _replace(groups, [g for g in groups if g >= new], new)


def _replace(groups: set[Group], implied: Iterable[Group], new: Group) -> None:
    groups.difference_update(implied)
    groups.add(new)
