"""A resolver's choice told as releases with their files, and what of it is taken on trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from depcheck.conflicts.compare import Chains
from depcheck.model.catalog import Unavailable
from depcheck.model.report import Picked
from depcheck.model.requirement import Origin, Requirement, Undetermined
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.resolver import Choice
from depcheck.resolve.universe import Root


def merged(gaps: Iterable[Undetermined]) -> dict[str, Undetermined]:
    """Return gaps by subject, each with the lines that any of its like has."""
    found: dict[str, Undetermined] = {}
    for gap in gaps:
        known = found.get(gap.subject, gap)
        lines = {o.component: o for o in (*gap.origins, *known.origins)}
        asking = sorted(lines.values(), key=lambda o: o != known.origin)
        found[gap.subject] = replace(
            known, origin=asking[0] if asking else None, others=tuple(asking[1:])
        )
    return found


class Picking:
    """Tells choices over one universe. ``active`` are the roots whose markers hold."""

    def __init__(self, oracle: Oracle, active: Sequence[Root]) -> None:
        self._oracle, self._active = oracle, active

    def unread(self, choice: Choice, component: str | None = None) -> Iterator[Undetermined]:
        """What a choice takes on trust, with the lines that lead to it.

        ``component`` is whose choice it is, None for all together.
        """
        unread = [*choice.unread, *self._direct_references(choice)]
        for each in unread:
            gap = self.gap(each.subject.partition(" ")[0], each.reason, choice, component)
            yield replace(gap, subject=each.subject, hint=each.hint)

    def gap(
        self,
        name: str,
        reason: str,
        choice: Choice | None = None,
        component: str | None = None,
        *,
        harmless: bool = False,
    ) -> Undetermined:
        """A project that could not be checked, with a line of each component that asks for it."""
        asking = self._askers(name, choice, component)
        return Undetermined(
            subject=name,
            reason=reason,
            origin=asking[0] if asking else None,
            others=tuple(asking[1:]),
            harmless=harmless,
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

    def _askers(self, name: str, choice: Choice | None, component: str | None) -> list[Origin]:
        """The lines that ask for a project, one of each component: itself, or through others."""
        roots: dict[str, list[Root]] = {}
        for root in self._active:
            if component in (None, root.component):
                roots.setdefault(root.component, []).append(root)
        found = (self._asker(name, choice, of) for of in roots.values())
        return [origin for origin in found if origin is not None]

    def _asker(self, name: str, choice: Choice | None, roots: Sequence[Root]) -> Origin | None:
        for root in roots:
            if _names(root, name):
                return root.statement.origin
        if choice is None:
            return None
        chain = Chains(self._oracle, roots, choice).to(name, None, prefer=())
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
