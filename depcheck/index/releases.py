"""A page's files, sorted into releases, in a form that loads and stores quickly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

import msgspec

from depcheck.index.filenames import NameReader, SortKey, is_prerelease, read_version, sort_key
from depcheck.index.pages import PageEntry, decode_release
from depcheck.model.catalog import Distribution, Project

_CHUNK_BYTES = 48 * 1024
_decode_chunk = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(slots=True)
class Listing:
    """The releases of one page.

    ``starts[k]`` is the first release of ``chunks[k]``; a chunk is the JSON list
    of the lists of files of neighbouring releases, just as the page has them.
    ``base`` is what relative addresses in them are relative to.
    """

    versions: list[str]
    prereleases: list[int]
    yanked: list[int]
    starts: list[int]
    chunks: list[bytes]
    base: str


def build_listing(
    name: str, entries: Sequence[PageEntry], raws: Sequence[msgspec.Raw], base: str
) -> Listing:
    """Group the files of ``name`` by release, in PEP 440 order.

    Files of other projects, of formats that are not installed any more, or with
    an invalid version are left out. The files of a release keep the page's order.
    """
    groups = _group(name, entries)
    order = sorted(groups)
    versions, prereleases, yanked = [], [], []
    starts: list[int] = []
    chunks: list[bytes] = []
    pending: list[bytes] = []
    size = 0
    for position, key in enumerate(order):
        version, members = groups[key]
        versions.append(version)
        if is_prerelease(key):
            prereleases.append(position)
        if all(entries[member].yanked is not False for member in members):
            yanked.append(position)
        if not pending:
            starts.append(position)
        release = b"[" + b",".join([raws[member] for member in members]) + b"]"
        pending.append(release)
        size += len(release)
        if size >= _CHUNK_BYTES:
            chunks.append(b"[" + b",".join(pending) + b"]")
            pending, size = [], 0
    if pending:
        chunks.append(b"[" + b",".join(pending) + b"]")
    return Listing(versions, prereleases, yanked, starts, chunks, base)


def _group(name: str, entries: Sequence[PageEntry]) -> dict[SortKey, tuple[str, list[int]]]:
    version_text = NameReader(name).version_text
    groups: dict[SortKey, tuple[str, list[int]]] = {}
    members_of: dict[str, list[int] | None] = {}
    for position, entry in enumerate(entries):
        text = version_text(entry.filename)
        if text is None:
            continue
        if text in members_of:
            members = members_of[text]
        elif (read := read_version(text)) is None:
            members = members_of[text] = None
        else:
            members = members_of[text] = groups.setdefault(read[0], (read[1], []))[1]
        if members is not None:
            members.append(position)
    return groups


class LazyFiles(Sequence[tuple[Distribution, ...]]):
    """The files of each release, decoded when first read.

    ``chunk_at`` gives the k-th chunk, from memory or from the cache.
    """

    def __init__(
        self, count: int, starts: Sequence[int], chunk_at: Callable[[int], bytes], base: str
    ) -> None:
        self._count = count
        self._starts = starts
        self._chunk_at = chunk_at
        self._base = base
        self._decoded: dict[int, tuple[Distribution, ...]] = {}
        self._open: dict[int, list[msgspec.Raw]] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, position: int) -> tuple[Distribution, ...]: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[tuple[Distribution, ...]]: ...
    def __getitem__(
        self, position: int | slice
    ) -> tuple[Distribution, ...] | Sequence[tuple[Distribution, ...]]:
        if isinstance(position, slice):
            return [self[each] for each in range(*position.indices(self._count))]
        if position < 0:
            position += self._count
        if not 0 <= position < self._count:
            raise IndexError(position)
        found = self._decoded.get(position)
        if found is None:
            found = self._decoded[position] = self._decode(position)
        return found

    def _decode(self, position: int) -> tuple[Distribution, ...]:
        number = _chunk_number(self._starts, position)
        releases = self._open.get(number)
        if releases is None:
            releases = self._open[number] = _decode_chunk(self._chunk_at(number))
        return decode_release(releases[position - self._starts[number]], self._base)


def _chunk_number(starts: Sequence[int], position: int) -> int:
    from bisect import bisect_right

    return bisect_right(starts, position) - 1


def as_project(
    name: str, listing: Listing, index: str, chunk_at: Callable[[int], bytes] | None = None
) -> Project:
    """Return the listing as the model has it."""
    files = LazyFiles(
        len(listing.versions), listing.starts, chunk_at or listing.chunks.__getitem__, listing.base
    )
    return Project(
        name=name,
        versions=tuple(listing.versions),
        files=files,
        prereleases=frozenset(listing.prereleases),
        yanked=frozenset(listing.yanked),
        index=index,
    )


def release_lists(listing: Listing, versions: Sequence[str]) -> bytes:
    """Return a chunk that holds these releases of a listing, empty where it has none."""
    known: dict[str, msgspec.Raw] = {}
    starts = [*listing.starts, len(listing.versions)]
    for number, chunk in enumerate(listing.chunks):
        names = listing.versions[starts[number] : starts[number + 1]]
        known.update(zip(names, _decode_chunk(chunk), strict=True))
    return b"[" + b",".join(known.get(version, b"[]") for version in versions) + b"]"


def merged(project: Project | None, offered: Project) -> Project:
    """Return the project with the files that find-links offer, which go first.

    A release that both have has the files of both; find-links never hide an index.
    """
    if project is None:
        return offered
    files: dict[SortKey, tuple[str, tuple[Distribution, ...]]] = {}
    for source in (offered, project):
        for position, version in enumerate(source.versions):
            key = sort_key(version)
            before = files[key][1] if key in files else ()
            files[key] = (version, before + source.files[position])
    order = sorted(files)
    return Project(
        name=project.name,
        versions=tuple(files[key][0] for key in order),
        files=tuple(files[key][1] for key in order),
        prereleases=frozenset(at for at, key in enumerate(order) if is_prerelease(key)),
        yanked=frozenset(
            at for at, key in enumerate(order) if all(f.yanked is not None for f in files[key][1])
        ),
        index=project.index,
    )


def filtered(project: Project, newest: str) -> Project:
    """Return the project without the files uploaded after ``newest`` (ISO 8601, UTC).

    Files without an upload time are hidden too: their age cannot be known. A
    release with no file left is gone.
    """
    kept = []
    for position, files in enumerate(project.files):
        left = tuple(file for file in files if _not_after(file.upload_time, newest))
        if left:
            kept.append((position, left))
    old = [position for position, _ in kept]
    return Project(
        name=project.name,
        versions=tuple(project.versions[position] for position in old),
        files=tuple(files for _, files in kept),
        prereleases=frozenset(new for new, was in enumerate(old) if was in project.prereleases),
        yanked=frozenset(
            new for new, (_, files) in enumerate(kept) if all(f.yanked is not None for f in files)
        ),
        index=project.index,
    )


def _not_after(uploaded: str | None, newest: str) -> bool:
    return uploaded is not None and upload_stamp(uploaded) <= newest


def upload_stamp(text: str) -> str:
    """Return a time so that texts order like times: UTC, microseconds, no zone.

    An unreadable time orders after every other: such a file stays hidden.
    """
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return "~"
    return moment.isoformat(timespec="microseconds")
