"""Findings on the page: folded, each with where, why and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from depcheck.model.findings import SEVERITIES
from depcheck.model.review import Suppression
from depcheck.model.text import redact
from depcheck.report.digest import Context, Digest, Entry
from depcheck.report.html.parts import (
    NOVELTIES,
    TONES,
    badge,
    diff,
    kind_of,
    link,
    moved,
    novelty_badge,
    places,
    web_address,
)
from depcheck.report.html.tag import Html, joined, shown, tag
from depcheck.report.status import GAPS
from depcheck.report.words import plural

_OPEN = 8
"""So many failing findings are unfolded: more would hide how many there are."""
_BRIEF = 40
"""Facts that are not longer stand beside each other."""
_LONG = 8
"""A group of lesser findings that is longer is folded."""
_MANY = 100
"""So many are laid out when they come into view, not before."""
_FEW = 2
"""So few need no button to fold them all."""
_HEADINGS = {"error": "Errors", "warning": "Warnings", "note": "Notes"}


def findings(digest: Digest) -> Html:
    """Return all findings in their groups, with the buttons that narrow them down."""
    opened = _opened(digest)
    if not digest.entries:
        return Html()
    groups = []
    for heading, members, lesser in _groups(digest):
        rows = joined(
            _entry(entry, digest.context, f"finding-{number}", number in opened)
            for number, entry in members
        )
        head = (tag("h3", heading), tag("span", str(len(members)), class_="count", data_count=True))
        groups.append(
            tag(
                "details",
                tag("summary", *head),
                tag("div", rows, class_=_class_of(members)),
                class_="group",
                open=not (lesser and len(members) > _LONG),
                data_group=True,
            )
        )
    return joined((_chips(digest.entries), *groups))


def _class_of(entries: Sequence[object]) -> str:
    return "entries many" if len(entries) > _MANY else "entries"


def _opened(digest: Digest) -> set[int]:
    """Return the numbers of the findings to unfold: those with a chain that fail the run."""
    failing = [(n, entry) for n, entry in enumerate(digest.entries, 1) if entry.rule not in GAPS]
    return set([n for n, entry in failing[: digest.failing] if entry.steps][:_OPEN])


Group = tuple[str, list[tuple[int, Entry]], bool]


def _groups(digest: Digest) -> list[Group]:
    """Return headings with numbered findings, and whether a reader can do without them."""
    groups: dict[str, Group] = {}
    if digest.base is not None and digest.base.verdict is not None:
        groups["brought"] = ("Brought by this change", [], False)
        groups["there"] = ("Already there", [], True)
        groups["unknown"] = ("Not compared", [], False)
    for severity in reversed(SEVERITIES):
        groups[severity] = (_HEADINGS[severity], [], severity == "note")
    for number, entry in enumerate(digest.entries, 1):
        groups[_group(entry, groups)][1].append((number, entry))
    return [group for group in groups.values() if group[1]]


def _group(entry: Entry, groups: dict[str, Group]) -> str:
    if entry.novelty is None or "brought" not in groups:
        return entry.severity
    if entry.novelty.status == "unknown":
        return "unknown"
    return "brought" if entry.novelty.brought else "there"


def _chips(entries: Sequence[Entry]) -> Html | None:
    """Return buttons by severity and by novelty; None where there is nothing to choose."""
    severe = Counter(entry.severity for entry in entries)
    novel = Counter(kind_of(entry.novelty) for entry in entries if entry.novelty)
    rows = (
        ("severity", [(word, word, severe[word]) for word in reversed(SEVERITIES)]),
        ("novelty", [(key, word, novel[key]) for key, (word, _) in NOVELTIES.items()]),
    )
    buttons = []
    for name, options in rows:
        told = [option for option in options if option[2]]
        if len(told) > 1:
            buttons.append(_set_of_chips(name, told))
    fold = [
        tag("button", word, type="button", class_="chip", data_fold=key)
        for key, word in (("open", "Unfold all"), ("close", "Fold all"))
    ]
    if len(entries) > _FEW:
        buttons.append(tag("div", *fold, class_="chips"))
    if not buttons:
        return None
    return tag("div", *buttons, class_="toolbar js-only")


def _set_of_chips(name: str, options: Iterable[tuple[str, str, int]]) -> Html:
    chips = [
        tag(
            "button", f"{word} ", tag("b", str(count)), type="button", class_="chip",
            aria_pressed="false", data_facet=name, data_value=key,
        )
        for key, word, count in options
    ]  # fmt: skip
    return tag("div", *chips, class_="chips", role="group", aria_label=f"Show only: {name}")


def listed(entries: Sequence[Entry], context: Context, key: str) -> Html:
    """Return findings in one list, folded: those that are gone, or suppressed."""
    if not entries:
        return Html()
    return tag(
        "div",
        joined(_entry(entry, context, f"{key}-{n}", False) for n, entry in enumerate(entries, 1)),
        class_=_class_of(entries),
    )


def _entry(entry: Entry, context: Context, key: str, is_open: bool) -> Html:
    kind = "fixed" if key.startswith("fixed") else entry.novelty and kind_of(entry.novelty)
    head = [badge(entry.severity, TONES[entry.severity])]
    if kind:
        head.append(novelty_badge(kind))
    if entry.novelty and entry.novelty.touched and kind != "fixed":
        head.append(badge("changed line", "plain"))
    rule = link(entry.rule, _rule_address(entry.rule, context))
    summary = tag(
        "summary",
        tag("span", joined(head, " "), class_="badges"),
        tag("span", moved(entry.message), class_="message"),
    )
    title = tag("p", tag("span", entry.title, class_="title"), " · ", tag("code", rule))
    return tag(
        "details", summary, tag("div", title, _body(entry, context, key), class_="body"),
        class_=f"entry {TONES[entry.severity]}", id=key, open=is_open, data_item=True,
        data_severity=entry.severity, data_novelty=kind or None,
    )  # fmt: skip


def _rule_address(rule: str, context: Context) -> str:
    docs = web_address(context.docs)
    return f"{docs}#{quote(redact(rule).encode('utf-8', 'replace'))}" if docs else ""


def _body(entry: Entry, context: Context, key: str) -> Html:
    """Return the rows below a finding's message."""
    rows = [
        _row("Was", tag("span", moved(entry.novelty.was)))
        if entry.novelty and entry.novelty.was
        else None,
        _row("Suppressed", _suppression(entry.suppression)) if entry.suppression else None,
        _row("Where", places(entry.places, context)) if entry.places else None,
        _row("Why", _steps(entry.steps)) if entry.steps else None,
        *_facts(entry.facts),
        _row("What to do", _remedies(entry, context, key))
        if entry.remedies or entry.changes
        else None,
    ]
    return tag("dl", joined(rows), class_="rows")


