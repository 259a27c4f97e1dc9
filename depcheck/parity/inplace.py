"""What was changed in place: files of packages, of Python itself, and modules of nobody."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from depcheck.model.findings import Drift, Finding, Severity
from depcheck.model.inventory import Aspect, ChangedFile, Inventory
from depcheck.model.text import printable
from depcheck.parity.parts import Part
from depcheck.parity.telling import Teller, count, listed

_RUN = re.compile(r"/(?:s?bin|libexec)/[^/]+$|\.so(?:\.\d+)*$|\.(?:py|pyc|pyd|pl|pm|sh|js|jar|ko)$")
_AT_START = re.compile(r"\.pth$|/(?:sitecustomize|usercustomize)(?:\.py|\.pyc|\.[^/]*\.so|/[^/]+)$")
_TESTS = re.compile(r"/tests?/")
_MODULE = re.compile(r"\.(?:py|pyc|so|pyd|egg|zip)$")


class _Pair(NamedTuple):
    left: ChangedFile
    right: ChangedFile

    @property
    def path(self) -> str:
        return self.left.path

    @property
    def gone(self) -> bool:
        """Whether one side has nothing there."""
        return not (self.left.state and self.right.state)


def with_package_files(part: Part, teller: Teller, left: Inventory, right: Inventory) -> Part:
    """Add what was changed of OS packages to what their comparison gave."""
    groups = _groups(left, right, ("package",))
    return _more(part, [f for group in groups.values() for f in _of_package(teller, group)])


def with_python_files(part: Part, teller: Teller, left: Inventory, right: Inventory) -> Part:
    """Add what was changed of Python itself, what nobody owns, and what was left behind."""
    environments = {
        finding.evidence.place
        for finding in part.findings
        if finding.rule.startswith("environment-") and isinstance(finding.evidence, Drift)
    }
    findings: list[Finding] = []
    for group in _groups(left, right, ("python", "site", "leftover")).values():
        first = group[0].left
        if first.of == "python":
            findings += _of_python(teller, group)
        elif any(first.path.startswith(f"{place}/") for place in environments):
            continue  # the environment is on one side only, or another one runs
        elif first.of == "leftover":
            findings.append(_leftover(teller, group))
        else:
            findings += _of_nobody(teller, group)
    return _more(part, findings)


def _more(part: Part, findings: Sequence[Finding]) -> Part:
    return Part(
        findings=(*part.findings, *findings),
        same=part.same,
        different=part.different + len(findings),
    )


def _groups(
    left: Inventory, right: Inventory, kinds: tuple[str, ...]
) -> Mapping[tuple[str, str], list[_Pair]]:
    """Return the files by whose they are, those alone that both sides speak of."""
    rights = {file.path: file for file in right.changed}
    moved = {_moving(file) for file in left.changed} & {_moving(file) for file in right.changed}
    found: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for file in left.changed:
        if file.of not in kinds or file.path not in rights:
            continue
        if not moved.intersection((_moving(file), _moving(rights[file.path]))) - {None}:
            found[file.of, file.name].append(_Pair(file, rights[file.path]))
    return found


def _moving(file: ChangedFile) -> tuple[str, str] | None:
    """Return what is the same of a file that went to another site folder."""
    if file.of != "site" or not file.state:
        return None
    return file.path.removeprefix(file.name), file.state


def _of_package(teller: Teller, group: Sequence[_Pair]) -> Iterator[Finding]:
    first = group[0].left
    subject = f"OS package {first.name} {first.version}".strip()
    fix = f"install {first.name} {first.version}".rstrip() + f" anew in {teller.right}"
    for rule, pairs in (
        ("package-patched", [pair for pair in group if not pair.gone]),
        ("package-files-missing", [pair for pair in group if pair.gone]),
    ):
        if pairs:
            yield _tell(
                teller, rule, "os", first.name, pairs, subject,
                severity=_by_use(pairs),
                tail=": the version is the same",
                remedy=f"{fix}; a change that is wanted belongs in the build of both",
            )  # fmt: skip


def _by_use(pairs: Sequence[_Pair]) -> Severity:
    return "error" if any(_RUN.search(pair.path) for pair in pairs) else "warning"


def _of_python(teller: Teller, group: Sequence[_Pair]) -> Iterator[Finding]:
    """Tell what was changed or taken out; what was put in belongs to nobody."""
    added = [pair for pair in group if not pair.left.state]
    rest = [pair for pair in group if pair.left.state]
    first = group[0].left
    if rest:
        yield _tell(
            teller, "python-patched", "python", "python", rest,
            f"the standard library of Python {first.version}".rstrip() + f" in {first.name}",
            place=first.name,
            remedy=f"build {teller.right} on the Python that was tested, and change nothing in it",
        )  # fmt: skip
    if added:
        yield from _of_nobody(teller, added)


def _of_nobody(teller: Teller, group: Sequence[_Pair]) -> Iterator[Finding]:
    """Tell each file that runs at every start by itself, modules and data together."""
    others: dict[Severity, list[_Pair]] = defaultdict(list)
    for pair in group:
        if _AT_START.search(pair.path):
            yield _unowned(teller, [pair], "error", "it runs at every start of Python")
        else:
            code = _MODULE.search(pair.path) and not _TESTS.search(pair.path)
            others["warning" if code else "note"].append(pair)
    for severity, pairs in others.items():
        yield _unowned(teller, pairs, severity, "no distribution owns it")


def _unowned(teller: Teller, pairs: Sequence[_Pair], severity: Severity, tail: str) -> Finding:
    paths = [pair.path for pair in pairs]
    name = paths[0] if len(paths) == 1 else posixpath.commonpath(paths)
    subject = name if len(paths) == 1 else f"{name}, apart from its distributions,"
    kept = any(pair.left.state for pair in pairs)
    remedy = f"put {name} into {teller.right} as it was tested"
    return _tell(
        teller, "python-unowned", "python", name, pairs, subject,
        severity=severity,
        tail=f": {tail}" if len(paths) == 1 else "",
        remedy=remedy if kept else f"take {name} out of {teller.right}, or test with it",
    )  # fmt: skip


def _leftover(teller: Teller, group: Sequence[_Pair]) -> Finding:
    folder = group[0].left.name
    name = posixpath.basename(folder)
    return _tell(
        teller, "distribution-leftover", "python", name, group, f"the folder {name}",
        tail=": an uninstall was cut short",
        severity="warning",
        place=folder,
        remedy=f"rebuild the environment of {teller.right}, or remove {folder}",
    )  # fmt: skip


def _tell(
    teller: Teller,
    rule: str,
    aspect: Aspect,
    name: str,
    pairs: Sequence[_Pair],
    subject: str,
    *,
    severity: Severity | None = None,
    tail: str = "",
    remedy: str,
    place: str = "",
) -> Finding:
    """Return one finding for files that differ."""
    sides = [[pair.left for pair in pairs], [pair.right for pair in pairs]]
    evidence = Drift(
        aspect=aspect,
        name=name,
        left=_held(sides[0], name),
        right=_held(sides[1], name, beside=any(file.state for file in sides[0])),
        place=place,
        service=teller.service,
        left_by=next((file.brought for file in sides[0] if file.brought), None),
        right_by=next((file.brought for file in sides[1] if file.brought), None),
        paths=tuple(pair.path for pair in pairs),
    )
    message = f"{printable(subject)} {_differs(teller, pairs, subject)}{tail}."
    return teller.found(rule, message, evidence, severity=severity, remedy=printable(remedy))


def _held(files: Sequence[ChangedFile], name: str, *, beside: bool = False) -> str | None:
    """Return which files a side has; ``beside`` the other that has them too, that they differ."""
    there = [file for file in files if file.state]
    if not there:
        return None
    state = there[0].state
    if len(files) == 1 and (files[0].path == name or state.startswith("a link")):
        return state if state.startswith("a link") else f"sha256 {state[:12]}"
    return "with other content" if beside else listed([file.path for file in there], most=1)


def _differs(teller: Teller, pairs: Sequence[_Pair], subject: str) -> str:
    paths = [pair.path for pair in pairs]
    named = "" if paths == [subject] else f" ({listed(paths)})"
    for lacking, having, gone in (
        (teller.right, teller.left, all(not pair.right.state for pair in pairs)),
        (teller.left, teller.right, all(not pair.left.state for pair in pairs)),
    ):
        if gone and named:
            return f"lacks {count(len(paths), 'file')} in {lacking} that {having} has{named}"
        if gone:
            return f"is in {having}, not there in {lacking}"
    return f"has other content in {teller.left} than in {teller.right}{named}"
