"""Nothing is told twice: findings that another finding explains are left out."""

from __future__ import annotations

import re
from collections.abc import Callable

from depcheck.model.findings import Finding
from depcheck.model.requirement import normalise
from depcheck.parity.parts import drift, names_told

Findings = tuple[Finding, ...]

_PYTHON_PACKAGE = re.compile(r"(?:python3?|py3)-(.+)")
_INTERPRETER = re.compile(r"(?:lib)?python3")
_TZDATA = re.compile(r"tzdata")
_CERTIFICATES = re.compile(r"ca-certificates")
_LIBC = re.compile(r"libc6|libc-bin|glibc|musl")
_LOCALES = re.compile(r"locales|glibc-locale|glibc-langpack|musl-locales")
_EXPLAINING = {
    "libc": _LIBC,
    "ca-bundle": _CERTIFICATES,
    "tzdata": _TZDATA,
    "locale": _LOCALES,
    "python-build": _INTERPRETER,
}
"""Rules, and the OS packages whose difference says the same."""

_EPOCH = re.compile(r"^\d+:")
_REVISION = re.compile(r"(?:\+(?:dfsg|ds)[^-]*)?-[^-]+$")

_VARIABLES = {"timezone": ("env.TZ",), "locale": ("env.LANG", "env.LC_ALL")}
IN_PLACE = ("package-patched", "package-files-missing")
"""Rules of packages that are of the same version on both sides."""

_OTHER_WHEELS = frozenset(("distribution-rebuilt",))


def fold_packages(findings: Findings) -> Findings:
    """Leave out ``python3-yaml`` where PyYAML is told, and what an architecture explains.

    The packages have the name of the module: both versions tell that it is the one.
    """
    told = names_told(findings, "distribution-")
    versions = {
        (drift(f).left, drift(f).right) for f in findings if f.rule.startswith("distribution-")
    }
    other = any(f.rule == "image-architecture" for f in findings)

    def explained(finding: Finding) -> bool:
        if finding.rule in _OTHER_WHEELS:
            return other
        if not finding.rule.startswith("package-"):
            return False
        found = _PYTHON_PACKAGE.fullmatch(drift(finding).name)
        if found is None or finding.rule in IN_PLACE:
            return False
        upstream = (_upstream(drift(finding).left), _upstream(drift(finding).right))
        return normalise(found[1]) in told or upstream in versions

    return _without(findings, explained)


def _upstream(version: str | None) -> str | None:
    """Return a package's version without its epoch and the packagers' revision."""
    if version is None:
        return None
    return _REVISION.sub("", _EPOCH.sub("", version))


def fold_system(findings: Findings) -> Findings:
    """Leave out facts of the system that an OS package or a variable explains."""
    packages = names_told(findings, "package-")
    facts = {drift(f).name for f in findings if drift(f).aspect in ("settings", "runtime")}
    releases = {drift(f).name for f in findings if f.rule == "system-release"}

    def explained(finding: Finding) -> bool:
        pattern = _EXPLAINING.get(finding.rule)
        if pattern is not None and finding.severity != "error" and _any(pattern, packages):
            return True
        if finding.rule == "python-patched" and drift(finding).place == "/usr":
            return _any(_INTERPRETER, packages)  # RPM's, whose files are not known
        if finding.rule == "system-release" and drift(finding).name == "os.name":
            return bool(releases - {"os.name"})
        return any(name in facts for name in _VARIABLES.get(finding.rule, ()))

    return _without(findings, explained)


def _any(pattern: re.Pattern[str], names: frozenset[str]) -> bool:
    return any(pattern.match(name) for name in names)


def _without(findings: Findings, explained: Callable[[Finding], bool]) -> Findings:
    return tuple(finding for finding in findings if not explained(finding))
