"""Divide: the fewest containers, and why each wall stands (``depcheck isolate``).

Nothing here prints or writes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from depcheck.model.catalog import Catalog
from depcheck.model.isolation import IsolationReport, IsolationSettings
from depcheck.model.observer import Observer
from depcheck.model.rules import ISOLATION_RULES
from depcheck.model.settings import ComponentSettings, Settings
from depcheck.model.target import Target
from depcheck.pipeline.dividing import NativeReader, Search
from depcheck.pipeline.granting import answered
from depcheck.pipeline.places import find_places
from depcheck.review.suppress import suppress

_RULES = {name: rule for name, rule in ISOLATION_RULES.items() if not name.startswith("guardrail-")}


def isolate(
    settings: IsolationSettings, *, environ: Mapping[str, str], observer: Observer
) -> IsolationReport:
    """Read the components, open the indexes, divide (``depcheck isolate``).

    ``environ`` is what the index client may read proxies and the like from. Raises
    DepcheckError where the run cannot be done at all.
    """
    from depcheck.index import open_catalog
    from depcheck.sources.target import build_target

    started = time.perf_counter()
    check = _with_pythons(settings.settings)
    target = build_target(check.python, check.platform)
    with open_catalog(check.index, environ=environ, root=check.root, observer=observer) as catalog:
        report = divide(replace(settings, settings=check), target, catalog, observer)
        return replace(
            report,
            indexes=catalog.indexes,
            exclude_newer=catalog.exclude_newer,
            requests=catalog.requests,
            seconds=time.perf_counter() - started,
        )


def _suppressed(report: IsolationReport, settings: Settings) -> IsolationReport:
    """Return the report with the findings that the settings suppress set apart.

    Those that are reasons of walls, or stand in the way of a wish, are not taken from there:
    why a wall stands has to be told whoever accepted it.
    """
    reasons = (finding for wall in report.boundaries for finding in wall.reasons)
    against = (finding for wish in report.wishes for finding in wish.because)
    every = tuple(dict.fromkeys((*report.findings, *reasons, *against)))
    found = suppress(every, settings.suppressions, rules=_RULES, today=settings.today)
    accepted = {entry.finding for entry in found.suppressed}
    live = (finding for finding in report.findings if finding not in accepted)
    return replace(report, findings=(*live, *found.about), suppressed=found.suppressed)


def divide(
    settings: IsolationSettings, target: Target, catalog: Catalog, observer: Observer
) -> IsolationReport:
    """Divide the components of ``settings`` over a catalog; ``target`` is the run's."""
    from depcheck.isolation.worlds import Recalling, World, build_world
    from depcheck.sources import read_component
    from depcheck.sources.target import build_target

    check = settings.settings

    recalling = Recalling(catalog)

    def target_of(python: str) -> Target:
        return build_target(python, check.platform)

    def build(components: Sequence[ComponentSettings], where: Target) -> World:
        read = [read_component(named, root=check.root, target=where) for named in components]
        return build_world(read, where, recalling, prereleases=check.prereleases)

    observer.stage("resolving each component alone")
    places = find_places(check.components, target, target_of, build)
    search = Search(settings, places, NativeReader(catalog), observer)
    return _suppressed(answered(settings, search), check)


def _with_pythons(settings: Settings) -> Settings:
    """Give each environment its own Python, and the run that of the core's environment."""
    from depcheck.sources.interpreter import environments_python

    pythons = {
        named.name: environments_python([named], settings.root)
        for named in settings.components
        if named.source.startswith("env:") and named.python is None
    }
    core = next((c for c in settings.components if c.role == "core"), None)
    python = settings.python or (pythons.get(core.name) if core else None)
    if python is None and len(pythons) == len(settings.components):
        python = next(iter(pythons.values()), None)
    return replace(
        settings,
        python=python,
        components=tuple(
            replace(named, python=pythons.get(named.name) or named.python)
            if pythons.get(named.name) != python
            else named
            for named in settings.components
        ),
    )
