"""The table of guard-rails: what it writes, and that the audit sees each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment.compose import compose_file
from depcheck.deployment.gateway import gateway_files
from depcheck.deployment.guardrails import RAILS, Guards, Rail, guardrails, size
from depcheck.isolation.audit import audit, untold
from depcheck.model.walls import Guardrail
from depcheck.sources.compose_guardrails import read_guarded
from tests.support.plans import ai, core, plan

SHOP = plan(core(), ai(secrets=("key",)))

UNITS = {"g": 2**30, "m": 2**20, "k": 2**10}


@pytest.mark.parametrize(
    ("amount", "text"),
    [(2**31, "2g"), (3 * 2**29, "1536m"), (2**10, "1k"), (10**9, "1000000000"), (1, "1")],
)
def test_sizes_are_written_short(amount: int, text: str) -> None:
    assert size(amount) == text


@given(st.integers(1, 2**50))
def test_a_size_is_exact(amount: int) -> None:
    text = size(amount)
    unit = UNITS.get(text[-1], 1)
    assert int(text.rstrip("gmk")) * unit == amount


def test_a_guardrail_that_a_service_has_no_use_for_is_left_out() -> None:
    guards = Guards(
        memory=2**30, cpus=1, pids=9, scratch=2**20, start_period=1, stop_grace=1,
        networks=("edge",), internal=False,
    )  # fmt: skip
    text = guardrails(guards)
    assert "healthcheck" not in text
    assert "start_period" not in text
    assert "secrets" not in text
    assert "ports:" not in text


# What is written, seen by the audit


def audited(text: str, folder: Path) -> dict[str, set[str]]:
    """Return service → rules broken, every service judged."""
    for path, content in {"compose.yaml": text, **gateway_files(SHOP)}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    found, undetermined = read_guarded([Path("compose.yaml")], root=folder)
    assert undetermined == ()
    judged = {service.service for service in found}
    assert untold(found, judged) == []
    rules: dict[str, set[str]] = {name: set() for name in judged}
    for finding in audit(found, judged):
        assert isinstance(finding.evidence, Guardrail)
        rules[finding.evidence.service].add(finding.rule)
    return rules


def test_the_audit_finds_nothing_to_say_of_what_is_written(tmp_path: Path) -> None:
    rules = audited(compose_file(SHOP), tmp_path)
    assert rules["recommender"] == set()
    # The core is to be reached, and has to come back whatever happens, with its gateway, which
    # no audit judges on its own account.
    assert rules["gateway"] <= {"guardrail-restart", "guardrail-gateway"}
    assert rules["web"] <= {"guardrail-ports", "guardrail-network", "guardrail-restart"}


@pytest.mark.parametrize(
    "rail", [rail for rail in RAILS if rail.rule and rail.name != "secrets as files"],
    ids=lambda rail: rail.rule,
)  # fmt: skip
def test_the_audit_misses_each_guardrail_that_is_taken_out(rail: Rail, tmp_path: Path) -> None:
    whole = yaml.safe_load(compose_file(SHOP))
    place = whole["services"]["recommender"]
    *above, field = rail.field.split(".")
    for part in above:
        place = place[part]
    del place[field]
    assert rail.rule in audited(yaml.safe_dump(whole), tmp_path)["recommender"]
