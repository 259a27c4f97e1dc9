"""What an image holds of Python: interpreters, environments (PEP 405), distributions (PEP 376)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from depcheck.errors import ImageError
from depcheck.images.contents.conda import conda_packages, prefixed_files
from depcheck.images.contents.distributions import Reading, from_path, read_distribution
from depcheck.images.contents.environments import environments
from depcheck.images.contents.interpreters import interpreters
from depcheck.images.contents.kept import wanted_python
from depcheck.images.contents.owners import owners
from depcheck.images.contents.sites import Info, infos, site_at
from depcheck.images.contents.standing import Standing, standings
from depcheck.images.view import View
from depcheck.model.inventory import Installed, Interpreter, OsPackage, PythonEnvironment
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable

MOST_LISTED = 250_000
"""Files that the RECORDs of one side may list; some 100,000 are many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonContents:
    """What was found. ``packages`` are conda's that are no Python distributions.

    ``owned`` are the paths that the distributions account for (relative, as in a View),
    those of distributions that were taken away included; ``files`` are those that the
    RECORD of each lists, by its site folder and name.
    """

    interpreters: tuple[Interpreter, ...] = ()
    environments: tuple[PythonEnvironment, ...] = ()
    distributions: tuple[Installed, ...] = ()
    packages: tuple[OsPackage, ...] = ()
    owned: frozenset[str] = frozenset()
    files: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    undetermined: tuple[Undetermined, ...] = ()


def python_contents(view: View, *, path: str, command: tuple[str, ...]) -> PythonContents:
    """Return what ``view`` shows of Python.

    ``path`` is the value of ``PATH``, ``command`` entrypoint and command as one list.
    Of a pair, both sides are to be read down to the same layer: a distribution that
    neither side touched is left out on both. Raises ImageError above MOST_LISTED.
    """
    reader = _Reader(view)
    reader.read_touched()
    reader.read_patched()
    found = reader.readings
    distributions = _once(found)
    programs = interpreters(view)
    inhabited = {info.folder: site_at(info.folder) for info in found}
    return PythonContents(
        interpreters=programs,
        environments=environments(view, programs, inhabited, path=path, command=command),
        distributions=distributions,
        packages=conda_packages(view, {(each.environment, each.name) for each in distributions}),
        owned=frozenset(reader.owned),
        files={(r.installed.folder, r.installed.name): r.files for r in found.values()},
        undetermined=(*reader.undetermined, *_faults(view)),
    )


def _faults(view: View) -> Iterator[Undetermined]:
    """Yield what of interpreters, environments and conda's packages could not be understood."""
    for path in view.scope:
        if "-info/" not in path and wanted_python(path, 0) and (reason := view.fault(path)):
            yield Undetermined(subject=printable(f"/{path}"), reason=reason)


def _once(readings: Mapping[Info, Reading]) -> tuple[Installed, ...]:
    """Return what was read, sorted; what stands there as .dist-info and .egg-info once."""
    modern = {_place(each.installed) for info, each in readings.items() if info.kind == "dist-info"}
    chosen = (
        each.installed
        for info, each in readings.items()
        if info.kind == "dist-info" or _place(each.installed) not in modern
    )
    return tuple(sorted(chosen, key=_place))


def _place(installed: Installed) -> tuple[str, str, str]:
    return installed.folder, installed.name, installed.version


@dataclass(slots=True)
class _Reader:
    view: View
    readings: dict[Info, Reading] = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    undetermined: list[Undetermined] = field(default_factory=list)
    _touched: Mapping[Info, Collection[str]] = field(default_factory=dict)
    _standing: Mapping[Info, Standing] = field(default_factory=dict)
    _prefixed: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _listed: int = 0

    def read_touched(self) -> None:
        """Read the distributions whose metadata is in scope."""
        self._touched = infos(self.view.scope)
        self._standing = standings(self.view, self._touched)
        for info, inside in self._touched.items():
            self.owned.update((info.path, *(f"{info.path}/{name}" for name in inside)))
            if self._standing[info] is Standing.NAMED:
                self.readings[info] = from_path(info)
        self._read(info for info, at in self._standing.items() if at is Standing.HERE)

    def read_patched(self) -> None:
        """Read the distributions of which only files are in scope."""
        absent = [info for info, at in self._standing.items() if at is not Standing.HERE]
        found, explained = owners(self.view, self._standing, absent, self.owned)
        self.owned |= explained
        self._read(sorted(found, key=lambda info: info.path))

    def _read(self, chosen: Iterable[Info]) -> None:
        gone = {
            (info.folder, info.name)
            for info, standing in self._standing.items()
            if standing is Standing.GONE and self.view.known(info.metadata(self.view)) is None
        }
        for info in chosen:
            upgraded = (info.folder, info.name) in gone
            reading = read_distribution(
                self.view, info, upgraded=upgraded, prefixed=self._changed_by_conda(info)
            )
            if isinstance(reading, Undetermined):
                self.undetermined.append(reading)
            else:
                self._count(reading)
                self.readings[info] = reading
                self.owned |= reading.files
                self.undetermined.extend(reading.unread)

    def _count(self, reading: Reading) -> None:
        self._listed += len(reading.files)
        if self._listed > MOST_LISTED:
            raise ImageError(
                f"its Python distributions list more than {MOST_LISTED:,} files",
                hint="no image of real distributions does: it may be made to exhaust its reader",
            )

    def _changed_by_conda(self, info: Info) -> Mapping[str, str]:
        prefix = site_at(info.folder).prefix
        if prefix not in self._prefixed:
            self._prefixed[prefix] = prefixed_files(self.view, prefix)
        return self._prefixed[prefix]
