"""Combine: components resolved alone and together (``depcheck check``). Nothing here prints."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from depcheck import __version__
from depcheck.conflicts.compare import Chains, versions_of
from depcheck.conflicts.shifts import find_shifts
from depcheck.errors import SourceError
from depcheck.model.catalog import Catalog
from depcheck.model.findings import Correction, Finding, Rollback, Shift, Statement
from depcheck.model.gaps import gap
from depcheck.model.observer import Observer, Silent
from depcheck.model.report import Report, Verdict
from depcheck.model.requirement import Component, Requirement, Undetermined, normalise
from depcheck.model.rules import CHECK_RULES
from depcheck.model.settings import Settings
from depcheck.model.target import Target
from depcheck.pipeline.picking import Picking, merged
from depcheck.resolve.admission import decide
from depcheck.resolve.dependencies import InvalidDependency
from depcheck.resolve.oracle import Oracle, Refutation
from depcheck.resolve.resolver import Choice, resolve
from depcheck.resolve.universe import Root, Universe

if TYPE_CHECKING:
    from depcheck.index.catalog import IndexCatalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``examine`` may be told. ``max_conflicts`` bounds conflicts and corrections."""

    prereleases: bool = False
    max_conflicts: int = 100


def check(settings: Settings, *, environ: Mapping[str, str], observer: Observer) -> Report:
    """Read the components, open the indexes, and examine (``depcheck check``).

    ``environ`` is what the index client may read proxies and the like from. Where
    no Python is named, that of an installed environment counts before the running
    one. Raises DepcheckError where the run cannot be done at all.
    """
    from depcheck.sources import read_component

    started = time.perf_counter()
    target = target_of(settings)
    components = [
        read_component(named, root=settings.root, target=target) for named in settings.components
    ]
    with opened(settings, environ=environ, observer=observer) as catalog:
        report = examine(components, target, catalog, options_of(settings), observer)
        return timed(suppressed(report, settings), catalog, started)


def target_of(settings: Settings) -> Target:
    """Return what to resolve for: the Python named, else an environment's, else this one."""
    from depcheck.sources.interpreter import environments_python
    from depcheck.sources.target import build_target

    python = settings.python
    if python is None:
        python = environments_python(settings.components, settings.root)
    return build_target(python, settings.platform)


def options_of(settings: Settings) -> Options:
    """Return what ``examine`` is to be told."""
    return Options(prereleases=settings.prereleases, max_conflicts=settings.max_conflicts)


@contextmanager
def opened(
    settings: Settings, *, environ: Mapping[str, str], observer: Observer
) -> Iterator[IndexCatalog]:
    """Give the catalog over the indexes of ``settings`` while the block runs."""
    from depcheck.index import open_catalog
    from depcheck.index.addresses import absent_folders

    with open_catalog(
        settings.index, environ=environ, root=settings.root, observer=observer
    ) as catalog:
        # Only pip's own configuration gets this far with a folder that is not there.
        for folder in absent_folders(catalog.indexes):
            observer.note(f"pip's configuration names the index {folder}, which does not exist")
        yield catalog


def suppressed(report: Report, settings: Settings) -> Report:
    """Return the report with what the settings suppress set apart."""
    from depcheck.review.suppress import suppress

    found = suppress(
        report.findings, settings.suppressions, rules=CHECK_RULES, today=settings.today
    )
    return replace(report, findings=(*found.live, *found.about), suppressed=found.suppressed)


def timed(report: Report, catalog: IndexCatalog, started: float) -> Report:
    """Return the report with what was asked, at what cost; ``started`` is of ``perf_counter``."""
    return replace(
        report,
        indexes=catalog.indexes,
        exclude_newer=catalog.exclude_newer,
        requests=catalog.requests,
        seconds=time.perf_counter() - started,
    )


