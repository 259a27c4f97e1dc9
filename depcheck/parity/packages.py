"""The OS packages of both sides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Inventory, OsPackage
from depcheck.model.text import printable
from depcheck.parity.parts import Part
from depcheck.parity.telling import Teller, Value
from depcheck.parity.versions import numbers

_DECIDING: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"libc6|glibc|musl"), 2),
    (re.compile(r"libpython3\S*|python3?|python3\.\d+\S*"), 2),
    (re.compile(r"libssl\S*|libcrypto\S*|openssl|openssl-libs"), 1),
)
"""Packages that decide whether Python starts, and how many numbers make their series."""

_Held = Mapping[tuple[str, bool], Sequence[OsPackage]]
"""Packages by name and whether they are conda's, which stand beside the system's own."""


def compare_packages(teller: Teller, left: Inventory, right: Inventory) -> Part:
    """Compare packages by name; those of different systems are told as one difference."""
    kinds = [_kinds(side) for side in (left, right)]
    if kinds[0] and kinds[1] and not kinds[0] & kinds[1]:
        return Part(findings=(_other_system(teller, left, right),), different=1)
    lefts, rights = _by_name(left.packages), _by_name(right.packages)
    findings: list[Finding] = []
    names = sorted(lefts.keys() | rights.keys())
    for key in names:
        findings += _named(teller, key[0], lefts.get(key, ()), rights.get(key, ()))
    told = len({finding.message for finding in findings})
    return Part(findings=tuple(findings), same=max(len(names) - told, 0), different=told)


def _kinds(side: Inventory) -> set[str]:
    """Return the kinds of the system's packages."""
    return {str(package.kind) for package in side.packages} - {"other"}


def _by_name(packages: Sequence[OsPackage]) -> _Held:
    names: dict[tuple[str, bool], list[OsPackage]] = defaultdict(list)
    for package in sorted(packages, key=lambda p: (p.name, p.architecture, p.version)):
        names[package.name, package.kind == "other"].append(package)
    return names


def _other_system(teller: Teller, left: Inventory, right: Inventory) -> Finding:
    texts = [" and ".join(sorted(_kinds(side))) for side in (left, right)]
    return teller.tell(
        "package-kind",
        "os",
        "packages",
        Value(text=texts[0]),
        Value(text=texts[1]),
        subject="the kind of OS packages",
        remedy=f"build {teller.right} on the base image that was tested",
    )


def _named(
    teller: Teller, name: str, lefts: Sequence[OsPackage], rights: Sequence[OsPackage]
) -> list[Finding]:
    """Compare one name: by architecture where a side has several."""
    if len({p.architecture for p in lefts}) <= 1 and len({p.architecture for p in rights}) <= 1:
        return _versions(teller, name, lefts, rights)
    found: list[Finding] = []
    for architecture in sorted({p.architecture for p in (*lefts, *rights)}):
        sides = [[p for p in side if p.architecture == architecture] for side in (lefts, rights)]
        found += _versions(teller, f"{name}:{architecture}", *sides)
    return found


def _versions(
    teller: Teller, name: str, lefts: Sequence[OsPackage], rights: Sequence[OsPackage]
) -> list[Finding]:
    texts = [" and ".join(package.version for package in side) for side in (lefts, rights)]
    if texts[0] == texts[1]:
        return []
    rule = "package-version"
    if not (lefts and rights):
        rule = "package-missing" if lefts else "package-added"
    return [
        teller.tell(
            rule,
            "os",
            name,
            Value(text=texts[0], brought=lefts[-1].brought) if lefts else None,
            Value(text=texts[1], brought=rights[-1].brought) if rights else None,
            subject=f"OS package {name}",
            absent="not installed",
            severity=_severity(name, *texts) if lefts and rights else None,
            remedy=_remedy(teller, name, lefts),
        )
    ]


def _severity(name: str, left: str, right: str) -> Severity:
    for pattern, length in _DECIDING:
        if pattern.fullmatch(name.partition(":")[0]):
            series = [numbers(version, length) for version in (left, right)]
            return "warning" if series[0] == series[1] else "error"
    return "warning"


def pinned(package: OsPackage) -> str:
    """Return a package and its version as its own installer takes it."""
    return f"{package.name}{'-' if package.kind == 'rpm' else '='}{package.version}"


def _remedy(teller: Teller, name: str, lefts: Sequence[OsPackage]) -> str:
    if not lefts:
        return printable(f"leave {name} out of {teller.right}, or test as it is there")
    return printable(f"install {pinned(lefts[-1])} in {teller.right}, as was tested")
