"""One target with everything that is known about resolving for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from depcheck.errors import SourceError
from depcheck.isolation.values import Group
from depcheck.model.catalog import Arrival, Catalog, Wanted, wish_key
from depcheck.model.findings import Statement
from depcheck.model.requirement import Component, Requirement, normalise
from depcheck.model.target import Target
from depcheck.resolve.admission import decide
from depcheck.resolve.dependencies import InvalidDependency
from depcheck.resolve.oracle import Completion, Oracle, Refutation
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root, Universe


class Recalling:
    """A catalog that gives an answer again to whoever asks again.

    An index client answers each wish once; two worlds over one client would wait for what
    the other was told. Implements ``model.catalog.Catalog``.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._answers: dict[tuple[str, ...], Arrival] = {}
        self._again: deque[Arrival] = deque()

    def want(self, wanted: Wanted) -> None:
        known = self._answers.get(wish_key(wanted))
        if known is not None:
            self._again.append(known)
        else:
            self._catalog.want(wanted)

    def arrivals(self) -> Iterator[Arrival]:
        if self._again:
            while self._again:
                yield self._again.popleft()
            return
        for arrival in self._catalog.arrivals():
            self._answers[wish_key(arrival[0])] = arrival
            yield arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One target, its universe and oracle, and the statements of each component in it.

    Admission of pre-releases and yanked releases is decided once over all components, so that
    a part of a group that fits, fits.
    """

    target: Target
    components: tuple[Component, ...]
    universe: Universe
    oracle: Oracle
    stated: Mapping[str, tuple[Root, ...]]

    def roots(self, group: Iterable[str]) -> tuple[Root, ...]:
        """Return the statements of a group, in the order of components and lines."""
        chosen = set(group)
        return tuple(
            root for c in self.components if c.name in chosen for root in self.stated[c.name]
        )

    def active(self, group: Iterable[str]) -> tuple[Root, ...]:
        """Return the statements of a group whose markers hold for the target."""
        return tuple(root for root in self.roots(group) if self._holds(root.statement))

    def _holds(self, statement: Statement) -> bool:
        return not isinstance(statement, Requirement) or self.universe.markers.holds(
            statement.marker
        )

    def complete(self, group: Iterable[str]) -> Completion | Refutation:
        """Say whether a group has a joint solution, with all other statements switched off.

        Left open, those would be satisfied on the way, and releases read for nothing.
        """
        chosen = frozenset(group)
        return self.oracle.complete(
            root.selector if root.component in chosen else -root.selector
            for root in self.universe.roots
        )

    def resolve(
        self, group: Iterable[str], preferred: Mapping[str, str] | None = None
    ) -> Choice | Refutation:
        """Choose what an install of a group would pick (``resolve.resolver``).

        ``preferred`` are versions to leave where they are, where anything allows it; None
        means those of the group's installed environments. Pre-releases and yanked releases
        that only other components let in are picked only where nothing else will do.
        """
        chosen = frozenset(group)
        members = [c for c in self.components if c.name in chosen]
        self.universe.preferred = _installed(members) if preferred is None else dict(preferred)
        avoided = self._avoided(members)
        while True:
            choice = resolve(self.oracle, self.roots(chosen), avoided)
            if isinstance(choice, Choice) or not choice.core.intersection(avoided):
                return choice
            avoided = [guard for guard in avoided if guard not in choice.core]

    def _avoided(self, members: Iterable[Component]) -> list[Literal]:
        """Assumptions that leave out what only other components' statements admit."""
        everyone = self.universe.admission
        requirements = [r for component in members for r in component.requirements]
        own = decide(requirements, prereleases=everyone.everywhere)
        others = everyone.prereleases - own.prereleases
        others |= {name for name, pins in everyone.pins.items() if pins != own.pins.get(name)}
        self.oracle.meet(sorted(others))
        avoided = []
        for name in sorted(others):
            entry = self.universe.entry(name)
            admitted = set(own.admitted(entry.project)) if entry.project else set(entry.raw)
            strange = [i for i, place in enumerate(entry.raw) if place not in admitted]
            if strange:
                avoided.append(self.universe.avoid(name, strange))
        return avoided

    def blamed(self, refutation: Refutation) -> Group:
        """Return the components whose statements suffice for a refutation."""
        return frozenset(
            root.component for root in self.universe.roots if root.selector in refutation.core
        )


def build_world(
    components: Sequence[Component],
    target: Target,
    catalog: Catalog,
    *,
    prereleases: bool = False,
) -> World:
    """State the lines of all components in one universe for ``target``.

    Nothing is fetched. Several worlds may work over one catalog only if it is a
    ``Recalling`` one. What fits does not depend on the order of components. Raises
    SourceError for a marker that compares what cannot be compared.
    """
    ordered = tuple(sorted(components, key=lambda component: component.name))
    requirements = [r for component in ordered for r in component.requirements]
    universe = Universe(target, decide(requirements, prereleases=prereleases))
    stated = {c.name: tuple(_state(universe, s) for s in _statements(c)) for c in ordered}
    return World(
        target=target,
        components=tuple(components),
        universe=universe,
        oracle=Oracle(universe, catalog),
        stated=stated,
    )


def _statements(component: Component) -> Iterator[Statement]:
    if component.requires_python is not None:
        yield component.requires_python
    yield from component.requirements


def _state(universe: Universe, statement: Statement) -> Root:
    try:
        return universe.state(statement)
    except InvalidDependency as error:
        raise SourceError(
            f"{statement.origin}: {error}", hint="compare like with like in the marker"
        ) from None


def _installed(components: Iterable[Component]) -> dict[str, str]:
    """What an install would leave where it is: the pins of installed environments."""
    return {
        normalise(pin.name): pin.version
        for component in components
        if component.source.startswith("env:")
        for pin in component.baseline
    }
