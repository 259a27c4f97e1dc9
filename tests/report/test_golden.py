"""The reports as files to read; ``DEPCHECK_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depcheck.report import pylock
from depcheck.report.json import check as json
from depcheck.report.text import check as console
from tests.report import samples

GOLDEN = Path(__file__).with_name("golden")


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("DEPCHECK_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", samples.ALL)
def test_text(name: str, width: int) -> None:
    text = console.render(samples.ALL[name], width=width, colour=False, unicode=True)
    compare(f"{name}-{width}.txt", text)


def test_verbose_text() -> None:
    text = console.render(samples.SHIFTS, width=80, colour=False, unicode=True, verbose=True)
    compare("shifts-verbose-80.txt", text)


@pytest.mark.parametrize("name", samples.ALL)
def test_json(name: str) -> None:
    compare(f"{name}.json", json.render(samples.ALL[name]))


def test_pylock() -> None:
    compare("pylock.toml", pylock.render(samples.SHIFTS))
