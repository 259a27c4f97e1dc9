"""What a change brings: the findings of two runs, paired.

Two findings are the same thing where their identity is (``model/identity.py``): lines,
versions and messages do not count. Of several that are alike the exact copies are paired
first, then the others in the order of their versions; what is left over is new, or fixed.

A pair is *known* where both say the same, else *changed*. It is *worse* where

- its severity went up;
- a shift is forced that was incidental, goes down where it did not, reaches a major release
  that is neither the base's nor the one that the component has alone, passes more major
  releases than it did, or takes the package away altogether;
- a rollback goes further back, passes more major releases, or has lost the better set that it
  had;
- a conflict has lost its last way out: of the base's corrections one changed a line of it by
  an edit, and no correction of the head does, though the head has no conflict of its own.

Gaps, extras and builds are worse by their severity alone.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from depcheck.model.findings import Conflict, Correction, Finding, Statement
from depcheck.model.identity import identity, stated
from depcheck.model.requirement import Origin
from depcheck.model.review import LineRange, Novelty
from depcheck.review.forms import Form, form, is_worse, kin, was

Changes = Mapping[str, "tuple[LineRange, ...]"]

_NEEDS_A_SET = ("shift-", "rollback", "unknown-extra", "needs-build")
"""What is only looked for where the components have a joint set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """``findings`` are the head's in their order, each with its novelty; ``fixed`` are the
    base's that are gone. ``notes`` are sentences about what the comparison cannot know."""

    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def compared(
    head: Sequence[Finding],
    base: Sequence[Finding],
    changes: Changes,
    *,
    head_corrections: Sequence[Correction] = (),
    base_corrections: Sequence[Correction] = (),
) -> Compared:
    """Label the findings of ``head`` against those of ``base``.

    Both are all findings of a run, the suppressed ones included: a finding that only one
    side suppresses is neither new nor fixed. ``changes`` are the lines of the head that the
    change touches, by path. Where the head has a conflict, what is only looked for in a
    joint set is not called fixed.
    """
    pairs = _paired(head, base)
    new = [finding for finding, other in zip(head, pairs.of_head, strict=True) if other is None]
    lost = _lost(head, base, new, head_corrections, base_corrections)
    findings = tuple(
        replace(finding, novelty=_novelty(finding, other, changes, lost))
        for finding, other in zip(head, pairs.of_head, strict=True)
    )
    no_set = _has_conflict(head)
    fixed = [f for f in pairs.of_base_alone if not (no_set and f.rule.startswith(_NEEDS_A_SET))]
    notes = _notes(head, base, new, fixed, hidden=len(fixed) < len(pairs.of_base_alone))
    return Compared(
        findings=findings,
        fixed=tuple(replace(finding, novelty=None) for finding in fixed),
        notes=tuple(notes),
    )


def unknown(findings: Sequence[Finding], changes: Changes | None = None) -> tuple[Finding, ...]:
    """Label all findings as unknown: the base could not be analysed."""
    return tuple(
        replace(
            finding, novelty=Novelty(status="unknown", touched=is_touched(finding, changes or {}))
        )
        for finding in findings
    )


def is_touched(finding: Finding, changes: Changes) -> bool:
    """Tell whether a line that a finding is about is one of the changed ones."""
    return any(_meets(place, changes.get(place.path, ())) for place in _places(finding))


def _places(finding: Finding) -> tuple[Origin, ...]:
    evidence = finding.evidence
    if isinstance(evidence, Conflict):
        return (*finding.locations, *(statement.origin for statement in evidence.statements))
    return finding.locations


def _meets(place: Origin, ranges: Sequence[LineRange]) -> bool:
    if place.line is None:
        return False
    first, last = place.line, max(place.line, place.end or 0)
    return any(first <= end and start <= last for start, end in ranges)


# Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """``of_head`` has the partner of each finding of the head, None where there is none."""

    of_head: tuple[Finding | None, ...]
    of_base_alone: tuple[Finding, ...]


