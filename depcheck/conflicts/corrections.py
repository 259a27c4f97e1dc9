"""The smallest sets of edits that heal everything, each re-solved before it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from depcheck.model.findings import Correction, Edit, Statement
from depcheck.model.requirement import Requirement
from depcheck.resolve.oracle import Completion, Oracle, Refutation
from depcheck.resolve.ranges import Interval, clauses, parse_version
from depcheck.resolve.resolver import resolve
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A new specifier for one requirement, and how far it moves."""

    specifier: str
    majors: int
    releases: int

    @property
    def distance(self) -> tuple[int, int]:
        return self.majors, self.releases


@contextmanager
def stated(oracle: Oracle, statement: Statement) -> Iterator[Root]:
    """A statement for as long as the block runs."""
    root = oracle.universe.state(statement)
    try:
        yield root
    finally:
        oracle.universe.retract(root)


def correct(oracle: Oracle, roots: Sequence[Root], correction: frozenset[Literal]) -> Correction:
    """Turn a minimal correction set, given by selectors, into edits of lines.

    The edits keep as close as possible to what stands there; what comes out was
    resolved with them in place.
    """
    changed = [root for root in roots if root.selector in correction]
    kept = [root for root in roots if root.selector not in correction]
    statements = tuple(root.statement for root in changed)
    edits: list[Edit] = []
    new: list[Requirement] = []
    for root in changed:
        statement = root.statement
        if not isinstance(statement, Requirement):
            return Correction(statements=statements, edits=(), remark=_other_python(root))
        proposal = _nearest(oracle, [*kept, *_stated(oracle, new)], statement)
        if proposal is None:
            _retract(oracle, new)
            return Correction(
                statements=statements, edits=(), remark=_no_release(oracle, statement)
            )
        edited = replace(statement, specifier=proposal.specifier, hashes=())
        new.append(edited)
        edits.append(Edit(origin=statement.origin, before=_text(statement), after=str(edited)))
        oracle.universe.state(edited)
    picks = _picks(oracle, [*kept, *_stated(oracle, new)], new)
    _retract(oracle, new)
    if picks is None:
        return Correction(statements=statements, edits=(), remark="No edit of these lines heals.")
    return Correction(statements=statements, edits=tuple(edits), picks=picks)


def _stated(oracle: Oracle, new: Sequence[Requirement]) -> list[Root]:
    return [root for root in oracle.universe.roots if any(root.statement is n for n in new)]


def _retract(oracle: Oracle, new: Sequence[Requirement]) -> None:
    for root in _stated(oracle, new):
        oracle.universe.retract(root)


def _text(requirement: Requirement) -> str:
    return requirement.origin.text or str(requirement)


def _other_python(root: Root) -> str:
    return (
        f"{root.component} needs Python {root.statement.specifier}: "
        "check with a Python that every component allows (--python)."
    )


def _no_release(oracle: Oracle, requirement: Requirement) -> str:
    entry = oracle.universe.entry(requirement.name)
    if entry.state == "missing":
        return (
            f"No index knows {requirement.name}: correct the name, or name the index that has it."
        )
    return (
        f"No release of {requirement.name} works with the other lines: "
        "without it everything resolves, with it the components must be kept apart."
    )


def _picks(
    oracle: Oracle, roots: Sequence[Root], edited: Sequence[Requirement]
) -> tuple[tuple[str, str], ...] | None:
    choice = resolve(oracle, roots)
    if isinstance(choice, Refutation):
        return None
    names = dict.fromkeys(requirement.name for requirement in edited)
    return tuple(
        (name, oracle.universe.entry(name).versions[choice.chosen[name]])
        for name in names
        if name in choice.chosen
    )


def _nearest(oracle: Oracle, kept: Sequence[Root], requirement: Requirement) -> _Proposal | None:
    """The closest specifier under which the requirement holds with ``kept``."""
    oracle.meet([requirement.name])
    entry = oracle.universe.entry(requirement.name)
    if entry.state != "known" or not entry.versions:
        return None
    with stated(oracle, replace(requirement, specifier="", kind="requirement")) as anywhere:
        search = _Search(oracle, [*(r.selector for r in kept), anywhere.selector], requirement)
        found = [p for p in (search.above(), search.below()) if p is not None]
    return min(found, key=lambda p: p.distance, default=None)


class _Search:
    """Looks above and below the releases that a requirement allows now."""

    def __init__(self, oracle: Oracle, assumed: list[Literal], requirement: Requirement) -> None:
        self._oracle, self._assumed, self._requirement = oracle, assumed, requirement
        self._entry = oracle.universe.entry(requirement.name)
        runs = self._entry.intervals(requirement.specifier)
        total = len(self._entry.versions)
        if runs:
            self._low, self._high = runs[0][0], runs[-1][1]
        else:
            self._low = self._high = self._empty_place(total)

    def _empty_place(self, total: int) -> int:
        """Where releases of an empty range would stand."""
        parsed = [clause for clause in clauses(self._requirement.specifier) if "*" not in clause[1]]
        for operator, text in parsed:
            if operator in (">=", ">", "==", "~="):
                version = parse_version(text)
                above = (
                    i for i, v in enumerate(self._entry.versions) if parse_version(v) >= version
                )
                return next(above, total)
        return 0

    def above(self) -> _Proposal | None:
        low, high = self._high, len(self._entry.versions)
        if low >= high or not self._feasible((low, high)):
            return None
        shortest = low + 1
        while shortest < high:  # the shortest run [low, x) with a release that works
            middle = (shortest + high) // 2
            if self._feasible((low, middle)):
                high = middle
            else:
                shortest = middle + 1
        return self._proposal(high - 1, ">=")

    def below(self) -> _Proposal | None:
        low, high = 0, self._low
        if low >= high or not self._feasible((low, high)):
            return None
        highest = high - 1
        while low < highest:  # the highest start of a run [x, high) with such a release
            middle = (low + highest + 1) // 2
            if self._feasible((middle, high)):
                low = middle
            else:
                highest = middle - 1
        return self._proposal(low, "<=")

    def _feasible(self, run: Interval) -> bool:
        held = self._oracle.universe.hold(self._entry.name, run)
        return isinstance(self._oracle.complete([*self._assumed, *held]), Completion)

    def _proposal(self, position: int, operator: str) -> _Proposal:
        version = self._entry.versions[position]
        edge = self._high - 1 if operator == ">=" else self._low
        neighbour = self._entry.versions[min(max(edge, 0), len(self._entry.versions) - 1)]
        majors = abs(parse_version(version).release[0] - parse_version(neighbour).release[0])
        releases = abs(position - edge)
        return _Proposal(self._specifier(version, position, operator), majors, releases)

    def _specifier(self, version: str, position: int, operator: str) -> str:
        """In the manner of the line: a pin stays a pin, a bound stays a bound."""
        written = clauses(self._requirement.specifier)
        if any(op in ("==", "===") and "*" not in text for op, text in written):
            return f"=={version}"
        if operator == "<=" and position == self._low - 1:
            bound = next((text for op, text in written if op in (">=", "~=")), None)
            if bound is not None:
                return f"<{bound}"
        return f"{operator}{version}"
