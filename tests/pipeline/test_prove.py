"""``--verify``: what holds is said to hold, what does not is found, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from depcheck.cli.isolate_files import Made, make
from depcheck.config import IsolationCommandLine, load_isolation_settings
from depcheck.model.isolation import IsolationReport, IsolationSettings, Verified
from depcheck.model.observer import Silent
from depcheck.pipeline.divide import isolate
from depcheck.pipeline.prove import failures, prove
from tests.support.catalogs import FAST
from tests.support.engine import Engine
from tests.support.index_server import IndexServer, Release
from tests.support.stack import BASE

PROJECTS = {
    "shop": {"1.0": Release(requires_dist=["auth<2", "helper>=1"])},
    "helper": {"1.0": Release()},
    "auth": {"1.0": Release(), "2.0": Release()},
    "recommender": {"1.0": Release(requires_dist=["auth>=2"])},
}
CONFIGURATION = """\
python = "3.11"
platform = "linux/amd64"
[isolation]
base = "{base}"
[components.web]
source = "web.txt"
role = "core"
code = "web"
[components.ai]
source = "ai.txt"
role = "ai"
"""
NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere/engine.sock"}


@dataclass(frozen=True, slots=True)
class Case:
    """A project that was divided, and what would be written for it."""

    settings: IsolationSettings
    report: IsolationReport
    made: Made
    environ: Mapping[str, str]

    def prove(
        self, engine: Mapping[str, str], files: Mapping[str, str] | None = None,
        arguments: Mapping[str, str] | None = None, network: str = "host",
    ) -> dict[str, list[Verified]]:  # fmt: skip
        """Return the steps of each container, in the order that they were told in."""
        verified = prove(
            self.report,
            self.settings,
            self.made.files if files is None else files,
            plan=self.made.plan,
            environ={**self.environ, **engine},
            observer=Silent(),
            network=network,
            build_args=arguments,
        )
        told: dict[str, list[Verified]] = {}
        for step in verified:
            told.setdefault(step.container, []).append(step)
        return told


@pytest.fixture(scope="module")
def index() -> Iterator[IndexServer]:
    with IndexServer(PROJECTS) as server:
        yield server


def case_of(folder: Path, index: IndexServer, base: str = BASE) -> Case:
    (folder / "depcheck.toml").write_text(CONFIGURATION.format(base=base))
    (folder / "web.txt").write_text("shop\n")
    (folder / "ai.txt").write_text("recommender\n")
    (folder / "web").mkdir()
    (folder / "web" / "app.py").write_text("x = 1\n")
    settings = load_isolation_settings(start=folder, config=None, overrides=IsolationCommandLine())
    here = replace(settings.settings.index, index_url=index.url, no_cache=True)
    settings = replace(settings, settings=replace(settings.settings, index=here))
    environ = {"HOME": str(folder), **FAST}
    report = isolate(settings, environ=environ, observer=Silent())
    return Case(settings, report, make(report, settings), environ)


@pytest.fixture
def case(tmp_path: Path, index: IndexServer) -> Case:
    return case_of(tmp_path, index)


def without(case: Case, container: str, project: str) -> Mapping[str, str]:
    """The files that would be written had the lock of a container lost a project."""
    containers = tuple(
        replace(each, picked=tuple(p for p in each.picked if p.name != project))
        if each.name == container else each
        for each in case.report.containers
    )  # fmt: skip
    return make(replace(case.report, containers=containers), case.settings).files


def outcome(steps: list[Verified]) -> list[tuple[str, bool | None]]:
    return [(step.step, step.passed) for step in steps]


def here(engine: Engine) -> dict[str, str]:
    return {"DOCKER_HOST": engine.url}


def test_what_was_recommended_holds_and_nothing_is_left(case: Case, builder: Engine):
    told = case.prove(here(builder))
    assert list(told) == ["web", "ai"]
    for steps in told.values():
        assert outcome(steps) == [("resolve", True), ("build", True), ("pip check", True)]
        assert [step.detail for step in steps] == ["", "", ""]
    assert failures(step for steps in told.values() for step in steps) == ()
    assert builder.run("images", "--quiet", "--filter", "label=depcheck.proof") == ""
    assert builder.run("ps", "--all", "--quiet", "--filter", "label=depcheck.proof") == ""


def test_a_lock_that_lacks_something_is_found_by_resolving_and_by_pip(case: Case, builder: Engine):
    told = case.prove(here(builder), without(case, "web", "helper"))
    assert outcome(told["web"]) == [("resolve", False), ("build", True), ("pip check", False)]
    resolve, _, check = told["web"]
    assert resolve.detail == "the lock lacks helper"
    assert "shop 1.0 requires helper, which is not installed" in check.detail
    assert outcome(told["ai"]) == [("resolve", True), ("build", True), ("pip check", True)]
    found = failures(told["web"])
    assert {finding.rule for finding in found} == {"proof-failed"}
    assert [finding.message.partition(":")[0] for finding in found] == ["web", "web"]


def test_a_file_that_is_not_the_locked_one_fails_the_build(case: Case, builder: Engine):
    name = "web/requirements.txt"
    text = case.made.files[name]
    digest = text.partition("--hash=sha256:")[2][:64]
    files = {**case.made.files, name: text.replace(digest, "0" * 64)}
    url = case.settings.settings.index.index_url or ""
    secret = {"PIP_INDEX_URL": url.replace("//", "//robot:hunter22@")}
    told = case.prove(here(builder), files, secret)
    assert outcome(told["web"]) == [("resolve", True), ("build", False), ("pip check", None)]
    _, build, check = told["web"]
    assert "pip --python /opt/venv/bin/python install" in build.detail
    assert "DO NOT MATCH THE HASHES" in build.detail
    assert "hunter22" not in build.detail
    assert "no image" in check.detail


def test_without_an_engine_it_is_resolved_and_the_rest_is_not_tried(case: Case):
    for steps in case.prove(NO_ENGINE).values():
        assert outcome(steps) == [("resolve", True), ("build", None), ("pip check", None)]
        assert "there is no engine at unix:///nowhere/engine.sock" in steps[1].detail
        assert "start Docker" in steps[1].detail


def test_a_base_image_that_cannot_be_had_proves_nothing(
    tmp_path: Path, index: IndexServer, builder: Engine
):
    case = case_of(tmp_path, index, base="127.0.0.1:1/none:1")
    for steps in case.prove(here(builder)).values():
        assert outcome(steps) == [("resolve", True), ("build", None), ("pip check", None)]
        assert "cannot get the base image" in steps[1].detail
        assert "127.0.0.1:1" in steps[1].detail


def test_a_build_that_reaches_no_index_proves_nothing(case: Case, builder: Engine):
    files = case.made.files
    quick = {n: t.replace("--no-input", "--no-input --retries 1") for n, t in files.items()}
    steps = case.prove(here(builder), quick, network="none")["web"]
    assert outcome(steps) == [("resolve", True), ("build", None), ("pip check", None)]
    assert "did not reach the index (--build-network" in steps[1].detail


def test_an_index_that_is_gone_proves_nothing(case: Case):
    gone = replace(case.settings.settings.index, index_url="http://127.0.0.1:1/simple/")
    settings = replace(case.settings, settings=replace(case.settings.settings, index=gone))
    for steps in replace(case, settings=settings).prove(NO_ENGINE).values():
        assert steps[0].passed is None
        assert "127.0.0.1:1" in steps[0].detail


@pytest.mark.parametrize(
    ("pins", "passed", "told"),
    [
        ({"shop": "1.0", "auth": "1.0", "helper": "1.0"}, True, ""),
        ({"shop": "1.0", "auth": "1.0", "helper": "1.0", "recommender": "1.0"}, True, ""),
        ({"shop": "1.0", "helper": "1.0"}, False, "the lock lacks auth"),
        ({"auth": "1.0", "helper": "1.0"}, False, "the lock lacks shop"),
        ({"shop": "1.0", "auth": "2.0", "helper": "1.0"}, False, "auth"),
        ({"shop": "9.9", "auth": "1.0", "helper": "1.0"}, False, "shop"),
    ],
)
def test_pins_are_held_against_all_that_is_required(
    case: Case, pins: Mapping[str, str], passed: bool, told: str
):
    packages = "".join(
        f'[[packages]]\nname = "{name}"\nversion = "{version}"\n' for name, version in pins.items()
    )
    lock = f'lock-version = "1.0"\ncreated-by = "a test"\n{packages}'
    steps = case.prove(NO_ENGINE, {**case.made.files, "web/pylock.toml": lock})["web"]
    assert steps[0].passed is passed, steps[0].detail
    assert told in steps[0].detail
    assert bool(steps[0].detail) is not passed


def test_a_locked_file_has_to_be_at_the_index_still(case: Case):
    name = "web/pylock.toml"
    digest = case.made.files[name].partition('sha256 = "')[2][:64]
    assert digest
    lock = case.made.files[name].replace(digest, "0" * 64)
    steps = case.prove(NO_ENGINE, {**case.made.files, name: lock})["web"]
    assert steps[0].passed is False


def test_what_is_no_lock_proves_nothing(case: Case):
    for text in ("packages = 1", "[", "packages = [1]", "[[packages]]\nname = 'a'"):
        steps = case.prove(NO_ENGINE, {**case.made.files, "web/pylock.toml": text})["web"]
        assert steps[0].passed is None
        assert steps[0].detail.startswith("web/pylock.toml: it is no lock")
