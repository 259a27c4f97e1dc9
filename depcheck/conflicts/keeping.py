"""What it costs to keep what would shift: each pin tried, and all that cost nothing together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from depcheck.conflicts.compare import versions_of
from depcheck.conflicts.rollbacks import falls
from depcheck.conflicts.trial import stated
from depcheck.model.findings import Finding, Shift
from depcheck.model.requirement import Origin, Requirement
from depcheck.resolve.oracle import Oracle
from depcheck.resolve.ranges import parse_version
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.universe import Root

_MOST = 12  # pins tried, the first of the list


def with_prices(
    oracle: Oracle, roots: Sequence[Root], combined: Mapping[str, str], findings: Sequence[Finding]
) -> tuple[list[Finding], tuple[str, ...]]:
    """Say of each major shift that a pin would keep what the pin pushes back.

    Returns the findings, and the pins that cost nothing and hold together.
    """
    told: list[Finding] = []
    free: list[str] = []
    trial = _Trial(oracle, roots, _least(combined, findings))
    for finding in findings:
        shift = finding.evidence
        if isinstance(shift, Shift) and shift.pin and shift.grade == "major" and len(free) < _MOST:
            price = trial.price([shift.pin])
            if price:
                finding = replace(finding, evidence=replace(shift, price=price), remedy="")
            elif price is not None:
                free.append(shift.pin)
        told.append(finding)
    return told, trial.together(free)


def _least(combined: Mapping[str, str], findings: Sequence[Finding]) -> Mapping[str, str]:
    """What nothing should fall far below: the combined set, or what was there before."""
    least = dict(combined)
    for finding in findings:
        shift = finding.evidence
        if isinstance(shift, Shift) and shift.before and shift.after:
            least[shift.name] = min(shift.before, shift.after, key=parse_version)
    return least


class _Trial:
    def __init__(self, oracle: Oracle, roots: Sequence[Root], least: Mapping[str, str]) -> None:
        self._oracle, self._roots, self._least = oracle, roots, least

    def price(self, pins: Sequence[str]) -> tuple[str, ...] | None:
        """What falls far back with these pins; None where they do not resolve."""
        with ExitStack() as stack:
            added = [stack.enter_context(stated(self._oracle, _pin(text))) for text in pins]
            choice = resolve(self._oracle, [*self._roots, *added])
        if not isinstance(choice, Choice):
            return None
        versions = versions_of(self._oracle, choice)
        fallen = falls(self._oracle, {"": self._least}, versions)
        return tuple(f"{fall.name} {fall.before} → {fall.after}" for fall in fallen)

    def together(self, pins: Sequence[str]) -> tuple[str, ...]:
        """The pins that hold together at no price, the first ones first."""
        if len(pins) < 2 or self.price(pins) == ():
            return tuple(pins)
        kept: list[str] = []
        for pin in pins:
            if self.price([*kept, pin]) == ():
                kept.append(pin)
        return tuple(kept)


def _pin(text: str) -> Requirement:
    name, _, version = text.partition("==")
    origin = Origin(component="", path="", line=None, text=text)
    return Requirement(name=name, specifier=f"=={version}", origin=origin)
