"""The lesser sections of the isolation report: other findings, proof, files, gaps."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Finding
from depcheck.model.isolation import Container, IsolationReport, Verified
from depcheck.model.walls import Budget
from depcheck.report.status import GAPS, is_all_known, isolation_unchecked
from depcheck.report.text.check_conflicts import titled
from depcheck.report.text.check_others import gap_entry
from depcheck.report.text.isolation_evidence import evidence
from depcheck.report.text.isolation_wishes import refusal
from depcheck.report.text.isolation_words import bulk, mass
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import commas, plural

_SHOWN = 12
_UNTRIED = ("not tried", "yellow")
_STOPPERS = ("wish-impossible", "proof-failed")
"""With these nothing is written: the next step is another."""

Row = list[list[Span]]


def others(page: Page, report: IsolationReport) -> None:
    """Add the findings that are no walls; then the connections, where there is a budget."""
    told = {finding for wall in report.boundaries for finding in wall.reasons}
    told.update(finding for wish in report.wishes for finding in wish.because)
    told.update(refusal(report, wish) for wish in report.wishes if not wish.possible)
    rest = [f for f in report.findings if f not in told and f.rule not in GAPS]
    notes = [f for f in rest if f.severity == "note" and f.evidence is None]
    shown = False
    for finding in rest:
        if finding in notes:
            continue
        titled(page, finding)
        evidence(page, finding)
        if isinstance(finding.evidence, Budget):
            connections(page, finding.evidence)
            shown = True
    if report.budget is not None and not shown:
        if page.verbose or report.budget.wanted != report.budget.given:
            page.heading("Database connections")
            connections(page, report.budget)
        else:
            page.gap()
            page.say(Span("Database connections: ", "bold"), _pools(report.budget), hang=2)
    _notes(page, notes)


def _notes(page: Page, notes: Sequence[Finding]) -> None:
    """Add what nobody has to act on, a line each."""
    limit = len(notes) if page.verbose or len(notes) <= _SHOWN + 1 else _SHOWN
    if notes:
        page.heading("Also")
    for finding in notes[:limit]:
        page.say(finding.message, indent=2, hang=2)
    if limit < len(notes):
        page.say(f"and {len(notes) - limit} more; --verbose lists them", indent=2)


def connections(page: Page, budget: Budget) -> None:
    """Add the sum of all pools as a small table."""
    head: Row = [
        [Span(word, "dim")] for word in ("component", "replicas", "wanted", "given", "together")
    ]
    rows = [head]
    for share in budget.shares:
        numbers = (share.replicas, share.wanted, share.pool, share.pool * share.replicas)
        rows.append([[Span(share.component, "bold")], *([Span(str(n))] for n in numbers)])
    page.rows(rows, indent=4, together=True)
    page.say(
        f"together {budget.wanted} wanted, {budget.given} given, of {free(budget)}",
        indent=4,
        hang=2,
    )


def _pools(budget: Budget) -> str:
    """Return pools that all fit, in a sentence: ``95 of 97 as DB_POOL_SIZE (web 3 x 20, …)``."""
    shares = [
        f"{s.component} {f'{s.replicas} x ' if s.replicas > 1 else ''}{s.pool}"
        for s in budget.shares
    ]
    free = budget.max_connections - budget.reserved
    return f"{budget.given} of {free} by {budget.variable} ({', '.join(shares)})."


def free(budget: Budget) -> str:
    """Return how many connections there are to give, and how a container learns its share."""
    return (
        f"{budget.max_connections - budget.reserved} ({budget.max_connections} less "
        f"{budget.reserved} kept back); each container has its pool in {budget.variable}"
    )


def proof(page: Page, report: IsolationReport) -> None:
    """Add what was tried to prove the containers."""
    if report.verified:
        page.heading("Proof")
    told: set[str] = set()
    rows = []
    for step in report.verified:
        rows.append(_step(step, step.detail in told))
        told.add(step.detail)
    page.rows(rows, indent=2, together=True)


def _step(step: Verified, again: bool) -> Row:
    """Return a step's row; a reason that was told ``again`` is not spelt out."""
    outcome = {True: ("passed", "green"), False: ("FAILED", "bold red"), None: _UNTRIED}
    word, style = outcome[step.passed]
    seconds = f" in {step.seconds:.1f} s" if step.seconds >= 0.05 and step.passed else ""
    detail = step.detail.removeprefix(f"{word}: ")
    if detail:
        detail = ": as above" if again else f": {detail}"
    return [
        [Span(step.container, "bold")],
        [Span(step.step)],
        [Span(word, style), Span(f"{seconds}{detail}")],
    ]


def files(page: Page, report: IsolationReport) -> None:
    """Add what was written."""
    if not report.written:
        return
    page.heading("What was written")
    if not page.verbose and len(report.written) > _SHOWN:
        page.rows(_folders(page, report.written), indent=2, together=True)
        return
    for path in report.written:
        page.say(Span(page.path(path), "cyan", solid=True), indent=2, hang=2)


