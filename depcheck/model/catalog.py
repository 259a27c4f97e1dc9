"""What an index knows: project, releases, distributions, and their metadata."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Distribution:
    """One file of a release: a wheel or an sdist.

    ``hashes`` are (algorithm, hexadecimal digest) pairs, ``size`` is in bytes,
    ``upload_time`` is ISO 8601 in UTC. ``yanked`` is the reason (maybe empty)
    where the file was yanked (PEP 592), else None. ``metadata_hash`` is
    ``algorithm=digest`` where the index declares one (PEP 714), an empty string
    where it serves metadata without one, and None where it serves none.
    """

    filename: str
    url: str
    hashes: tuple[tuple[str, str], ...] = ()
    size: int | None = None
    upload_time: str | None = None
    requires_python: str | None = None
    yanked: str | None = None
    metadata_hash: str | None = None

    @property
    def is_wheel(self) -> bool:
        return self.filename.endswith(".whl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as an index lists it.

    ``versions`` are in ascending PEP 440 order; ``files[i]`` holds the
    distributions of ``versions[i]`` and may be decoded only when read.
    ``prereleases`` and ``yanked`` are positions in ``versions`` (a release is
    yanked where all its files are). ``index`` is the address that answered,
    """

    name: str
    versions: tuple[str, ...]
    files: Sequence[tuple[Distribution, ...]] = field(repr=False)
    prereleases: frozenset[int] = frozenset()
    yanked: frozenset[int] = frozenset()
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No index has this project; ``indexes`` are those that were asked."""

    name: str
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """The answer could not be had; nothing may be concluded from it."""

    subject: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The core metadata of one distribution that resolving needs.

    ``requires_dist`` are PEP 508 strings. ``presumed`` is True where an sdist
    says it without promising it (egg-info, or a field that is dynamic).
    """

    requires_dist: tuple[str, ...]
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    presumed: bool = False
    origin: Literal["pep658", "wheel", "sdist", "egg-info", "memory"] = "memory"


@dataclass(frozen=True, slots=True)
class ProjectWanted:
    """Ask for a project's releases, by normalised name."""

    name: str


@dataclass(frozen=True, slots=True)
class MetadataWanted:
    """Ask for the metadata of one distribution of ``name`` ``version``."""

    name: str
    version: str
    distribution: Distribution


Wanted = ProjectWanted | MetadataWanted


def wish_key(wanted: Wanted) -> tuple[str, ...]:
    """Return what tells a wish from others; two wishes of one key are one wish.

    A URL alone does not: nothing keeps an index from giving one to several files.
    """
    if isinstance(wanted, ProjectWanted):
        return (wanted.name,)
    file = wanted.distribution
    return wanted.name, wanted.version, file.filename, file.url


ProjectAnswer = Project | Missing | Unavailable
MetadataAnswer = Metadata | Unavailable
Arrival = tuple[ProjectWanted, ProjectAnswer] | tuple[MetadataWanted, MetadataAnswer]


class Catalog(Protocol):
    """A source of projects and metadata that works on many wishes at once.

    ``want`` asks and does not wait; asking twice for the same is one wish.
    ``arrivals`` waits for at least one answer and yields all that are there;
    it yields nothing when no wish is open. No answer is an exception: what
    could not be had arrives as Missing or Unavailable.
    """

    def want(self, wanted: Wanted) -> None: ...

    def arrivals(self) -> Iterator[Arrival]: ...
