"""A real staging and production pair, by every way in: what was planted, and nothing else.

``pip list`` and ``dpkg-query``, run in containers of both, are the independent witnesses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.bench.image_pair import BELOW, DELETED, PATCHED, PLANTED
from tests.support.engine import Engine
from tests.support.registry import Registry

Differences = dict[str, tuple[str | None, str | None]]
Compare = Callable[..., dict[str, Any]]
TAGS = ("staging", "production")


@pytest.fixture
def compare(engine: Engine, tmp_path: Path) -> Compare:
    """Run ``depcheck parity`` as a command and return its JSON report."""

    def run(left: str, right: str, *options: str, status: int = 1) -> dict[str, Any]:
        command = [sys.executable, "-m", "depcheck", "parity", left, right, "--format", "json"]
        done = subprocess.run(
            [*command, "--cache-dir", str(tmp_path / "cache"), *options],
            capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "DOCKER_HOST": engine.url},
        )  # fmt: skip
        assert done.returncode == status, done.stderr + done.stdout[-2000:]
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["complete"], told["undetermined"]
        return told

    return run


@pytest.fixture(params=["registry", "engine", "unpushed", "archive"])
def sides(
    request: pytest.FixtureRequest, shop: str, engine: Engine, registry: Registry, tmp_path: Path
) -> tuple[str, str]:
    """The pair as it is named on the command line, for each way to its layers."""
    left, right = (_named(request.param, shop, tag, engine, registry, tmp_path) for tag in TAGS)
    return left, right


def _named(way: str, shop: str, tag: str, engine: Engine, registry: Registry, folder: Path) -> str:
    if way == "archive":
        engine.run("save", "-o", str(folder / f"{tag}.tar"), f"{shop}:{tag}")
        return f"archive:{folder / f'{tag}.tar'}"
    names = {
        "registry": f"registry:{registry.host}/{shop}:{tag}",
        "engine": f"docker:{shop}:{tag}",
        "unpushed": f"docker:{shop}-unpushed:{tag}",
    }
    return names[way]


def planted(kind: str) -> Differences:
    return {
        key.partition(":")[2]: values for key, values in PLANTED.items() if key.startswith(kind)
    }


def drifts(told: Mapping[str, Any], *rules: str) -> dict[str, Any]:
    """Return the differences under these rules, by the name of what differs."""
    return {
        finding["evidence"]["name"]: finding["evidence"]
        for finding in told["findings"]
        if finding["rule"] in rules
    }


def paths(told: Mapping[str, Any], rule: str) -> dict[str, list[str]]:
    """Return the files under a rule, by the distribution that they belong to."""
    return {name: drift["paths"] for name, drift in drifts(told, rule).items()}


VERSIONS = tuple(f"distribution-{end}" for end in ("missing", "added", "major", "minor", "patch"))
PACKAGES = tuple(f"package-{end}" for end in ("missing", "added", "version"))


def test_every_planted_difference_is_found_and_nothing_else(
    sides: tuple[str, str], compare: Compare
) -> None:
    told = compare(*sides)
    serious = [finding for finding in told["findings"] if finding["severity"] != "note"]
    distributions = {name: values for name, values in PLANTED.items() if ":" not in name}
    distributions.pop("user")
    found = {
        name: (drift["left"], drift["right"]) for name, drift in drifts(told, *VERSIONS).items()
    }
    assert found == distributions
    assert set(drifts(told, *PACKAGES)) == set(planted("apt:"))
    assert list(drifts(told, "image-environment")) == ["env.LOG_LEVEL"]
    assert drifts(told, "image-user")
    assert any("tier" in name for name in drifts(told, "image-label"))
    assert paths(told, "distribution-patched") == {"tenacity": [PATCHED]}
    assert paths(told, "distribution-files-missing") == {"whitenoise": [DELETED]}
    # Distributions, packages, the variable, the user, the patch and the missing file.
    assert len(serious) == len(distributions) + len(planted("apt:")) + 4


def test_a_hotfix_of_what_shared_layers_brought_is_told_by_its_distribution(
    shop: str, registry: Registry, compare: Compare
) -> None:
    """Only the RECORD in a shared layer tells whose files these are."""
    name = f"registry:{registry.host}/{shop}"
    told = compare(f"{name}:production", f"{name}:hotfix")
    assert paths(told, "distribution-patched") == {"click": [BELOW["click"]]}
    assert paths(told, "distribution-files-missing") == {"requests": [BELOW["requests"]]}
    assert {f["evidence"]["name"] for f in told["findings"] if f["severity"] != "note"} == {*BELOW}


def test_pip_and_dpkg_say_the_same(
    shop: str, engine: Engine, registry: Registry, compare: Compare
) -> None:
    told = compare(*(_named("registry", shop, tag, engine, registry, Path()) for tag in TAGS))
    pip = [_pip(engine, f"{shop}:{tag}") for tag in TAGS]
    versions = drifts(told, *VERSIONS)
    assert {name: (d["left"], d["right"]) for name, d in versions.items()} == difference(*pip)
    dpkg = [_dpkg(engine, f"{shop}:{tag}") for tag in TAGS]
    packages = drifts(told, *PACKAGES)
    assert {name: (d["left"], d["right"]) for name, d in packages.items()} == difference(*dpkg)


def difference(left: Mapping[str, str], right: Mapping[str, str]) -> Differences:
    """Return what two tables have differently, as (left, right)."""
    return {
        name: (left.get(name), right.get(name))
        for name in left.keys() | right.keys()
        if left.get(name) != right.get(name)
    }


def _pip(engine: Engine, image: str) -> dict[str, str]:
    inside = ("run", "--rm", "--network", "host", image, "/opt/venv/bin/pip", "list")
    told = engine.run(*inside, "--format", "json", "--disable-pip-version-check")
    return {each["name"].lower().replace("_", "-"): each["version"] for each in json.loads(told)}


def _dpkg(engine: Engine, image: str) -> dict[str, str]:
    inside = ("run", "--rm", "--network", "host", image, "dpkg-query", "-W")
    told = engine.run(*inside, "-f", "${Package} ${Version}\\n")
    return dict(line.split(" ", 1) for line in told.splitlines())


@pytest.mark.parametrize("kind", ["registry", "docker"])
def test_the_same_layers_under_another_configuration_are_not_read(
    kind: str, shop: str, registry: Registry, compare: Compare
) -> None:
    host = f"{registry.host}/" if kind == "registry" else ""
    told = compare(f"{kind}:{host}{shop}:staging", f"{kind}:{host}{shop}:nearsame")
    serious = {f["evidence"]["name"] for f in told["findings"] if f["severity"] != "note"}
    assert serious == {"env.LOG_LEVEL"}
    assert told["run"]["bytes"] < 100_000
    assert sum(way["layers"] for pair in told["pairs"] for way in pair["traffic"]) == 0


def test_an_image_is_the_same_as_itself_wherever_it_lies(
    shop: str, registry: Registry, compare: Compare
) -> None:
    there, here = f"registry:{registry.host}/{shop}:production", f"docker:{shop}:production"
    told = compare(there, here, status=0)
    assert told["findings"] == []


def test_the_second_comparison_reads_no_layer(
    shop: str, registry: Registry, compare: Compare
) -> None:
    sides = [f"registry:{registry.host}/{shop}:{tag}" for tag in TAGS]
    first, second = compare(*sides), compare(*sides)
    assert second["findings"] == first["findings"]
    assert first["run"]["bytes"] > 1_000_000
    assert second["run"]["bytes"] < 100_000
