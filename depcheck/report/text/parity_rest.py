"""The lesser sections of the parity report: what is the same, expected, unread, the way back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.model.parity import Excused, Pair, ParityReport, ReadSide, Traffic, WayBack
from depcheck.report.status import GAPS
from depcheck.report.text.check_conflicts import titled
from depcheck.report.text.check_others import gap_entry
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_tables import Row, names
from depcheck.report.text.parity_words import TITLES, change, drift_of, name_of, short, size, units
from depcheck.report.words import CODE, PLACE, place, plural, stands

_SHOWN = 12
_OF_CONTAINERS = "what only a container has (limits, mounts, networks, ports)"
_WAYS = {
    "registry": "the registry",
    "engine": "the engine",
    "layout": "the OCI layout",
    "archive": "the archive",
    "cache": "the cache",
}


def sides(page: Page, pair: Pair, names: tuple[str, str], absent: str) -> None:
    """Add what the two sides of a pair are; ``absent`` is said of one that is None."""
    if pair.left or pair.right:
        sides = (("tested", pair.left, names[0]), ("runs", pair.right, names[1]))
        page.rows([_side(page, *side, absent) for side in sides], indent=2)


def _side(page: Page, role: str, side: ReadSide | None, name: str, absent: str) -> Row:
    if side is None:
        return [[Span(role, "dim")], [Span(name, PLACE, solid=True)], [Span(absent, "yellow")]]
    return [
        [Span(role, "dim")],
        [Span(side.named, PLACE, solid=True)],
        [Span(identity_of(page, side), "dim")],
    ]


def identity_of(page: Page, side: ReadSide) -> str:
    """Return what a side is: its interpreter, platform, layers, digest and when it was built."""
    layers = plural(side.layers, "layer") if side.layers else ""
    identity = side.identity
    digest = identity.manifest or identity.config
    facts = (side.what, identity.platform, layers, short(page, digest), _moment(identity.created))
    return ", ".join(fact for fact in facts if fact)


def _moment(created: str) -> str:
    """Return a time without the fractions of its second."""
    return re.sub(r"(?<=:\d\d)\.\d+", "", created)


def same(page: Page, pair: Pair) -> None:
    """Add a line for all that does not differ, and one for what was not compared."""
    if parts := alike(pair):
        page.say(Span("The same: ", "bold"), f"{', '.join(parts)}.", hang=2)
    if pair.shared and any(entry.same is None for entry in pair.compared):
        page.say("What only the shared layers decide was not read: it cannot differ.")
    if pair.left_out:
        what = ", ".join(TITLES[aspect].lower().replace("os ", "OS ") for aspect in pair.left_out)
        what = what.replace("python", "Python").replace("container settings", _OF_CONTAINERS)
        page.say(Span("Not compared", "bold"), f", as only one side speaks of it: {what}.", hang=2)


def alike(pair: Pair) -> list[str]:
    """Return how much of what is the same on both sides."""
    parts = [f"{plural(pair.shared, 'lower layer')} (by digest)"] if pair.shared else []
    return parts + [units(entry.aspect, entry.same) for entry in pair.compared if entry.same]


def excused(page: Page, entries: Sequence[Excused]) -> None:
    """Add the expected differences: a line, or each with its reason."""
    if not entries:
        return
    if not page.verbose:
        found = names([entry.finding for entry in entries])
        page.gap()
        page.say(
            Span("Expected by policy: ", "bold"),
            f"{plural(len(entries), 'difference')} ({found}). --verbose gives the reasons.",
            hang=2,
        )
        return
    page.heading(f"Expected by policy: {plural(len(entries), 'difference')}")
    for entry in entries:
        _reason(page, entry)


def _reason(page: Page, entry: Excused) -> None:
    drift = drift_of(entry.finding)
    whose = f"{drift.service}: " if drift and drift.service else ""
    tail = [Span("  "), *change(page, drift)] if drift else [Span(f": {entry.finding.message}")]
    page.say(Span(whose + name_of(entry.finding), CODE), *tail, indent=2, hang=2)
    by = entry.by
    owner = f" ({by.owner})" if by.owner else ""
    until = f", until {by.expires.isoformat()}" if by.expires else ""
    at = [Span("  "), place(page, by.origin)] if by.origin else []
    page.say(Span("because: ", "dim"), f"{by.reason}{owner}{until}", *at, indent=4, hang=2)


def also(page: Page, report: ParityReport) -> None:
    """Add the findings that are no difference: of the policy, say."""
    found = [f for f in report.findings if drift_of(f) is None and f.rule not in GAPS]
    for finding in found:
        titled(page, finding)
        page.rows(stands(page, finding.locations), indent=4)
        if finding.remedy:
            page.say(Span("what to do: ", "dim"), finding.remedy, indent=4, hang=2)


def unread(page: Page, report: ParityReport) -> None:
    """Add what could not be read, and the report's own notes."""
    told = [f for f in report.findings if f.rule in GAPS and not _is_told(report, f)]
    if report.undetermined or told:
        page.heading("What could not be read")
    entries = sorted(report.undetermined, key=lambda entry: entry.harmless)
    limit = len(entries) if page.verbose or len(entries) <= _SHOWN + 1 else _SHOWN
    for entry in entries[:limit]:
        gap_entry(page, entry)
    if limit < len(entries):
        page.say(f"and {len(entries) - limit} more; --verbose lists them", indent=2)
    for finding in told:
        page.say(finding.message, indent=2, hang=2)
        page.rows(stands(page, finding.locations), indent=4)
        if finding.remedy:
            page.say("what to do: ", finding.remedy, indent=4, hang=2)
    for note in report.notes:
        page.gap()
        page.say("Note: ", note)


