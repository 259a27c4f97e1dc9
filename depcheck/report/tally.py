"""What every format that is read on a page says of a digest in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from depcheck.errors import EXIT_CLEAN, EXIT_UNCHECKED
from depcheck.report.digest import Digest, Entry
from depcheck.report.words import plural


def brought(entry: Entry) -> bool:
    """Return whether the change is to be held to account for a finding."""
    return entry.novelty is not None and entry.novelty.brought


def told_anew(digest: Digest) -> tuple[Entry, ...]:
    """Return the findings that are not just so in the base: all of them without one."""
    return tuple(e for e in digest.entries if e.novelty is None or e.novelty.status != "known")


def parted(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the findings that matter, and the notes."""
    told = tuple(entries)
    return (
        tuple(entry for entry in told if entry.severity != "note"),
        tuple(entry for entry in told if entry.severity == "note"),
    )


def known(digest: Digest) -> tuple[Entry, ...]:
    """Return the findings that the base has just so."""
    return tuple(e for e in digest.entries if e.novelty is not None and e.novelty.status == "known")


def verdict_line(digest: Digest) -> str:
    """Return the first sentence of a report: ``CONFLICT: web and … cannot …``."""
    return f"{digest.verdict}: {digest.summary}" if digest.summary else digest.verdict


def standing(digest: Digest) -> str:
    """Return how many findings there are, and which of them the change brought, if told."""
    told = _without_base(digest) if digest.base is None else _with_base(digest)
    if digest.suppressed:
        told += f" {plural(len(digest.suppressed), 'finding')} suppressed."
    if digest.status == EXIT_UNCHECKED:
        told += " Not everything could be checked."
    return told


def _without_base(digest: Digest) -> str:
    count = plural(len(digest.entries), "finding")
    if not digest.failing:
        return f"{count}."
    every = digest.failing == len(digest.entries)
    which = ("all " if digest.failing > 1 else "") if every else f"of which {digest.failing} "
    return f"{count}, {'which ' if every else ''}{which}{fail(digest)} the check{excused(digest)}."


def fail(digest: Digest) -> str:
    """Return the verb of the findings that fail the run, or would."""
    if digest.status == EXIT_CLEAN:
        return "would fail"
    return "fails" if digest.failing == 1 else "fail"


def excused(digest: Digest) -> str:
    """Return why findings that would fail the run do not; empty where they do."""
    return " (--exit-zero)" if digest.status == EXIT_CLEAN else ""


def _with_base(digest: Digest) -> str:
    base = digest.base
    assert base is not None
    if base.verdict is None:
        return _without_verdict(len(digest.entries))
    counts = Counter(_kind(entry) for entry in digest.entries)
    rest = [(counts["changed"], "changed"), (counts["known"], "already there")]
    rest.append((len(digest.fixed), "fixed"))
    others = ", ".join(f"{count} {word}" for count, word in rest if count)
    told = _brings if base.revision else _since
    return f"{told(counts['new'], counts['worse'])}{'; ' if others else ''}{others}."


def _kind(entry: Entry) -> str:
    """Return what a finding is against the base: its status, or ``worse``."""
    if entry.novelty is None:
        return ""
    return "worse" if brought(entry) and entry.novelty.worse else entry.novelty.status


def _brings(new: int, worse: int) -> str:
    """Return what a change brings: ``This change brings 1 new finding and makes 2 worse``."""
    brings = f"brings {plural(new, 'new finding')}" if new else ""
    makes = f"makes {worse if new else plural(worse, 'finding')} worse" if worse else ""
    return f"This change {' and '.join(filter(None, [brings, makes])) or 'brings no new finding'}"


def _since(new: int, worse: int) -> str:
    what = plural(new, "new finding") if new else "no new finding"
    return f"Since then: {what}{f', {worse} worse' if worse else ''}"


def _without_verdict(count: int) -> str:
    said = "The base could not be analysed"
    if not count:
        return f"{said}; nothing was found."
    which = f"which of the {count} findings are" if count > 1 else "whether the finding is"
    return f"{said}, so it is not known {which} new."
