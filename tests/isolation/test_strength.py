"""How strong a wall has to be, and what speaks against it."""

from __future__ import annotations

import pytest

from depcheck.isolation.strength import against, is_pure, strength
from depcheck.model.findings import Conflict, Correction, Edit, Finding, Step
from depcheck.model.isolation import Wish
from depcheck.model.report import Picked
from depcheck.model.requirement import Origin
from depcheck.model.rules import RULES
from tests.isolation.picking import pick


def because_of(*rules: str) -> list[Finding]:
    return [Finding(rule=r, severity=RULES[r].severity, message="") for r in rules]


@pytest.mark.parametrize(
    ("rules", "pure", "expected"),
    [
        (["wall-conflict"], True, "environment"),
        (["wall-conflict"], False, "container"),
        (["wall-shift"], True, "environment"),
        (["wall-conflict", "wall-python"], True, "container"),
        (["wall-native"], True, "container"),
        (["wall-heavy"], True, "container"),
        (["wall-apart"], True, "container"),
        (["wall-heavy", "wall-gpu"], True, "service"),
        (["wall-trust", "wall-conflict"], True, "service"),
        (["wall-release"], True, "service"),
    ],
)
def test_the_gravest_reason_decides(rules: list[str], pure: bool, expected: str) -> None:
    kind, because = strength(because_of(*rules), pure=pure)
    assert kind == expected
    assert because.endswith(".")


def test_purity_is_that_of_the_files_that_would_be_installed() -> None:
    picks = [
        pick("django", tag="py3-none-any"),
        pick("numpy"),
        pick("psycopg2", tag="sdist"),
        Picked(name="ghost", version="1"),
    ]
    assert is_pure(picks, {"django"})
    assert not is_pure(picks, {"django", "numpy"})
    assert not is_pure(picks, {"psycopg2"})
    assert not is_pure(picks, {"ghost"})
    assert not is_pure(picks, {"elsewhere"})
    assert not is_pure(picks, set())


ORIGIN = Origin(component="web", path="web/requirements.txt", line=8, text="pydantic<2")
EDIT = Edit(origin=ORIGIN, before="pydantic<2", after="pydantic>=2.7.4")


def test_an_edit_speaks_against_a_wall() -> None:
    one = Correction(statements=(), edits=(EDIT,))
    assert against([one], [], ["web", "ai"]) == (
        "An edit heals the conflict: pydantic<2 → pydantic>=2.7.4 (web/requirements.txt:8).",
    )
    two = Correction(statements=(), edits=(EDIT, EDIT), remark="It has to be built.")
    (sentence,) = against([two, one], [], ["web", "ai"])
    assert sentence == (
        "2 edits heal the conflict: pydantic<2 → pydantic>=2.7.4 (web/requirements.txt:8), and "
        "1 more. It has to be built. There is another way."
    )


def test_an_upstream_release_speaks_against_a_wall_where_no_edit_heals() -> None:
    steps = (
        Step(subject="web", verb="needs", object="pyjwt<2", origin=ORIGIN),
        Step(subject="mcp", versions="1.23 to 2.3", count=21, verb="needs", object="pyjwt>=2.10"),
    )
    conflict = Conflict(statements=(), project="pyjwt", steps=steps)
    finding = Finding(rule="wall-conflict", severity="error", message="", evidence=conflict)
    none = Correction(statements=(), edits=(), remark="No edit of these lines heals.")
    expected = ("A release of mcp that no longer needs pyjwt>=2.10 would heal it.",)
    assert against([none], [], ["web", "ai"], [finding]) == expected
    healed = Correction(statements=(), edits=(EDIT,))
    (sentence,) = against([healed], [], ["web", "ai"], [finding])
    assert "edit" in sentence


def test_shared_data_speaks_against_a_wall_between_those_that_share_it() -> None:
    wish = Wish(kind="shares", components=("web", "ai", "jobs"), reason="one transaction")
    (sentence,) = against([], [wish], ["web", "ai"])
    assert sentence.startswith("web and ai share data or a transaction in one process (one trans")
    assert against([], [wish], ["web", "other"]) == ()
