"""The pipeline over two small images, as a fixture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.pipeline.pairs")

from depcheck.model.parity import ParityReport  # noqa: E402 - after its asserts can be told
from tests.pipeline.pairs import Run, compared, layout  # noqa: E402 - the same
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
