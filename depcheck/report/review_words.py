"""What the formats say of a change: what it brings, what was there before, what it fixes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from depcheck.model.findings import Finding
from depcheck.model.report import Base
from depcheck.model.review import Novelty
from depcheck.report.status import GAPS
from depcheck.report.text.layout import Marks
from depcheck.report.words import listed, plural

_REVISION = 12
_ABBREVIATED = 7
_PILES = ("new", "worse", "rest", "small", "gaps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Findings by what a change has to do with them. ``rest`` changed without growing worse,
    stood there before, or are not known to be new; ``small`` are notes that it brings."""

    new: tuple[Finding, ...]
    worse: tuple[Finding, ...]
    rest: tuple[Finding, ...]
    small: tuple[Finding, ...]
    gaps: tuple[Finding, ...]

    @property
    def brought(self) -> tuple[Finding, ...]:
        """What the change is to be held to account for."""
        return (*self.new, *self.worse)


def sort(findings: Iterable[Finding]) -> Sorted:
    """Sort findings that have a novelty; notes that are not new are left out."""
    piles: dict[str, list[Finding]] = {}
    for finding in findings:
        piles.setdefault(_pile(finding), []).append(finding)
    return Sorted(**{name: tuple(piles.get(name, ())) for name in _PILES})


def _pile(finding: Finding) -> str:
    """Return to which part of ``Sorted`` a finding belongs, empty for none."""
    brought = finding.novelty is not None and finding.novelty.brought
    if finding.rule in GAPS:
        return "gaps"
    if finding.severity == "note":
        return "small" if brought else ""
    if not brought or finding.novelty is None:
        return "rest"
    return "worse" if finding.novelty.worse else "new"


def kinds(findings: Sequence[Finding]) -> str:
    """Return how many of each kind: ``1 conflict, 2 shifts and 1 warning``."""
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        kind = _kind(finding)
        counts[kind] = counts.get(kind, 0) + 1
    return listed([plural(count, *kind) for kind, count in counts.items()])


def _kind(finding: Finding) -> tuple[str, str]:
    """Return the noun for a finding, and its plural where it is not regular."""
    if finding.rule in GAPS:
        return ("thing that could not be checked", "things that could not be checked")
    small = "small " if finding.severity == "note" else ""
    if finding.rule.startswith("conflict-"):
        return ("conflict", "")
    if finding.rule.startswith("shift-"):
        return (f"{small}shift", "")
    if finding.rule == "rollback":
        return (f"{small}rollback", "")
    return (finding.severity, "")


def there_before(findings: Sequence[Finding], beside: Sequence[Finding] = ()) -> str:
    """Return that findings are not new: ``the 2 conflicts were there before``.

    ``beside`` are those that were told of just before.
    """
    told = {_kind(finding) for finding in findings}
    other = "other " if told & {_kind(finding) for finding in beside} else ""
    if len(told) > 1:
        return f"{'the rest' if beside else 'all of it'} was there before: {kinds(findings)}"
    one, many = told.pop()
    if len(findings) == 1:
        return f"the {other}{one} was there before"
    return f"the {other}{len(findings)} {many or one + 's'} were there before"


def brings(found: Sorted) -> str:
    """Return what a change is to be held to account for."""
    parts = [f"brings {kinds(found.new)}"] if found.new else []
    parts += [f"makes {kinds(found.worse)} worse"] if found.worse else []
    return " and ".join(parts)


def tag(novelty: Novelty | None, marks: Marks) -> str:
    """Return a word or two for a finding's novelty, empty where there is nothing to say."""
    if novelty is None or novelty.status == "unknown":
        return ""
    was = f" (was: {novelty.was.replace('→', marks.arrow)})" if novelty.was else ""
    match novelty.status:
        case "new":
            return "new, on a changed line" if novelty.touched else "new"
        case "changed":
            return f"worse{was}" if novelty.worse else f"changed{was}"
        case _:
            return "already there"


def is_known(finding: Finding) -> bool:
    """Return whether the base has a finding just so."""
    return finding.novelty is not None and finding.novelty.status == "known"


def named(base: Base) -> str:
    """Return what was compared with: ``main (1a2b3c4d5e6f)``."""
    name, revision = name_and_revision(base)
    return f"{name} ({revision})" if revision else name


def name_and_revision(base: Base) -> tuple[str, str]:
    """Return the base's name, and its commit's hash in short where the name is not that."""
    short = base.revision[:_REVISION]
    is_hash = len(base.named) >= _ABBREVIATED and base.revision.startswith(base.named.lower())
    return (short, "") if is_hash else (base.named, short)
