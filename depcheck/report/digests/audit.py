"""An audit's report digested, for the formats beside the terminal and JSON."""

from __future__ import annotations

from depcheck.model.findings import Finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.review import Suppression
from depcheck.model.walls import Guardrail
from depcheck.report.digest import Cell, Context, Digest, Entry, Place, Table, Tone
from depcheck.report.digests.parts import (
    Known,
    entry_of,
    fitting,
    gaps_of,
    headline,
    home_of,
    lines,
    order,
    pairs,
    path_of,
    place_of,
    said,
    severity_cell,
    shown_context,
    suppressed_of,
)
from depcheck.report.escape import one_line
from depcheck.report.status import FailOn, audit_exit_status, is_failing
from depcheck.report.text.audit import headline as tell_headline
from depcheck.report.text.audit import why_these
from depcheck.report.text.audit_words import audit_verdict, called, lacks

_TONES: dict[str, Tone] = {"exposed": "bad", "guarded": "good", "undetermined": "dark"}
_COLUMNS = ("service", "guard-rail", "severity", "stands there", "to set", "what it contains")
_START = "Limits and times to set are a start: measure what the service needs."


def digest_audit(report: AuditReport, context: Context, *, fail_on: FailOn) -> Digest:
    """Return what every format tells of an audit: the gravest lacks first."""
    first = headline(lambda on: tell_headline(on, report), context)
    why = said(lambda on: why_these(on, report), context)

    def tell(finding: Finding, by: Suppression | None) -> Entry:
        return entry_of(finding, context, _known(finding), by=by)

    status = audit_exit_status(report, fail_on)
    return Digest(
        job="audit",
        version=one_line(report.version),
        verdict=first.verdict,
        tone=fitting(_tone(report), status),
        summary=first.summary,
        advice=(*first.advice, *why),
        status=status,
        failing=sum(is_failing(finding, fail_on) for finding in report.findings),
        entries=tuple(tell(finding, None) for finding in sorted(report.findings, key=order)),
        suppressed=suppressed_of(report.suppressed, tell),
        tables=_tables(report, context),
        gaps=gaps_of(report.undetermined, context),
        notes=lines(report.notes),
        facts=_facts(report, context),
        home=_home(report, context),
        context=shown_context(context),
    )


def _home(report: AuditReport, context: Context) -> Place | None:
    """Return the first judged service's place in a file of the repository, else the
    configuration file, where either lies in it."""
    origins = [service.origin for service in report.services if service.ai and service.origin]
    places = (place_of(origin, context) for origin in origins)
    return next((place for place in places if place.inside), home_of((), context))


def _tone(report: AuditReport) -> Tone:
    if audit_verdict(report) != "exposed":
        return _TONES[audit_verdict(report)]
    return "bad" if any(finding.severity == "error" for finding in report.findings) else "warn"


def _known(finding: Finding) -> Known:
    lack = finding.evidence
    if not isinstance(lack, Guardrail):
        return Known()
    at_once = f"docker update {lack.now} {lack.service}" if lack.now else ""
    return Known(
        facts=(
            ("guard-rail", lack.name),
            ("stands there", lack.found or "nothing"),
            ("to set", lack.set),
            ("at the top level too", lack.also),
            ("what it contains", lack.contains),
            ("at once", at_once),
        )
    )


def _tables(report: AuditReport, context: Context) -> tuple[Table, ...]:
    rows = [
        _row(service, finding, lack, context)
        for service in report.services
        for finding, lack in lacks(report, service)
    ]
    if not rows:
        return ()
    return (
        Table(
            id="guard-rails",
            title="Guard-rails that are lacking",
            columns=_COLUMNS,
            rows=tuple(rows),
            note=_START,
            repeats=True,
        ),
    )


def _row(service: Guarded, finding: Finding, lack: Guardrail, context: Context) -> tuple[Cell, ...]:
    at = finding.locations[0] if finding.locations else None
    home = place_of(service.origin, context) if service.origin else None
    place = place_of(at, context) if at else home
    setting = f"{lack.set}; at the top level too: {lack.also}" if lack.also else lack.set
    stands = Cell(text=one_line(lack.found), code=True, place=place)
    return (
        Cell(text=one_line(called(service)), place=home),
        Cell(text=lack.name, code=True),
        severity_cell(finding.severity),
        stands if lack.found else Cell(text="nothing"),
        Cell(text=one_line(setting), code=True),
        Cell(text=one_line(lack.contains)),
    )


def _facts(report: AuditReport, context: Context) -> tuple[tuple[str, str], ...]:
    """Return what was read, and what stands in each judged service."""
    audited = (path_of(path, context)[0] for path in report.audited.split(", "))
    told = [("audited", ", ".join(audited)), ("services", str(len(report.services)))]
    for service in report.services:
        name = called(service)
        kept, idle = report.kept.get(name, ()), report.idle.get(name, ())
        parts = [service.image] if service.image else []
        parts += [] if service.ai else ["not judged"]
        parts += [f"stands: {', '.join(kept)}"] if kept else []
        parts += [f"nothing to guard: {', '.join(idle)}"] if idle else []
        told.append((name, "; ".join(parts)))
    return pairs([*told, ("took", f"{report.seconds:.1f} s")])
