"""The tables of a division's digest: containers, walls, wishes, connections, proof."""

from __future__ import annotations

from depcheck.model.findings import SEVERITIES, Severity
from depcheck.model.isolation import Boundary, Container, IsolationReport, Verified, WishAnswer
from depcheck.model.walls import Budget
from depcheck.report.digest import Cell, Context, Table, Tone
from depcheck.report.digests.isolation_evidence import cost_of
from depcheck.report.digests.parts import place_of, severity_cell
from depcheck.report.escape import one_line
from depcheck.report.text.isolation_rest import free
from depcheck.report.text.isolation_wishes import cannot, difference
from depcheck.report.text.isolation_words import STRENGTHS, bulk, mass, minor, named, titles, walls
from depcheck.report.text.layout import Marks

_CONTAINERS = ("container", "components", "Python", "distributions", "size", "added")
_WALLS = ("between", "because of", "severity", "strength", "stands", "costs")
_WISHES = ("wish", "answer", "gives up", "spares")
_BUDGET = ("component", "container", "replicas", "wanted", "given", "together")
_PROOF = ("container", "step", "outcome", "detail")

Row = tuple[Cell, ...]


def tables(report: IsolationReport, context: Context) -> tuple[Table, ...]:
    """Return the tables that have rows."""
    every = (*walls(report), *(wall for wall in report.boundaries if not wall.stands))
    found = (
        _table(
            "containers",
            "Containers",
            _CONTAINERS,
            [_container(report, c) for c in report.containers],
        ),
        _table("walls", "Walls", _WALLS, [_wall(report, wall) for wall in every]),
        _table("wishes", "Wishes", _WISHES, [_wish(wish, context) for wish in report.wishes]),
        _budget(report.budget),
        _table("proof", "Proof", _PROOF, [_step(step) for step in report.verified]),
    )
    return tuple(table for table in found if table and table.rows)


def _table(name: str, title: str, columns: tuple[str, ...], rows: list[Row]) -> Table:
    return Table(id=name, title=title, columns=columns, rows=tuple(rows))


def _container(report: IsolationReport, container: Container) -> Row:
    added = [cost.added for cost in report.costs if cost.container == container.name]
    gpu = ", GPU" if container.gpu else ""
    return (
        Cell(text=one_line(container.name), code=True),
        Cell(text=one_line(", ".join(container.components))),
        Cell(text=one_line(f"{minor(container.target.python)}{gpu}")),
        _number(len(container.picked)),
        Cell(text=mass(container), sort=f"{container.size:015d}"),
        Cell(text=bulk(added[0]) if added else "", sort=f"{added[0] if added else 0:015d}"),
    )


def _wall(report: IsolationReport, wall: Boundary) -> Row:
    found = [finding.severity for finding in wall.reasons]
    severity: Severity = max(found, key=SEVERITIES.index, default="note")
    stands = "yes" if wall.decisive else "yes, by another reason"
    return (
        Cell(text=one_line(named(wall.components, Marks().wall))),
        Cell(text=one_line(titles(wall.reasons)) or "asked for"),
        severity_cell(severity),
        Cell(text=STRENGTHS[wall.strength]),
        Cell(text=stands if wall.stands else "advised only"),
        Cell(text=one_line(cost_of(report, wall))),
    )


def _wish(wish: WishAnswer, context: Context) -> Row:
    answer = difference(wish) if wish.possible else cannot(wish).strip().removesuffix("; see below")
    place = place_of(wish.origin, context) if wish.origin else None
    return (
        Cell(text=one_line(wish.asked), code=True, place=place),
        Cell(text=one_line(answer), tone="plain" if wish.possible else "bad"),
        Cell(text=one_line(" ".join(wish.gives_up))),
        Cell(text=one_line(" ".join(wish.spares))),
    )


def _budget(budget: Budget | None) -> Table | None:
    if budget is None:
        return None
    rows = [
        (
            Cell(text=one_line(share.component)),
            Cell(text=one_line(share.container)),
            _number(share.replicas),
            _number(share.wanted),
            _number(share.pool),
            _number(share.pool * share.replicas),
        )
        for share in budget.shares
    ]
    told = f"Together {budget.wanted} wanted, {budget.given} given, of {free(budget)}."
    return Table(
        id="budget",
        title="Database connections",
        columns=_BUDGET,
        rows=tuple(rows),
        note=one_line(told),
    )


def _number(count: int) -> Cell:
    return Cell(text=str(count), sort=f"{count:09d}")


def _step(step: Verified) -> Row:
    outcomes: dict[bool | None, tuple[str, Tone]] = {
        True: ("passed", "good"),
        False: ("FAILED", "bad"),
        None: ("not tried", "dark"),
    }
    word, tone = outcomes[step.passed]
    return (
        Cell(text=one_line(step.container), code=True),
        Cell(text=step.step),
        Cell(text=word, tone=tone),
        Cell(text=one_line(step.detail)),
    )
