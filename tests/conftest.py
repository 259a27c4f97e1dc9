"""Tests side by side (``pytest -n 2 --dist loadgroup``): those that share what is slow to start,
an engine, a browser, an installation, go to one worker, so that it is started once.

No property is tested against the clock: a machine that has other work is no fault of the code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.engine import Engine, engine_or_skip
from tests.support.stack import base_image_or_skip, work_folder

settings.register_profile("everywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("everywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")

_TOGETHER = {
    "engine": {"engine", "builder", "registry", "guarded_registry", "stack"},
    "browser": {"browser", "opened"},
    "action": {"runner_folder"},
}


# Before xdist's own hook, which writes the groups that it finds into the tests' names.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        for group, fixtures in _TOGETHER.items():
            if wanted & fixtures:
                item.add_marker(pytest.mark.xdist_group(group))
                break


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A Docker Engine; skipped where none can run, a failure where ``CI`` is set."""
    with engine_or_skip(tmp_path_factory.mktemp("engine")) as started:
        yield started


@pytest.fixture(scope="session")
def builder(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine, which builds with the host's network, with a base image that has Python 3.11."""
    base_image_or_skip(engine, work_folder(tmp_path_factory.mktemp("base")))
    return engine
