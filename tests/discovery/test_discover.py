"""Repositories of the usual layouts: what is found in them, and what is guessed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from depcheck.config import CommandLine, load_settings
from depcheck.discovery.drafting import draft
from depcheck.discovery.values import Discovery, Proposal
from depcheck.pipeline.initialise import discover
from tests.discovery.layouts import EXTRAS, MONOREPO, POETRY, UV_WORKSPACE, lay


def by_name(discovery: Discovery) -> dict[str, Proposal]:
    return {proposal.name: proposal for proposal in discovery.proposals}


def why(discovery: Discovery, path: str) -> str:
    return next(mention.why for mention in discovery.mentions if mention.path == path)


@pytest.mark.parametrize("layout", [MONOREPO, UV_WORKSPACE, POETRY, EXTRAS])
def test_what_is_written_loads_as_it_was_meant(layout: dict[str, str], tmp_path: Path) -> None:
    discovery = discover(lay(tmp_path, layout))
    (tmp_path / "depcheck.toml").write_text(draft(discovery), encoding="utf-8")
    settings = load_settings(start=tmp_path, config=None, overrides=CommandLine())
    assert [
        (c.name, c.role, c.source, c.lock, c.extras, c.groups) for c in settings.components
    ] == [
        (
            p.name,
            p.role,
            p.candidate.source,
            p.candidate.lock,
            p.candidate.extras,
            p.candidate.groups,
        )
        for p in discovery.proposals
    ]
    assert settings.python == (discovery.python.value if discovery.python else None)
    assert [c.container for c in settings.components] == [
        p.container.value if p.container else None for p in discovery.proposals
    ]


def test_a_monorepo(tmp_path: Path) -> None:
    discovery = discover(lay(tmp_path, MONOREPO))
    web, recommender = discovery.proposals
    assert (web.name, web.role, web.candidate.source) == ("web", "core", "web/requirements.in")
    assert web.candidate.lock == "web/requirements.txt"
    assert (recommender.name, recommender.role) == ("recommender", "ai")
    assert "torch and transformers" in recommender.because[0]
    assert web.container is not None
    assert web.container.value == "shop"
    assert "worker" in web.container.by
    assert recommender.container is not None
    assert recommender.container.value == "brain"
    assert discovery.python is not None
    assert (discovery.python.value, discovery.python.by) == ("3.11", "web/Dockerfile:2")
    assert recommender.python is not None
    assert recommender.python.value == "3.10.4"
    assert {mention.path for mention in discovery.mentions} == {
        "docs/requirements.txt",
        "web/requirements-dev.txt",
    }


def test_members_of_a_workspace_have_no_lock_of_their_own(tmp_path: Path) -> None:
    found = by_name(discover(lay(tmp_path, UV_WORKSPACE)))
    assert {name: proposal.role for name, proposal in found.items()} == {"api": "core", "rag": "ai"}
    assert [proposal.candidate.lock for proposal in found.values()] == [None, None]
    assert any("workspace" in sentence for sentence in found["api"].because)


def test_poetry_with_its_lock(tmp_path: Path) -> None:
    discovery = discover(lay(tmp_path, POETRY))
    (shop,) = discovery.proposals
    assert (shop.candidate.source, shop.candidate.lock) == ("pyproject.toml", "poetry.lock")
    assert shop.because[0] == "core: a guess, since it is the only component that was found"
    assert "Only one component was found" in draft(discovery)


def test_extras_and_groups_with_ai_are_components_of_their_own(tmp_path: Path) -> None:
    discovery = discover(lay(tmp_path, EXTRAS))
    shop, recommend, rank = discovery.proposals
    assert (shop.role, shop.candidate.more_extras) == ("core", ("data", "recommend"))
    assert shop.candidate.more_groups == ("rank", "tables")
    assert (rank.name, rank.role, rank.candidate.groups) == ("shop-rank", "ai", ("rank",))
    assert (recommend.name, recommend.role) == ("shop-recommend", "ai")
    assert recommend.candidate.extras == ("recommend",)
    assert discovery.python is not None
    assert discovery.python.by == ".python-version:1"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    discovery = discover(
        lay(
            tmp_path,
            {
                "web/requirements.txt": "django\n",
                "old/setup.py": "raise SystemExit('executed')\n",
                "pip/Pipfile": "",
                "pip/Pipfile.lock": "{}",
                "computed/pyproject.toml": '[project]\nname = "c"\ndynamic = ["dependencies"]\n',
                "broken/requirements.txt": "django==\n",
                "conda/environment.yml": "dependencies: []\n",
                "deploy/compose.yaml": "services: {web: {build: [}\n",
            },
        )
    )
    assert list(by_name(discovery)) == ["web"]
    assert "never runs it" in why(discovery, "old/setup.py")
    assert "pipenv requirements" in why(discovery, "pip/Pipfile.lock")
    assert "none is ever run" in why(discovery, "computed/pyproject.toml")
    assert "broken/requirements.txt:1" in why(discovery, "broken/requirements.txt")
    assert "conda" in why(discovery, "conda/environment.yml")
    assert "cannot be read" in why(discovery, "deploy/compose.yaml")


def test_a_file_that_pins_only_some_is_no_lock(tmp_path: Path) -> None:
    discovery = discover(
        lay(tmp_path, {"requirements.in": "flask\n", "requirements.txt": "flask==3.0\nclick\n"})
    )
    (only,) = discovery.proposals
    assert (only.candidate.source, only.candidate.lock) == ("requirements.in", None)
    assert any("it is no lock" in sentence for sentence in only.because)


BARE = '[project]\nname = "shop"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("project", "source"),
    [
        ("[tool.ruff]\nline-length = 100\n", "requirements.txt"),
        (BARE, "requirements.txt"),
        (f"{BARE}[dependency-groups]\ndev = ['ruff']\n", "requirements.txt"),
        (f'{BARE}dynamic = ["dependencies"]\n', "requirements.txt"),
        (
            f'{BARE}dynamic = ["dependencies"]\n'
            '[tool.setuptools.dynamic]\ndependencies = {file = ["requirements.txt"]}\n',
            "pyproject.toml",
        ),
        (f'{BARE}dependencies = ["flask"]\n', "pyproject.toml"),
        ("broken = [\n", "requirements.txt"),
    ],
)
def test_a_project_beside_a_requirements_file(project: str, source: str, tmp_path: Path) -> None:
    lay(tmp_path, {"pyproject.toml": project, "requirements.txt": "flask==3.0\nclick\n"})
    (only,) = discover(tmp_path).proposals
    assert only.candidate.source == source


def test_a_project_that_requires_nothing_is_none(tmp_path: Path) -> None:
    lay(tmp_path, {"pyproject.toml": BARE, "web/requirements.txt": "flask\n"})
    assert [p.candidate.source for p in discover(tmp_path).proposals] == ["web/requirements.txt"]


def test_one_core_where_all_are_ai(tmp_path: Path) -> None:
    files = {f"{name}/requirements.txt": "torch\n" for name in ("a", "b")}
    files["web/requirements.txt"] = "fastapi\nopenai\n"
    discovery = discover(lay(tmp_path, files))
    assert [(p.name, p.role) for p in discovery.proposals] == [
        ("web", "core"), ("a", "ai"), ("b", "ai"),
    ]  # fmt: skip


def test_components_of_one_name_are_told_apart(tmp_path: Path) -> None:
    files = {f"{team}/api/requirements.txt": "flask\n" for team in ("one", "two")}
    assert set(by_name(discover(lay(tmp_path, files)))) == {"api", "two-api"}


def test_files_of_several_components_in_one_folder(tmp_path: Path) -> None:
    discovery = discover(
        lay(
            tmp_path,
            {
                "requirements/base.txt": "django\n",
                "requirements/prod.txt": "-r base.txt\ngunicorn\n",
                "requirements/ml.txt": "torch\n",
                "requirements/test.txt": "pytest\n",
                "requirements/gpu.txt": "torch\n",
            },
        )
    )
    found = {p.candidate.source: p.role for p in discovery.proposals}
    assert found == {"requirements/prod.txt": "core", "requirements/ml.txt": "ai"}
    assert "prod.txt was taken" in why(discovery, "requirements/base.txt")
    assert "variant" in why(discovery, "requirements/gpu.txt")


def test_nothing_is_followed_out_of_the_tree(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", {"requirements.txt": "secret-project\n"})
    root = lay(tmp_path / "root", {"web/requirements.txt": "flask\n"})
    (root / "linked").symlink_to(outside)
    (root / "requirements.txt").symlink_to(outside / "requirements.txt")
    lay(root, {"up/requirements.txt": "-r ../../outside/requirements.txt\n"})
    discovery = discover(root)
    assert list(by_name(discovery)) == ["web"]
    assert "secret-project" not in draft(discovery)


HOSTILE = (
    'a"]\n[components.evil]\nsource="x',
    "::error::boom",
    "\x1b[31mred",
    "\u202etxt.exe",
    "<img src=x>",
    "$(id)",
    "back\\slash",
    "#comment",
    "[x]",
    "é",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_folders_stay_data(name: str, tmp_path: Path) -> None:
    lay(tmp_path, {"web/requirements.txt": "flask\n", f"{name}/requirements.txt": "torch\n"})
    lay(tmp_path, {f"docs/{name}/requirements.txt": "sphinx\n"})
    discovery = discover(tmp_path)
    text = draft(discovery)
    (tmp_path / "depcheck.toml").write_text(text, encoding="utf-8")
    settings = load_settings(start=tmp_path, config=None, overrides=CommandLine())
    assert "evil" not in {component.name for component in settings.components}
    assert all((tmp_path / component.source).is_file() for component in settings.components)
    assert all(line.isprintable() for line in text.splitlines())


def test_hostile_texts_in_files_stay_data(tmp_path: Path) -> None:
    evil = 'x\\u000a[components.evil]\\u000asource=\\"y'
    lay(
        tmp_path,
        {
            "pyproject.toml": f'[project]\nname = "{evil}"\nversion = "1"\n'
            f'dependencies = ["flask"]\n[project.optional-dependencies]\n"{evil}" = []\n',
            "compose.yaml": f'services:\n  "{evil}":\n    build: .\n  ok:\n    build: .\n',
        },
    )
    (tmp_path / "depcheck.toml").write_text(draft(discover(tmp_path)), encoding="utf-8")
    settings = load_settings(start=tmp_path, config=None, overrides=CommandLine())
    assert [component.container for component in settings.components] == ["ok"]


def test_a_pipe_holds_nothing_up(tmp_path: Path) -> None:
    lay(tmp_path, {"web/requirements.txt": "flask\n"})
    os.mkfifo(tmp_path / "pyproject.toml")
    os.mkfifo(tmp_path / ".python-version")
    assert list(by_name(discover(tmp_path))) == ["web"]


def test_a_large_repository_is_searched_at_once(tmp_path: Path) -> None:
    for number in range(100):
        folder = tmp_path / f"data{number}"
        folder.mkdir()
        for file in range(200):
            os.close(os.open(folder / f"{file}.json", os.O_CREAT))
    lay(tmp_path, {"web/requirements.txt": "flask\n"})
    started = time.process_time()
    assert list(by_name(discover(tmp_path))) == ["web"]
    assert time.process_time() - started < 2


def test_the_least_python_that_all_allow(tmp_path: Path) -> None:
    for name, least in (("a", ">=3.9"), ("b", ">=3.10,<4"), ("c", "~=3.8")):
        text = f'{BARE}requires-python = "{least}"\ndependencies = ["flask"]\n'
        lay(tmp_path, {f"{name}/pyproject.toml": text})
    python = discover(tmp_path).python
    assert python is not None
    assert (python.value, python.by) == ("3.10", "requires-python in b/pyproject.toml")
