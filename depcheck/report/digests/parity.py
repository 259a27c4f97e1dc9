"""A comparison's report digested, for the formats beside the terminal and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depcheck.model.findings import Drift, Finding
from depcheck.model.parity import Pair, ParityReport, ReadSide, WayBack
from depcheck.model.requirement import Origin
from depcheck.report.digest import Cell, Context, Digest, Entry, Table, Tone
from depcheck.report.digests.parts import (
    TONES,
    Known,
    cell_text,
    entry_of,
    fitting,
    gaps_of,
    headline,
    home_of,
    lines,
    order,
    page,
    pairs,
    path_of,
    place_of,
    severity_cell,
    shown_context,
)
from depcheck.report.escape import one_line
from depcheck.report.status import FailOn, is_failing, parity_exit_status
from depcheck.report.text.parity import called, told_of
from depcheck.report.text.parity_headline import headline as tell_headline
from depcheck.report.text.parity_rest import alike, available, identity_of, traffic
from depcheck.report.text.parity_words import TITLES, brought, drift_of, value

_TONES: dict[str, Tone] = {
    "drift": "bad",
    "undetermined": "dark",
    "expected": "good",
    "identical": "good",
}
_COLUMNS = ("severity", "service", "aspect", "rule", "what", "tested", "runs")
_DIFFERENCES = (*_COLUMNS, "brought in by", "what to do")
_EXPECTED = ("service", "what", "tested", "runs", "reason", "owner", "expires", "rule")
_BACK = ("service", "image", "available", "pins", "to remove", "OS packages", "caution")
_NO_PAIR = Pair(left=None, right=None)
_LONGEST = 1_000
_NOWHERE: Mapping[str, Sequence[Origin]] = {}

Row = tuple[Cell, ...]


def digest_parity(
    report: ParityReport,
    context: Context,
    *,
    fail_on: FailOn,
    named: Mapping[str, Sequence[Origin]] = _NOWHERE,
) -> Digest:
    """Return what every format tells of a comparison: the gravest differences first.

    Values that the report hides are not in it. ``named`` is where the configuration names a
    service (under an empty name: the environments), for what has no place in a file.
    """
    first = headline(lambda on: tell_headline(on, report), context)
    found = sorted(report.findings, key=order)
    steps = {finding: _step(report, finding, context) for finding in found}

    def tell(finding: Finding) -> Entry:
        return entry_of(finding, context, _known(finding, steps[finding], named, context))

    status = parity_exit_status(report, fail_on)
    return Digest(
        job="parity",
        version=one_line(report.version),
        verdict=first.verdict,
        tone=fitting(_tone(report), status),
        summary=first.summary,
        advice=first.advice,
        status=status,
        failing=sum(is_failing(finding, fail_on) for finding in found),
        entries=tuple(tell(finding) for finding in found),
        tables=_tables(report, [(f, steps[f]) for f in found], context),
        gaps=gaps_of(report.undetermined, context),
        notes=lines(report.notes),
        facts=_facts(report, context),
        home=home_of((), context),
        context=shown_context(context),
    )


def _tone(report: ParityReport) -> Tone:
    if report.verdict == "drift" and all(f.severity != "error" for f in report.findings):
        return "warn" if any(f.severity == "warning" for f in report.findings) else "plain"
    return _TONES[report.verdict]


def _step(report: ParityReport, finding: Finding, context: Context) -> str:
    """Return the layer and build step behind a difference, as far as known."""
    drift = drift_of(finding)
    if drift is None:
        return ""
    every = report.pairs or (_NO_PAIR,)
    home = (drift.service, drift.replica)
    pair = next((each for each in every if (each.service, each.replica) == home), every[0])
    return brought(page(context), drift, pair.shared)


def _known(
    finding: Finding, step: str, named: Mapping[str, Sequence[Origin]], context: Context
) -> Known:
    drift = drift_of(finding)
    placed = any(path_of(origin.path, context)[1] for origin in finding.locations)
    service = drift.service if drift else ""
    origins = () if placed else tuple(named.get(service) or named.get("", ()))
    if drift is None:
        return Known(origins=origins)
    return Known(
        origins=origins,
        facts=(
            ("service", _whose(drift)),
            ("what", drift.name),
            ("in", drift.place),
            ("tested", _value(drift, drift.left, context).text),
            ("runs", _value(drift, drift.right, context).text),
            ("brought in by", step),
            ("files", ", ".join(drift.paths)),
        ),
    )


def _whose(drift: Drift) -> str:
    return f"{drift.service} ({drift.replica})" if drift.replica else drift.service


def _value(drift: Drift, text: str | None, context: Context) -> Cell:
    """Return a side's value as a cell; of a hidden one only that there is one."""
    shown = one_line(value(page(context), drift, text).text)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}…"
    return Cell(text=shown, code=text is not None and not drift.hidden)


