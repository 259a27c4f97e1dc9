"""Which rule a conflict falls under, and the sentence that tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from depcheck.conflicts.chain import Chain
from depcheck.conflicts.wording import listed, positions_of
from depcheck.model.findings import Statement
from depcheck.model.requirement import Requirement
from depcheck.resolve.ranges import positions

_EXCLUSIONS = {
    "python": ("conflict-python", "runs on Python {python}"),
    "platform": ("conflict-platform", "has a file for {target}"),
    "no-file": ("conflict-platform", "has a file at all"),
    "metadata": ("conflict-missing-release", "has metadata that can be read"),
}
_CLASH = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``project`` is where the demands meet."""

    rule: str
    project: str
    message: str
    remedy: str = ""


def classify(chain: Chain, statements: Sequence[Statement]) -> Verdict:
    """File a conflict, told as a chain, under its rule."""
    told = listed([_told(statement) for statement in statements])
    requirements = [s for s in statements if isinstance(s, Requirement)]
    if len(requirements) < len(statements):
        python = chain.universe.target.python
        message = f"{told} rules out Python {python}."
        return Verdict(rule="conflict-python", project="Python", message=message)
    direct = not any(group.kind == "needs" for group in chain.groups)
    ends = _Ends(chain, requirements, told, direct)
    if len(statements) <= 2 and (direct or len(statements) == 1):
        dead = ends.dead_end()
        if dead is not None:
            return dead
    return _clashing(ends.meeting(), told, len(statements), direct)


def _clashing(project: str, told: str, count: int, direct: bool) -> Verdict:
    if count > 2:
        fewer = "any two of them" if count == 3 else "any smaller set of them"
        message = f"{told} clash over {project}, though {fewer} can live together."
        return Verdict(rule="conflict-many", project=project, message=message)
    if direct:
        message = f"No release of {project} satisfies {told}."
        return Verdict(rule="conflict-direct", project=project, message=message)
    if count == 1:
        message = f"{told} cannot be satisfied: its dependencies clash over {project}."
    else:
        message = f"{told} cannot hold together: they clash over {project}."
    return Verdict(rule="conflict-transitive", project=project, message=message)


def _told(statement: Statement) -> str:
    owner = statement.origin.component
    if not isinstance(statement, Requirement):
        return f"{owner}'s requires-python {statement.specifier}"
    constraint = "constraint " if statement.kind == "constraint" else ""
    return f"{owner}'s {constraint}{statement}"


