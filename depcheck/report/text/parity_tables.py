"""The differences of a pair as tables: what, both values, and what brought them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from depcheck.model.findings import Drift, Finding, Severity
from depcheck.model.inventory import ASPECTS
from depcheck.model.rules import PARITY_RULES
from depcheck.report.text.layout import Page, Span, width_of
from depcheck.report.text.parity_remedies import remedies
from depcheck.report.text.parity_words import (
    COLOURS,
    TITLES,
    brought,
    change,
    cut,
    name_of,
    short,
    value,
)
from depcheck.report.words import CODE, PLACE, plural, stands

_SHOWN = 12
_NAMED = 3
_WIDEST_CELL = 28
_LONGEST_NAME = 60
_PATHS = 5
_INDENT = 4
_ROOM = 30

Told = tuple[Finding, Drift]
Row = list[list[Span]]
_Entry = tuple[Finding, Drift, str]
_HEAD = ("what", "tested", "runs")


def tables(page: Page, told: Sequence[Told], shared: int) -> None:
    """Add the findings of one pair, by aspect and then by rule, the gravest first.

    ``shared`` is how many lower layers both sides have.
    """
    for aspect in ASPECTS:
        found = [entry for entry in told if entry[1].aspect == aspect]
        if not found:
            continue
        page.heading(f"{TITLES[aspect]}: {plural(len(found), 'difference')}")
        places = {drift.place for _, drift in found if drift.place}
        groups: dict[tuple[Severity, str], list[Told]] = {}
        for finding, drift in found:
            groups.setdefault((finding.severity, finding.rule), []).append((finding, drift))
        for (severity, rule), group in groups.items():
            _title(page, severity, rule, len(group))
            _table(page, group, shared, several=len(places) > 1)


def notes(page: Page, told: Sequence[Told]) -> None:
    """Add a line that sums up findings which are not listed."""
    if not told:
        return
    rules: dict[str, list[str]] = {}
    for finding, drift in told:
        rules.setdefault(finding.rule, []).append(drift.name)
    parts = [_few(page, rule, names) for rule, names in rules.items()]
    page.say(
        Span(f"{plural(len(told), 'note')}: ", "bold"),
        f"{'; '.join(parts)}. --verbose lists {'it' if len(told) == 1 else 'them'}.",
        hang=2,
    )


def _few(page: Page, rule: str, names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} {rule}"
    return f"{rule} ({', '.join(cut(page, name, _LONGEST_NAME) for name in names)})"


def _title(page: Page, severity: Severity, rule: str, count: int) -> None:
    """Add a rule, what it is about and why it matters."""
    known = PARITY_RULES.get(rule)
    page.say(
        Span(f"{severity}[{rule}]", COLOURS[severity]),
        Span(f": {known.title if known else rule}", "bold"),
        Span(f" ({count})" if count > 1 else ""),
        indent=2,
        hang=2,
    )
    if known and known.why and severity != "note":
        page.say(Span(known.why, "dim"), indent=_INDENT)


def _table(page: Page, group: Sequence[Told], shared: int, *, several: bool) -> None:
    """Add the findings of one rule: the short ones side by side, then the long ones.

    What brought them in is a column where there is room, and is told once where
    it is the same for all.
    """
    limit = len(group) if page.verbose or len(group) <= _SHOWN + 1 else _SHOWN
    entries = [(finding, drift, brought(page, drift, shared)) for finding, drift in group[:limit]]
    steps = {by for _, _, by in entries}
    once = steps.pop() if len(entries) > 1 and len(steps) == 1 else ""
    if once:
        entries = [(finding, drift, "") for finding, drift, _ in entries]
    if side_by_side := _that_fit(page, entries, several):
        _columns(page, [entries[position] for position in side_by_side], several)
    for position in sorted({*range(len(entries))} - {*side_by_side}):
        _stacked(page, entries[position], several)
    if once:
        page.say(Span("brought in by: ", "dim"), once, indent=_INDENT, hang=2)
    if limit < len(group):
        page.say(f"and {len(group) - limit} more; --verbose lists them", indent=_INDENT)
    found = [finding for finding, _ in group]
    page.rows(stands(page, (at for each in found for at in each.locations)), indent=_INDENT)
    remedies(page, found, _INDENT)


def _columns(page: Page, group: Sequence[_Entry], several: bool) -> None:
    rows = [_row(page, drift, several) for _, drift, _ in group]
    head: Row = [[Span(text, "dim")] for text in _HEAD]
    room = page.width - _INDENT - sum(_widths(rows))
    beside = any(by for _, _, by in group) and room >= _ROOM
    details = []
    for row, (finding, drift, by) in zip(rows, group, strict=True):
        row.append([Span(by if beside else "")])
        details.append(_details(page, finding, drift, "" if beside else by))
    head.append([Span("brought in by" if beside else "", "dim")])
    page.rows([head, *rows], indent=_INDENT, details=[[], *details], together=True)


def _that_fit(page: Page, entries: Sequence[_Entry], several: bool) -> list[int]:
    """Return the positions of the differences that can stand side by side in one table.

    What is too wide for a cell is left out, and what would make a line of all too wide.
    """
    rows = {
        position: [width_of(cell) + 2 for cell in _row(page, drift, several)]
        for position, (_, drift, _) in enumerate(entries)
        if _fits(page, drift)
    }
    widest = _widths([])
    kept = []
    for position, sizes in sorted(rows.items(), key=lambda item: sum(item[1])):
        grown = [max(pair) for pair in zip(widest, sizes, strict=True)]
        if sum(grown) <= page.width - _INDENT:
            widest = grown
            kept.append(position)
    return sorted(kept)


def _widths(rows: Iterable[Row]) -> list[int]:
    """Return the widths of the first three columns, with the air behind them."""
    rows = list(rows)
    return [
        max([len(title), *(width_of(row[column]) for row in rows)]) + 2
        for column, title in enumerate(_HEAD)
    ]


def _fits(page: Page, drift: Drift) -> bool:
    """Return whether both values are short enough to stand side by side."""
    texts = [value(page, drift, text).text for text in (drift.left, drift.right)]
    widest = min(_WIDEST_CELL, page.width // 3)
    return all(len(text) <= widest for text in texts) and len(drift.name) <= _LONGEST_NAME


def _named(page: Page, drift: Drift, several: bool) -> list[Span]:
    place = f" in {drift.place}" if several and drift.place else ""
    return [Span(cut(page, drift.name, 2 * _LONGEST_NAME), CODE), Span(place, PLACE)]


def _row(page: Page, drift: Drift, several: bool) -> Row:
    return [
        _named(page, drift, several),
        [value(page, drift, drift.left)],
        [value(page, drift, drift.right)],
    ]


def _stacked(page: Page, entry: _Entry, several: bool) -> None:
    """Add one difference whose values are too long for a table."""
    finding, drift, by = entry
    page.say(*_named(page, drift, several), indent=_INDENT, hang=2)
    if _is_of_file(finding):  # of which there can be many
        page.say(*change(page, drift), indent=2 * _INDENT)
    else:
        rows = [
            [[Span("tested", "dim")], [value(page, drift, drift.left)]],
            [[Span("runs", "dim")], [value(page, drift, drift.right)]],
        ]
        page.rows(rows, indent=2 * _INDENT)
    page.rows(_details(page, finding, drift, by), indent=2 * _INDENT)


def _details(page: Page, finding: Finding, drift: Drift, by: str) -> list[Row]:
    """Return what a row alone does not tell: what brought it in, the sentence, the files."""
    rows: list[Row] = [[[Span("brought in by: ", "dim"), Span(by)]]] if by else []
    if _says_more(page, finding, drift):
        rows.append([[Span(short(page, finding.message))]])
    told = drift.name if _is_of_file(finding) else finding.message
    paths = [path for path in drift.paths if path not in told]
    limit = len(paths) if page.verbose or len(paths) <= _PATHS + 1 else _PATHS
    rows += [[[Span(path, PLACE)]] for path in paths[:limit]]
    if limit < len(paths):
        rows.append([[Span(f"and {len(paths) - limit} more files; --verbose lists them")]])
    return rows


def _is_of_file(finding: Finding) -> bool:
    return finding.rule.startswith("file-")


def _says_more(page: Page, finding: Finding, drift: Drift) -> bool:
    """Return whether the sentence tells what name and values do not."""
    if _is_of_file(finding):
        return False
    if drift.left == drift.right and not drift.hidden:
        return True
    if any(path not in f"{drift.left} {drift.right}" for path in drift.paths):
        return True
    values = [text for text in (drift.left, drift.right) if text and not drift.hidden]
    return page.verbose and not all(text in finding.message for text in values)


def names(findings: Sequence[Finding]) -> str:
    """Return the names of what differs, the first few of many."""
    shown = [name_of(finding) for finding in findings[:_NAMED]]
    more = f" and {len(findings) - _NAMED} more" if len(findings) > _NAMED else ""
    return f"{', '.join(shown)}{more}"
