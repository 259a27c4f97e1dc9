"""Building an image on a real engine, and running one command in it."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from depcheck.errors import ImageError
from depcheck.images.engine import Engine, Engines
from depcheck.images.engine.build import PROOF, Built, build, run_once
from depcheck.images.engine.context import build_context
from depcheck.images.engine.pip_check import pip_check
from tests.support.engine import Engine as RealEngine
from tests.support.stack import BASE, base_image_or_skip, work_folder

LABELS = {PROOF: "test"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with code, and with what must not get into an image."""
    root = tmp_path / "project"
    for name, text in {
        "src/web/app.py": "x = 1\n",
        "src/web/deep/.git/config": "[core]\n",
        "src/web/deep/run.sh": "#!/bin/sh\n",
        "src/web/.env": "TOKEN=hunter22\n",
        "src/other/app.py": "y = 1\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "src/web/deep/run.sh").chmod(0o777)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("hunter22\n")
    return root


def packed(root: Path, **options: object) -> dict[str, tarfile.TarInfo]:
    with (
        build_context(root, **options) as context,  # type: ignore[arg-type]  # as each test has it
        tarfile.open(fileobj=context) as tar,
    ):
        return {member.name: member for member in tar}


# What a build gets to see


def test_only_what_is_named_is_packed(project: Path):
    names = packed(project, folders=["src/web/deep"], files={"deploy/Dockerfile": "FROM x\n"})
    assert sorted(names) == [
        "deploy/Dockerfile",
        "src/web/deep",
        "src/web/deep/.git",
        "src/web/deep/.git/config",
        "src/web/deep/run.sh",
    ]


def test_an_ignore_file_counts_for_the_folders_and_not_for_what_was_written(project: Path):
    ignore = "# all but\n**\n!src/web\n**/.git\n**/.env\n!deploy/Dockerfile\n"
    files = {"deploy/Dockerfile": "FROM x\n", "deploy/lock": "x"}
    names = packed(project, folders=["src/web"], files=files, ignore=ignore)
    assert sorted(names) == [
        "deploy/Dockerfile",
        "deploy/lock",
        "src/web",
        "src/web/app.py",
        "src/web/deep",
        "src/web/deep/run.sh",
    ]


def test_the_whole_project_can_be_packed(project: Path):
    names = packed(project, folders=["."], files={}, ignore="src/web\n")
    assert sorted(names) == ["src", "src/other", "src/other/app.py"]


def test_the_same_project_gives_the_same_bytes(project: Path):
    def digest() -> str:
        with build_context(project, folders=["src"], files={"Dockerfile": "FROM x\n"}) as context:
            return hashlib.sha256(context.read()).hexdigest()

    first = digest()
    os.utime(project / "src/web/app.py", (1, 1))
    (project / "src/web/app.py").chmod(0o600)
    assert digest() == first
    (project / "src/web/app.py").write_text("x = 2\n")
    assert digest() != first


def test_modes_are_plain_and_nobody_owns_anything(project: Path):
    names = packed(project, folders=["src/web"], files={})
    assert names["src/web/app.py"].mode == 0o644
    assert names["src/web/deep/run.sh"].mode == 0o755
    assert {(m.uid, m.gid, m.mtime, m.uname) for m in names.values()} == {(0, 0, 0, "")}


def test_links_are_packed_as_links_and_special_files_are_left_out(project: Path):
    (project / "src/web/out").symlink_to("../../../outside")
    (project / "src/web/etc").symlink_to("/etc")
    os.mkfifo(project / "src/web/pipe")
    names = packed(project, folders=["src/web"], files={})
    assert names["src/web/out"].linkname == "../../../outside"
    assert names["src/web/etc"].issym()
    assert "src/web/pipe" not in names
    assert not [name for name in names if name.startswith(("src/web/out/", "src/web/etc/"))]


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("../outside", "outside of the project root"),
        ("/etc", "outside of the project root"),
        ("src/../../outside", "outside of the project root"),
        ("linked", "a link leads to it"),
        ("linked/below", "a link leads to it"),
        ("absent", "no such file or folder"),
    ],
)
def test_a_folder_that_leads_out_is_refused(project: Path, folder: str, told: str):
    (project / "linked").symlink_to("../outside")
    with pytest.raises(ImageError, match=told), build_context(project, folders=[folder], files={}):
        raise AssertionError("it was packed")


# On an engine