class _Ends:
    """Where the chain of a conflict ends: nothing there, nothing usable, or a clash."""

    def __init__(
        self, chain: Chain, requirements: Sequence[Requirement], told: str, direct: bool
    ) -> None:
        self._chain, self._universe = chain, chain.universe
        self._requirements, self._told, self._direct = requirements, told, direct

    def meeting(self) -> str:
        """The project on which the demands meet: asked for most often, deepest last."""
        asked: dict[str, int] = {}
        for name in self._demanded():
            asked[name] = asked.get(name, 0) + 1
        windows = self._chain.windows
        empty = [name for name in asked if name in windows and not windows[name]]
        order = list(asked)
        return max(empty or order, key=lambda name: (asked[name], order.index(name)))

    def _demanded(self) -> Iterator[str]:
        for requirement in self._requirements:
            yield requirement.name
        for group in self._chain.groups:
            yield group.other if group.kind == "needs" else group.project

    def dead_end(self) -> Verdict | None:
        """The verdict if every end of the chain fails by itself in one way."""
        inner = {group.project for group in self._chain.groups if group.kind == "needs"}
        ends = [name for name in dict.fromkeys(self._demanded()) if name not in inner]
        found = [self._dead(name) for name in ends]
        rules = {verdict.rule if verdict else _CLASH for verdict in found}
        return found[0] if len(rules) == 1 else None

    def _dead(self, name: str) -> Verdict | None:
        entry = self._universe.entry(name)
        if entry.state == "missing":
            return Verdict(
                rule="conflict-missing-project",
                project=name,
                message=f"No index knows {name}, which {self._leads('asks for', 'leads to')}.",
                remedy=f"Correct the name of {name}, or name the index that has it (--index-url).",
            )
        window = set(positions_of(self._chain.windows.get(name, ())))
        if not window:
            return self._unmatched(name)
        if window <= entry.excluded.keys():
            return self._excluded(name)
        return None

    def _leads(self, direct: str, otherwise: str) -> str:
        return f"{self._told} {direct if self._direct else otherwise}"

    def _excluded(self, name: str) -> Verdict | None:
        reasons = {
            g.other for g in self._chain.groups if g.kind == "excluded" and g.project == name
        }
        if not reasons:
            return None
        rule, able = next(_EXCLUSIONS[r] for r in _EXCLUSIONS if r in reasons)
        target = self._universe.target
        able = able.format(python=target.python, target=target)
        if len(reasons) > 1:
            able = f"can be installed on {target}"
        allow = "allows" if len(self._requirements) == 1 else "allow"
        if self._direct:
            message = f"No release of {name} that {self._told} {allow} {able}."
        else:
            message = f"{self._told} leads to {name}, but no release of it that is allowed {able}."
        return Verdict(rule=rule, project=name, message=message)

    def _unmatched(self, name: str) -> Verdict | None:
        """Nothing admitted is in the range: what would be, had it been admitted?"""
        project = self._universe.entry(name).project
        if project is None:
            return None
        unhashed = [r for r in self._requirements if r.name == name and self._hashed_away(r)]
        if unhashed:
            return self._no_hash(unhashed[0])
        demands = list(self._demands(name, project.versions))
        joint = set.intersection(*demands) if demands else set()
        if not joint:
            return self._unreleased(name) if not all(demands) else None
        early = sorted(joint - project.yanked)
        if early:
            return self._prerelease(name, project.versions[early[-1]])
        return self._yanked(name, project.versions[max(joint)])

    def _hashed_away(self, requirement: Requirement) -> bool:
        entry = self._universe.entry(requirement.name)
        inside = entry.intervals(requirement.specifier)
        return bool(inside) and not entry.allowed(requirement.specifier, requirement.hashes)

    def _no_hash(self, requirement: Requirement) -> Verdict:
        return Verdict(
            rule="conflict-hash",
            project=requirement.name,
            message=f"No file of {_told(requirement)} on the index has a hash that the line names.",
            remedy="Find out why the file is another one, then write its hashes anew.",
        )

    def _demands(self, name: str, versions: Sequence[str]) -> Iterator[set[int]]:
        for requirement in self._requirements:
            if requirement.name == name:
                yield set(positions_of(positions(requirement.specifier, versions)))
        for group in self._chain.groups:
            if group.kind == "needs" and group.other == name:
                texts = [need.dependency.specifier for need in self._chain.needs(group)]
                yield {p for text in texts for p in positions_of(positions(text, versions))}

    def _asked(self, name: str) -> str:
        """``web's n leads to m>=1.5``, or the plain line where it asks itself."""
        if self._direct:
            return self._told
        texts = {
            str(need.dependency)
            for group in self._chain.groups
            if group.kind == "needs" and group.other == name
            for need in self._chain.needs(group)
        }
        return f"{self._told} leads to {texts.pop() if len(texts) == 1 else name}"

    def _unreleased(self, name: str) -> Verdict:
        versions = self._universe.entry(name).versions
        newest = f"the newest is {versions[-1]}" if versions else "it has none that may be used"
        which = "" if self._direct else ", which"
        message = f"{self._asked(name)}{which} matches no release of {name} ({newest})."
        return Verdict(rule="conflict-missing-release", project=name, message=message)

    def _prerelease(self, name: str, version: str) -> Verdict:
        if self._direct:
            message = f"Only pre-releases of {name} match {self._told}, and no line opts in."
        else:
            message = f"{self._asked(name)}, which only pre-releases match, and no line opts in."
        remedy = f"To opt in, name one in a line ({name}>={version}), or allow all with --pre."
        return Verdict(rule="conflict-prerelease", project=name, message=message, remedy=remedy)

    def _yanked(self, name: str, version: str) -> Verdict:
        if self._direct:
            message = f"Every release of {name} that satisfies {self._told} was yanked."
        else:
            message = f"{self._asked(name)}, but every release that matches it was yanked."
        remedy = f"Only an exact pin ({name}=={version}) allows a yanked release: see why it was."
        return Verdict(rule="conflict-yanked", project=name, message=message, remedy=remedy)
