"""A digest as workflow commands, which a runner of GitHub Actions shows on the lines.

A command is ``::error file=…,line=…,endLine=…,title=…::message``; what stands for a line end,
a per cent sign, and in properties a colon or a comma, is escaped as the runner's own toolkit
does it. Nothing of the data can begin a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from depcheck.model.findings import SEVERITIES
from depcheck.report.digest import Change, Digest, Entry, Place
from depcheck.report.escape import plain
from depcheck.report.tally import brought, standing, told_anew, verdict_line

_ROOM = 10
"""The runner shows ten annotations of each kind for a step."""

_MESSAGE, _STEPS, _CHANGES = 1000, 6, 4
_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(digest: Digest) -> str:
    """Return one command a line: findings as annotations, then the verdict.

    What the change brought to lines that it touches comes first, then what else it brought.
    Where there is a base, what it has as well is only counted; what is suppressed is never
    an annotation. Ten of a kind are shown, so the last of many says how many more there are.
    """
    failing = digest.status != 0
    last = _command("error" if failing else "notice", _verdict(digest), title=_title(digest))
    told = sorted(told_anew(digest), key=_rank)
    lines: list[str] = []
    for severity in reversed(SEVERITIES):
        kind = _KINDS[severity]
        entries = [entry for entry in told if entry.severity == severity]
        room = _ROOM - (kind == ("error" if failing else "notice"))
        lines += _annotations(digest, kind, entries, room)
    return "".join(f"{line}\n" for line in (*lines, last))


def _rank(entry: Entry) -> tuple[bool, bool, bool]:
    novelty = entry.novelty
    changed = novelty is not None and novelty.status == "changed"
    touched = novelty is not None and novelty.touched
    return not brought(entry), not (changed or brought(entry)), not touched


def _annotations(digest: Digest, kind: str, entries: Sequence[Entry], room: int) -> Iterator[str]:
    shown = len(entries) if len(entries) <= room else room - 1
    for entry in entries[:shown]:
        yield _annotation(digest, kind, entry)
    if more := len(entries) - shown:
        yield _command(kind, f"{more} more of this kind: see the summary of this run.")


def _annotation(digest: Digest, kind: str, entry: Entry) -> str:
    inside = [place for place in entry.places if place.inside]
    place = inside[0] if inside else None
    properties: dict[str, str] = {}
    if place is not None:
        properties["file"] = place.path
        if place.line is not None:
            properties["line"] = str(place.line)
            properties["endLine"] = str(place.end or place.line)
    properties["title"] = f"{entry.title} ({entry.rule})"
    message = [*_message(entry, place), *_rest(digest, entry)]
    return _command(kind, "\n".join(message), **properties)


def _message(entry: Entry, place: Place | None) -> Iterator[str]:
    """Yield what is wrong, why, and what to write instead, a line each."""
    yield _worded("Found", plain(_cut(entry.message)))
    if entry.novelty is not None and entry.novelty.was:
        how = "Worse than before" if entry.novelty.worse else "Changed; before"
        yield f"{how}: {plain(_cut(entry.novelty.was))}"
    if entry.steps:
        steps = [plain(_cut(step)) for step in entry.steps[:_STEPS]]
        more = f"; and {len(entry.steps) - _STEPS} more" if entry.steps[_STEPS:] else ""
        yield f"Why: {'; '.join(steps)}{more}."
    others = [other for other in entry.places if other != place]
    if others:
        more = f" and {len(others) - _CHANGES} more" if others[_CHANGES:] else ""
        yield f"See also: {', '.join(_place(other) for other in others[:_CHANGES])}{more}"
    yield from _instead(entry, place)


def _rest(digest: Digest, entry: Entry) -> Iterator[str]:
    """Yield what the lines to write bring with them, and that there are other ways."""
    if not entry.changes or not digest.cures:
        return
    if digest.cures[0].remark:
        yield f"Mind: {plain(_cut(digest.cures[0].remark))}"
    if others := len(digest.cures) - 1:
        yield f"The summary has {others} more {'way' if others == 1 else 'ways'} to heal it."


def _instead(entry: Entry, place: Place | None) -> Iterator[str]:
    here = sorted(entry.changes, key=lambda change: not _is_at(change.place, place))
    for change in here[:_CHANGES]:
        yield _change(change, place)
    if not entry.changes:
        for remedy in entry.remedies[:2]:
            yield f"What to do: {plain(_cut(remedy))}"


def _is_at(one: Place, other: Place | None) -> bool:
    """Return whether two places are the same line, whosever it is."""
    return other is not None and (one.path, one.line) == (other.path, other.line)


def _change(change: Change, place: Place | None) -> str:
    where = "here" if _is_at(change.place, place) else f"in {plain(_cut(str(change.place)))}"
    before = plain(_cut(change.before))
    if not change.after:
        return f"Take out {where}: {before}"
    return f"Write {where}: {plain(_cut(change.after))} (instead of {before})"


def _place(place: Place) -> str:
    text = f" ({plain(_cut(place.text))})" if place.text else ""
    return f"{plain(_cut(str(place)))}{text}"


def _verdict(digest: Digest) -> str:
    return _worded("Verdict", f"{plain(_cut(verdict_line(digest)))} {standing(digest)}")


def _worded(word: str, message: str) -> str:
    """Return a message that begins with a word: nothing else could be taken for a command."""
    return message if message[:1].isalnum() else f"{word}: {message}"


def _title(digest: Digest) -> str:
    return f"depcheck {digest.job}"


def _command(kind: str, message: str, **properties: str) -> str:
    """Return a command. ``message`` is inert but for its line ends, which are meant."""
    listed = ",".join(f"{name}={_property(value)}" for name, value in _set(properties))
    return f"::{kind}{' ' if listed else ''}{listed}::{_data(message)}"


def _set(properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, plain(_cut(value))) for name, value in properties.items() if value)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cut(text: str) -> str:
    return text if len(text) <= _MESSAGE else f"{text[: _MESSAGE - 1]}…"
