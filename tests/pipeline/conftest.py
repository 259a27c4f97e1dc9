"""Two small images compared, and a shop whose change is reviewed, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.pipeline.pairs", "tests.pipeline.shops")

from depcheck.model.parity import ParityReport  # noqa: E402 - after its asserts can be told
from tests.pipeline.pairs import Run, compared, layout  # noqa: E402 - the same
from tests.pipeline.shops import PROJECTS, Shop  # noqa: E402 - the same
from tests.support.index_server import IndexServer  # noqa: E402 - the same
from tests.support.oci import Image, Index  # noqa: E402 - the same


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


@pytest.fixture(scope="module")
def shop_index() -> Iterator[IndexServer]:
    with IndexServer(PROJECTS) as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, shop_index: IndexServer) -> Shop:
    return Shop(tmp_path / "shop", shop_index.url)
