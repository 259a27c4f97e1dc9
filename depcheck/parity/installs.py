"""One version installed twice: what was done to its files, and which build it is."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence

from depcheck.model.findings import Finding, Severity
from depcheck.model.inventory import Installed
from depcheck.model.text import printable
from depcheck.parity.environments import EnvironmentPair
from depcheck.parity.telling import Teller, Value, listed

_CODE = (".py", ".so", ".pyd", ".dll", ".dylib")
_BYTECODE = (".pyc", ".pyo")
_TESTS = frozenset(("test", "tests", "testing"))

SeverityOf = Callable[..., Severity]


def content_findings(
    teller: Teller,
    pair: EnvironmentPair,
    left: Installed,
    right: Installed,
    severity: SeverityOf,
) -> Iterator[Finding]:
    """Yield what differs in the files of one version; ``severity`` is of a rule's id."""
    patched = sorted(
        path
        for path in left.patched.keys() | right.patched.keys()
        if left.patched.get(path) != right.patched.get(path) and not path.endswith(_BYTECODE)
    )
    gone = sorted(
        path for path in set(left.missing) ^ set(right.missing) if not path.endswith(_BYTECODE)
    )
    if patched:
        yield _patched(teller, pair, left, right, patched, severity("distribution-patched"))
    if gone:
        steps = _how_grave(gone)
        grave = severity("distribution-files-missing", *steps)
        yield _missing(teller, pair, left, right, gone, grave)
    if not (patched or gone) and _rebuilt(pair, left, right):
        yield _other_build(teller, pair, left, right, severity("distribution-rebuilt"))


def _how_grave(paths: Iterable[str]) -> tuple[bool, bool]:
    """Return what lowers the severity of missing files: no code, and nothing but tests."""
    needed = [path for path in paths if not _TESTS & set(posixpath.dirname(path).split("/"))]
    return not any(path.endswith(_CODE) for path in needed), not needed


def _patched(
    teller: Teller,
    pair: EnvironmentPair,
    left: Installed,
    right: Installed,
    paths: Sequence[str],
    severity: Severity,
) -> Finding:
    return teller.tell(
        "distribution-patched",
        "python",
        left.name,
        _state(left, right, paths),
        _state(right, left, paths),
        subject=f"{left.name} {left.version}",
        tail=": the version is the same",
        severity=severity,
        remedy=_reinstall(teller, left, right, left.patched),
        place=pair.place,
        paths=paths,
    )


def _state(item: Installed, other: Installed, paths: Sequence[str]) -> Value:
    changed = [path for path in paths if path in item.patched]
    text = f"changed in {listed(changed)}" if changed else "as it was installed"
    if changed and any(path in other.patched for path in changed):
        text += f" (sha256 {', '.join(item.patched[path][:12] for path in changed[:3])})"
    return Value(text=text, brought=item.brought)


def _reinstall(teller: Teller, left: Installed, right: Installed, tested: object) -> str:
    if tested:
        return printable(
            f"{left.name} was tested with these changes: publish them as a version of their "
            f"own and install that in {teller.right}"
        )
    return printable(
        f"reinstall {right.name}=={right.version} in {teller.right}; a change that is wanted "
        "belongs in a version of its own, tested first"
    )


def _missing(
    teller: Teller,
    pair: EnvironmentPair,
    left: Installed,
    right: Installed,
    paths: Sequence[str],
    severity: Severity,
) -> Finding:
    return teller.tell(
        "distribution-files-missing",
        "python",
        left.name,
        _lack(left, paths),
        _lack(right, paths),
        subject=f"{left.name} {left.version}",
        severity=severity,
        remedy=printable(
            f"reinstall {right.name}=={right.version} in {teller.right}"
            if any(path in right.missing for path in paths)
            else f"take the same files out in the build of {teller.right}, or test with them"
        ),
        place=pair.place,
        paths=paths,
    )


def _lack(item: Installed, paths: Sequence[str]) -> Value:
    lost = [path for path in paths if path in item.missing]
    return Value(text=f"without {listed(lost)}" if lost else "complete", brought=item.brought)


def _rebuilt(pair: EnvironmentPair, left: Installed, right: Installed) -> bool:
    # Scripts name the environment's path, and each installer adds files of its own.
    alike = (left.folder, left.installer, left.source) == (
        right.folder,
        right.installer,
        right.source,
    )
    return (
        alike
        and not pair.named
        and bool(left.record and right.record)
        and left.record != right.record
    )


def _other_build(
    teller: Teller, pair: EnvironmentPair, left: Installed, right: Installed, severity: Severity
) -> Finding:
    return teller.tell(
        "distribution-rebuilt",
        "python",
        left.name,
        Value(text=f"RECORD {left.record[:12]}", brought=left.brought),
        Value(text=f"RECORD {right.record[:12]}", brought=right.brought),
        subject=f"{left.name} {left.version}",
        tail=": the same version from another build",
        severity=severity,
        remedy=printable(
            f"install the same file of {left.name} {left.version} on both sides: pin its hash "
            "in the lock"
        ),
        place=pair.place,
    )
