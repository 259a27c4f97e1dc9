"""A resolver's choice told as releases with their files, and what of it is taken on trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from depcheck.conflicts.compare import Chains
from depcheck.model.catalog import Unavailable
from depcheck.model.report import Picked
from depcheck.model.requirement import Origin, Requirement, Undetermined
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.resolver import Choice
from depcheck.resolve.universe import Root


class Picking:
    """Tells choices over one universe. ``active`` are the roots whose markers hold."""

    def __init__(self, oracle: Oracle, active: Sequence[Root]) -> None:
        self._oracle, self._active = oracle, active

    def unread(self, choice: Choice) -> Iterator[Undetermined]:
        """What a choice takes on trust, with the line that leads to it."""
        unread = [*choice.unread, *self._direct_references(choice)]
        for each in unread:
            name = each.subject.partition(" ")[0]
            yield Undetermined(
                subject=each.subject,
                reason=each.reason,
                hint=each.hint,
                origin=self.asker(name, choice),
            )

    def _direct_references(self, choice: Choice) -> Iterator[Unavailable]:
        for name, position in choice.chosen.items():
            entry = self._oracle.universe.entry(name)
            for extra in ("", *choice.extras.get(name, ())):
                for needed in self._oracle.universe.dependencies(entry, position, extra):
                    if needed.url:
                        yield Unavailable(
                            subject=f"{name} {entry.versions[position]}",
                            reason=f"it requires {needed.name} from a URL, which is never fetched",
                        )

    def asker(self, name: str, choice: Choice | None) -> Origin | None:
        """The line that asks for a project, itself or through others."""
        for root in self._active:
            if _names(root, name):
                return root.statement.origin
        if choice is None:
            return None
        chain = Chains(self._oracle, self._active, choice).to(name, None, prefer=())
        return chain[0].origin if chain else None

    def picked(self, choice: Choice, component: str | None) -> tuple[Picked, ...]:
        """The releases of a choice by name; ``component`` limits who is named as asking."""
        return tuple(self._pick(choice, name, component) for name in sorted(choice.chosen))

    def reached(self, choice: Choice, component: str) -> frozenset[str]:
        """The projects of a choice that one component's requirements lead to."""
        ahead = [
            asked.name for r in self._active if r.component == component for asked in _asked(r)
        ]
        found: set[str] = set()
        children: dict[str, list[str]] = {}
        for name, parents in choice.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(name)
        while ahead:
            name = ahead.pop()
            if name in choice.chosen and name not in found:
                found.add(name)
                ahead += children.get(name, ())
        return frozenset(found)

    def _pick(self, choice: Choice, name: str, component: str | None) -> Picked:
        entry = self._oracle.universe.entry(name)
        position = choice.chosen[name]
        known = entry.known.get(position)
        asked = (r for r in self._active if component in (None, r.component))
        return Picked(
            name=name,
            version=entry.versions[position],
            extras=tuple(sorted(choice.extras.get(name, ()))),
            by=tuple(sorted(choice.parents[name] - {""})),
            components=tuple(dict.fromkeys(r.component for r in asked if _names(r, name))),
            distributions=self._oracle.universe.selector.fitting(entry.files(position)),
            requires_dist=known.metadata.requires_dist if known else (),
            requires_python=known.metadata.requires_python if known else None,
            index=entry.project.index if entry.project else "",
        )


def _names(root: Root, name: str) -> bool:
    return any(asked.name == name for asked in _asked(root))


def _asked(root: Root) -> Iterator[Requirement]:
    """The requirement that a root states, nothing for a constraint or a bound on Python."""
    statement = root.statement
    if isinstance(statement, Requirement) and statement.kind == "requirement":
        yield statement
