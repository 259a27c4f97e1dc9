"""The page of rules (``docs/rules.md``): every rule under a heading that is its id."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from depcheck.model.rules import RULES, Rule
from depcheck.report.rules.groups import RuleGroup, chosen

_WIDTH = 96
_INTRO = """\
# Rules

What depcheck can find. Ids are stable, and each is the anchor of its section here
(`rules.md#shift-major`). The severity is the default; `--fail-on` decides from which on the
exit status is 1. `depcheck explain RULE` tells the same in the terminal, `depcheck rules` lists
them. This page is written from the rules themselves (`depcheck rules --format markdown`).

A finding that the team has decided to live with stands in the configuration, with its reason
and best with a date: under `[[suppress]]` for check, isolate and the audit, under `[[expected]]`
for parity. `depcheck explain RULE` gives the lines to start from.
"""


def rules_page(groups: Sequence[RuleGroup] = chosen(RULES)) -> str:
    """Return the page as Markdown, with a section for each of ``groups`` (default: all)."""
    page = "\n".join([_INTRO, *(line for group in groups for line in _group(group))])
    return page.rstrip("\n") + "\n"


def _group(group: RuleGroup) -> Iterator[str]:
    yield f"## {group.title}\n"
    if group.intro:
        yield _paragraph(group.intro)
    yield "| rule | severity | in a few words |\n|---|---|---|"
    yield from (f"| [`{r.id}`](#{r.id}) | {r.severity} | {r.title} |" for r in group.rules)
    yield ""
    for rule in group.rules:
        yield from _section(rule)


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield _paragraph(f"**{rule.severity}**: {rule.meaning}")
    if rule.why:
        yield _paragraph(f"*Why it matters:* {rule.why}")
    if rule.heal:
        yield _paragraph(f"*How to heal it:* {rule.heal}")
    if rule.example:
        yield "\n".join(["```text", *rule.example, "```", ""])


def _paragraph(text: str) -> str:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"