def _folders(page: Page, written: Sequence[str]) -> list[Row]:
    """Return a row for each folder, with the names of the files in it."""
    found: dict[str, list[str]] = {}
    for path in written:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append(name)
    return [
        [[Span(page.path(f"{folder}/"), "cyan", solid=True)], commas(names)]
        for folder, names in sorted(found.items())
    ]


def unchecked(page: Page, report: IsolationReport) -> None:
    """Add what could not be checked, then the notes."""
    entries = sorted(isolation_unchecked(report), key=lambda entry: entry.harmless)
    gaps = [finding for finding in report.findings if finding.rule in GAPS]
    if entries or gaps:
        page.heading("What could not be checked")
    limit = len(entries) if page.verbose or len(entries) <= _SHOWN + 1 else _SHOWN
    for entry in entries[:limit]:
        gap_entry(page, entry)
    if limit < len(entries):
        page.say(f"and {len(entries) - limit} more; --verbose lists them", indent=2)
    for finding in gaps:
        if not any(entry.subject in finding.message for entry in entries):
            _gap(page, finding)
    if len(report.notes) > 1:
        page.heading("Notes")
    elif report.notes:
        page.gap()
        page.say("Note: ", report.notes[0])
    for note in report.notes if len(report.notes) > 1 else ():
        page.say(f"{page.marks.bullet} ", note, indent=2, hang=2)


def _gap(page: Page, finding: Finding) -> None:
    page.say(finding.message, indent=2, hang=2)
    if finding.remedy:
        page.say("what to do: ", finding.remedy, indent=4, hang=2)


def checked(page: Page, report: IsolationReport) -> None:
    """Add the components and where they are, what each container holds, how it was chosen."""
    page.heading("What was checked")
    rows = [_component(page, report, c.name) for c in report.components]
    page.rows(rows, indent=2, together=True)
    if page.verbose:
        for container in report.containers:
            _listing(page, container)
    if len(report.containers) > 1 and report.verdict != "undetermined":
        page.gap()
        page.say(choice(report))


def _component(page: Page, report: IsolationReport, name: str) -> Row:
    component = next(entry for entry in report.components if entry.name == name)
    home = next((c.name for c in report.containers if name in c.components), "")
    role = f" ({component.role})" if component.role not in ("other", name) else ""
    asked = plural(len(component.requirements), "requirement")
    return [
        [Span(name + role, "bold", solid=True)],
        [Span(f"in {home}" if home else "in no container")],
        [Span(f"{asked} in "), Span(page.path(component.source), "cyan", solid=True)],
    ]


def _listing(page: Page, container: Container) -> None:
    count = plural(len(container.picked), "distribution")
    page.heading(f"{container.name}: {container.target}, {count}, {mass(container)}")
    page.say(*commas([f"{pick.name} {pick.version}" for pick in container.picked]), indent=2)
    if container.unsized:
        page.say(Span("size not known: ", "dim"), *commas(container.unsized), indent=2, hang=2)


def choice(report: IsolationReport) -> str:
    """Return how sure it is that no smaller and no better partition exists."""
    count = len(report.containers)
    sure = f"Proven: {count} are the fewest with these walls"
    if not report.exact:
        needed = "1 is" if report.fewest == 1 else f"{report.fewest} are"
        sure = f"{count} containers are the best found; at least {needed} needed"
    elif report.fewest < count:
        sure += f", {report.fewest} for the requirements alone"
    if report.ranked < 2:
        of = ""
    elif report.all_ranked:
        of = f" It is the best of all {report.ranked} partitions of that size."
    else:
        of = f" It is the best of {report.ranked} partitions of that size; there are more."
    return f"{sure}.{of}"


def ahead(page: Page, report: IsolationReport) -> None:
    """Add what comes next: what is left to do, else the commands that were not given."""
    if report.next_steps:
        page.heading("Next")
        for number, step in enumerate(report.next_steps, 1):
            page.say(f"{number}. ", step, indent=2, hang=3)
        return
    if steps := commands_left(report):
        page.gap()
        page.say(Span("Next: ", "dim"), f"{', '.join(steps)}.", hang=2)


def commands_left(report: IsolationReport) -> list[str]:
    """Return the commands that a sound recommendation asks for and that were not given."""
    steps = [] if report.written else ["depcheck isolate --write deploy/ (files)"]
    if not report.verified:
        verify = "--verify" if steps else "depcheck isolate --verify"
        steps.append(f"{verify} (build and check)")
    sound = is_all_known(report) and not any(f.rule in _STOPPERS for f in report.findings)
    return steps if report.containers and sound else []


def total(report: IsolationReport) -> str:
    """Return how much an install of all containers has to fetch."""
    least = "at least " if any(container.unsized for container in report.containers) else ""
    return f"{least}{bulk(sum(container.size for container in report.containers))}"
