"""One project inside the universe: its admitted releases and their variables."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import Literal as OneOf

from depcheck.model.catalog import Distribution, Metadata, Project
from depcheck.resolve.dependencies import Dependency
from depcheck.resolve.ranges import Intervals, positions
from depcheck.resolve.solver import Literal, Solver

State = OneOf["unseen", "known", "missing", "unavailable"]


@dataclass(slots=True)
class Known:
    """A release that has been looked at: its file and what it says."""

    distribution: Distribution
    metadata: Metadata


@dataclass(slots=True)
class Entry:
    """A project's releases in order encoding.

    ``versions`` are the admitted ones, ascending; a *position* counts in them.
    The variable of a *cut* ``k`` says "the release is at position k or above";
    cut 0 is the project's selection. Cuts exist only where something needs them,
    so that a project of 2,000 releases costs a few variables (lazy order
    encoding: Feydy, Somogyi and Stuckey, "Half Reification and Flattening", and
    Ohrimenko et al., "Propagation via lazy clause generation", 2009).
    """

    name: str
    selected: Literal
    state: State = "unseen"
    project: Project | None = None
    versions: tuple[str, ...] = ()
    raw: tuple[int, ...] = ()
    cuts: list[int] = field(default_factory=lambda: [0])
    variables: dict[int, Literal] = field(default_factory=dict)
    extras: dict[str, Literal] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)
    dependencies: dict[tuple[int, str], tuple[Dependency, ...]] = field(default_factory=dict)
    excluded: dict[int, str] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)
    unread_reason: str = ""
    _intervals: dict[str, Intervals] = field(default_factory=dict)

    def files(self, position: int) -> tuple[Distribution, ...]:
        assert self.project is not None
        return self.project.files[self.raw[position]]

    def intervals(self, specifier: str) -> Intervals:
        """The positions that satisfy a specifier, each text bisected once."""
        found = self._intervals.get(specifier)
        if found is None:
            found = self._intervals[specifier] = positions(specifier, self.versions)
        return found

    def allowed(self, specifier: str, hashes: tuple[str, ...]) -> Intervals:
        """The positions in a specifier with a file that one of ``hashes`` binds.

        As pip's ``--hash`` does; any file fits where there are no hashes, and a
        file whose digest by such an algorithm the index does not tell is not
        ruled out.
        """
        runs = self.intervals(specifier)
        if not hashes:
            return runs
        wanted = {(name, digest) for name, _, digest in (h.partition(":") for h in hashes)}
        algorithms = {name for name, _ in wanted}
        return tuple(
            (position, position + 1)
            for low, high in runs
            for position in range(low, high)
            if any(
                wanted & set(file.hashes) or algorithms.isdisjoint(name for name, _ in file.hashes)
                for file in self.files(position)
            )
        )

    def at_least(self, cut: int, solver: Solver, order: list[list[Literal]]) -> Literal | None:
        """The literal of a cut; None stands for "false" (above the last release).

        Clauses that order a new variable among its neighbours go to ``order``.
        """
        if cut <= 0:
            return self.selected
        if cut >= len(self.versions):
            return None
        variable = self.variables.get(cut)
        if variable is None:
            variable = self._new_cut(cut, solver, order)
        return variable

    def _new_cut(self, cut: int, solver: Solver, order: list[list[Literal]]) -> Literal:
        variable = self.variables[cut] = solver.variable(prefer=True)
        index = bisect_left(self.cuts, cut)
        below = self.cuts[index - 1]
        order.append([-variable, self.selected if below == 0 else self.variables[below]])
        if index < len(self.cuts):
            order.append([-self.variables[self.cuts[index]], variable])
        insort(self.cuts, cut)
        return variable

    def chosen(self, model: frozenset[Literal]) -> int:
        """The newest position that a model leaves open for this project."""
        high = len(self.versions)
        for cut in reversed(self.cuts):
            if cut == 0 or self.variables[cut] in model:
                break
            high = cut
        return high - 1
