"""A report as one page that needs nothing but itself: ``--format html``.

Its content security policy lets nothing be loaded, sent or run but the style sheet and the
script that are part of it, known by their digests (W3C Content Security Policy Level 3).
Without the script everything can be read; sorting, filtering and copying come with it.
"""

from __future__ import annotations

import hashlib
import shlex
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib import resources

from depcheck.model.report import Base
from depcheck.model.requirement import Undetermined
from depcheck.report.digest import Digest, Place
from depcheck.report.html.entries import counted, findings, listed
from depcheck.report.html.parts import (
    NOVELTIES,
    badge,
    copy_button,
    cure,
    kind_of,
    link,
    novelty_badge,
    spot,
    web_address,
)
from depcheck.report.html.picture import picture
from depcheck.report.html.tables import rules, table
from depcheck.report.html.tag import Content, Html, joined, shown, tag
from depcheck.report.review_words import name_and_revision
from depcheck.report.tally import excused, fail
from depcheck.report.words import plural

_JOBS = {
    "check": "Can the components live together?",
    "parity": "Are the two environments the same?",
    "isolate": "Where must a container wall stand?",
    "audit": "What holds a failing AI component back?",
}
_STATUS = {
    0: "nothing fails",
    1: "findings",
    2: "wrong usage or configuration",
    3: "something could not be checked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page. ``short`` is its word in the navigation; ``count`` maybe None."""

    id: str
    title: str
    short: str
    content: Html
    count: int | None = None


def render_html(digest: Digest) -> str:
    """Return the page: HTML in ASCII and UTF-8 characters, the same for the same digest."""
    sections = tuple(section for section in _sections(digest) if section.content)
    report = tag(
        "main", _banner(digest), *(_section(section) for section in sections), _footer(digest),
        id="report", tabindex=-1,
    )  # fmt: skip
    body = joined(
        (
            tag("a", "To the report", href="#report", class_="skip"),
            tag("div", _bar(digest), _navigation(sections), class_="top"),
            report,
        )
    )
    page = tag("html", _head(digest), tag("body", body, class_=digest.job), lang="en")
    return f"<!doctype html>\n{page}\n"


@cache
def _asset(name: str) -> Html:
    """Return a file of this package: the style sheet or the script."""
    text = resources.files("depcheck.report.html").joinpath(name).read_text(encoding="utf-8")
    return Html(text.replace("\r\n", "\n"))


def _table_id(number: int) -> str:
    return f"table-{number}"


def _digest_of(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _head(digest: Digest) -> Html:
    script = _asset("page.js")
    own = (rules(table, _table_id(number)) for number, table in enumerate(digest.tables, 1))
    style = Html(_asset("page.css") + "".join(own))
    policy = (
        f"default-src 'none'; style-src {_digest_of(style)}; script-src {_digest_of(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{digest.verdict}: depcheck {digest.job}"),
        tag("style", style),
        tag("script", script),
    )


def _bar(digest: Digest) -> Html:
    """Return what stays at the top: whose report it is, the filter, the colours."""
    search = tag(
        "input", type="search", id="filter", placeholder="Filter   ( / )", autocomplete="off",
        spellcheck="false", aria_label="Filter findings and rows by words", aria_keyshortcuts="/",
    )  # fmt: skip
    return tag(
        "header",
        tag("a", tag("b", "depcheck"), " ", digest.job, href="#report", class_="home"),
        tag("span", digest.verdict, class_=f"verdict-small {digest.tone}"),
        tag("span", search, class_="search js-only"),
        tag("span", role="status", id="matches"),
        tag("button", "Dark", type="button", id="scheme", class_="js-only"),
        class_="bar",
    )


def _navigation(sections: tuple[Section, ...]) -> Html:
    links = (
        tag("li", tag("a", section.short, _count(section.count), href=f"#{section.id}"))
        for section in sections
    )
    return tag("nav", tag("ul", joined(links)), aria_label="Sections")


def _count(number: int | None, **attributes: str | int | bool) -> Html | None:
    return None if number is None else tag("span", str(number), class_="count", **attributes)


def _section(section: Section) -> Html:
    counter = _count(section.count, data_count=True)
    head = tag("h2", section.title, counter, id=f"{section.id}-title")
    return tag(
        "section", head, section.content, id=section.id, aria_labelledby=f"{section.id}-title"
    )


def _banner(digest: Digest) -> Html:
    numbers = joined(
        tag("li", text)
        for text in (
            counted(digest.entries) or "no findings",
            f"{digest.failing} {fail(digest)} the run{excused(digest)}" if digest.failing else "",
            f"{len(digest.fixed)} fixed" if digest.fixed else "",
            f"{len(digest.suppressed)} suppressed" if digest.suppressed else "",
            f"{len(digest.gaps)} not checked" if digest.gaps else "",
            f"exit status {digest.status}: {_STATUS.get(digest.status, '')}",
        )
        if text
    )
    return tag(
        "div",
        tag("p", _JOBS[digest.job], class_="question"),
        tag("h1", tag("span", digest.verdict, class_="verdict"), " ", tag("span", digest.summary)),
        *(tag("p", sentence, class_="advice") for sentence in digest.advice),
        tag("ul", numbers, class_="numbers"),
        class_=f"banner {digest.tone}",
    )


def _sections(digest: Digest) -> tuple[Section, ...]:
    """Return all parts, empty ones too. What two sides or a service have is told by tables."""
    found = (_findings(digest), _fixed(digest))
    tables = tuple(
        Section(
            id=_table_id(number), title=content.title, short=content.title,
            count=len(content.rows), content=table(content, digest.context),
        )
        for number, content in enumerate(digest.tables, 1)
    )  # fmt: skip
    return (
        Section(id="first", title="What to do first", short="To do", content=_cures(digest)),
        Section(
            id="picture", title="The boundary", short="Boundary",
            content=picture(digest.picture) if digest.picture else Html(),
        ),
        Section(
            id="change", title="What the change brings", short="Change",
            content=_change(digest, digest.base) if digest.base else Html(),
        ),
        *((*tables, *found) if digest.job in ("parity", "audit") else (*found, *tables)),
        Section(
            id="gaps", title="What could not be checked", short="Not checked",
            count=len(digest.gaps), content=_gaps(digest),
        ),
        Section(
            id="suppressed", title="Suppressed", short="Suppressed", count=len(digest.suppressed),
            content=listed(digest.suppressed, digest.context, "suppressed"),
        ),
        Section(id="facts", title="What was checked", short="Checked", content=_facts(digest)),
        Section(
            id="again", title="Run it yourself", short="Run it yourself", content=_again(digest),
        ),
    )  # fmt: skip


def _findings(digest: Digest) -> Section:
    return Section(
        id="findings", title="Findings", short="Findings", count=len(digest.entries),
        content=findings(digest),
    )  # fmt: skip


def _fixed(digest: Digest) -> Section:
    return Section(
        id="fixed", title="Fixed by the change", short="Fixed", count=len(digest.fixed),
        content=listed(digest.fixed, digest.context, "fixed"),
    )  # fmt: skip


def _cures(digest: Digest) -> Html:
    """Return the sets of edits, each of which is enough."""
    if not digest.cures:
        return Html()
    several = len(digest.cures) > 1
    note = "Any one of these is enough; the closest to what stands there comes first."
    items = []
    for number, entry in enumerate(digest.cures, 1):
        size = plural(len(entry.changes), "line")
        title = f"Change {size}" if entry.changes else "No change of these lines"
        head = tag("h3", f"{number}. {title}" if several else title)
        items.append(
            tag(
                "div",
                head,
                cure(entry, digest.context, f"cure-{number}"),
                class_="cure first" if number == 1 else "cure",
            )
        )
    return joined(
        (tag("p", note, class_="quiet") if several else None, tag("div", *items, class_="cures"))
    )


def _change(digest: Digest, base: Base) -> Html:
    """Return what it was compared with, and how many are new, known and fixed."""
    name, revision = name_and_revision(base)
    at = joined((" at ", tag("code", revision))) if revision else None
    against = joined(("Compared with ", tag("code", name), at))
    verdicts = None
    if base.verdict is not None:
        then, now = base.verdict.upper(), digest.verdict
        change = (
            " too." if then == now else joined(("; with the change it is ", tag("b", now), "."))
        )
        verdicts = tag("p", "The base is ", tag("b", then), change)
    fault = None
    if base.verdict is None:
        why = base.fault or "no reason is known"
        fault = _callout("dark", "The base could not be analysed", (why,))
    altered = None
    if base.altered:
        title = {
            "base": "The change alters the configuration; this run used the base's",
            "head": "The change alters the configuration, and this run used it as changed",
            "none": "The change alters the configuration; this run used none",
        }[base.configuration]
        altered = _callout("warn", title, base.altered)
    notes = tag("ul", joined(tag("li", note) for note in base.notes)) if base.notes else None
    return joined((tag("p", against), verdicts, _tally(digest), fault, altered, notes))


def _callout(tone: str, title: str, sentences: tuple[str, ...]) -> Html:
    lines = joined(tag("li", sentence) for sentence in sentences)
    return tag("div", tag("p", tag("b", title)), tag("ul", lines), class_=f"callout {tone}")


def _tally(digest: Digest) -> Html:
    kinds = [kind_of(entry.novelty) for entry in digest.entries if entry.novelty]
    kinds += ["fixed"] * len(digest.fixed)
    tiles = [
        tag("li", tag("b", str(kinds.count(kind))), " ", novelty_badge(kind))
        for kind in NOVELTIES
        if kind in kinds or kind in ("new", "fixed")
    ]
    return tag("ul", *tiles, class_="tally")


def _gaps(digest: Digest) -> Html:
    if not digest.gaps:
        return Html()
    return tag("ul", joined(_gap(entry, digest) for entry in digest.gaps), class_="gaps")


def _gap(entry: Undetermined, digest: Digest) -> Html:
    where = None
    if entry.origin is not None and entry.origin.path:
        # Only what is written relatively lies in the repository.
        path = entry.origin.path
        inside = not path.startswith(("/", "\\")) and ":" not in path.partition("/")[0]
        where = spot(Place(path=path, line=entry.origin.line, inside=inside), digest.context)
    harmless = badge("harmless", "plain") if entry.harmless else None
    return tag(
        "li",
        tag("p", tag("code", entry.subject), harmless),
        tag("p", entry.reason),
        tag("p", entry.hint, class_="remark") if entry.hint else None,
        where,
        data_item=True,
    )  # fmt: skip


def _facts(digest: Digest) -> Html:
    rows = (tag("div", tag("dt", word), tag("dd", text)) for word, text in digest.facts)
    notes = (tag("li", note) for note in digest.notes)
    return joined(
        (
            tag("dl", joined(rows), class_="facts") if digest.facts else None,
            tag("ul", joined(notes), class_="notes") if digest.notes else None,
        )
    )


def _again(digest: Digest) -> Html:
    if not digest.context.command:
        return Html()
    # Quoted after what does not show was made visible, so that what is copied is what is seen.
    line = shlex.join([shown(word) for word in digest.context.command])
    return tag(
        "div", tag("code", line, id="command"), copy_button("command", "the command"),
        class_="command",
    )  # fmt: skip


def _footer(digest: Digest) -> Html:
    parts: list[Content] = [f"depcheck {digest.version}"]
    if docs := web_address(digest.context.docs):
        parts += [" · ", link("what the rules mean", docs)]
    return tag("footer", *parts)
