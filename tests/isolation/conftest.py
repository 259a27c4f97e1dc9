"""What the tests of the audit share."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.isolation.audit import audit
from depcheck.sources.compose_guardrails import read_guarded


@pytest.fixture
def audited(tmp_path):
    """Return the findings about the service ``recommender`` of a compose file."""

    def run(text, judged=("recommender",)):
        (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
        services, _ = read_guarded([Path("compose.yaml")], root=tmp_path)
        return audit(services, judged)

    return run
