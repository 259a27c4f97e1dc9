"""Rules told in the terminal: the list of them, and one explained."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from depcheck.model.rules import Rule
from depcheck.report.rules.groups import COMMANDS, RuleGroup, acceptance, jobs_of
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.parity_words import COLOURS
from depcheck.report.words import CODE, listed, plural

_WIDEST = 120
_INDENT = 2


def render_rules(groups: Sequence[RuleGroup], *, width: int, colour: bool, unicode: bool) -> str:
    """Return the list of rules: id, severity and title, by topic. ``width`` is in cells."""
    page = _page(width, unicode)
    longest = max((len(rule.id) for group in groups for rule in group.rules), default=0)
    for group in groups:
        page.heading(group.title)
        page.rows((_row(rule, longest) for rule in group.rules), indent=_INDENT, together=True)
    page.gap()
    count = sum(len(group.rules) for group in groups)
    page.say(
        f"{plural(count, 'rule')}. What one means and how to heal it: ",
        Span("depcheck explain RULE", CODE, solid=True),
    )
    return page.text(colour=colour)


def _row(rule: Rule, longest: int) -> list[list[Span]]:
    return [
        [Span(rule.id.ljust(longest), CODE)],
        [Span(rule.severity.ljust(len("warning")), COLOURS[rule.severity])],
        [Span(rule.title)],
    ]


def render_explained(
    rules: Sequence[Rule], *, today: datetime.date, width: int, colour: bool, unicode: bool
) -> str:
    """Return what each rule means, why it matters, how to heal it and how to accept it.

    ``today`` is what the date of a proposed entry is counted from.
    """
    page = _page(width, unicode)
    for rule in rules:
        page.gap()
        _explain(page, rule, today)
    return page.text(colour=colour)


def _explain(page: Page, rule: Rule, today: datetime.date) -> None:
    severity = f"{rule.severity}[{rule.id}]"
    page.say(Span(severity, COLOURS[rule.severity]), f": {rule.title}")
    page.say("found by ", *_commands(rule), indent=_INDENT)
    sentence, lines = acceptance(rule, today)
    for title, text in (
        ("What it means", rule.meaning),
        ("Why it matters", rule.why),
        ("How to heal it", rule.heal),
        ("How to accept it", sentence),
    ):
        if text:
            page.heading(title)
            page.say(*coded(_ascii(text, page.unicode)), indent=_INDENT)
        if text == rule.heal:
            _lines(page, rule.example)
    _lines(page, lines)


def _lines(page: Page, lines: Sequence[str]) -> None:
    if lines:
        page.gap()
        for line in lines:
            page.draw(_ascii(line, page.unicode), indent=2 * _INDENT)


def _commands(rule: Rule) -> list[Span]:
    return coded(listed([f"`{COMMANDS[job]}`" for job in jobs_of(rule.id)]))


def _ascii(line: str, unicode: bool) -> str:
    return line if unicode else line.replace("…", "...")


def coded(text: str) -> list[Span]:
    """Return prose with the words between backquotes set as code."""
    parts = text.split("`")
    return [
        Span(part, CODE, solid=True) if position % 2 else Span(part)
        for position, part in enumerate(parts)
        if part
    ]


def _page(width: int, unicode: bool) -> Page:
    return Page(width=max(40, min(width, _WIDEST)), unicode=unicode)
