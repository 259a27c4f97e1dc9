"""A conflict told as a chain of releases, and filed under its rule."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.conflicts.chain import Chain, statement_step
from depcheck.conflicts.classify import classify
from depcheck.conflicts.folding import folded
from depcheck.conflicts.proof import Prover
from depcheck.model.findings import Conflict, Finding
from depcheck.model.rules import RULES
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.universe import Root


def explain(oracle: Oracle, prover: Prover, roots: Sequence[Root]) -> Finding:
    """Tell a minimal conflict, given by its root statements, as a finding."""
    selectors = [root.selector for root in roots]
    statements = tuple(root.statement for root in roots)
    proven = oracle.proven(selectors)
    chain = Chain(oracle.universe, prover.groups(selectors, proven=proven), proven)
    chain.follow(statements)
    verdict = classify(chain, statements)
    lines = folded(chain, statements)
    doubtful = frozenset[str]().union(*(line.presumed for line in lines))
    presumed = () if proven else tuple(sorted(doubtful)) or (verdict.project,)
    conflict = Conflict(
        statements=statements,
        project=verdict.project,
        steps=(*map(statement_step, statements), *(line.step for line in lines)),
        presumed=presumed,
    )
    return Finding(
        rule=verdict.rule,
        severity=RULES[verdict.rule].severity,
        message=verdict.message,
        locations=tuple(dict.fromkeys(s.origin for s in statements)),
        evidence=conflict,
        remedy=verdict.remedy,
    )
