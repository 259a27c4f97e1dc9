"""Files side by side: each one where asked for, else the application's own in a line."""

from __future__ import annotations

import posixpath
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
    r"(?:^|/)__pycache__(?:/|$)|/\.cache(?:/|$)|\.dist-info/(?:RECORD|INSTALLER|REQUESTED|uv_cache\.json)$"
    r"|^/etc/(?:ld\.so\.cache|[^/]+-|mtab|hostname|hosts|resolv\.conf|machine-id|\.pwd\.lock)$"
    r"|^/var/(?:cache|log|backups|tmp)(?:/|$)|^/var/lib/(?:apt|dpkg|rpm|systemd|dnf|yum)(?:/|$)"
    r"|^/usr/lib/(?:locale/locale-archive|[^/]+/gconv/gconv-modules\.cache)$|^/usr/share/info/dir$"
    r"|^/usr/share/mime/|^/usr/share/(?:icons|applications|glib-2\.0)/.*\.(?:cache|compiled)$"
    r"|^/(?:usr/)?lib/apk(?:/|$)|^/(?:tmp|proc|sys|dev|run)(?:/|$)|^/\.dockerenv$"
)
"""What tools write anew at each build: it follows from what is compared by itself."""

_OF_ENVIRONMENT = re.compile(r"/(?:site|dist)-packages(?:/|$)|/bin/[^/]+$|/pyvenv\.cfg$")
_OF_INTERPRETER = re.compile(
    r"/(?:lib(?:64)?/(?:lib)?(?:python|pypy)|include/(?:python|pypy)|bin/(?:python|pypy|idle|pydoc|2to3))"
)
_BY_ALTERNATIVES = "/etc/alternatives/"

_OF_CONTENT = ("file-changed", "file-removed", "file-added")
_NAMING_FILES = (
    *("distribution-patched", "distribution-files-missing"),
    *("package-patched", "package-files-missing", "python-patched", "python-unowned"),
    "distribution-leftover",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What other findings explain: they make a file's own difference a note.

    ``paths`` have been told, as the ends of paths. ``listed`` are the files of packages and
    distributions that differ, ``folders`` what these lie in. ``packages`` says whether OS
    packages differ, ``places`` are environments that only one side has or that moved,
    ``prefixes`` are those of interpreters that differ.
    """

    paths: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    packages: bool = False
    places: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def severity(self, rule: str, path: str, states: Sequence[FileState | None]) -> Severity:
        """Return how much it matters that a file differs."""
        explained = (
            _DERIVED.search(path) is not None
            or path in self.listed
            or (path in self.folders and None in states)
            or (self.packages and _is_alternative(path, states))
            or _lies_in(self.places, path, _OF_ENVIRONMENT)
            or _lies_in(self.prefixes, path, _OF_INTERPRETER)
        )
        return "note" if explained else PARITY_RULES[rule].severity

    def told(self, change: _Change) -> bool:
        """Tell whether a finding names this very file and says that its content differs."""
        if change.rule not in _OF_CONTENT:
            return False
        parts = change.path.split("/")
        return any("/".join(parts[start:]) in self.paths for start in range(len(parts)))


def _lies_in(places: Sequence[str], path: str, what: re.Pattern[str]) -> bool:
    """Tell whether a file of the kind ``what`` lies in one of the places."""
    roots = (place.rstrip("/") for place in places)
    return any(path.startswith(f"{root}/") and what.match(path, len(root)) for root in roots)


def _is_alternative(path: str, states: Sequence[FileState | None]) -> bool:
    """Tell whether update-alternatives(1) keeps a link."""
    links = (state.link for state in states if state is not None)
    return path.startswith(_BY_ALTERNATIVES) or any(
        link.startswith(_BY_ALTERNATIVES) for link in links
    )


def explained_by(findings: Sequence[Finding], listed: frozenset[str]) -> Explained:
    """Return what findings about packages and distributions explain of files.

    ``listed`` are the files that those of them list which differ.
    """
    paths = {path for f in findings if f.rule in _NAMING_FILES for path in drift(f).paths}
    return Explained(
        paths=frozenset(paths),
        listed=listed,
        folders=frozenset(folder for path in listed for folder in _above(path)),
        packages=any(f.rule.startswith("package-") for f in findings),
        places=tuple({place for finding in findings for place in _environments(finding)}),
        prefixes=tuple({
            posixpath.dirname(posixpath.dirname(drift(f).place))
            for f in findings
            if f.rule.startswith(("python-version", "python-build", "python-missing", "python-add"))
        }),
    )  # fmt: skip


def _above(path: str) -> Iterator[str]:
    while (path := posixpath.dirname(path)) != "/":
        yield path


def _environments(finding: Finding) -> Iterator[str]:
    """Yield the environments of which a finding says that they are not there, or elsewhere."""
    told = drift(finding)
    if finding.rule.startswith("environment-"):
        yield told.place
    elif finding.rule == "python-location" and told.name == "environment":
        yield from filter(None, (told.left, told.right))


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
        if not explained.told(change)
    ]
    paths = left.files.keys() | right.files.keys()
    different = len({change.path for change in changes})
    findings = _told_each(teller, changes) if each else _summed_up(teller, changes)
    return Part(findings=tuple(findings), same=len(paths) - different, different=different)


def _changes(
    lefts: Mapping[str, FileState], rights: Mapping[str, FileState], explained: Explained
) -> Iterator[_Change]:
    for path in sorted(lefts.keys() | rights.keys()):
        left, right = lefts.get(path), rights.get(path)
        for rule in _rules(left, right):
            yield _Change(
                rule=rule,
                path=path,
                left=left,
                right=right,
                severity=explained.severity(rule, path, (left, right)),
            )


def _rules(left: FileState | None, right: FileState | None) -> Iterator[str]:
    if left is None or right is None:
        yield "file-added" if left is None else "file-removed"
        return
    if _content(left) != _content(right):
        yield "file-changed"
    if (left.uid, left.gid) != (right.uid, right.gid):
        yield "file-owner"
    if left.kind == right.kind != "link" and left.mode != right.mode:
        yield "file-mode"


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
        paths=tuple(dict.fromkeys(change.path for change in changes)),
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
