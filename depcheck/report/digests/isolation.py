"""A division's report digested, for the formats beside the terminal and JSON."""

from __future__ import annotations

from collections.abc import Iterable

from depcheck.model.findings import SEVERITIES, Correction, Finding
from depcheck.model.isolation import IsolationReport
from depcheck.model.review import Suppression
from depcheck.report.digest import Context, Cure, Digest, Entry, Tone
from depcheck.report.digests.evidence import known_of
from depcheck.report.digests.isolation_evidence import facts_of, wall_facts
from depcheck.report.digests.isolation_picture import picture
from depcheck.report.digests.isolation_tables import tables
from depcheck.report.digests.parts import (
    TONES,
    Known,
    change_of,
    entry_of,
    fitting,
    gaps_of,
    headline,
    home_of,
    lines,
    order,
    pairs,
    path_of,
    shown_context,
    suppressed_of,
)
from depcheck.report.escape import one_line
from depcheck.report.status import (
    FailOn,
    is_failing,
    isolation_exit_status,
    isolation_unchecked,
)
from depcheck.report.text.isolation_headline import headline as tell_headline
from depcheck.report.text.isolation_rest import choice, commands_left, total
from depcheck.report.text.isolation_words import live, walls
from depcheck.report.words import listed, once, plural


def digest_isolation(report: IsolationReport, context: Context, *, fail_on: FailOn) -> Digest:
    """Return what every format tells of a division: the gravest reasons first."""
    first = headline(lambda on: tell_headline(on, report), context)
    found = sorted(live(report), key=order)

    def tell(finding: Finding, by: Suppression | None) -> Entry:
        return entry_of(finding, context, _known(report, finding, context), by=by)

    status = isolation_exit_status(report, fail_on)
    return Digest(
        job="isolate",
        version=one_line(report.version),
        verdict=first.verdict,
        tone=fitting(_tone(report), status),
        summary=first.summary,
        advice=(*first.advice, *lines(_next(report))),
        status=status,
        failing=sum(is_failing(finding, fail_on) for finding in found),
        entries=tuple(tell(finding, None) for finding in found),
        suppressed=suppressed_of(report.suppressed, tell),
        cures=_cures(report, context),
        picture=picture(report),
        tables=tables(report, context),
        gaps=gaps_of(isolation_unchecked(report), context),
        notes=lines(report.notes),
        facts=_facts(report, context),
        home=home_of(report.components, context),
        context=shown_context(context),
    )


def _tone(report: IsolationReport) -> Tone:
    """Return how grave the answer is: as grave as the walls that stand."""
    if not report.containers or report.impossible:
        return "bad"
    if any(step.passed is False for step in report.verified):
        return "bad"
    if report.verdict == "undetermined":
        return "dark"
    if len(report.containers) == 1:
        return "good"
    found = [SEVERITIES.index(f.severity) for wall in walls(report) for f in wall.reasons]
    return TONES[SEVERITIES[max(found, default=0)]]


def _next(report: IsolationReport) -> list[str]:
    if report.next_steps:
        return [f"Next: {step}." for step in report.next_steps]
    commands = commands_left(report)
    return [f"Next: {', '.join(commands)}."] if commands else []


def _known(report: IsolationReport, finding: Finding, context: Context) -> Known:
    """Return what a finding rests on, and of a wall what it costs and what heals it."""
    wall = next((wall for wall in report.boundaries if finding in wall.reasons), None)
    heals = wall.heals if wall else ()
    known = known_of(finding, None, heals, context)
    more = wall_facts(report, wall) if wall else ()
    return Known(
        origins=known.origins,
        steps=known.steps,
        facts=(*known.facts, *facts_of(finding), *more),
        remedies=known.remedies,
        changes=known.changes,
    )


def _cures(report: IsolationReport, context: Context) -> tuple[Cure, ...]:
    """Return the edits that would spare walls: those that stand first, each set once."""
    standing = walls(report)
    rest = [wall for wall in report.boundaries if wall not in standing]
    cures: dict[object, Cure] = {}
    for wall in (*standing, *rest):
        for heal in wall.heals:
            cures.setdefault(_key(heal), _cure(heal, wall.components, context))
    return tuple(cures.values())


def _key(heal: Correction) -> object:
    return tuple((edit.origin, edit.after) for edit in heal.edits) or heal


def _cure(heal: Correction, components: Iterable[str], context: Context) -> Cure:
    changes = tuple(change_of(edit, context) for edit in once(heal.edits))
    remark = [f"{listed(list(components))} could then share one container."] if changes else []
    remark += [heal.remark] if heal.remark else []
    return Cure(changes=changes, remark=one_line(" ".join(remark)))


def _facts(report: IsolationReport, context: Context) -> tuple[tuple[str, str], ...]:
    """Return the target, where each component is, how it was chosen, and what it takes."""
    target = report.target
    told = [("Python", f"{target.implementation} {target.python}"), ("platform", target.platform)]
    for component in report.components:
        home = next((c.name for c in report.containers if component.name in c.components), "")
        role = f"{component.role}, " if component.role != "other" else ""
        where = f"in {home}" if home else "in no container"
        asked = plural(len(component.requirements), "requirement")
        path = path_of(component.source, context)[0]
        told.append((component.name, f"{role}{where}, {asked} in {path}"))
    if len(report.containers) > 1 and report.verdict != "undetermined":
        told.append(("choice", choice(report)))
    told += [("to fetch", total(report)), ("written", ", ".join(report.written))]
    told += [("index", ", ".join(report.indexes))]
    told += [("nothing newer than", report.exclude_newer or "")]
    told += [("requests", str(report.requests))]
    return pairs([*told, ("took", f"{report.seconds:.1f} s")])
