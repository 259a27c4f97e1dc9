"""Components divided into the fewest groups that fit, with the proof that fewer do not.

Counterexample-guided: a colouring that keeps apart all sets known to clash is proposed
(``colouring``), the judge is asked about each class, and the clashes that it finds are
added, until every class fits. A proposal keeps only some of the rules, so a number of
groups for which there is none is refuted for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from depcheck.isolation.blocks import Blocks, within
from depcheck.isolation.colouring import Classes, Colouring, Effort, Nodes, OutOfEffort, clique
from depcheck.isolation.impossible import contradiction, too_many
from depcheck.isolation.values import Advice, Bounds, Division, Group, Judge, NoDivision

EFFORT = 100_000
"""Conflicts of the solver; each clash that has to be found costs twenty of them."""


def divide(bounds: Bounds, judge: Judge, *, effort: int = EFFORT) -> Division | NoDivision:
    """Return the smallest division that keeps the bounds, or what rules all of them out.

    The order of names and sets decides nothing. Members of a set that are not among the
    names are passed over. Where ``effort`` does not suffice for a proof, the division is
    the best found and its ``bound`` is below its count; a NoDivision whose bound is not
    above ``most`` says that none was found, not that there is none.
    """
    bounds = within(bounds)
    if not bounds.names:
        return Division(groups=(), bound=0)
    against = contradiction(bounds, judge)
    return against or _Search(bounds, judge, effort).answer()


@dataclass(slots=True)
class _Rules:
    """What a proposal must keep beside the clashes: sets, and advice that may be given up."""

    hard: list[Nodes]
    soft: list[tuple[Nodes, int]] = field(default_factory=list)


class _Search:
    def __init__(self, bounds: Bounds, judge: Judge, effort: int) -> None:
        self._bounds, self._judge, self._effort = bounds, judge, effort
        self._blocks = Blocks(bounds.names, bounds.together)
        self._most = len(self._blocks) if bounds.most is None else max(bounds.most, 0)
        self._clashes: dict[Group, Nodes] = {}
        self._apart = [self._blocks.nodes(s) for s in bounds.apart]
        nodes = [(self._blocks.nodes(a.components), a.weight) for a in bounds.advised]
        self._advice = [(n, w) for n, w in nodes if len(n) > 1]

    def answer(self) -> Division | NoDivision:
        rules = _Rules([*self._apart, *(nodes for nodes, _ in self._advice)])
        found, bound = self._fewest(rules, self._most)
        if found is not None:
            return self._division(found, bound)
        if self._advice and self._most > 0:
            found, bound = self._advised()
            if found is not None:
                return self._division(found, bound)
        return self._none()

    # The smallest number of groups

    def _fewest(self, rules: _Rules, most: int) -> tuple[Classes | None, int]:
        """The smallest division of at most ``most`` classes, and the bound that is proven."""
        effort = Effort(self._effort)
        count = 1
        while True:
            count = max(count, len(self._clique(rules)))
            if count > most:
                return None, count
            try:
                found = self._at(count, rules, effort)
            except OutOfEffort:
                best = self._best_found(rules, count, most)
                # The clashes met on the way may prove more than the colouring could.
                return best, max(count, len(self._clique(rules)))
            if found is not None:
                return found, count
            count += 1

    def _best_found(self, rules: _Rules, bound: int, most: int) -> Classes | None:
        """Where the proof is out of reach: first fit, then a short look at what is below."""
        best = self._first_fit(rules, most)
        highest = most + 1 if best is None else len(best)
        for count in range(bound + 1, highest):
            try:
                found = self._at(count, rules, Effort(self._effort // 10))
            except OutOfEffort:
                continue
            if found is not None:
                return found
        return best

    def _first_fit(self, rules: _Rules, most: int) -> Classes | None:
        """Each block into the first class that takes it, the most quarrelsome first."""
        classes: list[Nodes] = []
        for node in self._order(rules):
            takers = [i for i, c in enumerate(classes) if self._fit(c | {node}, rules.hard)]
            if len(classes) < most:
                takers = [i for i in takers if not self._lost(classes[i], node, rules)]
            if takers:
                taker = min(takers, key=lambda i: self._lost(classes[i], node, rules))
                classes[taker] |= {node}
            elif len(classes) < most:
                classes.append(frozenset([node]))
            else:
                return None
        return tuple(classes)

    def _fit(self, nodes: Nodes, hard: Sequence[Nodes]) -> bool:
        known = (*hard, *self._clashes.values())
        return not any(s <= nodes for s in known) and self._judge.fits(self._blocks.group(nodes))

    @staticmethod
    def _lost(nodes: Nodes, node: int, rules: _Rules) -> int:
        wider = nodes | {node}
        return sum(weight for s, weight in rules.soft if node in s and s <= wider)

    # As little advice given up as can be

    def _advised(self) -> tuple[Classes | None, int]:
        """The smallest division within ``most`` of those that give up the least weight."""
        rules = _Rules(self._apart, self._advice)
        effort = Effort(self._effort)
        best, count = None, self._most
        try:
            best = self._at(count, rules, effort)
            while best is not None:
                count = len(best)
                smaller = self._at(count - 1, rules, effort) if count > 1 else None
                if smaller is None or self._weight(smaller) > self._weight(best):
                    break
                best = smaller
        except OutOfEffort:
            best = best or self._first_fit(rules, self._most)
            return best, min(len(self._clique(rules)), len(best or ()) - 1)
        return best, count

    def _weight(self, classes: Classes) -> int:
        return sum(w for s, w in self._advice if any(s <= c for c in classes))

    # Proposals

    def _at(self, count: int, rules: _Rules, effort: Effort) -> Classes | None:
        """A division into at most ``count`` classes that fit; None is a proof of none."""
        colouring, known = self._colouring(count, rules), len(self._clique(rules))
        while True:
            classes = colouring.find(effort)
            if classes is None:
                return None
            new = self._misfits(classes)
            if not new:
                return classes
            effort.spend(effort.per_set * len(new))
            largest = len(self._clique(rules))
            if largest > count:
                return None
            if largest > known:  # a better order of nodes: proofs are short again
                colouring, known = self._colouring(count, rules), largest
                continue
            for nodes in new:
                colouring.forbid(nodes)

    def _misfits(self, classes: Classes) -> list[Nodes]:
        """Clashes within classes, disjoint ones at once."""
        new = []
        for nodes in classes:
            left = nodes
            while not self._judge.fits(self._blocks.group(left)):
                clash = self._judge.clash(self._blocks.group(left))
                self._clashes[clash] = self._blocks.nodes(clash)
                new.append(self._clashes[clash])
                left -= self._clashes[clash]
        return new

    def _colouring(self, count: int, rules: _Rules) -> Colouring:
        colouring = Colouring(self._order(rules), count)
        for nodes in dict.fromkeys((*rules.hard, *self._clashes.values())):
            colouring.forbid(nodes)
        for nodes, weight in rules.soft:
            colouring.advise(nodes, weight)
        return colouring

    def _order(self, rules: _Rules) -> list[int]:
        """A clique first, then the most quarrelsome: so the solver's proofs stay short."""
        known = (*rules.hard, *self._clashes.values())
        degree = [sum(node in s for s in known) for node in range(len(self._blocks))]
        first = self._clique(rules)
        rest = sorted(set(range(len(self._blocks))) - set(first), key=lambda n: (-degree[n], n))
        return [*first, *rest]

    def _clique(self, rules: _Rules) -> list[int]:
        known = (*rules.hard, *self._clashes.values())
        return clique(range(len(self._blocks)), {s for s in known if len(s) == 2})

    # Answers

    def _division(self, classes: Classes, bound: int) -> Division:
        groups = self._blocks.groups(classes)
        return Division(
            groups=groups,
            clashes=tuple(sorted(self._clashes, key=sorted)),
            bound=min(bound, len(groups)),
            given_up=_given_up(self._bounds.advised, groups),
        )

    def _none(self) -> NoDivision:
        _, bound = self._fewest(_Rules(self._apart), len(self._blocks))
        if bound <= self._most:
            return NoDivision(bound=bound)
        clashes = sorted(self._clashes, key=sorted)
        return too_many(self._bounds, clashes, self._most, bound, Effort(self._effort))


def _given_up(advised: Sequence[Advice], groups: Sequence[Group]) -> tuple[Advice, ...]:
    return tuple(a for a in advised if any(a.components <= group for group in groups))
