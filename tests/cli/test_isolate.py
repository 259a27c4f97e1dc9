"""``depcheck isolate`` as a process: on the fixtures, with a recorded index."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from packaging.pylock import Pylock

from tests.support.command import depcheck

FIXTURES = Path(__file__).parents[2] / "fixtures"
SHOP = FIXTURES / "shop"
NO_ENGINE = "unix:///nonexistent/docker.sock"
Process = subprocess.CompletedProcess[str]


def isolate(pair: str, *arguments: str, cwd: Path, **environ: str) -> Process:
    return run("--config", str(SHOP / pair / "depcheck.toml"), *arguments, cwd=cwd, **environ)


def run(*arguments: str, cwd: Path, **environ: str) -> Process:
    environ = {"DOCKER_HOST": NO_ENGINE, **environ}
    return depcheck("isolate", "--no-cache", *arguments, cwd=cwd, **environ)


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def next_steps(ran: Process) -> list[str]:
    assert ran.returncode in (0, 1), ran.stderr
    return list(json.loads(ran.stdout).get("next_steps", []))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project of its own that resolves from the recorded index."""
    root = tmp_path / "shop"
    for name in ("web", "recommender"):
        (root / name).mkdir(parents=True)
        text = (SHOP / "conflict" / name / "requirements.txt").read_text()
        (root / name / "requirements.txt").write_text(text)
    configure(root)
    return root


def configure(root: Path, *lines: str, web: str = "", recommender: str = "") -> None:
    (root / "depcheck.toml").write_text(
        "\n".join(
            (
                'python = "3.11.7"',
                'platform = "linux/amd64"',
                f'index-url = "{FIXTURES / "index"}"',
                "[components.web]",
                'source = "web/requirements.txt"',
                'role = "core"',
                web,
                "[components.recommender]",
                'source = "recommender/requirements.txt"',
                'role = "ai"',
                recommender,
                *lines,
            )
        )
    )


