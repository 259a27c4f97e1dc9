"""The walls one by one: why they stand, what they cost, what speaks against them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from depcheck.model.findings import Conflict, Evidence, Finding, Shift
from depcheck.model.isolation import Boundary, IsolationReport, WishAnswer
from depcheck.model.walls import GpuNeed, Labels, NativeClash, NativeUse, PythonNeed, Weight
from depcheck.report.conflict_text import certainty, correction, titled, where, why
from depcheck.report.isolation_words import STRENGTHS, advised, bulk, named, walls
from depcheck.report.layout import Page, Span
from depcheck.report.status import FailOn, is_failing
from depcheck.report.words import change, commas, listed, place, plural, priced, stands

_IN_FULL = 8
_LARGEST = 5
_HEALS = 3
_REFUSAL = "wish-impossible"

Row = list[list[Span]]


def standing(page: Page, report: IsolationReport, fail_on: FailOn) -> None:
    """Add the walls that stand, each with its reasons; of very many, the first in full."""
    every = walls(report)
    quiet = [] if page.verbose else [wall for wall in every if _is_quiet(wall, fail_on)]
    loud = [wall for wall in every if wall not in quiet]
    limit = len(loud) if page.verbose or len(loud) <= _IN_FULL + 1 else _IN_FULL
    for wall in loud[:limit]:
        _wall(page, report, wall)
    if rest := loud[limit:]:
        page.heading(f"{plural(len(rest), 'wall')} more (--verbose tells all of them)")
        page.rows([_brief(page, wall) for wall in rest], indent=2)
    if quiet:
        count = plural(len(quiet), "wall")
        page.heading(f"{count} that nobody has to act on (--verbose tells more)")
        page.rows([_brief(page, wall) for wall in quiet], indent=2)


def _is_quiet(wall: Boundary, fail_on: FailOn) -> bool:
    """Return whether a wall is only a note: it stands today, or was asked for."""
    return bool(wall.reasons) and all(
        finding.severity == "note" and not is_failing(finding, fail_on) for finding in wall.reasons
    )


def _brief(page: Page, wall: Boundary) -> Row:
    told = " ".join(dict.fromkeys(finding.message for finding in wall.reasons))
    return [[Span(named(wall.components, page.marks.wall), "bold")], [Span(told)]]


def _wall(page: Page, report: IsolationReport, wall: Boundary) -> None:
    for finding in wall.reasons:
        titled(page, finding)
        evidence(page, finding)
    if not wall.reasons:
        page.heading(f"Wall between {listed(wall.components)}")
    if len(wall.reasons) > 1:
        page.gap()  # what follows is about all of them
    _fact(page, "wall", _between(page, wall))
    _fact(page, "strength", f"{STRENGTHS[wall.strength]}. {wall.because}")
    if not wall.decisive:
        _fact(page, "advised", "by itself it would not stand; another reason raises it")
    _fact(page, "costs", _price(report, wall))
    _against(page, wall)


def _between(page: Page, wall: Boundary) -> str:
    """Return who stands on which side: ``web, search (in web) ║ reports``."""
    sides: dict[str, list[str]] = {}
    for component, container in zip(wall.components, wall.containers, strict=False):
        sides.setdefault(container, []).append(component)
    told = [
        ", ".join(names) + ("" if names == [container] else f" (in {container})")
        for container, names in sides.items()
    ]
    return named(told, page.marks.wall)


def _price(report: IsolationReport, wall: Boundary) -> str:
    """Return bytes, hops and things to deploy of the containers behind a wall."""
    behind = [name for name in dict.fromkeys(wall.containers) if name != _kept(report, wall)]
    added = sum(cost.added for cost in report.costs if cost.container in behind)
    parts = [f"{bulk(added)} more than in one image"] if added else []
    parts.append("no network hop" if wall.strength == "environment" else "one network hop")
    things = "one more thing" if len(behind) < 2 else f"{len(behind)} more things"
    return listed([*parts, f"{things} to deploy"])


def _kept(report: IsolationReport, wall: Boundary) -> str:
    """Return the container of a wall that would be there anyhow: the one that stands first."""
    order = (container.name for container in report.containers)
    return next((name for name in order if name in wall.containers), "")


def _against(page: Page, wall: Boundary) -> None:
    shown = [f"({e.origin})" for cure in wall.heals[:1] for e in cure.edits[:1]]
    for sentence in wall.against:
        # The first edit stands below, line for line.
        if not any(place in sentence for place in shown):
            _fact(page, "against it", sentence.replace("→", page.marks.arrow))
    heals = wall.heals if page.verbose else wall.heals[:_HEALS]
    if heals:
        any_of = " (any one of these)" if len(heals) > 1 else ""
        page.say(Span("to heal it instead", "dim"), any_of, indent=2)
    for number, cure in enumerate(heals, 1):
        correction(page, cure, number)
    if rest := len(wall.heals) - len(heals):
        page.say(f"and {plural(rest, 'other way', 'other ways')} (--verbose)", indent=2)


def _fact(page: Page, label: str, *spans: Span | str) -> None:
    page.say(Span(f"{label}: ", "dim"), *spans, indent=2, hang=2)


# Evidence


def evidence(page: Page, finding: Finding) -> None:
    """Add where a finding stands, and what it rests on."""
    where(page, finding)
    match finding.evidence:
        case Conflict() as conflict:
            why(page, conflict.steps)
            certainty(page, conflict)
        case Shift() as shift:
            _shift(page, shift, finding)
        case PythonNeed(because=because) if because not in finding.message:
            _fact(page, "why", because)
        case NativeClash(left=left, right=right):
            if not all(use.path and use.path in finding.message for use in (left, right)):
                page.rows([_use(left), _use(right)], indent=4, together=True)
        case Weight() as weight:
            _weight(page, weight)
        case GpuNeed(distributions=brought):
            if page.verbose or not any(each in finding.message for each in brought):
                _gpu(page, brought)
        case Labels(values=values):
            if any(value not in finding.message for _, value in values):
                rows = [[[Span(name, "bold")], [Span(value)]] for name, value in values]
                page.rows(rows, indent=4)
    if finding.remedy:
        _fact(page, "what to do", finding.remedy)


def _shift(page: Page, shift: Shift, finding: Finding) -> None:
    """Add what the message and the places do not say of a shift."""
    if not all(text in finding.message for text in (shift.before or "", shift.after or "")):
        words = [shift.grade, "forced" if shift.forced else "incidental"]
        moved = f"{shift.name} {change(shift, page.marks)}"
        _fact(page, "moves", Span(moved, "bold", solid=True), f" ({', '.join(words)})")
    if shift.direct is not None and shift.direct.origin not in finding.locations:
        page.say(Span("asked for", "dim"), indent=2)
        page.rows(stands(page, [shift.direct.origin]), indent=4)
    why(page, shift.chain)
    if shift.pin and shift.pin not in finding.remedy:
        _fact(page, "to keep it", priced(shift, page.marks))


def _use(use: NativeUse) -> Row:
    library = use.path if use.path.endswith(use.library) else f"{use.library} {use.path}".strip()
    return [
        [Span(use.component, "bold")],
        [Span(f"{use.distribution} {use.version}")],
        [Span(library, "cyan")],
    ]


def _gpu(page: Page, brought: Sequence[str]) -> None:
    if brought:
        _fact(page, "why", "it brings ", *commas(brought))


def _weight(page: Page, weight: Weight) -> None:
    shown = weight.largest if page.verbose else weight.largest[:_LARGEST]
    if shown:
        page.say(Span("the largest", "dim"), indent=2)
    page.rows([[[Span(name, "bold")], [Span(bulk(size))]] for name, size in shown], indent=4)


# Walls that are only advised, and wishes


def unraised(page: Page, report: IsolationReport) -> None:
    """Add the walls that are advised and do not stand, with what would raise them."""
    every = advised(report)
    if not every:
        return
    page.heading("Advised, and not raised")
    for wall in every:
        for finding in wall.reasons:
            titled(page, finding)
            evidence(page, finding)
        if len(wall.reasons) > 1:
            page.gap()
        _fact(page, "a wall costs", _would_cost(report, wall))
        names = ",".join(wall.components)
        command = f"depcheck isolate --apart {shlex.quote(names)}"
        _fact(page, "to raise it", Span(command, "bold", solid=True))
        _against(page, wall)


def _would_cost(report: IsolationReport, wall: Boundary) -> str:
    """Return what a wall would take: as a wish for it was answered, if there was one."""
    asked = f"--apart {','.join(wall.components)}"
    for wish in report.wishes:
        if wish.asked == asked and wish.possible and wish.containers is not None:
            return _difference(wish)
    if wall.strength == "environment":
        return "an environment more to build and deploy; on one host no network hop"
    return "one container more to build and deploy, and a network hop"


def _difference(wish: WishAnswer) -> str:
    """Return ``3 containers instead of 2, 812 MB more``."""
    count = plural(wish.containers or 0, "container")
    if wish.containers == wish.without:
        count += ", as without it"
    else:
        count += f" instead of {wish.without}"
    if not wish.added:
        return count
    return f"{count}, {bulk(abs(wish.added))} {'more' if wish.added > 0 else 'less'}"


def wishes(page: Page, report: IsolationReport) -> None:
    """Add each wish with its answer: what it costs, or what stands in its way."""
    granted = [wish for wish in report.wishes if wish.possible]
    if granted:
        page.heading("What was asked for")
    for wish in granted:
        _granted(page, wish)
    told = {finding.evidence for wall in report.boundaries for finding in wall.reasons}
    for wish in report.wishes:
        if not wish.possible:
            _refused(page, refusal(report, wish), wish, told)


def refusal(report: IsolationReport, wish: WishAnswer) -> Finding:
    """Return the finding that tells that a wish is impossible."""
    every = (*report.findings, *wish.because)
    found = (f for f in every if f.rule == _REFUSAL and f.message.startswith(f"{wish.asked} "))
    message = f"{wish.asked} is impossible."
    return next(found, Finding(rule=_REFUSAL, severity="error", message=message))


def _granted(page: Page, wish: WishAnswer) -> None:
    at = [Span(" ("), place(page, wish.origin), Span(")")] if wish.origin is not None else []
    page.say(Span(wish.asked, "bold"), *at, f": {_difference(wish)}", indent=2, hang=4)
    for sentence in wish.gives_up:
        page.say(Span("gives up: ", "yellow"), sentence, indent=4, hang=2)
    for sentence in wish.spares:
        page.say(Span("spares: ", "green"), sentence, indent=4, hang=2)


def _refused(page: Page, own: Finding, wish: WishAnswer, told: set[Evidence]) -> None:
    """Add a wish that is impossible; what was told before is not told again."""
    titled(page, own)
    if wish.origin is not None:
        page.rows(stands(page, [wish.origin]), indent=4)
    above = [f for f in wish.because if f.evidence is not None and f.evidence in told]
    if above:
        reasons = plural(len(above), "reason")
        _fact(page, "because", f"{reasons}, told above")
    for finding in wish.because or (own,):
        if finding not in above:
            if finding.message.lower()[1:] not in own.message.lower():
                _fact(page, "because", finding.message)
            evidence(page, finding)
            told.add(finding.evidence)
