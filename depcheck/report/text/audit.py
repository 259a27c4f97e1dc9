"""The audit report for a terminal: what is exposed, then a table for each service."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.model.isolation import AuditReport, Guarded
from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.model.walls import Guardrail
from depcheck.report.status import is_all_told
from depcheck.report.text.audit_words import Lack, audit_verdict, called, lacking, lacks
from depcheck.report.text.check_conflicts import titled
from depcheck.report.text.check_others import gap_entry
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_words import COLOURS, clipped
from depcheck.report.text.suppressed import suppressed
from depcheck.report.words import CODE, PLACE, commas, place, plural, stands

Row = list[list[Span]]

_WIDEST = 120
_HEAD = ("", "guard-rail", "stands there", "to set")
_SHOWN = 12
_NAMED = 3


def render_audit(
    report: AuditReport,
    *,
    width: int,
    colour: bool,
    unicode: bool,
    verbose: bool = False,
    prefix: str = "",
    show_suppressed: bool = False,
    status: int = 0,
) -> str:
    """Return the report as text for people.

    ``width`` is in terminal cells. ``colour`` adds ANSI styles; without ``unicode`` the text
    is ASCII. ``verbose`` says of each guard-rail which failure it contains and what to do.
    ``prefix`` (POSIX, ``shop/``) is put before paths that are relative to the project root.
    ``show_suppressed`` lists what the configuration suppresses, which is counted otherwise.
    ``status`` is the exit status of the run: where it is not 0, nothing is green at the top.
    """
    page = Page(width=max(40, min(width, _WIDEST)), unicode=unicode, verbose=verbose, prefix=prefix)
    headline(page, report)
    why_these(page, report)
    told: set[str] = set()
    for service in _judged(report):
        _service(page, report, service, told)
    if any(isinstance(finding.evidence, Guardrail) for finding in report.findings):
        page.gap()
        page.say("Limits and times to set are a start: measure what the service needs.")
    _about_configuration(page, report)
    suppressed(page, report.suppressed, show=show_suppressed)
    _unread(page, report)
    _footer(page, report)
    if status:
        page.sober()
    return page.text(colour=colour)


def headline(page: Page, report: AuditReport) -> None:
    """Add who lacks what, in a line or two."""
    names, several = _names(_judged(report)), len(_judged(report)) > 1
    match audit_verdict(report):
        case "exposed":
            _exposed(page, report)
        case "guarded":
            have = "have" if several else "has"
            page.say(
                Span("GUARDED: ", "bold green"),
                Span(f"{names} {have} every guard-rail that was looked for.", "bold"),
            )
        case "undetermined":
            page.say(
                Span("COULD NOT TELL: ", "bold yellow"),
                Span(f"whether {names} {'are' if several else 'is'} guarded is not known.", "bold"),
            )
            page.say("What could be read lacks nothing; what could not stands below.")
    if report.findings and not is_all_told(report):
        page.say(Span("Not everything could be told; see the end of this report.", "yellow"))


def _judged(report: AuditReport) -> list[Guarded]:
    return [service for service in report.services if service.ai]


def _exposed(page: Page, report: AuditReport) -> None:
    counts = {called(each): len(lacking(report, each)) for each in report.services}
    bare = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    parts = [f"{name} lacks {counts[name]}" for name in bare[:_NAMED]] or ["a service lacks some"]
    parts[0] += f" of {len(GUARDRAILS)} guard-rails"
    more = f", {len(bare) - _NAMED} more services lack some" if len(bare) > _NAMED else ""
    accepted = not any(isinstance(f.evidence, Guardrail) for f in report.findings)
    page.say(
        Span("EXPOSED: ", "bold yellow" if accepted else "bold red"),
        Span(f"{', '.join(parts)}{more}{', all suppressed' if accepted else ''}.", "bold"),
    )


def _names(judged: Sequence[Guarded]) -> str:
    names = [called(each) for each in judged]
    if not names:
        return "any service"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def why_these(page: Page, report: AuditReport) -> None:
    """Add what was judged, and why that."""
    judged = _judged(report)
    audited = ", ".join(page.path(each) for each in report.audited.split(", "))
    page.say(f"Judged of {audited}: ", *commas([called(each) for each in judged], CODE), ".")
    page.say(report.because)
    if rest := [called(each) for each in report.services if not each.ai]:
        page.say("Not judged: ", *commas(rest, CODE), ".")


def _service(page: Page, report: AuditReport, service: Guarded, told: set[str]) -> None:
    """Add what a service lacks, and what it has; ``told`` are reasons that need no repeating."""
    found = lacks(report, service)
    page.gap()
    where = [place(page, service.origin)] if service.origin else [Span(_of(service), PLACE)]
    page.say(Span(called(service), "bold underline"), "  ", *where, f"  {service.image}".rstrip())
    if found:
        head = [[Span(text, "dim")] for text in _HEAD]
        rows = [_row(page, entry) for entry in found]
        details: list[list[Row]] = [[], *(_details(page, entry, told) for entry in found)]
        page.rows([head, *rows], indent=2, details=details, together=True)
    if now := " ".join(lack.now for _, lack in found if lack.now):
        command = Span(f"docker update {now} {called(service)}", CODE)
        page.say(Span("at once: ", "dim"), command, indent=2, hang=2)
        page.say("(not below what docker stats shows: that would end it)", indent=4)
    if kept := report.kept.get(called(service), ()):
        page.say(Span("stands: ", "dim"), *commas(kept), indent=2, hang=2)
    if idle := report.idle.get(called(service), ()):
        page.say(Span("nothing to guard: ", "dim"), *commas(idle), indent=2, hang=2)


def _of(service: Guarded) -> str:
    of = f" of service {service.service}" if service.service != called(service) else ""
    return f"container{of}"


def _row(page: Page, entry: Lack) -> Row:
    finding, lack = entry
    room = max(16, page.width // 2 - 14)
    found = Span(clipped(lack.found, room)) if lack.found else Span("nothing", "dim")
    return [
        [Span(finding.severity, COLOURS[finding.severity])],
        [Span(lack.name, CODE)],
        [found],
        [Span(lack.set, CODE)],
    ]


def _details(page: Page, entry: Lack, told: set[str]) -> list[Row]:
    """Return what a row does not tell: where, and once what it lets out.

    That is left out of mild ones whose name says it.
    """
    finding, lack = entry
    rows: list[Row] = []
    if lack.found:
        rows += _lines(page, finding)
    if lack.also:
        rows.append([[Span("at the top level too: ", "dim"), Span(lack.also, CODE)]])
    plain = finding.severity != "error" and lack.name != "gateway"
    if page.verbose or not (plain or lack.contains in told):
        told.add(lack.contains)
        rows.append([[Span(lack.contains, "dim")]])
    if page.verbose:
        rows.append([[Span("what to do: ", "dim"), Span(finding.remedy)]])
    return rows


def _lines(page: Page, finding: Finding) -> list[Row]:
    """Return where it stands; of several entries, each with what stands there."""
    room = page.width // 2
    several = len(finding.locations) > 1
    return [
        [[place(page, each), Span(f"  {clipped(each.text, room)}" if several else "")]]
        for each in finding.locations
    ]


def _about_configuration(page: Page, report: AuditReport) -> None:
    """Add the findings that are about no service, but about what the configuration says."""
    for finding in report.findings:
        if not isinstance(finding.evidence, Guardrail):
            titled(page, finding)
            page.rows(stands(page, finding.locations), indent=4)
            if finding.remedy:
                page.say(Span("what to do: ", "dim"), finding.remedy, indent=4, hang=2)


def _unread(page: Page, report: AuditReport) -> None:
    if report.undetermined:
        page.heading("What could not be told")
    entries = sorted(report.undetermined, key=lambda entry: entry.harmless)
    limit = len(entries) if page.verbose or len(entries) <= _SHOWN + 1 else _SHOWN
    for entry in entries[:limit]:
        gap_entry(page, entry)
    if limit < len(entries):
        page.say(f"and {len(entries) - limit} more; --verbose lists them", indent=2)
    for note in report.notes:
        page.gap()
        page.say("Note: ", note)


def _footer(page: Page, report: AuditReport) -> None:
    parts = (
        plural(len(report.services), "service"),
        f"{report.seconds:.1f} s",
        f"depcheck {report.version}",
    )
    page.gap()
    page.say(Span(f" {page.marks.dot} ".join(parts), "dim"))
