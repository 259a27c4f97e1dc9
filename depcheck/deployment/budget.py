"""The connection budget: how many database connections each container's pool may open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from depcheck.model.findings import Finding
from depcheck.model.isolation import Container, Database, IsolationSettings
from depcheck.model.requirement import Origin
from depcheck.model.settings import ComponentSettings
from depcheck.model.text import printable
from depcheck.model.walls import Budget, PoolShare

_GRAIN = 10**6  # steps between nothing and all of what is wanted


def connection_budget(
    settings: IsolationSettings, containers: Iterable[Container]
) -> tuple[Budget | None, list[Finding]]:
    """Return the budget, and the finding ``connections-over-limit`` where it was cut.

    None without a database, and where no component of a container says a pool. Where the sum
    over all replicas fits into ``max_connections`` less ``reserved``, each keeps what it
    wants. Else the pools of the core keep theirs as long as every other replica has one
    connection left; the rest is divided in proportion to what is wanted, by largest
    remainder, at least one for each replica. So it is the AI that waits for a connection, not
    the logins. Where not even one each fits, each has one, and the finding says so.

    The sum is that of a running stack. A deploy that starts new replicas before the old ones
    end has twice as many for a moment; compose ends the old ones first.
    """
    database = settings.database
    members = {component.name: component for component in settings.settings.components}
    shares = tuple(_wanted(members, containers))
    if database is None or not shares:
        return None, []
    room = max(0, database.max_connections - database.reserved)
    core = {name for name, component in members.items() if component.role == "core"}
    budget = Budget(
        max_connections=database.max_connections,
        reserved=database.reserved,
        variable=database.variable,
        shares=_divided(shares, room, core),
    )
    if budget.wanted <= room:
        return budget, []
    return budget, [_finding(budget, database, members, room)]


def _wanted(
    members: dict[str, ComponentSettings], containers: Iterable[Container]
) -> Iterable[PoolShare]:
    for container in containers:
        for name in container.components:
            serving = members[name].serving
            if serving.pool:
                yield PoolShare(
                    component=name, container=container.name, replicas=serving.replicas,
                    wanted=serving.pool, pool=serving.pool,
                )  # fmt: skip


# The division


def _divided(shares: Sequence[PoolShare], room: int, core: set[str]) -> tuple[PoolShare, ...]:
    """Return the shares cut to ``room`` connections, the core's last."""
    first = [share for share in shares if share.component in core]
    others = [share for share in shares if share.component not in core]
    kept = _filled(first, room - sum(share.replicas for share in others))
    rest = _filled(others, room - sum(share.pool * share.replicas for share in kept))
    cut = {share.component: share for share in (*kept, *rest)}
    return tuple(cut[share.component] for share in shares)


def _filled(shares: Sequence[PoolShare], room: int) -> list[PoolShare]:
    """Return the shares with as much of what is wanted as fits, at least one for each."""
    low, high = 0, _GRAIN
    while low < high:
        middle = (low + high + 1) // 2
        if _sum(_level(shares, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return _remainder(_level(shares, low), room, low)


def _level(shares: Sequence[PoolShare], level: int) -> list[PoolShare]:
    return [replace(share, pool=max(1, share.wanted * level // _GRAIN)) for share in shares]


def _remainder(shares: list[PoolShare], room: int, level: int) -> list[PoolShare]:
    """Give one more to those whose share was rounded down the most, as far as there is room."""
    left = room - _sum(shares)
    order = sorted(
        range(len(shares)), key=lambda place: (-(shares[place].wanted * level % _GRAIN), place)
    )
    for place in order:
        share = shares[place]
        if share.replicas <= left and share.pool < share.wanted:
            left -= share.replicas
            shares[place] = replace(share, pool=share.pool + 1)
    return shares


def _sum(shares: Iterable[PoolShare]) -> int:
    return sum(share.pool * share.replicas for share in shares)


# What is told


def _finding(
    budget: Budget, database: Database, members: dict[str, ComponentSettings], room: int
) -> Finding:
    terms = " + ".join(
        f"{_who(share)} {share.replicas} × {share.wanted}" for share in budget.shares
    )
    kept = f" ({budget.max_connections} less {budget.reserved} reserved)" if budget.reserved else ""
    return Finding(
        rule="connections-over-limit",
        severity="error",
        message=f"{terms} = {budget.wanted} connections, and the database allows {room}{kept}",
        locations=_locations(budget, database, members),
        evidence=budget,
        remedy=_remedy(budget, room),
    )


def _remedy(budget: Budget, room: int) -> str:
    enough = f"raise max_connections to {budget.wanted + budget.reserved}"
    if budget.given > room:
        return (
            f"even one connection for each replica makes {budget.given}: run fewer replicas, "
            f"{enough}, or put a connection pooler before the database"
        )
    cut = ", ".join(
        f"{_who(share)} {share.pool}" for share in budget.shares if share.pool < share.wanted
    )
    return f"set pool: {cut} (as {budget.variable} in compose.yaml), or {enough}"


def _locations(
    budget: Budget, database: Database, members: dict[str, ComponentSettings]
) -> tuple[Origin, ...]:
    owners = (members[share.component] for share in budget.shares)
    origins = (database.origin, *(c.places.get("pool", c.origin) for c in owners))
    return tuple(origin for origin in origins if origin is not None)


def _who(share: PoolShare) -> str:
    return printable(share.component)
