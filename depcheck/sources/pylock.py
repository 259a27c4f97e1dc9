"""``pylock.toml`` (PEP 751)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.pylock import Package, Pylock, PylockUnsupportedVersionError, PylockValidationError

from depcheck.errors import SourceError
from depcheck.model.requirement import Undetermined, normalise
from depcheck.model.text import printable
from depcheck.sources.files import Content, SourceFile
from depcheck.sources.lock import LockDraft, decide, open_lock, packages, vcs_source
from depcheck.sources.requirement import unknown

_MEMBER = re.compile(
    r"""(?P<quote>['"])(?P<name>[^'"]*)(?P=quote)\s+(?P<negated>not\s+)?in\s+"""
    r"(?P<variable>extras|dependency_groups)\b"
)


def read_pylock(file: SourceFile, extras: tuple[str, ...], groups: tuple[str, ...]) -> Content:
    """Return a lock's packages, for the ``extras`` and ``groups`` that are named.

    Where no group is named, the lock's default groups are taken. Raises
    SourceError for a lock that is not valid.
    """
    draft = open_lock(file)
    lines = [line for _, line in packages(draft, "packages")]
    lock = _validated(draft)
    draft.bound(lock.requires_python and str(lock.requires_python), "requires-python")
    _check_known(draft, "extra", extras, tuple(lock.extras or ()))
    default = tuple(lock.default_groups or ())
    declared = (*(lock.dependency_groups or ()), *default)
    _check_known(draft, "group", groups, declared)
    chosen = {
        "extras": frozenset(map(normalise, extras)),
        "dependency_groups": frozenset(map(normalise, groups or default)),
    }
    _check_environments(draft, lock)
    for package, line in zip(lock.packages, lines, strict=True):
        _package(draft, package, line, chosen)
    return draft.content()


def _validated(draft: LockDraft) -> Pylock:
    try:
        return Pylock.from_dict(draft.document.data)
    except PylockUnsupportedVersionError as fault:
        raise SourceError(f"{draft.file.shown}: {printable(str(fault))}") from None
    except PylockValidationError as fault:
        at = draft.document.line(*_path(fault.context or ""))
        where = f" ({printable(fault.context)})" if fault.context else ""
        reason = printable(fault.message[:1].lower() + fault.message[1:])
        raise SourceError(
            f"{draft.place(at)}: this is not a valid lock (PEP 751): {reason}{where}"
        ) from None


def _path(context: str) -> Iterator[str | int]:
    """Yield the keys of packaging's dotted path, such as ``packages[3].name``."""
    for part in re.findall(r"[^.\[\]]+|\[\d+\]", context):
        yield int(part[1:-1]) if part.startswith("[") else part


def _check_known(
    draft: LockDraft, kind: str, chosen: tuple[str, ...], known: tuple[str, ...]
) -> None:
    for name in chosen:
        if normalise(name) not in map(normalise, known):
            draft.faults.add(draft.file.shown, *unknown(kind, name, known))


def _check_environments(draft: LockDraft, lock: Pylock) -> None:
    environment = dict(draft.file.scope.environment)
    markers = lock.environments or []
    if markers and not any(marker.evaluate(environment) for marker in markers):
        origin = draft.origin(draft.document.line("environments"), "environments")
        draft.undetermined.append(
            Undetermined(
                subject=draft.file.shown,
                reason="the lock was made for other environments than the target",
                hint="lock again for the target, or choose another --python or --platform",
                origin=origin,
            )
        )


def _package(
    draft: LockDraft, package: Package, line: int, chosen: dict[str, frozenset[str]]
) -> None:
    def holds(atom: re.Match[str]) -> bool:
        among = normalise(atom["name"]) in chosen[atom["variable"]]
        return among is not bool(atom["negated"])

    marker = decide(str(package.marker or ""), _MEMBER, holds)
    if elsewhere := _elsewhere(package):
        if draft.applies(marker, line):
            version, source = package.version, _source(package)
            draft.fetched(package.name, line, elsewhere, version=version, source=source)
    elif package.version is None:
        draft.fetched(package.name, line, "a file of no stated version")
    else:
        files = [file for file in (package.sdist, *(package.wheels or ())) if file]
        hashes = [f"{name}:{digest}" for file in files for name, digest in file.hashes.items()]
        draft.pin(package.name, package.version, marker, line, hashes)


def _elsewhere(package: Package) -> str:
    if package.vcs:
        return "version control"
    return "a folder" if package.directory else "a URL" if package.archive else ""


def _source(package: Package) -> str:
    """Return where a package comes from, as direct_url.json would have it installed."""
    if package.vcs:
        told = package.vcs
        return vcs_source(told.type, told.url or told.path or "", told.commit_id, told.subdirectory)
    if package.archive:
        told_url = package.archive.url or ""
        digest = package.archive.hashes.get("sha256", "")
        return f"{told_url}#sha256={digest}" if told_url and digest else told_url
    return ""
