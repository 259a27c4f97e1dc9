"""What is told beside the files: one sentence for each kind of thing, and none for nothing."""

from __future__ import annotations

from depcheck.deployment.plan import Plan, ServicePlan
from depcheck.deployment.remarks import remarks
from tests.support.plans import ai, core, plan

WEB = core(command=("gunicorn", "-b", ":8000", "web:app"), memory=2**30)
AI = ai(command=("python", "ai.py"), memory=2**30)


def said(*services: ServicePlan) -> list[str]:
    shop: Plan = plan(*services)
    return list(remarks(shop))


def test_nothing_where_all_is_configured() -> None:
    assert said(WEB, AI) == []


def test_no_core() -> None:
    (remark,) = said(AI)
    assert 'role = "core"' in remark
    assert "nothing is published" in remark


def test_a_core_that_listens_nowhere() -> None:
    (remark,) = said(core(command=("run",), memory=1, port=None), AI)
    assert remark.startswith("web has no `port`: nothing is published")


def test_services_without_a_command_are_one_remark() -> None:
    (remark,) = said(
        core(command=(), memory=1), ai(command=(), memory=1, components=("rank", "\x1b[2J"))
    )
    assert remark.startswith("web and recommender (rank, \\x1b[2J) have no `command`")


def test_an_ai_that_listens_nowhere_has_no_gateway() -> None:
    (remark,) = said(WEB, ai(command=("run",), memory=1, port=None))
    assert remark.startswith("recommender has no `port`: no gateway stands before it")


def test_servers_on_the_loopback() -> None:
    (remark,) = said(core(memory=1), ai(memory=1))
    assert "web (gunicorn: --bind 0.0.0.0:8000), recommender (uvicorn: --host 0.0.0.0)" in remark


def test_a_port_that_the_command_contradicts() -> None:
    command = ("uvicorn", "rec:app", "--host", "0.0.0.0", "--port", "9000")
    (remark,) = said(WEB, ai(command=command, memory=1, port=9001))
    assert "recommender (9000 instead of 9001)" in remark
    assert said(WEB, ai(command=command, memory=1, port=9000)) == []


def test_a_pool_and_no_way_to_a_database() -> None:
    (remark,) = said(
        core(command=("run",), memory=1, pool=5), ai(command=("run",), memory=1, pool=2)
    )
    assert remark.startswith("recommender has a `pool`, but no way to a database")
    assert "networks = [" in remark
    joined = ai(command=("run",), memory=1, pool=2, networks=("database",))
    assert said(WEB, joined) == []


def test_a_network_that_leads_past_the_gateway() -> None:
    joined = {"memory": 1, "networks": ("database",), "command": ("run",)}
    (remark,) = said(core(**joined), ai(**joined), ai("rank", command=("run",), memory=1))
    assert "web and recommender in database" in remark
    assert said(core(**joined), core(name="admin", **joined), AI) == []


def test_the_limit_that_nobody_chose() -> None:
    (remark,) = said(core(command=("run",)), ai(command=("run",)))
    assert "web 1g, recommender 2g" in remark
