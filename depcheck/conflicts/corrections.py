"""The smallest sets of edits that heal everything, each re-solved before it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise

from depcheck.conflicts.closeness import fallen_back
from depcheck.conflicts.spelling import other_python, respelt
from depcheck.conflicts.trial import stated
from depcheck.conflicts.wording import listed
from depcheck.model.findings import Correction, Edit
from depcheck.model.requirement import Requirement
from depcheck.resolve.oracle import Completion, Oracle, Refutation
from depcheck.resolve.ranges import Interval, clauses, contains, parse_version
from depcheck.resolve.resolver import resolve
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A new specifier for one requirement, and how far it moves.

    ``foreign`` is False where only the local part of a pin differs.
    """

    specifier: str
    majors: int
    releases: int
    foreign: bool = True

    @property
    def distance(self) -> tuple[int, int, bool]:
        return self.majors, self.releases, self.foreign


def correct(oracle: Oracle, roots: Sequence[Root], correction: frozenset[Literal]) -> Correction:
    """Turn a minimal correction set, given by selectors, into edits of lines.

    The edits keep as close as possible to what stands there; what comes out was
    resolved with them in place.
    """
    changed = [root.statement for root in roots if root.selector in correction]
    kept = [root for root in roots if root.selector not in correction]
    statements = tuple(changed)
    requirements = [s for s in changed if isinstance(s, Requirement)]
    if len(requirements) < len(changed):
        more = " These other lines would have to change as well." if requirements else ""
        return Correction(statements=statements, edits=(), remark=other_python(roots) + more)
    oracle.meet(requirement.name for requirement in requirements)
    hashed = [r for r in requirements if _hashed_away(oracle, r)]
    if hashed:
        names = listed([r.name for r in hashed])
        remark = f"The hashes of {names} have to be written anew, once it is known why they differ."
        return Correction(statements=statements, edits=(), remark=remark)
    edited = _edited(oracle, kept, requirements)
    if edited is None:
        return Correction(
            statements=statements, edits=(), remark=_remark(oracle, kept, requirements)
        )
    with ExitStack() as stack:
        new = [stack.enter_context(stated(oracle, requirement)) for requirement in edited]
        resolved = _resolved(oracle, [*kept, *new], edited)
    if resolved is None:
        return Correction(statements=statements, edits=(), remark="No edit of these lines heals.")
    edits = tuple(
        Edit(
            origin=old.origin,
            before=old.origin.text or str(old),
            after=respelt(old, new.specifier),
        )
        for old, new in zip(requirements, edited, strict=True)
    )
    picks, remark = resolved
    healed = Correction(statements=statements, edits=edits, picks=picks, remark=remark)
    remarks = [remark, *fallen_back(oracle, healed)]
    return replace(healed, remark=" ".join(each for each in remarks if each))


def _hashed_away(oracle: Oracle, requirement: Requirement) -> bool:
    """Whether releases are in the range, and only the line's hashes bar them."""
    entry = oracle.universe.entry(requirement.name)
    inside = entry.intervals(requirement.specifier)
    return bool(inside) and not entry.allowed(requirement.specifier, requirement.hashes)


def _edited(
    oracle: Oracle, kept: Sequence[Root], requirements: Sequence[Requirement]
) -> list[Requirement] | None:
    """The requirements with the closest specifiers that hold together, if any do.

    While one is looked at, those after it may take any release, so that an
    early choice never spoils a later one.
    """
    edited: list[Requirement] = []
    for index, requirement in enumerate(requirements):
        with ExitStack() as stack:
            others = [*edited, *(_anywhere(later) for later in requirements[index + 1 :])]
            company = [stack.enter_context(stated(oracle, other)) for other in others]
            proposal = _nearest(oracle, [*kept, *company], requirement)
        if proposal is None:
            return None
        edited.append(replace(requirement, specifier=proposal.specifier, hashes=()))
    return edited


def _anywhere(requirement: Requirement) -> Requirement:
    return replace(requirement, specifier="", kind="requirement")


def _remark(oracle: Oracle, kept: Sequence[Root], requirements: Sequence[Requirement]) -> str:
    """Why no edit heals: what stands in the way is the same for any release."""
    for requirement in requirements:
        name = requirement.name
        entry = oracle.universe.entry(name)
        if entry.state == "missing":
            return f"No index knows {name}: correct the name, or name the index that has it."
        if not _holds(oracle, [], [requirement]):
            return (
                f"No release of {name} can be installed for {oracle.universe.target}, "
                "not even by itself: its conflict says what stands in the way."
            )
    for requirement in requirements:
        own = [r for r in kept if r.component == requirement.origin.component]
        if not _holds(oracle, own, [requirement]):
            company = f"{requirement.origin.component}'s own other lines"
            return f"{_without(requirement, company)}, or change those."
    for requirement in requirements:
        if not _holds(oracle, kept, [requirement]):
            return f"{_without(requirement, 'the other lines')}, or keep the components apart."
    names = listed(list(dict.fromkeys(requirement.name for requirement in requirements)))
    return f"No releases of {names} work together with the other lines: keep the components apart."


