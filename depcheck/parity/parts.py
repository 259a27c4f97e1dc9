"""What the comparison of one aspect gives."""

from __future__ import annotations

from dataclasses import dataclass

from depcheck.model.findings import Drift, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Findings, and how many units (distributions, packages, settings) agree and differ."""

    findings: tuple[Finding, ...] = ()
    same: int = 0
    different: int = 0


def drift(finding: Finding) -> Drift:
    """Return the evidence of a finding that is a difference."""
    assert isinstance(finding.evidence, Drift)
    return finding.evidence


def names_told(findings: tuple[Finding, ...], *prefixes: str) -> frozenset[str]:
    """Return the names that findings of rules with one of the prefixes tell of."""
    return frozenset(
        drift(finding).name for finding in findings if finding.rule.startswith(prefixes)
    )