@pytest.fixture(scope="module")
def base(engine: RealEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    base_image_or_skip(engine, work_folder(tmp_path_factory.mktemp("base")))
    return BASE


@pytest.fixture
def client(engine: RealEngine) -> Iterator[Engine]:
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        yield engines.get()


def built(client: Engine, recipe: str, **options: object) -> Built:
    with build_context(Path("/"), files={"Dockerfile": recipe}) as context:
        return build(
            client, context, dockerfile="Dockerfile", labels=LABELS,
            **options,  # type: ignore[arg-type]  # as each test has it
        )  # fmt: skip


def test_an_image_is_built_from_what_was_packed(client: Engine, engine: RealEngine, project: Path):
    recipe = "FROM scratch\nCOPY src/web /app\n"
    with build_context(project, folders=["src/web"], files={"d/web": recipe}) as context:
        made = build(client, context, dockerfile="d/web", labels=LABELS)
    assert made.image.startswith("sha256:")
    assert client.image(made.image)["Config"]["Labels"] == LABELS
    assert engine.run("images", "-q", "--filter", f"label={PROOF}") != ""
    client.remove_image(made.image)
    with pytest.raises(ImageError, match="has no image"):
        client.image(made.image)


def test_a_step_that_fails_is_told_with_its_last_words(client: Engine, base: str):
    recipe = f"FROM {base}\nRUN echo early\nRUN for i in $(seq 50); do echo line $i; done; exit 3\n"
    steps: list[str] = []
    made = built(client, recipe, begun=steps.append)
    assert made.image == ""
    assert [step.split(" ")[3] for step in steps] == ["FROM", "RUN", "RUN"]
    assert made.step == steps[-1]
    assert "early" not in made.lines
    assert made.lines[-2] == "line 50"
    assert "non-zero code: 3" in made.lines[-1]
    assert len(made.lines) < 20


def test_values_of_build_arguments_are_shown_nowhere(client: Engine, base: str):
    recipe = f"FROM {base}\nARG TOKEN\nRUN echo at https://me:$TOKEN@reg.example/ $TOKEN; exit 1\n"
    made = built(client, recipe, build_args={"TOKEN": "hunter22"})
    assert made.image == ""
    assert "at https://***@reg.example/ ***" in made.lines
    assert "hunter22" not in repr(made)


def test_the_network_of_the_steps_is_chosen(client: Engine, base: str):
    recipe = f"FROM {base}\nRUN ls /sys/class/net | tr '\\n' ' '; exit 1\n"
    assert built(client, recipe, network="none").lines[0] == "lo"


def test_a_recipe_that_is_not_understood_has_failed(client: Engine):
    made = built(client, "FROM scratch\nRUM x\n")
    assert made.image == ""
    assert "unknown instruction: RUM" in made.lines[-1]


def test_a_base_image_that_cannot_be_had_is_no_failed_build(client: Engine):
    with pytest.raises(ImageError, match="cannot get the base image") as caught:
        built(client, "ARG BASE=127.0.0.1:1/none:1\nFROM ${BASE}\nRUN true\n")
    assert "base" in caught.value.hint


def test_a_command_runs_without_network_privileges_and_a_writable_root(
    client: Engine, engine: RealEngine, base: str
):
    command = "ls /sys/class/net; touch /x; grep -E 'CapEff|NoNewPrivs' /proc/self/status; exit 4"
    ran = run_once(client, base, ["sh", "-c", command], labels=LABELS)
    assert ran.status == 4
    told = "\n".join(ran.lines)
    assert "lo" in ran.lines
    assert "eth0" not in told
    assert "Read-only file system" in told
    assert "CapEff:\\t0000000000000000" in told
    assert "NoNewPrivs:\\t1" in told
    assert engine.run("ps", "-aq", "--filter", f"label={PROOF}") == ""


def test_a_command_is_ended_after_its_time(client: Engine, engine: RealEngine, base: str):
    ran = run_once(client, base, ["sleep", "60"], timeout=1, labels=LABELS)
    assert ran.status is None
    assert engine.run("ps", "-aq", "--filter", f"label={PROOF}") == ""


def test_a_command_that_takes_too_much_memory_is_ended(client: Engine, base: str):
    hog = ["python3", "-c", "x = bytearray(400 << 20)"]
    ran = run_once(client, base, hog, memory=64 << 20, labels=LABELS)
    assert (ran.status, ran.killed) == (137, True)


def test_a_command_that_is_not_there_is_told(client: Engine, engine: RealEngine, base: str):
    with pytest.raises(ImageError, match="/no/python"):
        run_once(client, base, ["/no/python"], labels=LABELS)
    assert engine.run("ps", "-aq", "--filter", f"label={PROOF}") == ""


METADATA = "Metadata-Version: 2.1\\nName: shop\\nVersion: 1.0\\nRequires-Dist: auth>=2\\n"


@pytest.mark.parametrize(
    ("version", "status", "told"),
    [
        (None, 1, "shop 1.0 requires auth, which is not installed."),
        ("1.0", 1, "shop 1.0 has requirement auth>=2, but you have auth 1.0."),
        ("2.0", 0, "No broken requirements found."),
    ],
)
def test_pip_judges_an_image_that_has_no_pip(
    client: Engine, base: str, version: str | None, status: int, told: str
):
    site = "/opt/venv/lib/python3.11/site-packages"
    auth = f"Metadata-Version: 2.1\\nName: auth\\nVersion: {version}\\n"
    steps = [f"mkdir {site}/shop-1.0.dist-info",
             f"printf '{METADATA}' > {site}/shop-1.0.dist-info/METADATA"]  # fmt: skip
    if version:
        steps += [f"mkdir {site}/auth-{version}.dist-info",
                  f"printf '{auth}' > {site}/auth-{version}.dist-info/METADATA"]  # fmt: skip
    install = " && ".join(("python3 -m venv --without-pip /opt/venv", *steps))
    made = built(client, f"FROM {base}\nRUN {install}\nUSER 10001:10001\n")
    assert made.image, made
    ran = pip_check(client, made.image, "/opt/venv/bin/python", labels=LABELS)
    client.remove_image(made.image)
    assert (ran.status, ran.lines) == (status, (told,))