class TestReport:
    def test_the_conflict_needs_two_containers(self, tmp_path: Path) -> None:
        ran = isolate("conflict", cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (1, "")
        assert ran.stdout.startswith("TWO CONTAINERS: web and recommender cannot share")
        assert "error[wall-conflict]" in ran.stdout
        assert "\x1b" not in ran.stdout
        assert list(tmp_path.iterdir()) == []

    def test_the_shift_needs_one(self, tmp_path: Path) -> None:
        ran = isolate("shift", "--format", "json", cwd=tmp_path)
        report = json.loads(ran.stdout)
        assert [container["components"] for container in report["containers"]] == [
            ["web", "recommender"]
        ]

    def test_json_is_what_its_schema_says(self, tmp_path: Path) -> None:
        ran = isolate("conflict", "--format", "json", "--output", "report.json", cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == "note: the report is in report.json\n"
        report = json.loads((tmp_path / "report.json").read_text())
        schemas = files("depcheck.report.json")
        schema = json.loads(schemas.joinpath("isolation.schema.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(report)
        assert [container["name"] for container in report["containers"]] == ["web", "recommender"]

    def test_paths_begin_where_the_reader_stands(self) -> None:
        ran = isolate("conflict", "--quiet", cwd=SHOP)
        assert "conflict/web/requirements.txt:8" in ran.stdout

    def test_columns_are_honoured(self, tmp_path: Path) -> None:
        ran = isolate("conflict", cwd=tmp_path, COLUMNS="60")
        assert max(map(len, ran.stdout.splitlines())) <= 60

    def test_a_terminal_that_has_only_ascii(self, tmp_path: Path) -> None:
        ran = isolate("conflict", cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert ran.returncode == 1
        assert ran.stdout.isascii()

    def test_nothing_to_tell_unless_errors_fail(self, tmp_path: Path) -> None:
        assert isolate("conflict", "--fail-on", "never", cwd=tmp_path).returncode == 0

    def test_components_of_the_command_line(self, shop: Path) -> None:
        web, ai = "web/requirements.txt", "recommender/requirements.txt"
        ran = run(
            *("--core", web, "--ai", ai, "--component", f"second={ai}"),
            *("--format", "json"),
            cwd=shop,
        )
        report = json.loads(ran.stdout)
        assert [container["components"] for container in report["containers"]] == [
            ["core"],
            ["ai", "second"],
        ]

    def test_what_cannot_be_checked_is_never_clean(self, shop: Path) -> None:
        (shop / "web/requirements.txt").write_text("django\nauth @ git+https://git.example/a\n")
        ran = run("--fail-on", "never", "--write", "out", cwd=shop)
        assert ran.returncode == 3
        assert "error: nothing was written: web/requirements.txt:2: " in ran.stderr
        assert "the lock of the container web might lack something" in ran.stderr
        assert not (shop / "out").exists()

    def test_an_index_that_is_down_is_never_clean(self, shop: Path) -> None:
        ran = run("--index-url", "http://127.0.0.1:9/simple/", cwd=shop)
        assert ran.returncode == 3
        assert "Traceback" not in ran.stderr


class TestWishes:
    def test_an_impossible_wish_writes_nothing(self, shop: Path) -> None:
        asked = ("--together", "web,recommender", "--fail-on", "never")
        ran = run(*asked, "--write", "out", cwd=shop)
        assert ran.returncode == 1
        assert "TWO CONTAINERS" in ran.stdout
        assert "error: nothing was written: --together web,recommender is impossible" in ran.stderr
        assert not (shop / "out").exists()

    def test_apart_makes_two_of_one(self, tmp_path: Path) -> None:
        ran = isolate("shift", "--apart", "web,recommender", "--format", "json", cwd=tmp_path)
        assert len(json.loads(ran.stdout)["containers"]) == 2

    def test_too_few_containers(self, tmp_path: Path) -> None:
        for option in (("--max-containers", "1"), ("--deny-new-containers",)):
            ran = isolate("conflict", *option, cwd=tmp_path)
            assert ran.returncode == 1
            assert "error[wish-impossible]" in ran.stdout

    def test_a_wish_of_the_configuration(self, shop: Path) -> None:
        configure(shop, "[[isolation.together]]", 'components = ["web", "recommender"]')
        ran = run(cwd=shop)
        assert ran.returncode == 1
        assert "depcheck.toml:13" in ran.stdout

    def test_a_contradiction_is_wrong_usage(self, shop: Path) -> None:
        configure(shop, "[isolation]", 'apart = [["web", "recommender"]]')
        ran = run("--together", "web,recommender", cwd=shop)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "depcheck.toml:13: apart: web,recommender keeps" in ran.stderr


class TestWriting:
    def test_files_that_install(self, shop: Path) -> None:
        ran = run("--write", "deploy/out", cwd=shop)
        assert (ran.returncode, ran.stderr) == (1, "")
        assert "  deploy/out/compose.yaml\n" in ran.stdout
        folder = shop / "deploy" / "out"
        for name in ("web", "recommender"):
            lock = tomllib.loads((folder / name / "pylock.toml").read_text())
            assert Pylock.from_dict(lock).packages
            assert (folder / name / "Dockerfile").is_file()
        assert "web:" in (folder / "compose.yaml").read_text()

    def test_what_is_left_to_do_is_told(self, shop: Path) -> None:
        configure(
            shop,
            web="secrets = ['db_password', 'key']",
            recommender="networks = ['database']",
        )
        steps = next_steps(run("--write", "a b/out", "--format", "json", cwd=shop))
        assert steps == [
            "make a b/out/secrets/db_password and a b/out/secrets/key, readable for user "
            "10001:10001, with the secret as its content: without them all nothing starts, the "
            "core neither",
            "see that the networks exist that services join: database",
            "cd 'a b/out' && docker compose --project-name shop up --detach --build",
        ]
        again = next_steps(run("--write", "a b/out", "--format", "json", cwd=shop / "web"))
        assert again[-1].startswith("cd 'a b/out' && ")
        assert next_steps(run("--format", "json", cwd=shop)) == []

    def test_what_is_not_configured_is_told(self, shop: Path) -> None:
        command = "command = ['uvicorn', 'rec:app']"
        configure(shop, recommender=f"{command}\nport = 9000\npool = 3")
        text = (shop / "depcheck.toml").read_text().replace('role = "core"', "")
        database = "\n[isolation.database]\nmax-connections = 10\n"
        (shop / "depcheck.toml").write_text(text + database)
        told = " ".join(run("--write", "out", cwd=shop).stdout.split())
        for remark in (
            "No component is the core: nothing is published",
            "web has no `command`",
            "recommender (uvicorn: --host 0.0.0.0)",
            "recommender has a `pool`, but no way to a database",
            "web 512m, recommender 2g",
        ):
            assert remark in told
        assert "No component is the core" not in run(cwd=shop).stdout

    def test_code_that_is_not_there_is_told_before_anything_is_resolved(self, shop: Path) -> None:
        configure(shop, web="code = 'wbe'")
        ran = run("--index-url", "http://127.0.0.1:9/", cwd=shop)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert 'depcheck.toml:5: code of component "web": wbe is not there' in ran.stderr

    def test_twice_gives_the_same_bytes_and_touches_nothing(self, shop: Path) -> None:
        run("--write", "out", cwd=shop)
        before = written(shop / "out")
        times = [path.stat().st_mtime_ns for path in sorted((shop / "out").rglob("*"))]
        ran = run("--write", "out", cwd=shop)
        assert ran.returncode == 0, "the walls stand: they are no news"
        assert "nothing had to be written" in " ".join(ran.stdout.split())
        assert written(shop / "out") == before
        assert [p.stat().st_mtime_ns for p in sorted((shop / "out").rglob("*"))] == times

    def test_what_a_person_changed_stays_unless_forced(self, shop: Path) -> None:
        run("--write", "out", cwd=shop)
        compose = shop / "out" / "compose.yaml"
        wanted = compose.read_text()
        compose.write_text(f"{wanted}# mine\n")
        ran = run("--write", "out", cwd=shop)
        assert ran.returncode == 2
        assert ran.stdout.startswith("TWO CONTAINERS"), "the report is told anyway"
        assert "error:   compose.yaml: changed since depcheck wrote it" in ran.stderr
        assert "--force" in ran.stderr
        assert "compose.override.yaml" in ran.stderr
        assert "mend what the error says" in ran.stdout
        assert "--write" not in ran.stdout.partition("\nNext")[2]
        assert compose.read_text().endswith("# mine\n")
        ran = run("--write", "out", "--force", cwd=shop)
        assert "though not as depcheck wrote it: compose.yaml." in " ".join(ran.stdout.split())
        assert compose.read_text() == wanted

    def test_other_peoples_files_stay(self, shop: Path) -> None:
        (shop / "out").mkdir()
        (shop / "out" / "compose.yaml").write_text("services: {}\n")
        ran = run("--write", "out", cwd=shop)
        assert ran.returncode == 2
        assert "compose.yaml: not from depcheck" in ran.stderr
        assert written(shop / "out") == {"compose.yaml": b"services: {}\n"}

    def test_a_container_that_is_gone_is_taken_away(self, shop: Path) -> None:
        run("--write", "out", cwd=shop)
        (shop / "recommender/requirements.txt").write_text("pydantic\n")
        ran = run("--write", "out", cwd=shop)
        told = " ".join(ran.stdout.split())
        assert "no longer wanted in out, removed: recommender/Dockerfile, " in told
        assert sorted(path.name for path in (shop / "out").iterdir()) == [
            "compose.yaml",
            "depcheck-manifest.json",
            "web",
        ]

    @pytest.mark.parametrize("file", ["out", "out/below"])
    def test_a_file_in_the_way_is_told_before_anything_is_resolved(
        self, shop: Path, file: str
    ) -> None:
        (shop / "out").write_text("mine")
        ran = run("--write", file, "--index-url", "http://127.0.0.1:9/", cwd=shop)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "cannot be written" in ran.stderr
        assert "is no folder" in ran.stderr

    def test_what_the_run_reads_is_not_overwritten_even_by_force(self, shop: Path) -> None:
        before = written(shop)
        ran = run("--write", ".", "--force", cwd=shop)
        assert ran.returncode == 2
        for name in ("web", "recommender"):
            assert f"{name}/requirements.txt: this run reads it" in ran.stderr
        assert "name a folder of its own" in ran.stderr
        assert written(shop) == before

    def test_a_link_out_of_the_project_is_told_before_anything_is_resolved(
        self, shop: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").mkdir()
        (shop / "out").symlink_to(tmp_path / "outside")
        for folder in ("out", "out/below", str(shop / "out")):
            ran = run("--write", folder, "--index-url", "http://127.0.0.1:9/", cwd=shop)
            assert (ran.returncode, ran.stdout) == (2, "")
            assert "a link on the way leads out of the project" in ran.stderr
        assert list((tmp_path / "outside").iterdir()) == []

    def test_a_link_within_the_project_and_a_folder_beside_it_are_good(self, shop: Path) -> None:
        (shop / "real").mkdir()
        (shop / "out").symlink_to("real")
        for folder in ("out", "../beside"):
            assert run("--write", folder, cwd=shop).returncode == 1
            assert (shop / folder / "compose.yaml").is_file()

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_may_not_be_written_to(self, shop: Path) -> None:
        (shop / "out").mkdir(mode=0o500)
        ran = run("--write", "out", cwd=shop)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "permission denied" in ran.stderr

    def test_a_file_system_that_takes_nothing(self, shop: Path) -> None:
        ran = run("--write", "/proc/depcheck", cwd=shop)
        assert ran.returncode == 2
        assert "/proc/depcheck: cannot be written" in ran.stderr
        assert "Traceback" not in ran.stderr

    def test_the_last_partition_is_remembered_from_the_configured_folder(self, shop: Path) -> None:
        configure(shop, "[isolation]", 'folder = "out"')
        assert run("--write", "out", cwd=shop).returncode == 1
        ran = run("--deny-new-containers", "--format", "json", cwd=shop)
        answer = next(w for w in json.loads(ran.stdout)["wishes"] if "deny" in w["asked"])
        assert answer["possible"] is True


class TestProof:
    def test_without_an_engine_it_is_not_tried(self, shop: Path) -> None:
        ran = run("--verify", "--fail-on", "never", cwd=shop)
        assert ran.returncode == 3
        assert "recommender  resolve    passed" in ran.stdout
        assert "not tried" in ran.stdout
        assert "the socket does not exist" in " ".join(ran.stdout.split())
        assert sorted(path.name for path in shop.iterdir()) == [
            "depcheck.toml",
            "recommender",
            "web",
        ]

    def test_the_value_of_a_build_argument_is_shown_nowhere(self, shop: Path) -> None:
        arguments = ("--verify", "--build-arg", "TOKEN", "--build-network", "host")
        ran = run(*arguments, cwd=shop, TOKEN="hunter2")
        assert "Proof" in ran.stdout
        assert "hunter2" not in ran.stdout + ran.stderr

    def test_nothing_is_proven_of_an_impossible_wish(self, shop: Path) -> None:
        ran = run("--verify", "--max-containers", "1", cwd=shop)
        assert ran.returncode == 1
        assert "error: nothing was proven: --max-containers 1 is impossible" in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="a signal of Unix")
def test_ctrl_c_is_quiet_and_leaves_nothing_behind(shop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as index:
        url = f"http://127.0.0.1:{index.getsockname()[1]}/simple/"
        process = subprocess.Popen(
            [sys.executable, "-m", "depcheck", "isolate", "--write", "out", "--index-url", url],
            cwd=shop,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What a shell starts in the background is started with the signal ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        index.settimeout(30)
        connection, _ = index.accept()
        connection.recv(1)  # the request is under way, and its answer is waited for
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=30)
        connection.close()
    assert (process.returncode, told, errors) == (130, "", "")
    assert not (shop / "out").exists()
