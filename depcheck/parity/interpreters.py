"""The Python interpreters of both sides."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Interpreter, Inventory
from depcheck.parity.environments import is_image
from depcheck.parity.parts import Part, drift
from depcheck.parity.telling import Teller, Value
from depcheck.parity.versions import agree

_Pair = tuple[Interpreter | None, Interpreter | None]
_OTHER_ABI = ("free-threaded", "debug")
_DIGITS = re.compile(r"[\d.]+")


def interpreter_findings(teller: Teller, left: Inventory, right: Inventory) -> Part:
    """Compare interpreters by path; one that is left over stands against its like."""
    if not (left.interpreters and right.interpreters) and not (is_image(left) and is_image(right)):
        return Part()  # a lock has none
    pairs = _pairs(left.interpreters, right.interpreters)
    if not (is_image(left) and is_image(right)):
        pairs = [pair for pair in pairs if pair[0] and pair[1]]
    found: dict[tuple[str, str | None, str | None], Finding] = {}
    different = 0
    for pair in pairs:
        told = list(_differences(teller, *pair))
        different += bool(told)
        for finding in told:  # one interpreter has several names
            found.setdefault((finding.rule, drift(finding).left, drift(finding).right), finding)
    return Part(findings=tuple(found.values()), same=len(pairs) - different, different=different)


def _pairs(lefts: Sequence[Interpreter], rights: Sequence[Interpreter]) -> list[_Pair]:
    by_path = {item.path: item for item in rights}
    pairs: list[_Pair] = [(one, by_path.pop(one.path)) for one in lefts if one.path in by_path]
    rest = [one for one in lefts if not any(one is pair[0] for pair in pairs)]
    for like in (_like, _any):
        for one in list(rest):
            other = next((o for o in by_path.values() if like(one) == like(o)), None)
            if other is not None:
                rest.remove(one)
                pairs.append((one, by_path.pop(other.path)))
    return [*pairs, *((one, None) for one in rest), *((None, o) for o in by_path.values())]


def _like(item: Interpreter) -> str:
    """``/usr/bin/python3.11`` and ``/usr/bin/python3.12`` stand against one another."""
    folder, name = posixpath.split(item.path)
    return posixpath.join(folder, _DIGITS.sub("", name))


def _any(item: Interpreter) -> str:
    return item.implementation


def _differences(
    teller: Teller, left: Interpreter | None, right: Interpreter | None
) -> Iterator[Finding]:
    if left is None or right is None:
        yield _one_sided(teller, left, right)
        return
    if left.implementation != right.implementation:
        yield _tell(teller, "python-implementation", left, right, "implementation")
    elif left.version and right.version and not agree(left.version, right.version):
        yield teller.tell(
            "python-version",
            "python",
            "python",
            Value(text=left.version, brought=left.brought),
            Value(text=right.version, brought=right.brought),
            subject="Python",
            severity=version_severity(left.version, right.version),
            remedy=f"build {teller.right} on Python {left.version}",
            place=right.path,
        )
    elif left.build != right.build:
        yield _tell(teller, "python-build", left, right, "build")
    if left.path != right.path:
        yield _tell(teller, "python-location", left, right, "path")


def _tell(teller: Teller, rule: str, left: Interpreter, right: Interpreter, what: str) -> Finding:
    texts = [getattr(item, what) for item in (left, right)]
    return teller.tell(
        rule,
        "python",
        "python",
        *(
            Value(text=text or "plain", brought=item.brought)
            for text, item in zip(texts, (left, right), strict=True)
        ),
        subject=f"the {what} of Python",
        severity=build_severity(*texts) if rule == "python-build" else None,
        remedy="" if what == "path" else f"build {teller.right} on the Python that was tested",
        place=right.path,
    )


def _one_sided(teller: Teller, left: Interpreter | None, right: Interpreter | None) -> Finding:
    item = left or right
    assert item is not None
    value = Value(text=f"Python {item.version}".strip(), brought=item.brought)
    return teller.tell(
        "python-missing" if left else "python-added",
        "python",
        item.path,
        value if left else None,
        value if right else None,
        remedy=f"install it in {teller.right} as it was tested" if left else "",
        place=item.path,
    )


def version_severity(left: str, right: str) -> Severity:
    """Return how much two Python versions differ: a patch release is a warning."""
    return "warning" if left.split(".")[:2] == right.split(".")[:2] else "error"


def build_severity(left: str, right: str) -> Severity:
    """Return how much two builds differ: those with another ABI are an error."""
    abi = [[word for word in _OTHER_ABI if word in build] for build in (left, right)]
    return "warning" if abi[0] == abi[1] else "error"
