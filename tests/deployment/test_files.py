"""All files of a plan, and that they are the same each time."""

from __future__ import annotations

import pytest
import yaml

from depcheck.deployment.files import make_files
from depcheck.report.pylock import render_picked
from tests.report import samples
from tests.support import plans

LOCK = render_picked(samples.COMBINED, samples.TARGET)
LOCKS = {"web": LOCK, "recommender": LOCK}


def test_a_stack_has_all_its_files() -> None:
    files = make_files(plans.plan(), LOCKS)
    of_image = ("Dockerfile", "Dockerfile.dockerignore", "pylock.toml", "requirements.txt")
    assert list(files) == sorted(
        ["compose.yaml", "gateway/haproxy.cfg"]
        + [f"{name}/{file}" for name in LOCKS for file in of_image]
    )
    assert files["web/pylock.toml"] == LOCK
    assert all(text.endswith("\n") for text in files.values())


def test_each_ai_has_the_file_of_its_gateway() -> None:
    files = make_files(plans.plan(plans.core(), plans.ai(), plans.ai("search")), {
        **LOCKS, "search": LOCK,
    })  # fmt: skip
    services = yaml.safe_load(files["compose.yaml"])["services"]
    mounted = {
        name: one["volumes"][0].split(":")[0].removeprefix("./")
        for name, one in services.items() if "volumes" in one
    }  # fmt: skip
    assert mounted == {
        "gateway-recommender": "gateway/recommender.cfg", "gateway-search": "gateway/search.cfg",
    }  # fmt: skip
    assert set(mounted.values()) <= files.keys()


def test_no_gateway_where_nothing_is_guarded() -> None:
    assert "gateway/haproxy.cfg" not in make_files(plans.plan(plans.core()), LOCKS)


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert make_files(plans.plan(), LOCKS) == make_files(
        plans.plan(), dict(reversed(LOCKS.items()))
    )


@pytest.mark.parametrize("where", [{}, {"context": "", "here": ""}, {"context": ".", "here": ""}])
def test_compose_and_dockerfile_agree_on_the_context(where: dict[str, str]) -> None:
    files = make_files(plans.plan(**where), LOCKS)
    build = yaml.safe_load(files["compose.yaml"])["services"]["web"]["build"]
    here = where.get("here", "deploy")
    assert build["dockerfile"] == "/".join(filter(None, (here, "web/Dockerfile")))
    assert build["context"] == (where.get("context", "..") or ".")
    assert f'"{"/".join(filter(None, (here, "web/requirements.txt")))}"' in files["web/Dockerfile"]
