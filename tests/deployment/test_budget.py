"""The connection budget: what fits is kept, what does not is cut, the core last."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment.budget import connection_budget
from depcheck.model.findings import Finding
from depcheck.model.isolation import Container, Database, IsolationSettings
from depcheck.model.requirement import Origin
from depcheck.model.settings import ComponentSettings, Serving, Settings
from depcheck.model.walls import Budget
from tests.support.plans import TARGET


def component(
    name: str, pool: int | None, replicas: int = 1, role: str = "other"
) -> ComponentSettings:
    return ComponentSettings(
        name=name, role=role, source=f"{name}.txt",  # type: ignore[arg-type]  # a literal
        serving=Serving(pool=pool, replicas=replicas),
        origin=Origin(component=name, path="depcheck.toml", line=len(name), text=name),
    )  # fmt: skip


def budget(
    *components: ComponentSettings, most: int = 100, reserved: int = 3, database: bool = True
) -> tuple[Budget | None, list[Finding]]:
    where = Origin(component="", path="depcheck.toml", line=99, text="max_connections")
    asked = IsolationSettings(
        settings=Settings(root=Path(), components=components),
        database=Database(max_connections=most, reserved=reserved, origin=where)
        if database else None,
    )  # fmt: skip
    containers = [
        Container(name=one.name, components=(one.name,), target=TARGET) for one in components
    ]
    return connection_budget(asked, containers)


def pools(found: Budget | None) -> dict[str, int]:
    assert found is not None
    return {share.component: share.pool for share in found.shares}


def test_no_database_and_no_pool_no_budget() -> None:
    assert budget(component("web", 20), database=False) == (None, [])
    assert budget(component("web", None)) == (None, [])


def test_what_fits_is_kept() -> None:
    found, findings = budget(component("web", 20, 3, "core"), component("ai", 37, 1, "ai"))
    assert pools(found) == {"web": 20, "ai": 37}
    assert findings == []


def test_the_sum_is_spelled_out_with_what_to_set() -> None:
    found, (finding,) = budget(component("web", 20, 3, "core"), component("rec", 25, 2, "ai"))
    assert pools(found) == {"web": 20, "rec": 18}
    assert finding.rule == "connections-over-limit"
    assert finding.severity == "error"
    assert finding.message == (
        "web 3 × 20 + rec 2 × 25 = 110 connections, and the database allows 97 "
        "(100 less 3 reserved)"
    )
    assert finding.remedy == (
        "set pool: rec 18 (as DB_POOL_SIZE in compose.yaml), or raise max_connections to 113"
    )
    assert finding.evidence is found
    assert [str(origin) for origin in finding.locations] == [
        "depcheck.toml:99", "depcheck.toml:3", "depcheck.toml:3",
    ]  # fmt: skip


def test_others_are_cut_in_proportion() -> None:
    found, _ = budget(component("a", 60), component("b", 30), component("c", 30), most=63)
    assert pools(found) == {"a": 30, "b": 15, "c": 15}


def test_the_core_is_cut_last_and_leaves_one_for_each_other() -> None:
    found, _ = budget(component("web", 40, 3, "core"), component("ai", 10, 2, "ai"), most=53)
    assert pools(found) == {"web": 16, "ai": 1}


def test_not_even_one_for_each() -> None:
    found, (finding,) = budget(component("web", 5, 3, "core"), component("ai", 5, 4), most=8)
    assert pools(found) == {"web": 1, "ai": 1}
    assert finding.remedy == (
        "even one connection for each replica makes 7: run fewer replicas, raise "
        "max_connections to 38, or put a connection pooler before the database"
    )


def test_more_is_reserved_than_there_is() -> None:
    _, (finding,) = budget(component("web", 5), most=2, reserved=3)
    assert "allows 0" in finding.message


def test_a_component_in_no_container_has_no_share() -> None:
    web, lost = component("web", 5), component("lost", 500)
    asked = IsolationSettings(
        settings=Settings(root=Path(), components=(web, lost)),
        database=Database(max_connections=10),
    )
    container = Container(name="web", components=("web",), target=TARGET)
    assert pools(connection_budget(asked, [container])[0]) == {"web": 5}


def test_a_name_cannot_leave_its_line() -> None:
    _, (finding,) = budget(component("a\n::error", 500))
    assert "\n" not in finding.message + finding.remedy


SHARES = st.lists(
    st.tuples(st.integers(1, 500), st.integers(1, 20), st.booleans()), min_size=1, max_size=6
)


@given(SHARES, st.integers(1, 2_000))
def test_what_is_given_fits_and_nobody_gets_more_than_asked(
    asked: list[tuple[int, int, bool]], most: int
) -> None:
    components = [
        component(f"c{place}", pool, replicas, "core" if first else "ai")
        for place, (pool, replicas, first) in enumerate(asked)
    ]
    found, findings = budget(*components, most=most, reserved=0)
    assert found is not None
    assert all(1 <= share.pool <= share.wanted for share in found.shares)
    least = sum(share.replicas for share in found.shares)
    assert found.given <= max(most, least)
    assert bool(findings) == (found.wanted > most)
    if found.wanted <= most:
        assert found.given == found.wanted
    # What is left over is less than each of those that were cut would need for one more.
    cut = [share for share in found.shares if share.pool < share.wanted]
    if cut and least <= most:
        assert most - found.given < max(share.replicas for share in cut) * len(cut)
    core = {one.name for one in components if one.role == "core"}
    lost = [share for share in cut if share.component in core]
    if lost:
        extra = sum(
            (share.pool - 1) * share.replicas
            for share in found.shares
            if share.component not in core
        )
        assert extra < max(share.replicas for share in lost) * len(lost)


def test_huge_numbers_take_no_time() -> None:
    found, _ = budget(component("a", 10**12, 10**3), component("b", 10**12), most=10**12)
    assert found is not None
    assert found.given <= 10**12


def test_the_order_of_components_is_kept() -> None:
    found, _ = budget(component("z", 90), component("web", 90, 1, "core"), component("a", 90))
    assert found is not None
    assert [share.component for share in found.shares] == ["z", "web", "a"]
    assert dataclasses.astuple(found)[0] == 100
