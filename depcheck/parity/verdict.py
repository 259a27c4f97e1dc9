"""One word for a whole comparison, and the order of what it found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.model.findings import SEVERITIES, Drift, Finding
from depcheck.model.parity import Excused, ParityVerdict
from depcheck.model.requirement import Undetermined
from depcheck.model.rules import PARITY_RULES

_PLACES = {rule: place for place, rule in enumerate(PARITY_RULES)}


def verdict(
    findings: Sequence[Finding],
    excused: Sequence[Excused],
    undetermined: Sequence[Undetermined],
) -> ParityVerdict:
    """Return the verdict; never ``identical`` where something was not read.

    ``findings`` may hold those about the policy itself: they are no difference.
    """
    if any(isinstance(finding.evidence, Drift) for finding in findings):
        return "drift"
    unread = any(finding.rule == "side-unread" for finding in findings)
    if unread or any(not item.harmless for item in undetermined):
        return "undetermined"
    return "expected" if excused else "identical"


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by severity, then by how much the rule matters, then by name."""
    return tuple(sorted(findings, key=_key))


def _key(finding: Finding) -> tuple[int, int, str, str, str, str]:
    evidence = finding.evidence
    named = (evidence.name, evidence.service, evidence.place) if isinstance(evidence, Drift) else ()
    name, service, place = named or ("", "", "")
    return (
        -SEVERITIES.index(finding.severity),
        _PLACES.get(finding.rule, len(_PLACES)),
        name,
        service,
        place,
        finding.message,
    )
