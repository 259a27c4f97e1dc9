"""Review: what a change brings, against a revision or an earlier report (``check --base``).

Both sides are analysed in one run, over one catalog and for one target, so that nothing but
the files differs. Nothing here prints.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from depcheck.errors import BaselineError, RevisionError
from depcheck.isolation.worlds import Recalling
from depcheck.model.findings import Finding
from depcheck.model.observer import Observer
from depcheck.model.report import Base, Report
from depcheck.model.requirement import Component
from depcheck.model.review import LineRange, Novelty
from depcheck.model.rules import CHECK_RULES
from depcheck.model.settings import Settings
from depcheck.model.target import Target
from depcheck.model.text import printable
from depcheck.pipeline.before import Against, Before, before
from depcheck.pipeline.combine import examine, opened, options_of, target_of, timed
from depcheck.pipeline.sides import altered_index, altered_options, changes, check_sides
from depcheck.review.compare import compared, unknown
from depcheck.review.suppress import Sorted, suppress

if TYPE_CHECKING:
    from depcheck.review.recorded import Recorded

__all__ = ["Against", "review", "review_earlier"]

_BASELINE = "name a report that depcheck check --format json wrote"
_DOUBTFUL = "A finding that the base does not show may have been there before."


def review(
    settings: Settings, against: Against, *, environ: Mapping[str, str], observer: Observer
) -> Report:
    """Check the working tree and the base, and label each finding by what the change has done.

    ``settings`` are those of the run, ``against`` says how the base is read. Findings are told
    as by ``pipeline.combine.check``, with their novelty; the report's ``base`` says what it was
    compared with. A base that cannot be analysed is said there. Raises DepcheckError where the
    working tree cannot be checked at all.
    """
    started = time.perf_counter()
    check_sides(settings, against)
    target = target_of(settings)
    components = _read(settings, target)
    options = options_of(settings)
    with opened(settings, environ=environ, observer=observer) as catalog:
        recalling = Recalling(catalog)

        def analyse(read: Sequence[Component], told: Observer) -> Report:
            return examine(read, target, recalling, options, told)

        head = analyse(components, observer)
        then = before(against, head, target, analyse, observer)
        touched, notes = _changes(against, settings, components)
        base = Base(
            named=printable(against.revision.named),
            revision=against.revision.commit,
            changes=touched,
            configuration=against.configuration,
            altered=(
                *against.altered,
                *altered_index(settings, against),
                *altered_options(components, touched),
            ),
            notes=(
                *against.revision.notes,
                *against.notes,
                *notes,
            ),
        )
        report = _labelled(head, then, base, settings, against.settings)
        return timed(report, catalog, started)


def review_earlier(
    settings: Settings, baseline: Path, *, environ: Mapping[str, str], observer: Observer
) -> Report:
    """Check the working tree, and label each finding against the JSON report of an earlier run.

    ``baseline`` is the file as it was named. Raises BaselineError for what is no such report,
    and DepcheckError as ``review`` does.
    """
    from depcheck.review.recorded import unlike

    started = time.perf_counter()
    recorded = _recorded(baseline)
    target = target_of(settings)
    components = _read(settings, target)
    with opened(settings, environ=environ, observer=observer) as catalog:
        head = examine(components, target, catalog, options_of(settings), observer)
        head = timed(head, catalog, started)
    then = Before(
        findings=recorded.findings,
        corrections=recorded.corrections,
        verdict=recorded.verdict,
        notes=unlike(recorded, head),
    )
    return _labelled(head, then, Base(named=printable(str(baseline))), settings, settings)


def _recorded(path: Path) -> Recorded:
    from depcheck.review.recorded import LARGEST, read_report

    where = printable(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * LARGEST + 1)
    except (OSError, ValueError) as fault:
        reason = (getattr(fault, "strerror", None) or "no such file").lower()
        raise BaselineError(f"--baseline {where}: {reason}", hint=_BASELINE) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BaselineError(f"{where}: not UTF-8", hint=_BASELINE) from None
    return read_report(text, where=where)


def _read(settings: Settings, target: Target) -> list[Component]:
    from depcheck.sources import read_component

    return [
        read_component(named, root=settings.root, target=target) for named in settings.components
    ]


def _changes(
    against: Against, settings: Settings, components: Sequence[Component]
) -> tuple[Mapping[str, tuple[LineRange, ...]], tuple[str, ...]]:
    try:
        return changes(against, settings, components), ()
    except RevisionError as fault:
        return {}, (f"Which lines the change touches is not known: {fault.message}.",)


def _labelled(head: Report, then: Before, base: Base, settings: Settings, of: Settings) -> Report:
    """Return the head's report with everything that the comparison tells.

    ``of`` are the base's settings, whose suppressions tell which findings about them are old.
    """
    sort = partial(suppress, rules=CHECK_RULES, today=settings.today)
    if then.fault:
        findings = sort(unknown(head.findings, base.changes), settings.suppressions)
        about = unknown(findings.about, base.changes)
        return _with(head, findings, about, replace(base, fault=then.fault))
    told = compared(
        head.findings,
        then.findings,
        base.changes,
        head_corrections=head.corrections,
        base_corrections=then.corrections,
    )
    found = sort(_doubted(told.findings, then.doubtful), settings.suppressions)
    known = sort(then.findings, of.suppressions)
    entries = compared(found.about, known.about, base.changes)
    doubt = (_DOUBTFUL,) if then.doubtful else ()
    return _with(
        head,
        found,
        entries.findings,
        replace(
            base,
            verdict=then.verdict,
            fixed=(*told.fixed, *entries.fixed),
            notes=(*base.notes, *then.notes, *doubt, *told.notes),
        ),
    )


def _doubted(findings: Sequence[Finding], doubtful: bool) -> tuple[Finding, ...]:
    """Return the findings, those that look new as unknown where the base may have them too."""
    return tuple(
        replace(finding, novelty=Novelty(status="unknown", touched=finding.novelty.touched))
        if doubtful and finding.novelty is not None and finding.novelty.status == "new"
        else finding
        for finding in findings
    )


def _with(head: Report, found: Sorted, about: Sequence[Finding], base: Base) -> Report:
    return replace(
        head, findings=(*found.live, *about), suppressed=tuple(found.suppressed), base=base
    )
