"""What two sides of a comparison have to do with each other, beside what is found in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from depcheck.errors import SourceError, UsageError
from depcheck.model.requirement import Component, Origin
from depcheck.model.review import LineRange
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.text import printable
from depcheck.pipeline.before import Against
from depcheck.revisions.changes import changed_lines

_LARGEST = 32 << 20


def check_sides(settings: Settings, against: Against) -> None:
    """Raise an error where the settings and the two sides do not go together.

    That is UsageError where the project root lies outside of the repository, SourceError where
    the change has taken a file away that the base's settings name, or never had it.
    """
    if against.revision.repository.inside(settings.root) is None:
        raise UsageError(
            f"--base: the project root {printable(str(settings.root))} lies outside of the "
            "repository, which knows nothing of its files",
            hint="compare with the JSON report of an earlier run: --baseline FILE",
        )
    if against.configuration != "base":
        return
    for named in settings.components:
        paths = [path for path in (named.source, named.lock) if path is not None]
        for path in paths if not named.source.startswith("env:") else paths[1:]:
            if not os.path.lexists(settings.root / path):
                _check_missing(against, named, path)


def _check_missing(against: Against, named: ComponentSettings, path: str) -> None:
    """Raise SourceError for a file that is not there, where the two sides are the reason."""
    revision, root = against.revision, against.settings.root
    where = f"{revision.tree.named}:{named.origin or path}"
    of = f'{where}: {printable(path)} of the component "{named.name}"'
    if revision.tree.is_file(root / path):
        raise SourceError(
            f"{of} is gone",
            hint="the base's configuration counts; --trust-head uses that of the working tree",
        )
    if revision.asked != revision.commit:
        raise SourceError(
            f"{of} is not in this branch, which is older than the configuration",
            hint=f"bring the branch up to date: git merge {revision.tree.named}",
        )


def changes(
    against: Against, settings: Settings, components: Sequence[Component]
) -> Mapping[str, tuple[LineRange, ...]]:
    """Return the lines of the head's files that differ from the base's, of files that were read.

    Raises RevisionError where they cannot be compared.
    """
    paths = {origin.path for component in components for origin in _origins(component)}
    if settings.config_path is not None and against.configuration == "head":
        paths.add(settings.config_path.name)
    sides = {
        path: (_then(against, settings.root / path), _now(settings.root / path))
        for path in sorted(paths)
    }
    return changed_lines(against.revision.repository.git, sides)


def _origins(component: Component) -> Iterator[Origin]:
    yield from (requirement.origin for requirement in component.requirements)
    yield from (pin.origin for pin in component.baseline)
    yield from (gap.origin for gap in component.undetermined if gap.origin is not None)
    if component.requires_python is not None:
        yield component.requires_python.origin


def _then(against: Against, path: Path) -> bytes | None:
    try:
        return against.revision.tree.read(path, _LARGEST)
    except OSError:
        return None


def _now(path: Path) -> bytes | None:
    """Return what a file holds that has been read, None where it is none any more."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_LARGEST + 1)
    except (OSError, ValueError):
        return None


def altered_index(settings: Settings, against: Against) -> Iterator[str]:
    """Yield a sentence on each folder of files that is an index and that the change alters."""
    for address in (settings.index.index_url, *settings.index.extra_index_urls):
        folder = _folder(address or "")
        way = folder and against.revision.repository.inside(folder)
        if folder and way and against.revision.is_altered(folder):
            yield f"The index {printable(way.as_posix())} is in the repository, and is altered."


def altered_options(
    components: Sequence[Component], touched: Mapping[str, tuple[LineRange, ...]]
) -> Iterator[str]:
    """Yield a sentence on each option for pip on a line of the change, such as another index.

    No verdict here depends on it, but what pip installs does.
    """
    for gap in (gap for component in components for gap in component.undetermined):
        place = gap.origin
        if place is None or place.line is None or not gap.subject.startswith("-"):
            continue
        ranges = touched.get(place.path, ())
        if gap.harmless and any(first <= place.line <= last for first, last in ranges):
            yield (
                f"{printable(gap.subject)} stands on a line of the change ({place}): pip follows "
                "it, and depcheck does not."
            )


def _folder(address: str) -> Path | None:
    """Return the folder that an index lies in, None for one that is asked over a network."""
    if address.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        return Path(url2pathname(urlsplit(address).path))
    return Path(address) if os.path.isabs(address) else None