def examine(
    components: Sequence[Component],
    target: Target,
    catalog: Catalog,
    options: Options | None = None,
    observer: Observer | None = None,
) -> Report:
    """Resolve each component alone and all together, and say what follows."""
    return _Examination(
        components, target, catalog, options or Options(), observer or Silent()
    ).report()


class _Examination:
    def __init__(
        self,
        components: Sequence[Component],
        target: Target,
        catalog: Catalog,
        options: Options,
        observer: Observer,
    ) -> None:
        self._components, self._target = components, target
        self._options, self._observer = options, observer
        requirements = [r for c in components for r in c.requirements]
        admission = decide(requirements, prereleases=options.prereleases)
        installed = {
            normalise(pin.name): pin.version
            for component in components
            if component.source.startswith("env:")
            for pin in component.baseline
        }
        self._universe = Universe(target, admission, preferred=installed)
        self._oracle = Oracle(self._universe, catalog)
        self._roots = [
            self._state(statement)
            for component in components
            for statement in (component.requires_python, *component.requirements)
            if statement is not None
        ]
        self._active = [root for root in self._roots if self._is_active(root)]
        self._picking = Picking(self._oracle, self._active)

    def _state(self, statement: Statement) -> Root:
        try:
            return self._universe.state(statement)
        except InvalidDependency as error:
            raise SourceError(
                f"{statement.origin}: {error}", hint="compare like with like in the marker"
            ) from None

    def _is_active(self, root: Root) -> bool:
        statement = root.statement
        return not isinstance(statement, Requirement) or self._universe.markers.holds(
            statement.marker
        )

    def report(self) -> Report:
        self._observer.stage("reading the index")
        markers = self._universe.markers
        self._oracle.meet(
            r.name for c in self._components for r in c.requirements if markers.holds(r.marker)
        )
        self._observer.stage("resolving each component alone")
        alone = self._alone()
        self._observer.stage("resolving all components together")
        combined = resolve(self._oracle, self._roots)
        if isinstance(combined, Refutation):
            return self._conflicting(alone)
        return self._compatible(alone, combined)

    def _alone(self) -> dict[str, Choice]:
        found = {}
        for component in self._components:
            roots = [r for r in self._roots if r.component == component.name]
            choice = resolve(self._oracle, roots)
            if isinstance(choice, Choice):
                found[component.name] = choice
        return found

    def _conflicting(self, alone: Mapping[str, Choice]) -> Report:
        from depcheck.conflicts.closeness import by_closeness
        from depcheck.conflicts.corrections import correct
        from depcheck.conflicts.enumerate import enumerate_minimal
        from depcheck.conflicts.explain import explain
        from depcheck.conflicts.proof import Prover

        self._observer.stage("listing every minimal conflict")
        selectors = [root.selector for root in self._roots]
        found = enumerate_minimal(self._oracle, selectors, self._options.max_conflicts)
        prover = Prover(self._universe)
        findings = [
            explain(self._oracle, prover, [r for r in self._roots if r.selector in conflict])
            for conflict in found.conflicts
        ]
        self._observer.stage("trying edits")
        smallest = sorted(found.corrections, key=len)
        corrections = [correct(self._oracle, self._roots, each) for each in smallest]
        cores = {c.name for c in self._components if c.role == "core"}
        notes = () if found.complete else (_cut_short(self._options.max_conflicts),)
        return self._assemble(
            alone,
            findings=sorted(findings, key=self._by_place),
            corrections=tuple(by_closeness(self._oracle, corrections, cores, self._roots)),
            complete=found.complete,
            notes=notes,
        )

    def _by_place(self, finding: Finding) -> tuple[int, ...]:
        places = {root.statement.origin: i for i, root in enumerate(self._roots)}
        return (len(finding.locations), *(places[o] for o in finding.locations))

    def _compatible(self, alone: Mapping[str, Choice], combined: Choice) -> Report:
        from depcheck.conflicts.keeping import with_prices
        from depcheck.conflicts.picks import to_build, unknown_extras
        from depcheck.conflicts.rollbacks import find_rollbacks

        self._observer.stage("comparing with each component alone")
        together = versions_of(self._oracle, combined)
        apart = {name: versions_of(self._oracle, choice) for name, choice in alone.items()}
        held = {c.name: self._held(c, apart.get(c.name, {})) for c in self._components}
        chains = Chains(self._oracle, self._active, combined)
        cores = [c for c in self._components if c.role == "core"] or list(self._components)
        findings: list[Finding] = []
        if len(self._components) > 1:
            findings += find_rollbacks(self._oracle, self._active, held, together, chains)
            for core in cores:
                findings += find_shifts(
                    self._oracle, self._active, core, apart.get(core.name, {}), together, chains
                )
        findings, keep = with_prices(self._oracle, self._active, together, findings)
        findings += unknown_extras(self._oracle, self._active, combined)
        findings += to_build(self._oracle, combined)
        notes = [] if combined.guided else [_GAVE_UP]
        notes += [_out_of_order(name) for name in combined.promoted]
        report = self._assemble(alone, findings=findings, combined=combined, notes=tuple(notes))
        return replace(report, keep=keep)

    @staticmethod
    def _held(component: Component, alone: Mapping[str, str]) -> Mapping[str, str]:
        """What a component has alone: from its lock where it has one."""
        return {normalise(pin.name): pin.version for pin in component.baseline} or alone

    def _assemble(
        self,
        alone: Mapping[str, Choice],
        *,
        findings: Sequence[Finding],
        corrections: tuple[Correction, ...] = (),
        combined: Choice | None = None,
        complete: bool = True,
        notes: tuple[str, ...] = (),
    ) -> Report:
        undetermined = self._undetermined(alone, combined)
        unchecked = [gap(u) for u in undetermined if not u.harmless]
        return Report(
            version=__version__,
            target=self._target,
            components=tuple(self._components),
            indexes=(),
            verdict=_verdict(combined, findings, unchecked),
            findings=(*findings, *unchecked),
            corrections=corrections,
            alone={name: self._picking.picked(choice, name) for name, choice in alone.items()},
            combined=None if combined is None else self._picking.picked(combined, None),
            undetermined=undetermined,
            complete=complete,
            notes=notes,
        )

    def _undetermined(
        self, alone: Mapping[str, Choice], combined: Choice | None
    ) -> tuple[Undetermined, ...]:
        choices: list[tuple[Choice, str | None]] = [(each, name) for name, each in alone.items()]
        if combined is not None:
            choices.insert(0, (combined, None))
        unread = merged(u for choice, name in choices for u in self._picking.unread(choice, name))
        found = [u for component in self._components for u in component.undetermined]
        found += unread.values()
        for name, entry in self._universe.entries.items():
            if entry.state == "unavailable" and name not in unread:
                # A joint set that does without it stands, whatever it would have said.
                harmless = combined is not None
                found.append(self._picking.gap(name, entry.unread_reason, harmless=harmless))
        return tuple(found)


_GAVE_UP = (
    "pip's algorithm gave up on this set although a solution exists; "
    "the solution shown was found and checked without it."
)


def _out_of_order(name: str) -> str:
    return (
        f"An install that goes by the order of the lines would walk {name} far back, release "
        f"by release, or not end at all; here {name} was chosen first."
    )


def _cut_short(limit: int) -> str:
    return (
        f"The listing stopped after {limit} conflicts or corrections: there are more "
        "(--max-conflicts says how many to list)."
    )


def _verdict(
    combined: Choice | None, findings: Sequence[Finding], unchecked: Sequence[Finding]
) -> Verdict:
    if combined is None:
        return "conflict"
    if unchecked:
        return "undetermined"
    moved = any(isinstance(finding.evidence, Shift | Rollback) for finding in findings)
    return "shifts" if moved else "compatible"
