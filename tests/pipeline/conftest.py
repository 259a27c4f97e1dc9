"""The pipeline over two small images, and the engines for a proof and a stack, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.pipeline.pairs")

from depcheck.model.parity import ParityReport  # noqa: E402 - after its asserts can be told
from tests.pipeline.pairs import Run, compared, layout  # noqa: E402 - the same
from tests.support.engine import Engine, engine_or_skip  # noqa: E402 - the same
from tests.support.oci import Image, Index  # noqa: E402 - the same
from tests.support.stack import base_image_or_skip, work_folder  # noqa: E402 - the same


@pytest.fixture
def compare(tmp_path: Path) -> Run:
    """Compare two images as layouts; options are those of ParitySettings."""
    runs = 0

    def run(staging: Image | Index, production: Image | Index, **options: Any) -> ParityReport:
        nonlocal runs
        runs += 1
        folder = tmp_path / f"run-{runs}"
        left, right = layout(folder / "staging", staging), layout(folder / "production", production)
        return compared(tmp_path, left, right, **options)

    return run


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that builds with the host's network, and has a base image with Python 3.11."""
    folder = tmp_path_factory.mktemp("builder")
    data = folder / "engine"
    data.mkdir()
    with engine_or_skip(data) as started:
        base_image_or_skip(started, work_folder(folder))
        yield started
