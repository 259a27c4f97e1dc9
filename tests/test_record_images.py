"""The images under ``fixtures/`` are those that the script makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.record_images import IMAGES, record

FIXTURES = Path(__file__).parents[1] / "fixtures" / "images"


def parts(layout: Path) -> tuple[Any, Any]:
    """Return a layout's manifest and configuration."""

    def blob(descriptor: Any) -> Any:
        return json.loads((layout / "blobs/sha256" / descriptor["digest"][7:]).read_bytes())

    manifest = blob(json.loads((layout / "index.json").read_bytes())["manifests"][0])
    return manifest, blob(manifest["config"])


@pytest.mark.parametrize("name", IMAGES)
def test_the_layouts_are_what_the_script_writes(name: str, tmp_path: Path) -> None:
    record(tmp_path)
    (_, made), (_, kept) = parts(tmp_path / name), parts(FIXTURES / name)
    # Not the blobs' digests: another zlib may compress the same layer to other bytes.
    assert made == kept


def test_both_stand_on_the_same_layers() -> None:
    staging, production = (parts(FIXTURES / name)[0]["layers"] for name in IMAGES)
    assert staging[:3] == production[:3]
    assert (len(staging), len(production)) == (4, 5)
