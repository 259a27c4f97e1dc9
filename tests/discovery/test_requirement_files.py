"""Which requirements file of a folder is the component."""

from __future__ import annotations

import pytest

from depcheck.discovery.requirement_files import choose


@pytest.mark.parametrize(
    ("paths", "source", "lock"),
    [
        (["requirements.txt"], "requirements.txt", None),
        (["requirements.in", "requirements.txt"], "requirements.in", "requirements.txt"),
        (["requirements.in", "requirements.lock"], "requirements.in", "requirements.lock"),
        (
            ["requirements.txt", "requirements-lock.txt"],
            "requirements.txt",
            "requirements-lock.txt",
        ),
        (["requirements.txt", "requirements-prod.txt"], "requirements-prod.txt", None),
        (["requirements/base.txt", "requirements/main.in"], "requirements/base.txt", None),
        (["prod-requirements.txt", "reqs.txt"], "prod-requirements.txt", None),
    ],
)
def test_the_main_file(paths: list[str], source: str, lock: str | None) -> None:
    main = choose(paths).main
    assert main is not None
    assert (main.source, main.lock) == (source, lock)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("requirements-dev.txt", "tools"),
        ("test-requirements.txt", "tools"),
        ("requirements/docs.in", "tools"),
        ("requirements-cu121.txt", "variant"),
        ("requirements_py39.txt", "variant"),
    ],
)
def test_files_that_are_only_mentioned(path: str, word: str) -> None:
    chosen = choose([path])
    assert (chosen.main, chosen.others) == (None, {})
    assert word in chosen.mentions[0].why


def test_other_files_are_other_components() -> None:
    others = choose(
        ["requirements.txt", "requirements-worker.in", "requirements-worker.txt"]
    ).others
    assert list(others) == ["worker"]
    assert others["worker"].lock == "requirements-worker.txt"
