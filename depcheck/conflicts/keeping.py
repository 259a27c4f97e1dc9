"""What it costs to keep what would shift, and which pins cost nothing together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from depcheck.conflicts.compare import versions_of
from depcheck.conflicts.rollbacks import Fall, falls, floor_of
from depcheck.conflicts.trial import stated
from depcheck.conflicts.wording import listed
from depcheck.model.findings import Finding, Shift
from depcheck.model.requirement import Origin, Requirement
from depcheck.resolve.oracle import Completion, Oracle
from depcheck.resolve.ranges import parse_version
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.universe import Root


def with_prices(
    oracle: Oracle, roots: Sequence[Root], combined: Mapping[str, str], findings: Sequence[Finding]
) -> tuple[list[Finding], tuple[str, ...]]:
    """Say of each shift that a pin would keep what the pin pushes back.

    Returns the findings, and the pins against major shifts that cost nothing and hold together.
    """
    shifts = [f.evidence for f in findings if isinstance(f.evidence, Shift) and f.evidence.pin]
    trial = _Trial(oracle, roots, _least(combined, findings))
    prices = trial.prices([s.pin for s in shifts if s.grade == "major"])
    keep = trial.together([pin for pin, price in prices.items() if not price])
    prices |= trial.prices([s.pin for s in shifts if s.grade != "major"])
    told: list[Finding] = []
    for finding in findings:
        shift = finding.evidence
        price = prices.get(shift.pin) if isinstance(shift, Shift) else None
        if isinstance(shift, Shift) and price:
            remedy = f"Pin {shift.pin} to keep it, at the price of {listed(price)}."
            finding = replace(finding, evidence=replace(shift, price=price), remedy=remedy)
        told.append(finding)
    return told, keep


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
        self._known: dict[tuple[str, ...], list[Fall] | None] = {}

    def price(self, pins: Sequence[str]) -> tuple[str, ...] | None:
        """What falls far back with these pins; None where they do not resolve."""
        fallen = self._falls(tuple(pins))
        if fallen is None:
            return None
        return tuple(f"{fall.name} {fall.before} → {fall.after}" for fall in fallen)

    def _falls(self, pins: tuple[str, ...]) -> list[Fall] | None:
        if pins not in self._known:
            with ExitStack() as stack:
                added = [stack.enter_context(stated(self._oracle, _pin(text))) for text in pins]
                choice = resolve(self._oracle, [*self._roots, *added])
            found = None
            if isinstance(choice, Choice):
                found = falls(self._oracle, {"": self._least}, versions_of(self._oracle, choice))
            self._known[pins] = found
        return self._known[pins]

    def prices(self, pins: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """What falls far back with each pin by itself.

        Pins that cost nothing all together are not tried one by one. Where they cost
        something, those that have to are tried, and of the others each half.
        """
        fallen = self._falls(tuple(pins)) if pins else []
        if fallen == []:
            return dict.fromkeys(pins, ())
        if len(pins) == 1:
            return {pins[0]: self.price(pins) or ()}
        dear = [pin for pin in pins if self._has_to_cost(pin, fallen or [])]
        left = [pin for pin in pins if pin not in dear]
        prices = {pin: self.price([pin]) or () for pin in dear}
        if dear:
            return prices | self.prices(left)
        half = len(pins) // 2
        return self.prices(pins[:half]) | self.prices(pins[half:])

    def _has_to_cost(self, pin: str, fallen: Sequence[Fall]) -> bool:
        """Whether no set with the pin keeps these projects from falling."""
        universe = self._oracle.universe
        held = []
        for fall in fallen:
            entry = universe.entry(fall.name)
            held += universe.hold(fall.name, (floor_of(entry, fall), len(entry.versions)))
        with stated(self._oracle, _pin(pin)) as added:
            assumed = [*(root.selector for root in self._roots), added.selector, *held]
            return not isinstance(self._oracle.complete_nearby(assumed), Completion)

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
