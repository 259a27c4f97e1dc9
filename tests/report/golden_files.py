"""Digests' formats as files to read; ``DEPCHECK_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).with_name("golden") / "digests"


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("DEPCHECK_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
