"""What ``rules`` and ``explain`` do: patterns in, texts out."""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from depcheck.cli import terminal
from depcheck.cli.formats import Colour
from depcheck.cli.output import write_stdout
from depcheck.errors import UsageError
from depcheck.model.rules import RULES, Rule
from depcheck.model.text import did_you_mean, printable
from depcheck.report.rules.groups import RuleGroup, chosen

_AS_REPORTED = re.compile(r"(?:error|warning|note)\[(.+)\]")
_WILD = frozenset("*?[")


def run_rules(patterns: Sequence[str], *, job: str | None, form: str, colour: Colour) -> int:
    """Print the rules that match any of ``patterns`` (none: all). Raises UsageError."""
    named = [rule for pattern in patterns for rule in _like(pattern)]
    groups = chosen(named if patterns else RULES, job)
    if not groups:
        raise UsageError(f"{job} has no such rule", hint="depcheck rules lists them all")
    write_stdout(_listed(groups, form, colour), utf8=form != "text")
    return 0


def run_explain(names: Sequence[str], *, colour: Colour) -> int:
    """Print what the rules mean that are named. Raises UsageError for an unknown one."""
    from depcheck.report.rules.text import render_explained

    rules = dict.fromkeys(rule for name in names for rule in _named(name))
    text = render_explained(
        [RULES[rule] for rule in rules],
        today=datetime.date.today(),
        width=terminal.width(sys.stdout, os.environ),
        colour=terminal.colour(sys.stdout, os.environ, colour),
        unicode=terminal.unicode(sys.stdout),
    )
    write_stdout(text)
    return 0


def _listed(groups: Sequence[RuleGroup], form: str, colour: Colour) -> str:
    if form == "json":
        from depcheck import __version__
        from depcheck.report.rules.json import render_rules_json

        return render_rules_json(groups, __version__)
    if form == "markdown":
        from depcheck.report.rules.page import rules_page

        return rules_page(groups)
    from depcheck.report.rules.text import render_rules

    return render_rules(
        groups,
        width=terminal.width(sys.stdout, os.environ),
        colour=terminal.colour(sys.stdout, os.environ, colour),
        unicode=terminal.unicode(sys.stdout),
    )


def _named(name: str) -> list[str]:
    """Return the ids that an id, a pattern, or ``error[id]`` as reports have it, stands for."""
    reported = _AS_REPORTED.fullmatch(name)
    wanted = (reported[1] if reported else name).strip().lower()
    if wanted in RULES:
        return [wanted]
    return _found(name, [r for r in RULES if _WILD & set(wanted) and fnmatchcase(r, wanted)])


def _like(pattern: str) -> list[str]:
    """Return the ids that a pattern matches, or that a word stands in (in a title, too)."""
    wanted = pattern.strip().lower()
    if _WILD & set(wanted):
        return _found(pattern, [rule for rule in RULES if fnmatchcase(rule, wanted)])
    return _found(pattern, [rule.id for rule in _with(wanted)])


def _with(word: str) -> Iterator[Rule]:
    return (rule for rule in RULES.values() if word in rule.id or word in rule.title.lower())


def _family(wanted: str) -> str:
    """Return ``did you mean "shift-*"?`` where rules begin with the word, or an empty text."""
    start = wanted.strip().lower().rstrip("-s")
    if start and any(rule.startswith(f"{start}-") for rule in RULES):
        return f'did you mean "{start}-*"?'
    return ""


def _found(wanted: str, rules: list[str]) -> list[str]:
    if not rules:
        hint = _family(wanted) or did_you_mean(wanted, RULES) or "depcheck rules lists them all"
        raise UsageError(f'"{printable(wanted)}" is no rule', hint=hint)
    return rules
