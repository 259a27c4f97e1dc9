"""What the combination pushes far back, and whether a better set exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from depcheck.conflicts.compare import Chains, direct_requirement, versions_of
from depcheck.conflicts.distance import FAR_DAYS, days_between, major
from depcheck.model.findings import Finding, Rollback
from depcheck.model.requirement import Requirement
from depcheck.model.rules import RULES
from depcheck.resolve.entry import Entry
from depcheck.resolve.oracle import Completion, Far, Oracle, Refutation
from depcheck.resolve.ranges import exact_pins, parse_version
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.solver import Literal
from depcheck.resolve.universe import Root


@dataclass(frozen=True, slots=True)
class Fall:
    """A project that is far older than it was; ``days`` where upload times are known."""

    component: str
    name: str
    before: str
    after: str
    days: int | None


def find_rollbacks(
    oracle: Oracle,
    roots: Sequence[Root],
    alone: Mapping[str, Mapping[str, str]],
    combined: Mapping[str, str],
    chains: Chains,
) -> list[Finding]:
    """One finding for each distribution that falls far behind what a component has alone.

    ``alone`` maps components to projects to versions. Far is another major, or
    an upload more than a year older.
    """
    fallen = falls(oracle, alone, combined)
    if not fallen:
        return []
    better, pins = _better(oracle, roots, fallen, alone)
    assumed = [root.selector for root in roots]
    findings = []
    for fall in fallen:
        improved = better.get(fall.name)
        healed = improved is not None and parse_version(improved) > parse_version(fall.after)
        others = [r.component for r in roots if r.component != fall.component]
        rollback = Rollback(
            name=fall.name,
            component=fall.component,
            before=fall.before,
            after=fall.after,
            days=fall.days,
            better=improved if healed else None,
            pins=pins if healed else (),
            chain=chains.to(fall.name, fall.before, prefer=others),
            direct=direct_requirement(roots, fall.component, fall.name),
        )
        kept = _keeping(oracle, assumed, fall)
        findings.append(_finding(rollback, kept, chosen=_is_pinned(roots, fall)))
    return findings


def _is_pinned(roots: Sequence[Root], fall: Fall) -> bool:
    """Whether a line pins exactly this version: somebody chose it."""
    return any(
        isinstance(root.statement, Requirement)
        and root.statement.name == fall.name
        and bool(exact_pins(root.statement.specifier))
        for root in roots
    )


def _keeping(
    oracle: Oracle, assumed: Sequence[Literal], fall: Fall
) -> Completion | Refutation | Far | None:
    """Whether a solution keeps a project from falling as far (``complete_nearby``)."""
    entry = oracle.universe.entry(fall.name)
    floor = floor_of(entry, fall)
    if floor == len(entry.versions):
        return Refutation(frozenset())
    held = oracle.universe.hold(fall.name, (floor, len(entry.versions)))
    return oracle.complete_nearby([*assumed, *held])


def falls(
    oracle: Oracle, alone: Mapping[str, Mapping[str, str]], combined: Mapping[str, str]
) -> list[Fall]:
    """What is far older in ``combined`` than in a set of ``alone``, the worst of each."""
    worst: dict[str, Fall] = {}
    for component, versions in alone.items():
        for name, before in versions.items():
            after = combined.get(name)
            if after is None or parse_version(after) >= parse_version(before):
                continue
            days = days_between(oracle.universe.entry(name), after, before)
            if major(after) < major(before) or (days or 0) > FAR_DAYS:
                known = worst.get(name)
                if known is None or parse_version(before) > parse_version(known.before):
                    worst[name] = Fall(component, name, before, after, days)
    return [worst[name] for name in sorted(worst)]


def _better(
    oracle: Oracle,
    roots: Sequence[Root],
    fallen: Sequence[Fall],
    alone: Mapping[str, Mapping[str, str]],
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """A set that keeps as many of the fallen as possible near where they were.

    Returns its versions and the requirements that lead to it; nothing where no
    such set exists, or where all in all it falls no less far.
    """
    assumed = [root.selector for root in roots]
    held: list[Literal] = []
    pins: list[str] = []
    for fall in sorted(fallen, key=lambda f: -(f.days or 0)):
        entry = oracle.universe.entry(fall.name)
        floor = floor_of(entry, fall)
        if floor == len(entry.versions):
            continue
        attempt = oracle.universe.hold(fall.name, (floor, len(entry.versions)))
        if isinstance(oracle.complete_nearby([*assumed, *held, *attempt]), Completion):
            held += attempt
            pins.append(f"{fall.name}>={entry.versions[floor]}")
    choice = resolve(oracle, roots, held) if held else None
    if not isinstance(choice, Choice):
        return {}, ()
    versions = versions_of(oracle, choice)
    now = falls(oracle, alone, versions)
    if _depth(now) >= _depth(fallen) or _asked_for_fall_further(roots, fallen, now):
        return {}, ()
    return versions, tuple(pins)


def _asked_for_fall_further(
    roots: Sequence[Root], before: Sequence[Fall], now: Sequence[Fall]
) -> bool:
    """Whether something that a line names pays for it."""
    named = {r.statement.name for r in roots if isinstance(r.statement, Requirement)}
    days = {fall.name: fall.days or 0 for fall in before}
    return any(f.name in named and (f.days or 0) > days.get(f.name, 0) for f in now)


def _depth(fallen: Sequence[Fall]) -> int:
    """How far a set falls in all, in days; a major of unknown age counts a year."""
    return sum(FAR_DAYS if fall.days is None else fall.days for fall in fallen)


def floor_of(entry: Entry, fall: Fall) -> int:
    """The lowest position that would not count as a fall.

    Past the last release where none would do: what a lock holds may be gone.
    """
    before = parse_version(fall.before)
    position = next(
        (i for i, v in enumerate(entry.versions) if parse_version(v) >= before),
        len(entry.versions),
    )
    while position > 0:
        below = entry.versions[position - 1]
        days = days_between(entry, below, fall.before)
        if major(below) < major(fall.before) or (days or 0) > FAR_DAYS:
            break
        position -= 1
    return position


def _finding(
    rollback: Rollback, kept: Completion | Refutation | Far | None, *, chosen: bool
) -> Finding:
    far = f", {rollback.days} days older" if rollback.days is not None else ""
    message = (
        f"{rollback.name} falls back from {rollback.before} to {rollback.after}{far}, "
        f"though {rollback.component} alone has {rollback.before}."
    )
    if rollback.better is not None:
        better = f"{rollback.name} {rollback.better}"
        remedy = f"A better set exists, with {better}: add {_quoted(rollback.pins)}."
    elif isinstance(kept, Refutation):
        remedy = (
            f"No solution keeps {rollback.name} near {rollback.before}: "
            "keep the components apart, or accept it."
        )
    elif kept is None:
        remedy = (
            f"Whether a set with a newer {rollback.name} exists was not searched for: "
            "at best it would push others far back. Keep the components apart, or accept it."
        )
    else:
        remedy = (
            f"No better set was found: a newer {rollback.name} would push others back. "
            "Keep the components apart, or accept it."
        )
    origins = [rollback.direct.origin] if rollback.direct else []
    origins += [step.origin for step in rollback.chain if step.origin is not None]
    return Finding(
        rule="rollback",
        severity="note" if chosen else RULES["rollback"].severity,
        message=message,
        locations=tuple(dict.fromkeys(origins)),
        evidence=rollback,
        remedy=remedy,
    )


def _quoted(pins: Sequence[str]) -> str:
    return ", ".join(f"`{pin}`" for pin in pins)