def _without(requirement: Requirement, company: str) -> str:
    return f"No release of {requirement.name} works with {company}: do without it"


def _holds(oracle: Oracle, kept: Sequence[Root], requirements: Sequence[Requirement]) -> bool:
    with ExitStack() as stack:
        new = [stack.enter_context(stated(oracle, _anywhere(r))) for r in requirements]
        answer = oracle.complete([root.selector for root in (*kept, *new)])
    return isinstance(answer, Completion)


def _resolved(
    oracle: Oracle, roots: Sequence[Root], edited: Sequence[Requirement]
) -> tuple[tuple[tuple[str, str], ...], str] | None:
    """What the edited projects resolve to, and what that takes on trust or needs."""
    choice = resolve(oracle, roots)
    if isinstance(choice, Refutation):
        return None
    names = [n for n in dict.fromkeys(r.name for r in edited) if n in choice.chosen]
    entries = {name: oracle.universe.entry(name) for name in names}
    picks = tuple((n, entries[n].versions[choice.chosen[n]]) for n in names)
    remarks = [f"Not proven: {each.subject} could not be read." for each in choice.unread]
    for name, version in picks:
        known = entries[name].known.get(choice.chosen[name])
        if known is not None and not known.distribution.is_wheel:
            platform = oracle.universe.target.platform
            remarks.append(f"{name} {version} has no wheel for {platform}: it has to be built.")
    return picks, " ".join(remarks)


def _nearest(oracle: Oracle, kept: Sequence[Root], requirement: Requirement) -> _Proposal | None:
    """The closest specifier under which the requirement holds with ``kept``."""
    entry = oracle.universe.entry(requirement.name)
    if entry.state != "known" or not entry.versions:
        return None
    with stated(oracle, _anywhere(requirement)) as anywhere:
        search = _Search(oracle, [*(r.selector for r in kept), anywhere.selector], requirement)
        found = [*search.between(), *search.above(), *search.below()]
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
        return 0 if any(operator in ("<", "<=") for operator, _ in parsed) else total

    def between(self) -> Iterator[_Proposal]:
        """The line without its ``!=``, where what that leaves out works."""
        written = clauses(self._requirement.specifier)
        kept = ",".join(op + text for op, text in written if op != "!=")
        runs = self._entry.intervals(self._requirement.specifier)
        holes = [(high, low) for (_, high), (low, _) in pairwise(runs)]
        if any(self._feasible(hole) for hole in holes):
            yield _Proposal(kept, 0, 1)

    def above(self) -> Iterator[_Proposal]:
        low, high = self._high, len(self._entry.versions)
        if low >= high or not self._feasible((low, high)):
            return
        shortest = low + 1
        while shortest < high:  # the shortest run [low, x) with a release that works
            middle = (shortest + high) // 2
            if self._feasible((low, middle)):
                high = middle
            else:
                shortest = middle + 1
        yield self._proposal(high - 1, ">=")

    def below(self) -> Iterator[_Proposal]:
        low, high = 0, self._low
        if low >= high or not self._feasible((low, high)):
            return
        highest = high - 1
        while low < highest:  # the highest start of a run [x, high) with such a release
            middle = (low + highest + 1) // 2
            if self._feasible((middle, high)):
                low = middle
            else:
                highest = middle - 1
        yield self._proposal(low, "<=")

    def _feasible(self, run: Interval) -> bool:
        held = self._oracle.universe.hold(self._entry.name, run)
        return isinstance(self._oracle.complete([*self._assumed, *held]), Completion)

    def _proposal(self, position: int, operator: str) -> _Proposal:
        version = self._entry.versions[position]
        edge = self._high - 1 if operator == ">=" else self._low
        neighbour = self._entry.versions[min(max(edge, 0), len(self._entry.versions) - 1)]
        majors = abs(parse_version(version).release[0] - parse_version(neighbour).release[0])
        releases = abs(position - edge)
        public = parse_version(version).public
        written = clauses(self._requirement.specifier)
        pins = [text for op, text in written if op == "==" and "*" not in text]
        foreign = all(parse_version(pin).public != public for pin in pins)
        return _Proposal(self._specifier(version, position, operator), majors, releases, foreign)

    def _specifier(self, version: str, position: int, operator: str) -> str:
        """In the manner of the line: a pin stays a pin, a bound stays a bound."""
        written = clauses(self._requirement.specifier)
        if any(op in ("==", "===") and "*" not in text for op, text in written):
            return f"=={version}"
        if operator == "<=" and position == self._low - 1:
            bound = next((text for op, text in written if op in (">=", "~=")), None)
            # ``<1.0`` leaves out the pre-releases of 1.0, which ``>=1.0`` leaves out too.
            if bound is not None and contains(self._entry.intervals(f"<{bound}"), position):
                return f"<{bound}"
        return f"{operator}{version}"
