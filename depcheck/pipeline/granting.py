"""Wishes: which can be kept, what each costs, and why the others are impossible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from depcheck.isolation.values import NoDivision
from depcheck.model.findings import Finding
from depcheck.model.isolation import IsolationReport, IsolationSettings, Wish, WishAnswer
from depcheck.model.requirement import Origin
from depcheck.model.rules import RULES
from depcheck.pipeline.dividing import Search, Solution
from depcheck.pipeline.isolation_report import Telling, assemble
from depcheck.pipeline.walls import apart_reasons, clash_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One thing asked on the command line, to be answered by itself."""

    asked: str
    wishes: tuple[Wish, ...] = ()
    most: int | None = None


def answered(settings: IsolationSettings, search: Search) -> IsolationReport:
    """Return the report of the best division that keeps the wishes, each wish answered."""
    settings, notes = _of_those_left(settings, search)
    configured, refused = _kept(settings, search)
    base = search.solve(configured, None)
    assert isinstance(base, Solution), "the configured wishes are kept together"
    options = _options(settings)
    answers = [_answer(settings, search, base, option) for option in options]
    bounds = [option.most for option in options if option.most is not None]
    asked = [wish for option in options for wish in option.wishes]
    every = (*configured, *asked)
    wished = search.solve(every, min(bounds, default=None)) if options else base
    if isinstance(wished, NoDivision) and all(answer.possible for answer in answers):
        refused = [*refused, _together_impossible(settings, search, wished, every, options)]
    refused = [*refused, *(_refusal(answer) for answer in answers if not answer.possible)]
    solution = wished if isinstance(wished, Solution) else base
    report = assemble(settings, search, Telling(settings, search, solution), answers, refused)
    return replace(report, notes=(*report.notes, *notes))


def _of_those_left(
    settings: IsolationSettings, search: Search
) -> tuple[IsolationSettings, list[str]]:
    """Keep wishes for those of their components that resolve somewhere, and say so."""
    notes: list[str] = []

    def left(wishes: Sequence[Wish]) -> tuple[Wish, ...]:
        kept = []
        for wish in wishes:
            present = tuple(name for name in wish.components if name in search.names)
            if len(present) < len(wish.components):
                gone = ", ".join(name for name in wish.components if name not in present)
                notes.append(f"{wish}: {gone} resolves nowhere; the wish counts for the others.")
            if len(present) > 1:
                kept.append(replace(wish, components=present))
        return tuple(kept)

    trimmed = replace(settings, wishes=left(settings.wishes), asked=left(settings.asked))
    return trimmed, notes


def _kept(settings: IsolationSettings, search: Search) -> tuple[list[Wish], list[Finding]]:
    """The configured wishes that can be kept, taken in order, and a finding for each other."""
    kept: list[Wish] = []
    refused: list[Finding] = []
    for wish in settings.wishes:
        found = search.solve((*kept, wish), None)
        if isinstance(found, NoDivision):
            because = _in_the_way(settings, search, found, (*kept, wish))
            refused.append(_impossible(f"{wish}", because, wish.origin))
        else:
            kept.append(wish)
    return kept, refused


def _options(settings: IsolationSettings) -> list[_Option]:
    options = [_Option(asked=str(wish), wishes=(wish,)) for wish in settings.asked]
    if settings.max_containers is not None:
        most = settings.max_containers
        options.append(_Option(asked=f"--max-containers {most}", most=most))
    if settings.deny_new:
        options.append(_Option(asked="--deny-new-containers", most=containers_today(settings)))
    return options


def containers_today(settings: IsolationSettings) -> int:
    """Return how many containers there are: as configured, else as written last, else one."""
    named = {c.container for c in settings.settings.components if c.container}
    return len(named) or len(settings.previous) or 1


def _answer(
    settings: IsolationSettings, search: Search, base: Solution, option: _Option
) -> WishAnswer:
    origin = option.wishes[0].origin if option.wishes else None
    wishes = (*base.wishes, *option.wishes)
    found = search.solve(wishes, option.most)
    if isinstance(found, NoDivision):
        return WishAnswer(
            asked=option.asked,
            origin=origin,
            possible=False,
            containers=found.bound or None,
            without=base.count,
            because=tuple(_in_the_way(settings, search, found, wishes)),
        )
    with_it, without = Telling(settings, search, found), Telling(settings, search, base)
    given_up = {a.components for a in found.division.given_up}
    given_up -= {a.components for a in base.division.given_up}
    return WishAnswer(
        asked=option.asked,
        origin=origin,
        possible=True,
        containers=found.count,
        without=base.count,
        added=with_it.added() - without.added(),
        spares=tuple(sorted(without.moved() - with_it.moved())),
        gives_up=tuple(
            finding.message
            for reasons in search.advised
            if reasons.components in given_up
            for finding in reasons.findings
        ),
    )


def _in_the_way(
    settings: IsolationSettings, search: Search, found: NoDivision, wishes: Sequence[Wish]
) -> list[Finding]:
    """Return the clashes and the wishes that together rule a division out."""
    limit = settings.settings.max_conflicts
    reasons = clash_reasons(found.clashes, search.places, limit, search.names)
    apart = apart_reasons(wish for wish in wishes if wish.kind == "apart")
    reasons += [each for each in apart if each.components in found.apart]
    findings = [finding for each in reasons for finding in each.findings]
    return list(dict.fromkeys((*findings, *_wanted_together(found, wishes))))


def _wanted_together(found: NoDivision, wishes: Sequence[Wish]) -> Iterator[Finding]:
    rule = RULES["wall-apart"]
    for wish in wishes:
        if wish.kind == "together" and frozenset(wish.components) in found.together:
            yield Finding(
                rule=rule.id,
                severity=rule.severity,
                message=f"{wish} is asked for{f' ({wish.reason})' if wish.reason else ''}.",
                locations=() if wish.origin is None else (wish.origin,),
                subject=str(wish),
            )


def _refusal(answer: WishAnswer) -> Finding:
    return _impossible(answer.asked, answer.because, answer.origin, answer.containers)


def _impossible(
    asked: str, because: Sequence[Finding], origin: Origin | None, needed: int | None = None
) -> Finding:
    rule = RULES["wish-impossible"]
    need = f"at least {needed} containers are needed. " if needed else ""
    why = because[0].message if because else "no division was found that keeps it."
    places = [] if origin is None else [origin]
    places += [place for finding in because for place in finding.locations]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f"{asked} is impossible: {need}{why}",
        locations=tuple(dict.fromkeys(places)),
        evidence=because[0].evidence if because else None,
        remedy=because[0].remedy if because else "",
        subject=asked,
    )


def _together_impossible(
    settings: IsolationSettings,
    search: Search,
    found: NoDivision,
    wishes: Sequence[Wish],
    options: Sequence[_Option],
) -> Finding:
    asked = " with ".join(option.asked for option in options)
    because = _in_the_way(settings, search, found, wishes)
    return _impossible(asked, because, None, found.bound or None)
