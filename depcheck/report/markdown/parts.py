"""What the summary of a run and the comment on a pull request are made of."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from depcheck.model.review import Suppression
from depcheck.report.digest import Change, Context, Cure, Digest, Entry, Table, Tone
from depcheck.report.markdown.fitting import Section
from depcheck.report.markdown.markup import (
    address,
    block,
    code,
    html_code,
    link,
    located,
    row,
    rule_address,
    text,
    value,
)
from depcheck.report.review_words import name_and_revision
from depcheck.report.tally import standing
from depcheck.report.words import plural

_SIGNS: dict[Tone, str] = {
    "bad": "❌",
    "warn": "⚠️",
    "good": "✅",
    "dark": "❔",
    "plain": "ℹ️",
}  # signs of GitHub's own font
_PLACES, _LINES, _ADVICE = 3, 60, 8


def opening(digest: Digest) -> Section:
    """Return the verdict, what to do, and how it stands against the base."""
    sign = _SIGNS[digest.tone]
    lines = [f"### {sign} depcheck {digest.job}: {text(digest.verdict)}"]
    lines += [text(digest.summary)] if digest.summary else []
    lines += [text(sentence) for sentence in digest.advice[:_ADVICE]]
    lines.append(f"**{text(standing(digest))}**")
    return Section(head="\n\n".join(lines), vital=True)


def compared(digest: Digest) -> Section | None:
    """Return what was compared with, and whose configuration was used."""
    base = digest.base
    if base is None:
        return None
    name, revision = name_and_revision(base)
    at = f" at {code(revision)}" if revision else ""
    lines = [f"Compared with {code(name)}{at}."]
    if base.verdict is None:
        lines.append(f"The base could not be analysed: {text(base.fault)}")
    lines.append(_CONFIGURATION[base.configuration])
    if base.altered:
        counts = " (it does not count in this run)" if base.configuration == "base" else ""
        lines.append(f"What the change does to the configuration{counts}:")
    head = "\n".join(lines)
    altered = [f"- {text(sentence)}" for sentence in base.altered[:_LINES]]
    notes = [text(note) for note in base.notes[:_ADVICE]]
    parts = [head, "\n".join(altered), "\n".join(notes)]
    return Section(head="\n\n".join(filter(None, parts)), vital=True)


_CONFIGURATION = {
    "base": "The configuration is the base's.",
    "head": "The configuration is the change's own.",
    "none": "No configuration was used.",
}


def findings(
    context: Context, title: str, entries: Sequence[Entry], *, folded: bool = False
) -> Section | None:
    """Return a table of findings with links to their lines."""
    if not entries:
        return None
    placed = any(entry.places for entry in entries)
    reviewed = any(entry.novelty is not None for entry in entries)
    columns = ["", "Finding", *["Where"] * placed, "Rule", *["Against the base"] * reviewed]
    rows = tuple(
        row([
            entry.severity,
            text(entry.message),
            *[_where(context, entry)] * placed,
            link(code(entry.rule), rule_address(context, entry.rule)),
            *[_status(entry)] * reviewed,
        ])
        for entry in entries
    )  # fmt: skip
    return _titled(title, _header(columns), rows, "findings", folded=folded)


def _where(context: Context, entry: Entry) -> str:
    places = [located(context, place) for place in entry.places[:_PLACES]]
    if len(entry.places) > _PLACES:
        places.append(f"and {len(entry.places) - _PLACES} more")
    return "<br>".join(places)


def _status(entry: Entry) -> str:
    novelty = entry.novelty
    if novelty is None:
        return ""
    word = "worse" if novelty.worse else _STATUSES[novelty.status]
    return f"{word}; was {text(novelty.was)}" if novelty.was else word


_STATUSES = {"new": "new", "changed": "changed", "known": "already there", "unknown": "not known"}


def suppressed(context: Context, entries: Sequence[Entry]) -> Section | None:
    """Return suppressed findings with the reasons."""
    if not entries:
        return None
    head = _header(["Finding", "Rule", "Reason", "Owner", "Until"])
    rows = tuple(
        row([text(entry.message), code(entry.rule), *_reason(entry.suppression)])
        for entry in entries
    )
    return _titled("Suppressed", head, rows, "suppressed findings", folded=True)


def _reason(by: Suppression | None) -> tuple[str, str, str]:
    if by is None:
        return "", "", ""
    return text(by.reason), text(by.owner), code(by.expires.isoformat()) if by.expires else ""


def cures(context: Context, found: Sequence[Cure]) -> Iterator[Section]:
    """Yield the best cure as a block of changes, then the others folded."""
    for at, cure in enumerate(found):
        parts = [_diff(context, cure.changes)] if cure.changes else []
        parts += [text(cure.remark)] if cure.remark else []
        if not parts:
            continue
        body = "\n\n".join(parts)
        what = "ways to heal it"
        if at == 0:
            yield Section(head=f"#### To heal it\n\n{body}", what=what)
        else:
            which = f" ({at} of {len(found) - 1})" if len(found) > 2 else ""
            yield Section(head=fold(f"Another way{which}", body), what=what)


def _diff(context: Context, changes: Sequence[Change]) -> str:
    """Return the lines to change, each file's place as a link above its lines."""
    parts = []
    for change in changes[:_LINES]:
        after = [f"+ {change.after}"] if change.after else []
        parts.append(
            f"{located(context, change.place)}\n\n{block([f'- {change.before}', *after], 'diff')}"
        )
    return "\n\n".join(parts)


