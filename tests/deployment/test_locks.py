"""The requirements file is the lock, said in another way."""

from __future__ import annotations

import tomllib

import pytest
import tomli_w

from depcheck.deployment.locks import read_lock
from depcheck.errors import OutputError
from depcheck.report.pylock import render_picked
from tests.report import samples

DIGEST = "ab" * 32


def lock(*packages: dict[str, object]) -> str:
    return tomli_w.dumps({"lock-version": "1.0", "created-by": "t", "packages": list(packages)})


def package(name: str = "demo", version: str = "1.0", **given: object) -> dict[str, object]:
    wheel = {"name": f"{name}-1.0-py3-none-any.whl", "hashes": {"sha256": DIGEST}}
    return {"name": name, "version": version, "wheels": [wheel], **given}


def test_every_package_of_a_lock_is_pinned_with_its_hashes() -> None:
    text = render_picked(samples.COMBINED, samples.TARGET)
    locked = read_lock(text, "web")
    lines = locked.requirements.replace(" \\\n", " ").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert [line.split()[0] for line in pinned] == [
        f"{one['name']}=={one['version']}" for one in tomllib.loads(text)["packages"]
    ]
    assert all(" --hash=sha256:" in line for line in pinned)


def test_hashes_are_those_of_all_wheels_and_of_no_sdist_beside_them() -> None:
    wheels = [{"name": f"{n}.whl", "hashes": {"sha256": n * 64}} for n in "ba"]
    sdist = {"name": "demo-1.0.tar.gz", "hashes": {"sha256": "c" * 64}}
    locked = read_lock(lock(package(wheels=wheels, sdist=sdist)), "web")
    assert locked.built == ()
    assert locked.requirements.endswith(
        f"demo==1.0 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n"
    )


def test_what_has_only_an_sdist_is_built() -> None:
    sdist = {"name": "old-1.0.tar.gz", "hashes": {"sha256": "c" * 64}}
    locked = read_lock(lock(package(), package("old", wheels=[], sdist=sdist)), "web")
    assert locked.built == ("old",)
    assert f"old==1.0 \\\n    --hash=sha256:{'c' * 64}\n" in locked.requirements


def test_indexes_are_those_that_a_build_can_ask() -> None:
    first, second = "https://index.example/simple/", "https://other.example/simple/"
    locked = read_lock(
        lock(package("a", index=second), package("b", index=first), package("c", index=first),
             package("d", index="file:///srv/index/"), package("e")), "web",
    )  # fmt: skip
    assert locked.indexes == (first, second)


def test_an_empty_lock_installs_nothing() -> None:
    locked = read_lock(lock(), "web")
    assert all(line.startswith("#") for line in locked.requirements.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "", "packages = 1", "[[", lock({"name": "a"}), lock(package("Demo")), lock(package("a b")),
        lock(package("a\n--index-url=http://x")), lock(package(version="1.0 --hash=x")),
        lock(package(wheels=[{"name": "a.whl", "hashes": {"md5": "0" * 32}}])),
        lock(package(wheels=[{"name": "a.whl", "hashes": {"sha256": "x\n-e ."}}])),
        lock(package(wheels=[])),
    ],
)  # fmt: skip
def test_what_is_no_lock_to_install_from(text: str) -> None:
    with pytest.raises(OutputError, match='the lock of container "web" cannot be used'):
        read_lock(text, "web")
