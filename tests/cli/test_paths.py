"""The report's paths lead to the files from where the command was run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import depcheck

SHOP = Path(__file__).parents[2] / "fixtures" / "shop"


def run(folder: Path, *arguments: str) -> str:
    config = ("--config", str(SHOP / "conflict" / "depcheck.toml"))
    return depcheck("check", "--quiet", *arguments, *config, cwd=folder).stdout


@pytest.mark.parametrize(
    ("folder", "prefix"),
    [(SHOP, "conflict/"), (SHOP / "conflict", ""), (SHOP / "shift", "")],
)
def test_paths_begin_where_the_reader_stands(folder: Path, prefix: str) -> None:
    assert f"\n  {prefix}web/requirements.txt:8 " in run(folder)


def test_json_keeps_the_paths_and_says_where_the_root_is() -> None:
    report = json.loads(run(SHOP, "--format", "json"))
    assert report["root"] == "conflict/"
    assert report["components"][0]["requirements"][0]["origin"]["path"] == "web/requirements.txt"
