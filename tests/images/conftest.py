"""Real parts, each started once in a session and only where a test asks for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.image_pair import NAMES, build_pair, push_pair
from tests.support.engine import Engine
from tests.support.registry import Registry, registry_or_skip
from tests.support.running import cannot


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry without authentication."""
    with registry_or_skip(tmp_path_factory.mktemp("registry")) as started:
        yield started


@pytest.fixture(scope="session", params=("basic", "token"))
def guarded_registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """A registry that asks for ``registry.auth``: once by password, once by bearer token."""
    folder = tmp_path_factory.mktemp(f"registry-{request.param}")
    with registry_or_skip(folder, auth=request.param) as started:
        yield started


@pytest.fixture(scope="session")
def shop(
    engine: Engine, registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A real pair with planted differences, ``shop:staging`` and ``shop:production``.

    The engine has both, and pushed to the registry; the value is the name ``shop``. It takes
    a minute and the network; ``DEPCHECK_IMAGE_WORK`` names a folder that keeps what was
    downloaded.
    """
    if not shutil.which("debootstrap"):
        cannot("no real pair for this test: apt-get install debootstrap")
    kept = os.environ.get("DEPCHECK_IMAGE_WORK")
    work = Path(kept) if kept else tmp_path_factory.mktemp("pair")
    try:
        build_pair(engine, "small", work, NAMES["small"])
    except OSError as error:
        cannot(f"the real pair cannot be built: {error}")
    names = push_pair(engine, NAMES["small"], registry.host)
    yield NAMES["small"]
    engine.run("rmi", *names)