def _facts(facts: Sequence[tuple[str, str]]) -> list[Html]:
    """Return a row for each long fact; several short ones stand beside each other."""
    short = [fact for fact in facts if len(fact[1]) <= _BRIEF]
    if len(short) < _FEW:
        short = []
    rows = [_row(_capital(word), moved(text)) for word, text in facts if (word, text) not in short]
    pairs = (
        tag("span", tag("span", f"{word} ", class_="quiet"), moved(text)) for word, text in short
    )
    return [_row("Facts", tag("span", joined(pairs), class_="brief")), *rows] if short else rows


def _row(word: str, content: Html | None) -> Html:
    return tag("div", tag("dt", word), tag("dd", content))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _steps(steps: tuple[str, ...]) -> Html:
    return tag("ol", joined(tag("li", step) for step in steps), class_="chain")


def _remedies(entry: Entry, context: Context, key: str) -> Html:
    sentences = [tag("p", moved(text)) for text in entry.remedies]
    lines = diff(entry.changes, context, f"{key}-line") if entry.changes else None
    return joined((*sentences, lines))


def _suppression(by: Suppression) -> Html:
    """Return who decided what, until when."""
    ends = f"until {by.expires.isoformat()}" if by.expires else "with no end"
    owner = f"by {by.owner}" if by.owner else "owner not named"
    what = " ".join(
        [by.rule, *(f"of {by.package}" for _ in (1,) if by.package)]
        + [f"in {by.component}" for _ in (1,) if by.component]
    )
    where = f" ({shown(str(by.origin))})" if by.origin else ""
    return joined(
        (tag("p", by.reason), tag("p", f"{what}, {owner}, {ends}{where}", class_="quiet"))
    )


def counted(entries: Sequence[Entry]) -> str:
    """Return ``3 errors, 1 note``."""
    severe = Counter(entry.severity for entry in entries)
    return ", ".join(plural(severe[word], word) for word in reversed(SEVERITIES) if severe[word])
