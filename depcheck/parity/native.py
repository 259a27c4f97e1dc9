"""The native libraries of both sides, as far as nothing else explains their difference."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Inventory, NativeLibrary
from depcheck.model.requirement import normalise
from depcheck.model.text import printable
from depcheck.parity.parts import Part, drift, names_told
from depcheck.parity.telling import Teller, Value
from depcheck.parity.versions import agree, numbers

DECIDING = frozenset(("openssl", "cuda", "cudnn", "libstdc++"))
"""Libraries whose major version decides whether extension modules load."""

_PACKAGES = {
    "openssl": re.compile(r"libssl|libcrypto|openssl"),
    "libstdc++": re.compile(r"libstdc\+\+|gcc"),
    "openmp": re.compile(r"libgomp|libomp|libiomp"),
    "cuda": re.compile(r"cuda|libcu|libnv"),
    "cudnn": re.compile(r"libcudnn|cudnn"),
}
"""Which OS packages hold a library."""

_Pair = tuple[NativeLibrary | None, NativeLibrary | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been told already: it explains the libraries that came with it."""

    findings: tuple[Finding, ...]
    other_architecture: bool = False

    def owner(self, name: str) -> bool:
        """Tell whether a distribution was told of."""
        return bool(name) and normalise(name) in names_told(self.findings, "distribution-")

    def package(self, library: NativeLibrary) -> str | None:
        """Return the OS package, told of, that holds a library of the system."""
        if library.owner:
            return None
        stem = re.escape(library.name.removeprefix("lib"))
        pattern = _PACKAGES.get(library.name) or re.compile(rf"(?:lib)?{stem}")
        names = names_told(self.findings, "package-")
        return next((name for name in sorted(names) if pattern.match(name)), None)


def compare_native(
    teller: Teller, left: Inventory, right: Inventory, told: Told
) -> tuple[Part, tuple[Finding, ...]]:
    """Compare native libraries.

    Returns the part, and the findings in ``told`` with the paths of the libraries that
    they explain.
    """
    pairs = list(_pairs(left.libraries, right.libraries))
    findings: list[Finding] = []
    explained: dict[str, list[str]] = defaultdict(list)
    different = 0
    for pair in pairs:
        finding = _difference(teller, *pair)
        if finding is None:
            continue
        different += 1
        library = pair[0] or pair[1]
        assert library is not None
        package = told.package(library)
        if package is not None:
            explained[package].append(library.path)
        else:
            findings += _unexplained(finding, library, told)
    part = Part(findings=tuple(findings), same=len(pairs) - different, different=different)
    return part, tuple(_with_paths(finding, explained) for finding in told.findings)


def _unexplained(finding: Finding, library: NativeLibrary, told: Told) -> list[Finding]:
    if finding.rule == "native-digest" and told.other_architecture:
        return []
    if not told.owner(library.owner):
        return [finding]
    if finding.rule == "native-version" and finding.severity == "error":
        return [replace(finding, severity="note")]
    return []


def _with_paths(finding: Finding, explained: dict[str, list[str]]) -> Finding:
    paths = explained.get(drift(finding).name) if finding.rule.startswith("package-") else None
    if not paths:
        return finding
    paths = sorted({*drift(finding).paths, *paths})
    return replace(finding, evidence=replace(drift(finding), paths=tuple(paths)))


def _pairs(lefts: Sequence[NativeLibrary], rights: Sequence[NativeLibrary]) -> Iterator[_Pair]:
    """Pair by name, owner and path; what is left over of one name and owner in order."""
    groups: dict[tuple[str, str], tuple[list[NativeLibrary], list[NativeLibrary]]] = defaultdict(
        lambda: ([], [])
    )
    for side, libraries in enumerate((lefts, rights)):
        for library in sorted(libraries, key=lambda item: item.path):
            groups[library.name, library.owner][side].append(library)
    for _, (ones, others) in sorted(groups.items()):
        paths = {item.path: item for item in others}
        both = [(one, paths[one.path]) for one in ones if one.path in paths]
        yield from both
        met = {one.path for one, _ in both}
        rest = [[item for item in side if item.path not in met] for side in (ones, others)]
        for position in range(max(len(rest[0]), len(rest[1]))):
            one, other = (side[position] if position < len(side) else None for side in rest)
            yield one, other


def _difference(
    teller: Teller, left: NativeLibrary | None, right: NativeLibrary | None
) -> Finding | None:
    if left is None or right is None:
        return _tell(teller, "native-missing" if left else "native-added", left, right)
    told = left.version and right.version and not agree(left.version, right.version)
    if told:  # "3" from the file's name alone can be 3.0.20
        return _tell(teller, "native-version", left, right, severity=_severity(left, right))
    if left.digest != right.digest and left.digest and right.digest:
        return _tell(teller, "native-digest", left, right)
    return None


def _severity(left: NativeLibrary, right: NativeLibrary) -> Severity:
    majors = numbers(left.version, 1) != numbers(right.version, 1)
    return "error" if majors and left.name in DECIDING else "warning"


def _tell(
    teller: Teller,
    rule: str,
    left: NativeLibrary | None,
    right: NativeLibrary | None,
    *,
    severity: Severity | None = None,
) -> Finding:
    library = right or left
    assert library is not None
    whose = f" of {library.owner}" if library.owner else ""
    return teller.tell(
        rule,
        "native",
        library.name,
        _value(left, rule),
        _value(right, rule),
        subject=f"the native library {library.name}{whose}",
        severity=severity,
        remedy=_remedy(teller, rule, library, left),
        place=library.owner,
        paths=sorted({item.path for item in (left, right) if item}),
    )


def _value(library: NativeLibrary | None, rule: str) -> Value | None:
    if library is None:
        return None
    text = library.version or library.path
    if rule == "native-digest":
        text = f"{library.version or 'a build of no told version'} (sha256 {library.digest[:12]})"
    return Value(text=text, brought=library.brought)


def _remedy(teller: Teller, rule: str, library: NativeLibrary, left: NativeLibrary | None) -> str:
    if rule == "native-digest":
        return ""
    if left is None:
        return printable(f"leave {library.path} out of {teller.right}, or test with it")
    if library.owner:
        return printable(f"install the same wheel of {library.owner} on both sides")
    version = f" {left.version}" if left.version else ""
    return printable(f"install {library.name}{version} in {teller.right}, as it was tested")
