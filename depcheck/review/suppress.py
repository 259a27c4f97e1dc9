"""Findings that a team lives with: set apart, and what the entries themselves give to tell."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from depcheck.model.findings import Finding, Suppressed
from depcheck.model.identity import components, packages
from depcheck.model.review import Suppression
from depcheck.model.rules import RULES, SUPPRESSION_RULES, Rule
from depcheck.model.text import printable

_MOST_NAMED = 3
_CONFLICT = "conflict-"
_NEEDS_A_SET = ("shift-*", "rollback", "unknown-extra", "needs-build")
"""What is only looked for where the components have a joint set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """``live`` count, ``suppressed`` do not; ``about`` are findings about the entries.

    The first two have the order of what was sorted.
    """

    live: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    about: tuple[Finding, ...] = ()


def suppress(
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    *,
    rules: Mapping[str, Rule],
    today: datetime.date | None,
    named: Callable[[Finding], Collection[str]] = components,
) -> Sorted:
    """Set apart the findings that an entry suppresses, by the first that does.

    An entry counts up to and on the day it expires (for ever where ``today`` is None);
    afterwards it is a finding (``suppression-expired``) that says what it would still
    suppress. So is one that matches nothing (``suppression-unused``), where this run had
    to meet it: each rule that its pattern can mean is one of ``rules``, those that this job
    looks for, and nothing kept the run from looking (a gap that nobody accepted; for
    shifts, a conflict). ``named`` tells the components of a finding.
    """
    live: list[Finding] = []
    suppressed: list[Suppressed] = []
    matched: list[list[Finding]] = [[] for _ in suppressions]
    for finding in findings:
        hits = [n for n, entry in enumerate(suppressions) if matches(entry, finding, named)]
        for number in hits:
            matched[number].append(finding)
        by = next((n for n in hits if not _is_expired(suppressions[n], today)), None)
        if by is None:
            live.append(finding)
        else:
            suppressed.append(Suppressed(finding=finding, by=suppressions[by]))
    told = _about(suppressions, matched, today, _Looked(rules, live, findings))
    return Sorted(live=tuple(live), suppressed=tuple(suppressed), about=tuple(told))


def matches(
    entry: Suppression,
    finding: Finding,
    named: Callable[[Finding], Collection[str]] = components,
) -> bool:
    """Tell whether an entry means a finding. A finding about an entry is never meant."""
    return (
        finding.rule not in SUPPRESSION_RULES
        and fnmatchcase(finding.rule, entry.rule)
        and (entry.package is None or entry.package in packages(finding))
        and (entry.component is None or _is_of(entry.component, finding, named(finding)))
    )


def _is_of(component: str, finding: Finding, named: Collection[str]) -> bool:
    """Tell whether a finding is a component's; a gap only where no other asks for it too.

    What one component accepts not to know, another has not accepted.
    """
    shared = len({origin.component for origin in finding.locations}) > 1
    return component in named and not (finding.rule == "undetermined" and shared)


def _is_expired(entry: Suppression, today: datetime.date | None) -> bool:
    return entry.expires is not None and today is not None and entry.expires < today


class _Looked:
    """What a run looked for, so that an entry that met nothing can be called unused."""

    def __init__(
        self, rules: Mapping[str, Rule], live: Sequence[Finding], every: Sequence[Finding]
    ) -> None:
        self._rules = rules
        self._has_gap = any(finding.rule == "undetermined" for finding in live)
        self._has_conflict = any(finding.rule.startswith(_CONFLICT) for finding in every)

    def has(self, entry: Suppression) -> bool:
        """Whether all that the entry can mean was looked for, and could be found."""
        meant = [rule for rule in RULES if fnmatchcase(rule, entry.rule)]
        meant = [rule for rule in meant if rule not in SUPPRESSION_RULES]
        return all(rule in self._rules and self._could(rule) for rule in meant)

    def concerns(self, entry: Suppression) -> bool:
        """Whether the entry can mean something of this job."""
        return any(fnmatchcase(rule, entry.rule) for rule in self._rules)

    def _could(self, rule: str) -> bool:
        if rule == "undetermined":
            return True  # gaps are always listed in full
        if self._has_conflict and any(fnmatchcase(rule, each) for each in _NEEDS_A_SET):
            return False
        return not self._has_gap


def _about(
    suppressions: Sequence[Suppression],
    matched: Sequence[Sequence[Finding]],
    today: datetime.date | None,
    looked: _Looked,
) -> Iterator[Finding]:
    for entry, hits in zip(suppressions, matched, strict=True):
        if _is_expired(entry, today):
            if hits or looked.concerns(entry):
                yield _expired(entry, hits, sure=looked.has(entry))
        elif not hits and looked.has(entry):
            yield _finding(
                "suppression-unused",
                entry,
                "matches no finding",
                "take the entry out, or mend its rule, package or component",
            )


def _expired(entry: Suppression, hits: Sequence[Finding], *, sure: bool) -> Finding:
    whom = f"ask {entry.owner}" if entry.owner else "heal what it stood for"
    remedy = f"{whom}, or set a later date with the reason why"
    if hits:
        still = f"still there: {_listed(hits)}"
    elif sure:
        still, remedy = "nothing of it is left", "take the entry out"
    else:
        still = "this run met nothing of it"
    return _finding("suppression-expired", entry, f"expired on {entry.expires}; {still}", remedy)


def _listed(findings: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(_called(finding) for finding in findings))
    shown = ", ".join(printable(name, limit=80) for name in names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _called(finding: Finding) -> str:
    about = ", ".join(packages(finding)) or finding.subject or ", ".join(components(finding))
    return f"{finding.rule} ({about})" if about else finding.rule


def _finding(rule: str, entry: Suppression, what: str, remedy: str) -> Finding:
    spelled = _spelled(entry)
    return Finding(
        rule=rule,
        severity=SUPPRESSION_RULES[rule].severity,
        message=f"The suppression of {spelled} ({printable(entry.reason)}) {what}.",
        locations=(entry.origin,) if entry.origin else (),
        remedy=printable(remedy),
        subject=spelled,
    )


def _spelled(entry: Suppression) -> str:
    limits = (("package", entry.package), ("component", entry.component))
    told = [f"{key}={printable(value)}" for key, value in limits if value is not None]
    return " ".join([printable(entry.rule), *told])
