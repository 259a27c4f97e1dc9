"""Tests side by side (``pytest -n 2 --dist loadgroup``): those that share what is slow to start,
an engine, a browser, an installation, go to one worker, so that it is started once."""

from __future__ import annotations

import pytest

_TOGETHER = {
    "engine": {"engine", "builder", "registry", "guarded_registry", "stack"},
    "browser": {"browser", "opened"},
    "action": {"runner_folder"},
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        for group, fixtures in _TOGETHER.items():
            if wanted & fixtures:
                item.add_marker(pytest.mark.xdist_group(group))
