"""From a recommendation to images and services."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from depcheck.deployment.plan import Plan
from depcheck.deployment.planning import plan
from depcheck.errors import ConfigurationError, OutputError
from depcheck.model.isolation import Container, IsolationReport, IsolationSettings
from depcheck.model.requirement import Origin
from depcheck.model.settings import ComponentSettings, Serving, Settings
from depcheck.model.target import Target
from depcheck.model.walls import Budget, PoolShare


def target(python: str = "3.11.7", system: str = "linux") -> Target:
    environment = {"platform_machine": "x86_64", "sys_platform": system}
    return Target(
        python=python, implementation="cpython", platform=f"{system}/amd64", tags=(),
        environment=environment,
    )  # fmt: skip


def component(
    name: str, role: str = "other", *, line: int | None = None, **given: Any
) -> ComponentSettings:
    settings = {key: given.pop(key) for key in ("gpu", "trust") if key in given}
    origin = Origin(component=name, path="depcheck.toml", line=line, text="") if line else None
    return ComponentSettings(
        name=name, role=role, source="r.txt", origin=origin, serving=Serving(**given), **settings,
    )  # type: ignore[arg-type] # fmt: skip # a role is a plain word here


class Case:
    """A project below ``root``, its components and how they are divided."""

    def __init__(self, root: Path, *components: ComponentSettings) -> None:
        self.root, self.components = root, components
        self.target, self.budget = target(), None

    def plan(self, *containers: tuple[str, ...], folder: str = "deploy", **given: Any) -> Plan:
        settings = IsolationSettings(
            settings=Settings(root=self.root, components=self.components), **given
        )
        roles = {one.name: one.role for one in self.components}
        groups = containers or tuple((one.name,) for one in self.components)
        made = tuple(
            Container(
                name=group[0].lower(), components=group, target=self.target,
                role=min((roles[name] for name in group), key=("core", "ai", "other").index),
            )
            for group in groups
        )  # fmt: skip
        report = IsolationReport(
            version="0", target=self.target, components=(), verdict="several", containers=made,
            budget=self.budget,
        )  # fmt: skip
        return plan(report, settings, folder=self.root / folder)


def test_a_core_and_an_ai_component(tmp_path: Path) -> None:
    made = Case(tmp_path, component("web", "core", command=("a",)), component("rec", "ai")).plan()
    assert [(one.name, one.image, one.guarded) for one in made.services] == [
        ("web", "web", False),
        ("rec", "rec", True),
    ]
    assert [image.base for image in made.images] == ["python:3.11-slim"] * 2


def test_components_with_commands_are_services_of_one_image(tmp_path: Path) -> None:
    case = Case(
        tmp_path, component("Web.App", "core", command=("a",), port=1), component("lib"),
        component("score", "ai", command=("b",), port=2),
    )  # fmt: skip
    made = case.plan(("Web.App", "lib", "score"))
    assert [(one.name, one.image, one.guarded) for one in made.services] == [
        ("web-app", "web.app", False),
        ("score", "web.app", True),
    ]


def test_one_process_of_several_components_adds_up(tmp_path: Path) -> None:
    case = Case(
        tmp_path,
        component("lib", memory=10, secrets=("a", "b"), stop_grace=9, port=7),
        component("web", "core", command=("run",), memory=30, secrets=("b",), stop_grace=3,
                  health="/up"),
    )  # fmt: skip
    (service,) = case.plan(("web", "lib")).services
    assert service.components == ("web", "lib")
    assert service.command == ("run",)
    assert (service.memory, service.stop_grace, service.port) == (40, 9, 7)
    assert (service.secrets, service.health, service.cpus) == (("b", "a"), "/up", None)
    assert not service.guarded


@pytest.mark.parametrize(("role", "guarded"), [("core", False), ("ai", True), ("other", True)])
def test_only_the_core_is_reached_directly(tmp_path: Path, role: str, guarded: bool) -> None:
    (service,) = Case(tmp_path, component("a", role)).plan().services
    assert service.guarded is guarded


@pytest.mark.parametrize(
    ("core", "plugin", "guarded"),
    [("high", "low", True), ("high", "high", False), ("high", None, False), (None, "low", False)],
)
def test_other_trust_is_guarded_in_the_cores_image_too(
    tmp_path: Path, core: str | None, plugin: str | None, guarded: bool
) -> None:
    case = Case(
        tmp_path, component("web", "core", command=("a",), trust=core),
        component("plugin", command=("b",), trust=plugin),
    )  # fmt: skip
    web, other = case.plan(("web", "plugin")).services
    assert (web.image, web.guarded) == (other.image, False)
    assert other.guarded is guarded


def test_networks_of_one_process_are_joined_once(tmp_path: Path) -> None:
    case = Case(
        tmp_path, component("web", "core", networks=("db", "queue")),
        component("lib", networks=("cache", "db")),
    )  # fmt: skip
    (service,) = case.plan(("web", "lib")).services
    assert service.networks == ("db", "queue", "cache")


def test_pools_are_those_of_the_budget(tmp_path: Path) -> None:
    case = Case(tmp_path, component("web", "core"), component("rec", "ai"))
    share = PoolShare(component="web", container="web", replicas=2, wanted=30, pool=20)
    case.budget = Budget(max_connections=100, reserved=3, variable="POOL", shares=(share,))
    web, rec = case.plan().services
    assert (web.pool, rec.pool) == (20, None)


def test_two_services_with_one_name(tmp_path: Path) -> None:
    case = Case(tmp_path, component("web", command=("a",)), component("Web", command=("b",)))
    with pytest.raises(ConfigurationError, match=r'"web" and "Web" would both be'):
        case.plan(("web", "Web"))


# The base


def test_the_python_of_the_container_is_filled_in(tmp_path: Path) -> None:
    case = Case(tmp_path, component("web", base="reg.example/py:{python}-slim"))
    case.target = target("3.12.0")
    assert case.plan().images[0].base == "reg.example/py:3.12-slim"


def test_two_bases_name_both_lines(tmp_path: Path) -> None:
    case = Case(tmp_path, component("a", line=3, base="x:1"), component("b", line=9, base="x:2"))
    with pytest.raises(ConfigurationError) as caught:
        case.plan(("a", "b"))
    assert "depcheck.toml:3, base x:1" in caught.value.message
    assert "depcheck.toml:9, base x:2" in caught.value.message


def test_the_same_base_twice_is_one(tmp_path: Path) -> None:
    case = Case(tmp_path, component("a", base="x:1"), component("b"), component("c", base="x:1"))
    assert case.plan(("a", "b", "c")).images[0].base == "x:1"


def test_a_base_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r'depcheck\.toml:4: base of component "a"'):
        Case(tmp_path, component("a", line=4, base="x\nRUN id")).plan()


def test_a_target_that_is_no_linux(tmp_path: Path) -> None:
    case = Case(tmp_path, component("a"))
    case.target = target(system="darwin")
    with pytest.raises(OutputError) as caught:
        case.plan()
    assert "--platform linux/amd64" in caught.value.hint


# Code, and the way to it


@pytest.fixture
def project(tmp_path: Path) -> Case:
    (tmp_path / "src" / "web").mkdir(parents=True)
    return Case(tmp_path, component("web", code="src/web"), component("all", code="./src/"))


def test_a_folder_below_another_is_copied_once(project: Case) -> None:
    assert project.plan(("web", "all")).images[0].code == ("src",)


@pytest.mark.parametrize(
    ("folder", "context", "here"),
    [("deploy", "..", "deploy"), ("a/b", "../..", "a/b"), (".", ".", ""), ("a/../b", "..", "b")],
)
def test_the_way_to_the_project_and_back(
    project: Case, folder: str, context: str, here: str
) -> None:
    made = project.plan(folder=folder)
    assert (made.context, made.here) == (context, here)


def test_code_is_not_reached_from_outside(project: Case) -> None:
    with pytest.raises(OutputError, match='no build there reaches the code of "web"') as caught:
        project.plan(folder="../elsewhere")
    assert "write to a folder below" in caught.value.hint


def test_without_code_any_folder_will_do(tmp_path: Path) -> None:
    made = Case(tmp_path, component("web")).plan(folder="../elsewhere")
    assert (made.context, made.here) == ("", "")


def test_code_that_is_not_there_is_told_for_all(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    case = Case(
        tmp_path, component("a", line=2, code="gone"), component("b", line=5, code="link"),
    )  # fmt: skip
    with pytest.raises(ConfigurationError) as caught:
        case.plan()
    assert 'depcheck.toml:2: code of component "a": gone is not there' in caught.value.message
    assert 'depcheck.toml:5: code of component "b": link leads out' in caught.value.message


def test_nothing_to_write(tmp_path: Path) -> None:
    report = IsolationReport(
        version="0", target=target(), components=(), verdict="undetermined", containers=()
    )
    settings = IsolationSettings(settings=Settings(root=tmp_path, components=()))
    with pytest.raises(OutputError, match="nothing to write"):
        plan(report, settings, folder=tmp_path)


@pytest.mark.parametrize(("name", "project"), [("My Shop", "my-shop"), ("日本", "stack")])
def test_the_project_is_named_after_its_folder(tmp_path: Path, name: str, project: str) -> None:
    (tmp_path / name).mkdir()
    assert Case(tmp_path / name, component("web")).plan().project == project
