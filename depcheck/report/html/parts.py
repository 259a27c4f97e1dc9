"""The small parts of the page: badges, places with their links, lines to change, buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, urlsplit

from depcheck.model.findings import Severity
from depcheck.model.review import Novelty
from depcheck.model.text import redact
from depcheck.report.digest import Change, Context, Cure, Place, Tone
from depcheck.report.html.tag import Html, joined, shown, tag

TONES: dict[Severity, Tone] = {"error": "bad", "warning": "warn", "note": "plain"}
NOVELTIES: dict[str, tuple[str, Tone]] = {
    "new": ("new", "bad"),
    "worse": ("worse", "bad"),
    "changed": ("changed", "warn"),
    "known": ("already there", "plain"),
    "unknown": ("not compared", "dark"),
    "fixed": ("fixed", "good"),
}
"""What a finding is against the base: the word on its badge, and the colour."""
_ARROW = re.compile(r"(\s(?:→|->)\s)")


def badge(word: str, tone: Tone) -> Html:
    """Return a word on a coloured ground; the colour says nothing that the word does not."""
    return tag("span", word, class_=f"badge {tone}")


def kind_of(novelty: Novelty) -> str:
    """Return the key of ``NOVELTIES``: the status, or ``worse``."""
    return "worse" if novelty.status == "changed" and novelty.worse else novelty.status


def novelty_badge(kind: str) -> Html:
    """Return the badge of what a finding is against the base."""
    word, tone = NOVELTIES[kind]
    return badge(word, tone)


def hidden(text: str) -> Html:
    """Return a text for those who hear the page."""
    return tag("span", text, class_="sr")


def copy_button(target: str, what: str) -> Html:
    """Return a button that copies the text of the element with the id ``target``."""
    return tag(
        "button", "Copy", type="button", class_="copy js-only", data_copy=target,
        aria_label=f"Copy {what}",
    )  # fmt: skip


def web_address(text: str) -> str:
    """Return ``text`` if it is an address to link to, else an empty text."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def address(place: Place, context: Context) -> str:
    """Return where the line of a place can be opened, empty where that is not known."""
    start = web_address(context.links)
    steps = place.path.split("/")
    if not start or not place.inside or not place.path or {"", ".", ".."} & {*steps}:
        return ""
    path = quote(redact(place.path).encode("utf-8", "replace"), safe="/")
    lines = "" if place.line is None else f"#L{place.line}"
    if lines and place.end is not None and place.end != place.line:
        lines += f"-L{place.end}"
    return start + path + lines


def link(text: str | Html, where: str) -> Html:
    """Return a link that tells the other side nothing, or the text where there is no address."""
    if not where:
        return Html(tag("span", text))
    return tag("a", text, href=where, rel="noopener noreferrer")


def spot(place: Place, context: Context) -> Html:
    """Return a place as ``path:line``, linked where it can be."""
    return tag("span", link(str(place), address(place, context)), class_="spot")


def brief_spot(place: Place, context: Context) -> Html:
    """Return a place as ``folder/file:line``: for tables, where a long way there would fill
    the cell."""
    # Secrets first: half of an address is not known as one.
    way = redact(place.path).rsplit("/", 2)
    brief = replace(place, path="/".join(["…", *way[1:]] if way[2:] and way[0] else way))
    shown = link(str(brief), address(place, context))
    return tag("span", shown, class_="spot", title=str(place))


def places(entries: tuple[Place, ...], context: Context) -> Html | None:
    """Return places with what stands there, an empty list as nothing."""
    if not entries:
        return None
    lines = []
    for place in entries:
        whose = tag("span", place.component, class_="whose") if place.component else None
        text = tag("code", place.text) if place.text else None
        lines.append(tag("li", joined((spot(place, context), text, whose))))
    return tag("ul", joined(lines), class_="places")


def moved(text: str) -> Html:
    """Return ``1.7.1 → 2.10.1`` with its arrow set apart, any other text as it is."""
    parts = _ARROW.split(text)
    return joined(
        tag("span", part, class_="arrow") if position % 2 else part
        for position, part in enumerate(parts)
    )


def diff(changes: tuple[Change, ...], context: Context, key: str) -> Html:
    """Return lines to change, before and after. ``key`` begins the ids."""
    blocks = []
    for number, change in enumerate(changes, 1):
        target = f"{key}-{number}"
        where = f"{shown(str(change.place))}"
        head = [spot(change.place, context)]
        if change.after:
            head.append(copy_button(target, f"the new line of {where}"))
        lines = [_side("del", "−", "take out", change.before)]
        if change.after:
            lines.append(_side("ins", "+", "put in", change.after, target))
        blocks.append(
            tag("li", tag("div", *head, class_="diff-head"), tag("div", *lines, class_="diff"))
        )
    return tag("ul", joined(blocks), class_="diffs")


def _side(name: str, sign: str, word: str, text: str, target: str = "") -> Html:
    return tag(
        "div",
        tag("span", sign, aria_hidden="true", class_="sign"),
        hidden(f"{word}: "),
        tag(name, tag("code", text, id=target or None)),
        class_=f"side {name}",
    )


def cure(entry: Cure, context: Context, key: str) -> Html:
    """Return one set of edits, and what it takes on trust."""
    remark = tag("p", entry.remark, class_="remark") if entry.remark else None
    return joined((diff(entry.changes, context, key) if entry.changes else None, remark))
