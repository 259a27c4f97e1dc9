from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import SourceError
from depcheck.model.requirement import Component
from depcheck.model.settings import ComponentSettings
from depcheck.sources import read_component
from depcheck.sources.target import build_target

Read = Callable[..., Component]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files below a project root and return the root."""
    root = tmp_path / "root"

    def write_all(files: Mapping[str, str | bytes]) -> Path:
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write_all


@pytest.fixture
def read(write: Callable[[Mapping[str, str | bytes]], Path]) -> Read:
    """Write files and read the first of them (or ``source``) as the component ``web``."""

    def read_files(
        files: Mapping[str, str | bytes],
        source: str | None = None,
        python: str | None = "3.12",
        platform: str | None = "linux/amd64",
        **chosen: Any,
    ) -> Component:
        settings = ComponentSettings(name="web", source=source or next(iter(files)), **chosen)
        target = build_target(python, platform)
        return read_component(settings, root=write(files), target=target)

    return read_files


@pytest.fixture
def fault(read: Read) -> Callable[..., SourceError]:
    """Read files that cannot be read, and return the error."""

    def read_badly(*args: Any, **chosen: Any) -> SourceError:
        with pytest.raises(SourceError) as caught:
            read(*args, **chosen)
        return caught.value

    return read_badly
