"""Walls that are only advised, and wishes with what they lead to."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence

from depcheck.model.findings import Conflict, Correction, Evidence, Finding
from depcheck.model.isolation import Boundary, IsolationReport, WishAnswer
from depcheck.report.text.check_conflicts import titled
from depcheck.report.text.isolation_evidence import evidence, fact, heal
from depcheck.report.text.isolation_fold import blocks
from depcheck.report.text.isolation_walls import Told, told
from depcheck.report.text.isolation_words import advised, bulk, title
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import listed, place, plural, stands

REFUSAL = "wish-impossible"
_ANSWERS = 3


# In the headline


def answers(page: Page, report: IsolationReport) -> None:
    """Add what each wish leads to, a line each: what cannot be had first."""
    refused = {refusal(report, wish).message for wish in report.wishes if not wish.possible}
    together = [f for f in report.findings if f.rule == REFUSAL and f.message not in refused]
    lines = [(_asked(finding), " is impossible; see below") for finding in together]
    lines += [(wish.asked, cannot(wish)) for wish in report.wishes if not wish.possible]
    limit = len(lines)
    alone = " (by itself)" if together else ""
    lines += [
        (f"{wish.asked}{alone}", f": {difference(wish)}{_given_up(report, wish)}")
        for wish in report.wishes
        if wish.possible
    ]
    for position, (asked, said) in enumerate(lines[:_ANSWERS]):
        style = "bold red" if position < limit else ""
        page.say(Span(asked, "bold"), Span(f"{said}.", style), hang=2)
    if len(lines) > _ANSWERS:
        page.say(f"{plural(len(lines) - _ANSWERS, 'more wish', 'more wishes')}: see below.")


def _asked(finding: Finding) -> str:
    return finding.message.partition(" is impossible")[0]


def cannot(wish: WishAnswer) -> str:
    """Return that a wish is impossible, and why in a few words."""
    over = [f.evidence.project for f in wish.because if isinstance(f.evidence, Conflict)]
    why = ""
    if wish.containers:
        why = f" (at least {plural(wish.containers, 'container')})"
    elif over:
        why = f" (a clash over {listed(list(dict.fromkeys(over))[:3])})"
    return f" is impossible{why}; see below"


def _given_up(report: IsolationReport, wish: WishAnswer) -> str:
    """Return what kinds of walls a wish gives up: ``; gives up different trust (2 walls)``."""
    if not wish.gives_up:
        return ""
    rules = {f.message: title(f) for wall in report.boundaries for f in wall.reasons}
    kinds = Counter(rules[text] for text in wish.gives_up if text in rules)
    told_of = [f"{kind} ({plural(n, 'wall')})" if n > 1 else kind for kind, n in kinds.items()]
    unknown = len(wish.gives_up) - kinds.total()
    if unknown:
        told_of.append(plural(unknown, "advised wall"))
    return f"; gives up {listed(told_of)}"


# Walls that are advised and do not stand


def unraised(page: Page, report: IsolationReport) -> None:
    """Add the walls that are advised and do not stand, with what would raise them."""
    every = advised(report)
    if not every:
        return
    page.heading("Advised, and not raised")
    for block in blocks(every, fold=not page.verbose):
        told(page, report, block)
        if len(block.findings) > 1 and not block.is_one:
            page.gap()
        for wall in block.walls[:1]:
            fact(page, "a wall costs", would_cost(report, wall))
            command, without = _command(report, wall)
            remark = f" (without {listed(without)}, which it contradicts)" if without else ""
            fact(page, "to raise it", Span(command, "bold", solid=True), remark)
        if rest := block.walls[1:]:
            fact(page, "likewise", "--apart ", " or ".join(_names(wall) for wall in rest))
        for wall in block.walls:
            for text in wall.against:
                fact(page, "against it", text.replace("→", page.marks.arrow))
            heal(page, wall.heals)


def _names(wall: Boundary) -> str:
    return shlex.quote(",".join(wall.components))


def _command(report: IsolationReport, wall: Boundary) -> tuple[str, list[str]]:
    """Return the command that raises a wall in a run like this, and the wishes it must drop."""
    kept, dropped = [], []
    for wish in report.wishes:
        option, _, value = wish.asked.partition(" ")
        if not option.startswith("--") or not wish.possible:
            continue
        both = option == "--together" and set(wall.components) <= set(value.split(","))
        if both:
            dropped.append(wish.asked)
        elif wish.asked != f"--apart {','.join(wall.components)}":
            kept.append(f"{option} {shlex.quote(value)}" if value else option)
    return " ".join(["depcheck isolate", *kept, f"--apart {_names(wall)}"]), dropped


def would_cost(report: IsolationReport, wall: Boundary) -> str:
    """Return what a wall would take: as a wish for it was answered, if there was one."""
    asked = f"--apart {','.join(wall.components)}"
    for wish in report.wishes:
        if wish.asked == asked and wish.possible and wish.containers is not None:
            return difference(wish)
    if any(wish.possible and _is_bound(wish) for wish in report.wishes):
        return "another wall or more bytes, within this bound: the command tells"
    if wall.strength == "environment":
        return "one more image to build and deploy; on one host an environment, and no network hop"
    return "one more image to build and deploy, and a network hop"


def _is_bound(wish: WishAnswer) -> bool:
    return wish.asked.startswith(("--max-containers", "--deny-new-containers"))


def difference(wish: WishAnswer) -> str:
    """Return ``3 containers instead of 2, 812 MB more``."""
    count = plural(wish.containers or 0, "container")
    if wish.containers == wish.without:
        count += ", as without it"
    else:
        count += f" instead of {wish.without}"
    if not wish.added:
        return count
    return f"{count}, {bulk(abs(wish.added))} {'more' if wish.added > 0 else 'less'}"


# Each wish in full


def wishes(page: Page, report: IsolationReport, known: Told) -> None:
    """Add each wish with its answer: what it costs, or what stands in its way.

    ``known`` is the evidence that was told in full before. What the headline says of a wish
    is not said again where there is no more to it.
    """
    given = {f.message for wall in advised(report) for f in wall.reasons}
    granted = [w for i, w in enumerate(report.wishes) if w.possible and _has_more(w, i, given)]
    if granted:
        page.heading("What was asked for")
    for wish in granted:
        _granted(page, wish)
    for wish in report.wishes:
        if not wish.possible:
            _refused(page, report, wish, known)


def _has_more(wish: WishAnswer, position: int, given: set[str]) -> bool:
    untold = not given.issuperset(wish.gives_up)
    return position >= _ANSWERS or untold or bool(wish.spares) or wish.origin is not None


def refusal(report: IsolationReport, wish: WishAnswer) -> Finding:
    """Return the finding that tells that a wish is impossible."""
    every = (*report.findings, *wish.because)
    begins = f"{wish.asked} is impossible"
    found = (f for f in every if f.rule == REFUSAL and f.message.startswith(begins))
    message = f"{begins}."
    return next(found, Finding(rule=REFUSAL, severity="error", message=message))


def _granted(page: Page, wish: WishAnswer) -> None:
    at = [Span(" ("), place(page, wish.origin), Span(")")] if wish.origin is not None else []
    page.say(Span(wish.asked, "bold"), *at, f": {difference(wish)}", indent=2, hang=4)
    for text in wish.gives_up:
        page.say(Span("gives up: ", "yellow"), text, indent=4, hang=2)
    for text in wish.spares:
        page.say(Span("spares: ", "green"), text, indent=4, hang=2)


def _refused(page: Page, report: IsolationReport, wish: WishAnswer, known: Told) -> None:
    """Add a wish that is impossible, with all reasons; those told before by name only."""
    own = refusal(report, wish)
    titled(page, own)
    if wish.origin is not None:
        page.rows(stands(page, [wish.origin]), indent=4)
    if not wish.because:
        evidence(page, own)
    because = [f for f in wish.because if not f.message.startswith(f"{wish.asked} is asked for")]
    above = [f for f in because if f.evidence is not None and f.evidence in known]
    for finding in because:
        is_said = finding.message.lower()[1:] in own.message.lower()
        if finding in above:
            said = "its lines stand above" if is_said else f"{finding.message} Told above."
            fact(page, "why" if is_said else "because", said)
            continue
        if not is_said:
            fact(page, "because", finding.message)
        evidence(page, finding)
        known.add(finding.evidence)
    heal(page, _edits(report, [f for f in because if f not in above]))


def _edits(report: IsolationReport, findings: Sequence[Finding]) -> list[Correction]:
    """Return the edits that would heal what stands in a wish's way."""
    lacking: list[Evidence] = [f.evidence for f in findings if f.evidence is not None]
    return list(
        dict.fromkeys(
            cure
            for wall in report.boundaries
            if any(finding.evidence in lacking for finding in wall.reasons)
            for cure in wall.heals
        )
    )
