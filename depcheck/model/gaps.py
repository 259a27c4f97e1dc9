"""What could not be checked, as a finding."""

from __future__ import annotations

from depcheck.model.findings import Finding
from depcheck.model.identity import package_in
from depcheck.model.requirement import Undetermined
from depcheck.model.rules import RULES


def gap(entry: Undetermined) -> Finding:
    """Return the finding (``undetermined``) that something could not be checked."""
    rule = RULES["undetermined"]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f"{entry.subject} could not be checked: {entry.reason}.",
        locations=entry.origins,
        remedy=entry.hint,
        package=package_in(entry.subject),
        subject=entry.subject,
    )
