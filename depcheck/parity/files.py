"""Files side by side: each one where asked for, else the application's own in a line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from depcheck.model.findings import Drift, Finding, Severity
from depcheck.model.inventory import FileState, Inventory, Provenance
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import printable
from depcheck.parity.parts import Part, drift
from depcheck.parity.telling import Teller, Value, count, listed

_ONE_BY_ONE = 50
"""So many files of one rule are told each by itself; more are told by folder."""

_DEEP = frozenset(("etc", "home", "mnt", "opt", "srv", "usr", "var"))
"""Folders of everyone's, in which the next part of the path says whose files are meant."""

_DERIVED = re.compile(
    r"(?:^|/)__pycache__(?:/|$)|\.py[co]$|/\.cache(?:/|$)|\.dist-info/(?:RECORD|INSTALLER|REQUESTED)$"
    r"|^/etc/(?:ld\.so\.cache|[^/]+-|mtab|hostname|hosts|resolv\.conf|machine-id|\.pwd\.lock)$"
    r"|^/var/(?:cache|log|backups|tmp)(?:/|$)|^/var/lib/(?:apt|dpkg|rpm|systemd|dnf|yum)(?:/|$)"
    r"|^/lib/apk(?:/|$)|^/(?:tmp|proc|sys|dev|run)(?:/|$)|^/\.dockerenv$"
)
"""What tools write anew at each build: it follows from what is compared by itself."""

