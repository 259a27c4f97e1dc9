"""The walls one by one: why they stand, what they cost, what speaks against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from depcheck.model.findings import Conflict, Correction, Evidence, Finding
from depcheck.model.isolation import Boundary, IsolationReport
from depcheck.report.status import FailOn, is_failing
from depcheck.report.text.check_conflicts import titled, why
from depcheck.report.text.isolation_evidence import chain, evidence, fact, heal, seats
from depcheck.report.text.isolation_fold import Block, blocks, is_said, pairs, sentence
from depcheck.report.text.isolation_words import (
    STRENGTHS,
    bulk,
    more_images,
    named,
    stated,
    titles,
    walls,
)
from depcheck.report.text.layout import Page, Span
from depcheck.report.text.suppressed import reason_of
from depcheck.report.words import listed, plural, stands

_IN_FULL = 8
_LIKEWISE = 4

Told = set[Evidence]


def standing(page: Page, report: IsolationReport, fail_on: FailOn) -> Told:
    """Add the walls that stand, each with its reasons; of very many, the first in full.

    Return the evidence that was told in full.
    """
    every = walls(report)
    quiet = [] if page.verbose else [wall for wall in every if _is_quiet(wall, fail_on)]
    loud = blocks([wall for wall in every if wall not in quiet], fold=not page.verbose)
    limit = len(loud) if page.verbose or len(loud) <= _IN_FULL + 1 else _IN_FULL
    for block in loud[:limit]:
        _block(page, report, block)
    if rest := [wall for block in loud[limit:] for wall in block.walls]:
        page.heading(f"{plural(len(rest), 'wall')} more (--verbose tells all of them)")
        _brief(page, rest)
    if quiet:
        page.heading(f"{_of_no_concern(quiet)} (--verbose tells more)")
        _brief(page, quiet)
    return {finding.evidence for block in loud[:limit] for finding in block.findings}


def _is_quiet(wall: Boundary, fail_on: FailOn) -> bool:
    """Return whether a wall is only a note: it stands today, or was asked for."""
    return bool(wall.reasons) and all(
        finding.severity == "note" and not is_failing(finding, fail_on) for finding in wall.reasons
    )


def _of_no_concern(quiet: Sequence[Boundary]) -> str:
    """Return a heading that says why nobody has to act on these walls."""
    asked = [w for w in quiet if all(finding.rule == "wall-apart" for finding in w.reasons)]
    verb = "stands" if len(quiet) == 1 else "stand"
    if not asked:
        return f"{plural(len(quiet), 'wall')} that {verb} today already"
    if len(asked) == len(quiet):
        was = "was" if len(quiet) == 1 else "were"
        return f"{plural(len(quiet), 'wall')} that {was} asked for"
    return f"{plural(len(quiet), 'wall')} that {verb} today already or were asked for"


def _brief(page: Page, several: Iterable[Boundary]) -> None:
    """Add a row for each kind of reasons: who, and why in a few words."""
    kinds: dict[str, list[Boundary]] = {}
    for wall in several:
        kinds.setdefault(titles(wall.reasons), []).append(wall)
    rows = []
    for told, alike in kinds.items():
        rows.append([[Span(pairs(alike, page.marks.wall), "bold")], [Span(told)]])
    page.rows(rows, indent=2)


def _block(page: Page, report: IsolationReport, block: Block) -> None:
    told(page, report, block)
    if not block.findings:
        page.heading(f"Wall between {listed(block.walls[0].components)}")
    groups: dict[tuple[str, str, bool], list[Boundary]] = {}
    for wall in block.walls:
        groups.setdefault((wall.strength, wall.because, wall.decisive), []).append(wall)
    if len(block.findings) > 1 and not block.is_one:
        page.gap()  # what follows is about all of them
    for alike in groups.values():
        if len(groups) > 1 or block.also or not is_said(block):
            fact(page, "wall" if len(alike) == 1 else "walls", _sides(page, alike))
        _facts(page, report, alike)
    if block.also:
        fact(page, "also", pairs(block.also, page.marks.wall), " (told with a graver reason)")
    _against(page, block.walls)


def told(page: Page, report: IsolationReport, block: Block) -> None:
    """Add the findings of a block, as one where they differ only in who."""
    if not block.is_one or len(block.findings) == 1:
        for finding in block.findings:
            titled(page, finding)
            _accepted(page, report, [finding])
            evidence(page, finding)
        return
    first = block.findings[0]
    titled(page, _with_message(first, sentence(block)))
    _accepted(page, report, block.findings)
    if isinstance(first.evidence, Conflict):
        _conflicts(page, block.findings)
    else:
        seats(page, [origin for finding in block.findings for origin in finding.locations])
    for remedy in dict.fromkeys(finding.remedy for finding in block.findings if finding.remedy):
        fact(page, "what to do", remedy)


def _accepted(page: Page, report: IsolationReport, findings: Sequence[Finding]) -> None:
    """Say of findings that are told together why they do not count, if they are suppressed."""
    by = [entry.by for entry in report.suppressed if entry.finding in findings]
    for suppression, count in Counter(by).items():
        part = "" if count == len(findings) else f"{count} of {len(findings)}: "
        fact(page, "suppressed", f"{part}{reason_of(suppression)}")


def _with_message(finding: Finding, message: str) -> Finding:
    return Finding(rule=finding.rule, severity=finding.severity, message=message)


def _conflicts(page: Page, findings: Sequence[Finding]) -> None:
    """Add conflicts that have lines of one side and the chain in common."""
    evidences = [f.evidence for f in findings if isinstance(f.evidence, Conflict)]
    first, *others = evidences
    more = [s for conflict in others for s in conflict.statements if s not in first.statements]
    said = [f"{s.origin.component}'s {stated(s)}" for s in more]
    if len(said) > _LIKEWISE:
        said[_LIKEWISE - 1 :] = [f"{len(said) - _LIKEWISE + 1} more"]
    fact(page, "likewise", listed(said))
    origins = [s.origin for conflict in evidences for s in conflict.statements]
    page.say(Span("where", "dim"), indent=2)
    page.rows(stands(page, origins), indent=4)
    why(page, chain(page, *evidences))


# A wall's strength, price, and what speaks against it


def _facts(page: Page, report: IsolationReport, alike: Sequence[Boundary]) -> None:
    """Add what is the same for walls of one strength."""
    wall = alike[0]
    fact(page, "strength", f"{STRENGTHS[wall.strength]}. {wall.because}")
    if not wall.decisive:
        fact(page, "advised", "by itself it would not stand; another reason raises it")
    fact(page, "costs", price(report, alike))


def _sides(page: Page, alike: Sequence[Boundary]) -> str:
    """Return who stands on which side: ``web, search (in web) ║ reports``."""
    if len(alike) > 1:
        return pairs(alike, page.marks.wall)
    sides: dict[str, list[str]] = {}
    for component, container in zip(alike[0].components, alike[0].containers, strict=False):
        sides.setdefault(container, []).append(component)
    told = [
        ", ".join(names) + ("" if names == [container] else f" (in {container})")
        for container, names in sides.items()
    ]
    return named(told, page.marks.wall)


def price(report: IsolationReport, alike: Sequence[Boundary]) -> str:
    """Return bytes, hops and images of the containers behind walls."""
    behind = {name for wall in alike for name in wall.containers if name != _kept(report, wall)}
    added = sum(cost.added for cost in report.costs if cost.container in behind)
    parts = [f"{bulk(added)} more"] if added else []
    hops = "no network hop" if alike[0].strength == "environment" else "a network hop"
    return ", ".join([more_images(max(1, len(behind))), *parts, hops])


def _kept(report: IsolationReport, wall: Boundary) -> str:
    """Return the container of a wall that would be there anyhow: the one that stands first."""
    order = (container.name for container in report.containers)
    return next((name for name in order if name in wall.containers), "")


def _against(page: Page, several: Sequence[Boundary]) -> None:
    for text in objections(several):
        fact(page, "against it", text.replace("→", page.marks.arrow))
    heals = [_by_edits(wall) for wall in several]
    of_all = [key for key in heals[0] if all(key in other for other in heals)] if heals else []
    heal(page, [heals[0][key] for key in of_all], "it" if len(several) == 1 else "all of them")
    for wall, cures in zip(several, heals, strict=True):
        if not of_all:
            heal(page, list(cures.values()), named(wall.components, page.marks.wall))
    rest = sum(len(cures) - len(of_all) for cures in heals)
    if of_all and rest:
        page.say(f"and {plural(rest, 'way', 'ways')} for one wall alone (--verbose)", indent=2)


def objections(several: Iterable[Boundary]) -> list[str]:
    """Return what speaks against walls, but for the edits that are told line for line."""
    every = list(several)
    shown = {f"({e.origin})" for wall in every for cure in wall.heals[:1] for e in cure.edits[:1]}
    texts = dict.fromkeys(text for wall in every for text in wall.against)
    return [text for text in texts if not any(place in text for place in shown)]


def _by_edits(wall: Boundary) -> dict[object, Correction]:
    return {tuple((e.origin, e.after) for e in cure.edits) or cure: cure for cure in wall.heals}
