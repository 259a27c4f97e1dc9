"""Python on both sides: interpreters, environments, distributions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from depcheck.model.findings import Finding
from depcheck.model.inventory import Inventory, PythonEnvironment
from depcheck.model.rules import PARITY_RULES
from depcheck.parity.distributions import Beside, beside, distribution_findings
from depcheck.parity.environments import EnvironmentPair, is_image, of_pair, pair_environments
from depcheck.parity.interpreters import interpreter_findings, version_severity
from depcheck.parity.parts import Part, drift
from depcheck.parity.telling import Teller, Value, count, lowered
from depcheck.parity.versions import agree, same


def compare_python(teller: Teller, left: Inventory, right: Inventory) -> Part:
    """Compare the interpreters, the environments and the distributions in them."""
    pairs = pair_environments(left, right)
    parts = [
        interpreter_findings(teller, left, right),
        *(_environment(teller, pair, left, right) for pair in pairs),
    ]
    told = [finding for part in parts for finding in part.findings]
    versions = {(drift(f).left, drift(f).right) for f in told if f.rule == "python-version"}
    extra = [*_active(teller, left, right, pairs), *_versions(teller, pairs, versions)]
    return Part(
        findings=(*told, *extra),
        same=sum(part.same for part in parts),
        different=sum(part.different for part in parts) + len(extra),
    )


def _environment(teller: Teller, pair: EnvironmentPair, left: Inventory, right: Inventory) -> Part:
    one, other = of_pair(pair, left, right)
    if not (pair.left and pair.right):
        present = len(one) + len(other)
        if not (present or _is_active(pair)):  # an empty place
            return Part()
        return Part(findings=(_one_sided(teller, pair, present),), different=max(present, 1))
    items = tuple(beside(one, other))
    told = distribution_findings(teller, pair, items, left, right)
    findings = [finding for findings in told.values() for finding in findings]
    findings += _installers(teller, pair, items)
    findings += _location(teller, pair)
    return Part(findings=tuple(findings), same=len(items) - len(told), different=len(told))


def _is_active(pair: EnvironmentPair) -> bool:
    """Tell whether it is known that one side runs what is in it."""
    return any(side is not None and side.active for side in (pair.left, pair.right))


def _one_sided(teller: Teller, pair: EnvironmentPair, present: int) -> Finding:
    rule = "environment-missing" if pair.left else "environment-added"
    severity = PARITY_RULES[rule].severity
    remedy = f"build {pair.place} in {teller.right} as it was tested"
    if pair.right:
        remedy = f"take {pair.place} out of {teller.right}, or test with it"
    return teller.tell(
        rule,
        "python",
        pair.place,
        _described(pair.left, present),
        _described(pair.right, present),
        severity=severity if pair.active else lowered(severity),
        remedy=remedy,
        place=pair.place,
    )


def _described(environment: PythonEnvironment | None, present: int) -> Value | None:
    if environment is None:
        return None
    text = f"an environment of {count(present, 'distribution')}"
    return Value(text=text, brought=environment.brought)


def _location(teller: Teller, pair: EnvironmentPair) -> Iterator[Finding]:
    left, right = pair.left, pair.right
    if left and right and left.prefix and right.prefix and left.prefix != right.prefix:
        yield teller.tell(
            "python-location",
            "python",
            "environment",
            Value(text=left.prefix, brought=left.brought),
            Value(text=right.prefix, brought=right.brought),
            subject="the environment",
            place=pair.place,
        )


def _installers(
    teller: Teller, pair: EnvironmentPair, items: Sequence[Beside]
) -> Iterator[Finding]:
    """One line for all that one tool installed there and another one here."""
    changes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in items:
        if len(item.left) == len(item.right) == 1:
            left, right = item.left[0], item.right[0]
            if same(left.version, right.version) and left.installer and right.installer:
                changes[left.installer, right.installer].append(item.name)
    for (one, other), names in sorted(changes.items()):
        if one != other:
            whose = names[0] if len(names) == 1 else count(len(names), "distribution")
            yield teller.tell(
                "distribution-installer",
                "python",
                names[0] if len(names) == 1 else "installer",
                Value(text=one),
                Value(text=other),
                subject=f"the installer of {whose}",
                place=pair.place,
            )


def _active(
    teller: Teller, left: Inventory, right: Inventory, pairs: Sequence[EnvironmentPair]
) -> Iterator[Finding]:
    """Tell where another environment runs."""
    if not (is_image(left) and is_image(right)):
        return
    one = next((e for e in left.environments if e.active), None)
    other = next((e for e in right.environments if e.active), None)
    if one is None or other is None or one.prefix == other.prefix:
        return
    if not any(pair.left == one and pair.right == other for pair in pairs):
        yield teller.tell(
            "environment-active",
            "python",
            "environment",
            Value(text=one.prefix, brought=one.brought),
            Value(text=other.prefix, brought=other.brought),
            subject="the environment that runs",
            remedy=f"let PATH and the entrypoint of {teller.right} lead to {one.prefix}",
            place=other.prefix,
        )


def _versions(
    teller: Teller, pairs: Sequence[EnvironmentPair], told: set[tuple[str | None, str | None]]
) -> Iterator[Finding]:
    """Tell the Python of environments, unless the interpreters have told it."""
    for pair in pairs:
        if pair.left is None or pair.right is None:
            continue
        one, other = pair.left.python, pair.right.python
        if not one or not other or agree(one, other):
            continue
        if any(_tells(versions, one, other) for versions in told):
            continue
        severity = version_severity(one, other)
        yield teller.tell(
            "python-version",
            "python",
            "python",
            Value(text=one, brought=pair.left.brought),
            Value(text=other, brought=pair.right.brought),
            subject=f"Python of {pair.place}" if pair.place else "Python",
            severity=severity if pair.active else lowered(severity),
            remedy=f"run {teller.right} on Python {one}",
            place=pair.place,
        )


def _tells(told: tuple[str | None, str | None], left: str, right: str) -> bool:
    return agree(told[0] or "", left) and agree(told[1] or "", right)