def chains(context: Context, entries: Iterable[Entry]) -> Iterator[Section]:
    """Yield for each finding that has a chain why it holds, folded."""
    for entry in entries:
        if not (entry.steps or entry.facts or entry.remedies):
            continue
        package = f"{html_code(entry.package)}: " if entry.package else ""
        lines = [
            text(entry.message),
            "\n".join(f"{at}. {text(step)}" for at, step in enumerate(entry.steps[:_LINES], 1)),
            "\n".join(_stands(context, entry)),
            "\n".join(f"- {text(name)}: {value(told)}" for name, told in entry.facts[:_LINES]),
            "\n".join(f"- What to do: {text(remedy)}" for remedy in entry.remedies[:_ADVICE]),
        ]
        body = "\n\n".join(filter(None, lines))
        yield Section(head=fold(f"Why: {package}{html_code(entry.title)}", body), what="reasons")


def _stands(context: Context, entry: Entry) -> Iterator[str]:
    for place in entry.places[:_LINES]:
        says = f": {code(place.text)}" if place.text else ""
        yield f"- {located(context, place)}{says}"


def table(context: Context, given: Table, *, folded: bool) -> Section | None:
    """Return a table of the report."""
    if not given.rows:
        return None
    rows = []
    for cells in given.rows:
        shown = []
        for told in cells:
            markup = code(told.text) if told.code else text(told.text)
            where = "" if told.place is None else address(context, told.place)
            shown.append(link(markup, where))
        rows.append(row(shown))
    head = _header([text(column) for column in given.columns])
    note = f"{text(given.note)}\n\n" if given.note else ""
    title = html_code(given.title) if folded else text(given.title)
    what = f"rows of {code(given.title)}"
    return _titled(title, f"{note}{head}", tuple(rows), what, folded=folded)


def remarks(digest: Digest) -> Section | None:
    """Return what there is to know of findings whose table is left out."""
    told = [text(table.note) for table in digest.tables if table.repeats and table.note]
    return Section(head="\n\n".join(told)) if told else None


def picture(digest: Digest) -> Section | None:
    """Return the boundary as it is drawn with characters."""
    drawn = digest.picture
    if drawn is None or not drawn.text.strip():
        return None
    lines = drawn.text.rstrip("\n").split("\n")
    return Section(head=f"#### The boundary\n\n{block(lines, 'text')}", what="the picture")


def gaps(digest: Digest) -> Section | None:
    """Return what could not be checked."""
    if not digest.gaps:
        return None
    head = _header(["Could not be checked", "Why", "To mend it", "Where"])
    rows = tuple(
        row([code(gap.subject), text(gap.reason), text(gap.hint), _origin(gap.origin)])
        for gap in digest.gaps
    )
    return _titled("Not checked", head, rows, "things that could not be checked", folded=True)


def _origin(origin: object) -> str:
    return "" if origin is None else code(str(origin))


def notes(digest: Digest) -> Section | None:
    """Return what was checked, and what else there is to know."""
    rows = [f"- {text(name)}: {value(told)}" for name, told in digest.facts]
    rows += [f"- {text(note)}" for note in digest.notes]
    if not rows:
        return None
    head = "<details>\n<summary>What was checked</summary>\n"
    return Section(head=head, rows=tuple(rows), tail="\n</details>", what="notes")


def reproduce(digest: Digest) -> Section | None:
    """Return how to run the same again at home, and who says all this."""
    by = f"depcheck {code(digest.version)}"
    if not digest.context.command:
        return Section(head=f"{by}", vital=True)
    command = shlex.join(digest.context.command)
    how = block([command], "sh", limit=4000)
    return Section(head=f"To run it again on your own machine ({by}):\n\n{how}", vital=True)


def fold(summary: str, body: str) -> str:
    """Return a folded part; ``summary`` is HTML, ``body`` Markdown."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _titled(title: str, head: str, rows: tuple[str, ...], what: str, *, folded: bool) -> Section:
    if not folded:
        return Section(head=f"#### {title}\n\n{head}", rows=rows, what=what)
    summary = f"{title} ({plural(len(rows), 'entry', 'entries')})"
    opened = f"<details>\n<summary>{summary}</summary>\n\n{head}"
    return Section(head=opened, rows=rows, tail="\n</details>", what=what)


def _header(columns: Sequence[str]) -> str:
    return f"{row(columns)}\n|{' --- |' * len(columns)}"