_OF_SYSTEM = re.compile(r"^/(?:usr(?!/local/|/src/)|bin|sbin|lib\w*|etc|var|boot)(?:/|$)")
_OF_ENVIRONMENT = re.compile(r"/(?:site|dist)-packages/|/bin/[^/]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What other findings explain: they make a file's own difference a note.

    ``paths`` have been told, as the ends of paths. ``packages`` says whether OS packages
    differ, ``places`` are the environments in which distributions do.
    """

    paths: frozenset[str] = frozenset()
    packages: bool = False
    places: tuple[str, ...] = ()

    def severity(self, rule: str, path: str) -> Severity:
        """Return how much it matters that a file differs."""
        if (
            _DERIVED.search(path)
            or (self.packages and _OF_SYSTEM.match(path))
            or any(self._lies_in(place, path) for place in self.places)
        ):
            return "note"
        return PARITY_RULES[rule].severity

    def _lies_in(self, place: str, path: str) -> bool:
        """Tell whether a file is of an environment: its packages or their commands."""
        inside = path.startswith(f"{place.rstrip('/')}/")
        return inside and _OF_ENVIRONMENT.search(path) is not None

    def told(self, path: str) -> bool:
        """Tell whether a finding names this very file."""
        parts = path.split("/")
        return any("/".join(parts[start:]) in self.paths for start in range(len(parts)))


def explained_by(findings: Sequence[Finding]) -> Explained:
    """Return what findings about packages and distributions explain of files."""
    paths = {
        path
        for finding in findings
        if finding.rule in ("distribution-patched", "distribution-files-missing")
        for path in drift(finding).paths
    }
    return Explained(
        paths=frozenset(paths),
        packages=any(finding.rule.startswith("package-") for finding in findings),
        places=tuple(
            {drift(f).place for f in findings if f.rule.startswith(("distribution-", "environ"))}
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    rule: str
    path: str
    left: FileState | None
    right: FileState | None
    severity: Severity


def compare_files(
    teller: Teller, left: Inventory, right: Inventory, explained: Explained, *, each: bool
) -> Part:
    """Compare files; ``each`` tells all of them, else a note for each top folder."""
    changes = [
        change
        for change in _changes(left.files, right.files, explained)
        if not explained.told(change.path)
    ]
    paths = left.files.keys() | right.files.keys()
    findings = _told_each(teller, changes) if each else _summed_up(teller, changes)
    return Part(findings=tuple(findings), same=len(paths) - len(changes), different=len(changes))


def _changes(
    lefts: Mapping[str, FileState], rights: Mapping[str, FileState], explained: Explained
) -> Iterator[_Change]:
    for path in sorted(lefts.keys() | rights.keys()):
        left, right = lefts.get(path), rights.get(path)
        rule = _rule(left, right)
        if rule is not None:
            yield _Change(
                rule=rule,
                path=path,
                left=left,
                right=right,
                severity=explained.severity(rule, path),
            )


def _rule(left: FileState | None, right: FileState | None) -> str | None:
    if left is None or right is None:
        return "file-added" if left is None else "file-removed"
    if _content(left) != _content(right):
        return "file-changed"
    if (left.uid, left.gid) != (right.uid, right.gid):
        return "file-owner"
    return "file-mode" if left.kind != "link" and left.mode != right.mode else None


def _content(state: FileState) -> tuple[str, int, str, str]:
    size = state.size if state.kind == "file" else 0
    return state.kind, size, state.digest, state.link


def _told_each(teller: Teller, changes: Sequence[_Change]) -> Iterator[Finding]:
    groups: dict[tuple[str, Severity], list[_Change]] = defaultdict(list)
    for change in changes:
        groups[change.rule, change.severity].append(change)
    for group in groups.values():
        if len(group) <= _ONE_BY_ONE:
            yield from (_one(teller, change) for change in group)
        else:
            for folder, some in _by_folder(group).items():
                yield _one(teller, some[0]) if len(some) == 1 else _many(teller, folder, some)


def _one(teller: Teller, change: _Change) -> Finding:
    return teller.tell(
        change.rule,
        "files",
        change.path,
        _value(change.left, change.rule),
        _value(change.right, change.rule),
        severity=change.severity,
        remedy=_remedy(teller, change),
        paths=(change.path,),
    )


def _value(state: FileState | None, rule: str) -> Value | None:
    if state is None:
        return None
    if rule == "file-owner":
        text = f"of {state.uid}:{state.gid}"
    elif rule == "file-mode":
        text = f"of mode {state.mode:04o}"
    elif state.kind == "link":
        text = f"a link to {state.link}"
    elif state.kind == "file":
        text = f"a file of {count(state.size, 'byte')} (sha256 {state.digest[:12]})"
    else:
        text = f"a {state.kind}"
    return Value(text=text, brought=state.brought)


def _remedy(teller: Teller, change: _Change) -> str:
    if change.left is None:
        return printable(f"leave {change.path} out of {teller.right}, or test with it")
    return printable(f"put {change.path} into {teller.right} as it was tested")


_VERBS = {
    "file-added": "added",
    "file-removed": "removed",
    "file-changed": "changed",
    "file-owner": "of another owner",
    "file-mode": "of another mode",
}

_SENTENCES = {
    "file-added": "are in {right}, not there in {left}",
    "file-removed": "are in {left}, not there in {right}",
    "file-changed": "are not the same in {left} and {right}",
    "file-owner": "have other owners in {left} than in {right}",
    "file-mode": "have other permissions in {left} than in {right}",
}


def _by_folder(changes: Sequence[_Change]) -> Mapping[str, list[_Change]]:
    folders: dict[str, list[_Change]] = defaultdict(list)
    for change in changes:
        folders[_folder(change.path)].append(change)
    return folders


def _folder(path: str) -> str:
    """Return the folder that says whose a file is: ``/app``, ``/usr/lib``, ``/`` itself."""
    parts = path.strip("/").split("/")[:-1]
    return "/" + "/".join(parts[: 2 if parts and parts[0] in _DEEP else 1])


def _many(teller: Teller, folder: str, changes: Sequence[_Change]) -> Finding:
    first = changes[0]
    evidence = _together(teller, folder, changes)
    message = (
        f"{count(len(changes), 'file')} in {printable(folder)} "
        f"{_SENTENCES[first.rule].format(left=teller.left, right=teller.right)} "
        f"({listed(evidence.paths)})."
    )
    return teller.found(
        first.rule,
        message,
        evidence,
        severity=first.severity,
        remedy=printable(f"build {folder} of {teller.right} as it was tested"),
    )


def _together(teller: Teller, folder: str, changes: Sequence[_Change]) -> Drift:
    lefts, rights = [c.left for c in changes], [c.right for c in changes]
    return Drift(
        aspect="files",
        name=folder,
        left=_held(lefts),
        right=_held(rights),
        service=teller.service,
        left_by=_brought(lefts),
        right_by=_brought(rights),
        paths=tuple(change.path for change in changes),
    )


def _summed_up(teller: Teller, changes: Sequence[_Change]) -> Iterator[Finding]:
    for folder, group in sorted(_by_folder(changes).items()):
        evidence = _together(teller, folder, group)
        numbers = {words: sum(c.rule == rule for c in group) for rule, words in _VERBS.items()}
        what = ", ".join(f"{number:,} {words}" for words, number in numbers.items() if number)
        message = (
            f"application files in {printable(folder)} differ between {teller.left} and "
            f"{teller.right}: {what} ({listed(evidence.paths)})."
        )
        yield teller.found(
            "application-files", message, evidence, remedy="--files tells each of them"
        )


def _held(states: Sequence[FileState | None]) -> str | None:
    present = sum(state is not None for state in states)
    return count(present, "file") if present else None


def _brought(states: Sequence[FileState | None]) -> Provenance | None:
    return next((state.brought for state in states if state and state.brought), None)
