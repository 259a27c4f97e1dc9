"""Compare: two environments side by side (``depcheck parity``). Nothing here prints."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from depcheck import __version__
from depcheck.errors import DepcheckError, UsageError
from depcheck.images.reader import ImageReader, ReaderSettings
from depcheck.model.findings import Finding
from depcheck.model.inventory import Inventory
from depcheck.model.observer import Observer
from depcheck.model.parity import (
    EnvironmentSettings,
    Named,
    Pair,
    ParityReport,
    ParitySettings,
    ReadSide,
    Service,
    Side,
    WayBack,
)
from depcheck.model.requirement import Undetermined
from depcheck.model.settings import IndexSettings
from depcheck.parity.compare import Comparison, compare
from depcheck.parity.policy import excuse
from depcheck.parity.rollback import way_back
from depcheck.parity.services import (
    missing_service,
    pair_services,
    replica_findings,
)
from depcheck.parity.verdict import ranked, verdict
from depcheck.pipeline.inventories import Both, Inventories, UnreadableSide, active_python
from depcheck.pipeline.replicas import Replica, is_image, of_replica, replica_pairs

_EVERY = "*"
"""Stands for all services of a side, where it is not known which it has."""


def parity(
    settings: ParitySettings, *, environ: Mapping[str, str], observer: Observer
) -> ParityReport:
    """Read both sides and say what differs.

    ``environ`` is what engines and registries are found by. A side that cannot be
    read is told in the report. Raises DepcheckError for what makes no sense.
    """
    started = time.perf_counter()
    wanted = ReaderSettings(
        environ=environ,
        cache_folder=_cache_folder(settings, environ),
        platform=settings.platform,
        insecure=settings.insecure_registries,
        files=settings.files,
    )
    with ImageReader(wanted, observer) as reader:
        report = _Comparing(settings, reader, observer).report()
    return replace(report, seconds=time.perf_counter() - started)


def _cache_folder(settings: ParitySettings, environ: Mapping[str, str]) -> Path | None:
    if settings.no_cache:
        return None
    from depcheck.index import cache_folder

    return cache_folder(IndexSettings(cache_dir=settings.cache_dir), environ)


@dataclass(slots=True)
class _Found:
    """What comes together over all pairs.

    ``shown`` are findings with their values, for the patterns of the policy alone.
    """

    pairs: list[Pair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    shown: list[Finding] = field(default_factory=list)
    ways_back: list[WayBack] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)


class _Comparing:
    def __init__(self, settings: ParitySettings, reader: ImageReader, observer: Observer) -> None:
        self._settings = settings
        self._reader = reader
        self._inventories = Inventories(reader, settings.root, settings.platform)
        self._observer = observer
        self._names = (_name(settings.left), _name(settings.right))
        self._found = _Found()
        self._unlisted: tuple[set[str], set[str]] = (set(), set())

    def report(self) -> ParityReport:
        found = self._found
        left = self._services(self._settings.left, self._unlisted[0])
        right = self._services(self._settings.right, self._unlisted[1])
        for service, one, other in pair_services(*_alike(left, right)):
            if one is None or other is None:
                if not self._unlisted[0 if one is None else 1] & {service, _EVERY}:
                    found.findings.append(missing_service(service, one, other, names=self._names))
                found.pairs.append(Pair(service=service, left=_named(one), right=_named(other)))
            else:
                self._observer.stage(f"reading {service}" if service else "reading both sides")
                self._compare(service, one, other)
        undetermined = tuple(dict.fromkeys(found.undetermined))
        excusal = excuse(
            found.findings,
            self._settings.expected,
            today=self._settings.today,
            complete=not undetermined,
            shown=found.shown,
        )
        findings = ranked((*excusal.findings, *excusal.remarks))
        return ParityReport(
            version=__version__,
            left=self._names[0],
            right=self._names[1],
            verdict=verdict(findings, excusal.excused, undetermined),
            pairs=tuple(found.pairs),
            findings=findings,
            excused=excusal.excused,
            ways_back=tuple(found.ways_back),
            undetermined=undetermined,
        )

    def _services(self, side: Side, unlisted: set[str]) -> tuple[Service, ...]:
        """Return what a side consists of: services, or one thing without a name.

        ``unlisted`` gets the names of services that could not be found out.
        """
        if isinstance(side, Named):
            return (Service(name="", replicas=(side,)),)
        from depcheck.sources.services import read_services

        read = read_services(side, root=self._settings.root)
        self._found.undetermined += read.undetermined
        unlisted.update(item.subject.removeprefix("the service ") for item in read.undetermined)
        running = self._running(side)
        if running is None:
            unlisted.add(_EVERY)
        services = (*read.services, *(running or ()))
        if not services and not self._found.undetermined:
            raise UsageError(
                f'the environment "{side.name}" has no services',
                hint="list some in the configuration, or name a compose file",
            )
        return services

    def _running(self, side: EnvironmentSettings) -> tuple[Service, ...] | None:
        """Return the services of the compose project that the environment names.

        None where it could not be read, which is noted.
        """
        if side.project is None:
            return ()
        try:
            return self._reader.opener.project(side.project, side.origin)
        except DepcheckError as error:
            self._found.undetermined.append(
                Undetermined(
                    subject=f"the compose project {side.project}",
                    reason=error.message,
                    hint=error.hint,
                    origin=side.origin,
                )
            )
            return None

    def _compare(self, service: str, left: Service, right: Service) -> None:
        replicas = []
        for side, name in ((left, self._names[0]), (right, self._names[1])):
            found = self._replicas(side)
            known = [(named.value, identity) for named, identity in found if identity]
            self._found.findings += replica_findings(service, name, known, left=side is left)
            replicas.append(found or [(side.replicas[0], None)])
        for one, other, replica in replica_pairs(*replicas):
            self._compare_pair(service, one, other, replica)

    def _compare_pair(self, service: str, left: Named, right: Named, replica: str) -> None:
        found = self._found
        try:
            both = self._inventories.both(left, right)
        except UnreadableSide as failure:
            self._raise_if_misspelt(failure)
            found.findings.append(failure.finding())
            found.undetermined += failure.undetermined()
            sides = (ReadSide(named=str(left)), ReadSide(named=str(right)))
            found.pairs.append(
                Pair(service=service, replica=replica, left=sides[0], right=sides[1])
            )
            return
        comparison = self._compared(service, both, self._settings.show_values)
        if any(entry.value is not None for entry in self._settings.expected):
            shown = self._compared(service, both, show_values=True).findings
            found.shown += of_replica(shown, replica)
        found.findings += of_replica(comparison.findings, replica)
        found.undetermined += (*both.left.undetermined, *both.right.undetermined)
        found.pairs.append(replace(_compared(service, both, comparison), replica=replica))
        if self._settings.rollback and not replica:
            found.ways_back.append(self._way_back(service, both, comparison))

    def _raise_if_misspelt(self, failure: UnreadableSide) -> None:
        """Raise what is wrong with a side as the command line names it: a usage error."""
        given = (self._settings.left, self._settings.right)
        if isinstance(failure.error, UsageError) and failure.named in given:
            raise failure.error

    def _compared(self, service: str, both: Both, show_values: bool) -> Comparison:
        return compare(
            both.left,
            both.right,
            service=service,
            left_name=self._names[0],
            right_name=self._names[1],
            show_values=show_values,
            files=self._settings.files,
        )

    def _replicas(self, service: Service) -> list[Replica]:
        """Return what each replica runs, as far as it can be read, where there are several."""
        if len(service.replicas) < 2:
            return []
        found: list[Replica] = []
        for named in service.replicas:
            try:
                found.append((named, self._reader.identity(named) if is_image(named) else None))
            except DepcheckError as error:
                self._found.undetermined += UnreadableSide(named, error).undetermined()
        return found

    def _way_back(self, service: str, both: Both, comparison: Comparison) -> WayBack:
        back = way_back(both.left, both.right, comparison, service=service)
        repositories = both.right.identity.repositories
        if not repositories:
            return back
        try:
            return replace(back, available=self._reader.opener.is_available(repositories[0]))
        except DepcheckError as error:
            return replace(back, remark=error.message)


def _name(side: Side) -> str:
    return str(side) if isinstance(side, Named) else side.name


def _alike(
    left: tuple[Service, ...], right: tuple[Service, ...]
) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """Return both sides such that one thing can stand beside an environment of one service."""
    if len(left) == len(right) == 1 and "" in (left[0].name, right[0].name):
        name = left[0].name or right[0].name
        return (replace(left[0], name=name),), (replace(right[0], name=name),)
    for one, other in ((left, right), (right, left)):
        if len(one) == 1 and not one[0].name and other:
            names = ", ".join(service.name for service in other)
            raise UsageError(
                f"{one[0].replicas[0]} is one thing, and the other side has the services {names}",
                hint="name two environments, or one image on each side",
            )
    return left, right


def _named(service: Service | None) -> ReadSide | None:
    return None if service is None else ReadSide(named=str(service.replicas[0]))


def _compared(service: str, both: Both, comparison: Comparison) -> Pair:
    return Pair(
        service=service,
        left=_read(both.left),
        right=_read(both.right),
        shared=both.shared,
        compared=comparison.summaries,
        left_out=comparison.left_out,
        traffic=both.traffic,
    )


def _read(inventory: Inventory) -> ReadSide:
    return ReadSide(
        named=inventory.subject,
        identity=inventory.identity,
        layers=len(inventory.layers),
        what=", ".join(_what(inventory)),
    )


def _what(inventory: Inventory) -> Iterator[str]:
    """Yield what a side is, as far as it was read: system, Python, a container's state."""
    system = [
        inventory.system[key].value for key in ("os.id", "os.version") if key in inventory.system
    ]
    if system:
        yield " ".join(system)
    if python := active_python(inventory):
        yield f"Python {python}"
    if "state" in inventory.runtime:
        yield inventory.runtime["state"].value
