"""Differences as findings: wording, severities, and values that stay hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from depcheck.model.findings import SEVERITIES, Drift, Finding, Severity
from depcheck.model.inventory import Aspect, Fact, Provenance
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import printable, redact

HIDDEN = "set"
"""What stands for a value that is not shown."""

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One side's value and what brought it; ``text`` is what is shown of it."""

    text: str
    secret: bool = False
    brought: Provenance | None = None

    @classmethod
    def of(cls, fact: Fact) -> Value:
        return cls(text=fact.value, secret=fact.secret, brought=fact.brought)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Makes findings of differences between two sides, which have the names given.

    ``show_values`` shows what is secret. ``service`` is whose the differences are.
    """

    left: str
    right: str
    service: str = ""
    show_values: bool = False

    def tell(
        self,
        rule: str,
        aspect: Aspect,
        name: str,
        left: Value | None,
        right: Value | None,
        *,
        subject: str = "",
        absent: str = "not there",
        tail: str = "",
        severity: Severity | None = None,
        remedy: str = "",
        place: str = "",
        paths: Iterable[str] = (),
        removed_by: Provenance | None = None,
    ) -> Finding:
        """Return the finding that ``name`` is ``left`` on one side and ``right`` on the other.

        None stands for a side that has none, told as ``absent``. ``subject`` is what
        the sentence begins with, if not the name; ``tail`` ends it. ``removed_by`` is what
        took it away from the side that has none.
        """
        secret = any(value is not None and value.secret for value in (left, right))
        hidden = secret and not self.show_values
        # Two addresses may differ in nothing but the password.
        shown = [_shown(value, hidden, bare=secret and self.show_values) for value in (left, right)]
        hidden = hidden or (shown[0] == shown[1] and shown[0] is not None)
        drift = Drift(
            aspect=aspect,
            name=name,
            left=shown[0],
            right=shown[1],
            hidden=hidden,
            place=place,
            service=self.service,
            left_by=left.brought if left else removed_by,
            right_by=right.brought if right else removed_by,
            paths=tuple(paths),
        )
        message = self._sentence(printable(subject or name), drift, absent) + tail + "."
        return self.found(rule, message, drift, severity=severity, remedy=remedy)

    def found(
        self,
        rule: str,
        message: str,
        drift: Drift,
        *,
        severity: Severity | None = None,
        remedy: str = "",
    ) -> Finding:
        """Return a finding whose sentence is not of the usual form."""
        return Finding(
            rule=rule,
            severity=severity or PARITY_RULES[rule].severity,
            message=message,
            evidence=drift,
            remedy=remedy,
        )

    def _sentence(self, subject: str, drift: Drift, absent: str) -> str:
        if drift.left is None:
            return (
                f"{subject} is {brief(drift.right or '')} in {self.right}, {absent} in {self.left}"
            )
        if drift.right is None:
            return f"{subject} is {brief(drift.left)} in {self.left}, {absent} in {self.right}"
        if drift.hidden:
            return f"{subject} has one value in {self.left} and another in {self.right}"
        return (
            f"{subject} is {brief(drift.left)} in {self.left}, {brief(drift.right)} in {self.right}"
        )


def _shown(value: Value | None, hidden: bool, *, bare: bool) -> str | None:
    if value is None:
        return None
    if hidden:
        return HIDDEN
    return value.text if bare else redact(value.text)


def brief(text: str) -> str:
    """Return ``text`` as a sentence can bear it."""
    return printable(text, limit=_LONGEST) if text else '""'


def lowered(severity: Severity) -> Severity:
    """Return the next lower severity."""
    return SEVERITIES[max(SEVERITIES.index(severity) - 1, 0)]


def count(number: int, one: str, many: str = "") -> str:
    """Return ``1 file`` or ``3 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """Return the first names of many: ``a, b, c and 4 more``."""
    names = list(names)
    head = ", ".join(printable(name, limit=_LONGEST) for name in names[:most])
    return head if len(names) <= most else f"{head} and {len(names) - most:,} more"
