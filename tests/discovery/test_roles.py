"""Which component is guessed to be the core, which AI, and what is said for it."""

from __future__ import annotations

import pytest

from depcheck.discovery.known_projects import AI, WEB
from depcheck.discovery.roles import guess_roles
from depcheck.discovery.values import Candidate, Reading
from depcheck.model.requirement import normalise


def readings(*required: str) -> list[Reading]:
    return [
        Reading(candidate=Candidate(name="x", folder="", source="x"), names=tuple(names.split()))
        for names in required
    ]


@pytest.mark.parametrize(
    ("required", "roles", "because"),
    [
        (["torch"], ["core"], "it is the only component that was found"),
        (["torch", "django a"], ["ai", "core"], "it requires django"),
        (["a b", "openai", "c"], ["core", "ai", "other"], "it requires the most"),
        (["openai", "a"], ["ai", "core"], "it alone requires no AI library"),
        (["gunicorn celery", "flask"], ["other", "core"], "it requires flask"),
        (["torch", "fastapi torch"], ["ai", "core"], "it requires fastapi"),
        (["", ""], ["core", "other"], "it requires the most"),
        (["a", "torch keras jax mcp"], ["core", "ai"], "it alone requires no AI library"),
    ],
)
def test_roles(required: list[str], roles: list[str], because: str) -> None:
    guessed = guess_roles(readings(*required))
    assert [each.role for each in guessed] == roles
    assert next(each.because for each in guessed if each.role == "core") == because


def test_the_reason_names_no_more_than_three() -> None:
    _, ai = guess_roles(readings("django", "torch keras jax mcp"))
    assert ai.because == "it requires torch, keras, jax and others"


def test_nothing_found() -> None:
    assert guess_roles([]) == ()


def test_known_projects_are_normalised() -> None:
    assert [name for name in (*AI, *WEB) if name != normalise(name)] == []
    assert not AI & WEB.keys()
