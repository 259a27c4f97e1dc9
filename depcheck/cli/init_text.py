"""What ``init`` has found, told in the terminal."""

from __future__ import annotations

from depcheck.discovery.drafting import by_reason
from depcheck.discovery.values import Discovery, Proposal
from depcheck.report.text.layout import Page, Span
from depcheck.report.words import CODE, PLACE, plural

_WIDEST = 120
_SHOWN = 4
_STYLES = {"core": "bold", "ai": "magenta", "other": ""}


def render_init(
    discovery: Discovery,
    *,
    written: str,
    command: str,
    audited: str,
    width: int,
    colour: bool,
    unicode: bool,
) -> str:
    """Return what was found, what was left out, and what to do next.

    ``written`` is the file, ``command`` runs the first check on it, ``audited`` an audit (empty
    for none). ``width`` is in cells.
    """
    page = Page(width=max(40, min(width, _WIDEST)), unicode=unicode)
    count = plural(len(discovery.proposals), "component")
    page.say(Span(f"{count} found", "bold"), ", written to ", Span(written, PLACE, solid=True))
    page.gap()
    for proposal in discovery.proposals:
        _component(page, proposal)
    _target(page, discovery)
    _left_out(page, discovery)
    _next(page, discovery, command, audited)
    return page.text(colour=colour)


def _component(page: Page, proposal: Proposal) -> None:
    page.say(
        Span(proposal.name, CODE),
        f" ({proposal.role})  ",
        Span(proposal.candidate.source, PLACE, solid=True),
        indent=2,
        hang=2,
    )
    for sentence in proposal.because:
        page.say(sentence, indent=4, hang=2)


def _target(page: Page, discovery: Discovery) -> None:
    page.gap()
    for what, guess in (("Python", discovery.python), ("Platform", discovery.platform)):
        if guess:
            page.say(f"{what} ", Span(guess.value, CODE), f", from {guess.by}", hang=2)
    for note in discovery.notes:
        page.say(Span(note, "yellow"))


def _left_out(page: Page, discovery: Discovery) -> None:
    reasons = by_reason(discovery.mentions)
    if not reasons:
        return
    page.heading("Left out")
    for why, paths in reasons[:_SHOWN]:
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        page.say(f"{', '.join(paths[:_SHOWN])}{more}: {why}", indent=2, hang=2)
    if len(reasons) > _SHOWN:
        page.say("and more: the file lists them", indent=2)


def _next(page: Page, discovery: Discovery, command: str, audited: str) -> None:
    page.heading("Next")
    rows = [
        (command, "what cannot live together, and what is moved"),
        (command.replace(" check", " isolate"), "where a container wall must stand"),
    ]
    if audited:
        rows.append((audited, "which guard-rails the AI components lack"))
    if len(discovery.proposals) == 1:
        page.say(
            "Name the other component in the file: one alone has nothing to clash with.", indent=2
        )
        rows = rows[:1]
    for run, what in rows:
        page.say(Span(run, CODE), indent=2, hang=4)
        page.say(what, indent=6)
    page.say("In CI, on every pull request (depcheck's docs/pull-requests.md):", indent=2)
    page.draw(Span("- uses: OWNER/depcheck@v1", CODE), indent=4)