def _paired(head: Sequence[Finding], base: Sequence[Finding]) -> _Pairs:
    partners: dict[int, int] = {}
    for key in (_exact, identity, kin):
        _pair(head, base, key, partners)
    taken = set(partners.values())
    return _Pairs(
        of_head=tuple(base[partners[n]] if n in partners else None for n in range(len(head))),
        of_base_alone=tuple(finding for n, finding in enumerate(base) if n not in taken),
    )


def _exact(finding: Finding) -> tuple[object, ...]:
    return (identity(finding), form(finding))


def _pair(
    head: Sequence[Finding],
    base: Sequence[Finding],
    key: Callable[[Finding], object],
    partners: dict[int, int],
) -> None:
    """Add pairs of what is left, alike by ``key``, to ``partners`` (head to base)."""
    left: dict[object, deque[int]] = defaultdict(deque)
    taken = set(partners.values())
    for number in _in_order(base, [n for n in range(len(base)) if n not in taken]):
        left[key(base[number])].append(number)
    for number in _in_order(head, [n for n in range(len(head)) if n not in partners]):
        alike = left.get(key(head[number]))
        if alike:
            partners[number] = alike.popleft()


def _in_order(findings: Sequence[Finding], numbers: Sequence[int]) -> list[int]:
    """Return positions by what stands there, so that the order of a report decides nothing."""
    return sorted(numbers, key=lambda number: _order(findings[number]))


def _order(finding: Finding) -> tuple[Form, str]:
    return form(finding), repr(finding)


# Labels


def _novelty(
    finding: Finding, other: Finding | None, changes: Changes, lost: frozenset[object]
) -> Novelty:
    touched = is_touched(finding, changes)
    if other is None:
        return Novelty(status="new", touched=touched)
    lost_its_way = identity(finding) in lost
    if form(finding) == form(other) and not lost_its_way:
        return Novelty(status="known", touched=touched)
    return Novelty(
        status="changed",
        worse=lost_its_way or is_worse(finding, other),
        was=was(finding, other) or ("an edit would have healed it" if lost_its_way else ""),
        touched=touched,
    )


def _lost(
    head: Sequence[Finding],
    base: Sequence[Finding],
    new: Sequence[Finding],
    head_corrections: Sequence[Correction],
    base_corrections: Sequence[Correction],
) -> frozenset[object]:
    """Return the identities of conflicts that an edit healed in the base and none does now.

    Corrections heal all conflicts at once: a conflict more may take them all away, and the
    others are not to be blamed for it.
    """
    if _has_conflict(new) or not base_corrections:
        return frozenset()
    could, can = _editable(base_corrections), _editable(head_corrections)
    before = {identity(finding) for finding in base if _of(finding) & could}
    return frozenset(
        key for finding in head if (key := identity(finding)) in before and not _of(finding) & can
    )


def _of(finding: Finding) -> frozenset[object]:
    evidence = finding.evidence
    return _keys(evidence.statements) if isinstance(evidence, Conflict) else frozenset()


def _editable(corrections: Sequence[Correction]) -> frozenset[object]:
    return frozenset[object]().union(*(_keys(c.statements) for c in corrections if c.edits))


def _keys(statements: Sequence[Statement]) -> frozenset[object]:
    return frozenset(stated(statement) for statement in statements)


def _has_conflict(findings: Sequence[Finding]) -> bool:
    return any(finding.rule.startswith("conflict-") for finding in findings)


def _notes(
    head: Sequence[Finding],
    base: Sequence[Finding],
    new: Sequence[Finding],
    fixed: Sequence[Finding],
    *,
    hidden: bool,
) -> list[str]:
    notes = []
    if hidden:
        notes.append(
            "The conflict leaves no set to compare: whether what the base's set moves is still "
            "moved is not known, and none of it is called fixed."
        )
    moved = [finding for finding in new if finding.rule.startswith(_NEEDS_A_SET)]
    if moved and _has_conflict(base) and not _has_conflict(head):
        notes.append(
            "The base has a conflict and so no set of its own: all that the healed set moves "
            "counts as new."
        )
    if fixed and any(finding.rule == "undetermined" for finding in new):
        notes.append(
            "Something could not be checked that could be before: what is called fixed may only "
            "be out of sight."
        )
    return notes