def _is_told(report: ParityReport, finding: Finding) -> bool:
    """Return whether an entry says what a finding says, that its side could not be read."""
    return any(
        entry.subject in finding.message and entry.reason in finding.message
        for entry in report.undetermined
    )


def ways_back(page: Page, ways: Sequence[WayBack], right: str) -> None:
    """Add how to get back: the digest, and pins to copy."""
    if not ways:
        return
    page.heading(f"To get back to what {right} ran")
    for way in ways:
        _way_back(page, way)


def _way_back(page: Page, way: WayBack) -> None:
    if way.service:
        page.say(Span(way.service, "bold"), indent=2)
    if way.reference:
        page.say(Span("image: ", "dim"), Span(way.reference, CODE), indent=2, hang=2)
    page.say(available(way), indent=2, hang=2)
    if way.caution:
        page.say(Span(way.caution, "yellow"), indent=2, hang=2)
    _lines(page, "distributions that differ, as pins:", way.pins)
    _lines(page, "distributions to remove:", way.removals)
    _lines(page, "OS packages that differ:", way.packages)


def available(way: WayBack) -> Span:
    """Return whether the registry still has what a way back leads to."""
    if way.available is None and "/" not in way.reference:  # no registry could be asked
        return Span(way.remark or "whether a registry still has it is not known", "yellow")
    remark = f": {way.remark}" if way.remark else ""
    if way.available is None:
        return Span(f"whether a registry still has it is not known{remark}", "yellow")
    if way.available:
        return Span(f"the registry still has it{remark}", "green")
    return Span(f"the registry no longer has it{remark}", "bold red")


def _lines(page: Page, title: str, lines: Sequence[str]) -> None:
    if lines:
        page.say(Span(title, "dim"), indent=2)
    for line in lines:
        page.say(Span(line, CODE, solid=True), indent=4)


def traffic(pairs: Sequence[Pair]) -> str:
    """Return how everything was come by and what that moved; empty where nothing was."""
    moved = [entry for pair in pairs for entry in pair.traffic if entry.way]
    if not moved:
        return ""
    total = sum(entry.size for entry in moved)
    ways = dict.fromkeys(entry.way for entry in moved)
    parts = [_way([entry for entry in moved if entry.way == way], way) for way in ways]
    return f"read {size(total)}: {'; '.join(parts)}"


def _way(moved: Sequence[Traffic], way: str) -> str:
    layers = sum(entry.layers for entry in moved)
    rest = dict.fromkeys(entry.what for entry in moved if not entry.layers and entry.what)
    what = [plural(layers, "layer")] if layers else []
    return f"{', '.join([*what, *rest]) or 'manifests'} from {_WAYS.get(way, way)}"