# Tables


def _tables(
    report: ParityReport, found: list[tuple[Finding, str]], context: Context
) -> tuple[Table, ...]:
    hidden = any(drift.hidden for drift in (drift_of(f) for f, _ in found) if drift)
    note = "Values of variables and labels are hidden; --show-values shows them." if hidden else ""
    differences = [
        _difference(finding, drift, step, context)
        for finding, step in found
        if (drift := drift_of(finding))
    ]
    every = (
        Table(
            id="differences",
            title="Differences",
            columns=_DIFFERENCES,
            rows=tuple(differences),
            repeats=True,
            note=note,
        ),
        Table(
            id="expected",
            title="Expected by policy",
            columns=_EXPECTED,
            rows=_expected(report, context),
        ),
        Table(
            id="rollback",
            title=one_line(f"To get back to what {report.right} ran"),
            columns=_BACK,
            rows=tuple(_way_back(way) for way in report.ways_back),
        ),
    )
    return tuple(table for table in every if table.rows)


def _difference(finding: Finding, drift: Drift, step: str, context: Context) -> Row:
    place = place_of(finding.locations[0], context) if finding.locations else None
    return (
        severity_cell(finding.severity),
        Cell(text=one_line(_whose(drift))),
        Cell(text=TITLES[drift.aspect]),
        Cell(text=finding.rule),
        Cell(text=one_line(drift.name), code=True, tone=TONES[finding.severity], place=place),
        _value(drift, drift.left, context),
        _value(drift, drift.right, context),
        Cell(text=one_line(step)),
        Cell(text=one_line(finding.remedy)),
    )


def _expected(report: ParityReport, context: Context) -> tuple[Row, ...]:
    rows = []
    for entry in report.excused:
        drift, by = drift_of(entry.finding), entry.by
        place = place_of(by.origin, context) if by.origin else None
        rows.append(
            (
                Cell(text=one_line(_whose(drift)) if drift else ""),
                Cell(text=one_line(drift.name if drift else entry.finding.message), code=True),
                _value(drift, drift.left, context) if drift else Cell(text=""),
                _value(drift, drift.right, context) if drift else Cell(text=""),
                Cell(text=one_line(by.reason), place=place),
                Cell(text=one_line(by.owner)),
                Cell(text=by.expires.isoformat() if by.expires else ""),
                Cell(text=entry.finding.rule),
            )
        )
    return tuple(rows)


def _way_back(way: WayBack) -> Row:
    tones: dict[bool | None, Tone] = {True: "good", False: "bad", None: "dark"}
    return (
        Cell(text=one_line(way.service)),
        Cell(text=one_line(way.reference), code=True),
        Cell(text=cell_text([available(way)]), tone=tones[way.available]),
        Cell(text=one_line(" ".join(way.pins)), code=True),
        Cell(text=one_line(" ".join(way.removals)), code=True),
        Cell(text=one_line(" ".join(way.packages)), code=True),
        Cell(text=one_line(way.caution)),
    )


# What was compared


def _facts(report: ParityReport, context: Context) -> tuple[tuple[str, str], ...]:
    """Return both sides of each pair with what they are, and what is the same."""
    told: list[tuple[str, str]] = []
    for pair in report.pairs or (_NO_PAIR,):
        lead = f"{called(pair)}: " if pair.service else ""
        missing = any(f.rule == "service-missing" for f, _ in told_of(report, pair))
        absent = "not there" if missing else "not read"
        told.append((f"{lead}tested", _side(pair.left, report.left, absent, context)))
        told.append((f"{lead}runs", _side(pair.right, report.right, absent, context)))
        told.append((f"{lead}the same", ", ".join(alike(pair))))
        left_out = ", ".join(TITLES[aspect] for aspect in pair.left_out)
        told.append((f"{lead}not compared", left_out))
    told += [("read", traffic(report.pairs).removeprefix("read "))]
    return pairs([*told, ("took", f"{report.seconds:.1f} s")])


def _side(side: ReadSide | None, named: str, absent: str, context: Context) -> str:
    if side is None:
        return f"{named}: {absent}"
    identity = identity_of(page(context), side)
    return f"{side.named}: {identity}" if identity else side.named
