"""Containers of a real engine: what was changed in them, and how they run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from depcheck.errors import ImageError, UsageError
from depcheck.images.engine import Engines, containers_of_project, open_container, writable
from depcheck.images.table import LayerTable
from depcheck.images.values import Image
from depcheck.model.inventory import Provenance
from depcheck.model.observer import Silent
from tests.images.engine.programs import programs
from tests.support import oci
from tests.support.contents import SITE, distribution
from tests.support.engine import Engine

NAME = "engine-test:1"
CLICK = f"{SITE}/click-8.1.8.dist-info/METADATA"


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[oci.Image]:
    layer = oci.Layer(
        {
            **programs("sh", "rm", "mkdir", "sleep", "ln", "chmod"),
            **distribution("click", "8.1.8", {"click/utils.py": "x = 1\n"}),
            **{f"opt/many/{n}.txt": str(n) for n in range(20)},
            "opt/old/deep/file": "1", "etc/motd": "hello", "srv": oci.Folder(),
            "tmp": oci.Folder(),
        }
    )  # fmt: skip
    config = {"Env": ["PATH=/bin", "LEVEL=info"], "Cmd": ["sleep", "100"], "User": "0"}
    made = oci.Image((layer,), config=config)
    folder = tmp_path_factory.mktemp("image")
    engine.load(oci.docker_archive(folder / "image.tar", {NAME: made}))
    yield made
    engine.run("rmi", "-f", NAME)


@pytest.fixture
def started(engine: Engine) -> Iterator[list[str]]:
    containers: list[str] = []
    yield containers
    if containers:
        engine.run("rm", "-f", "-v", *containers)


def run(engine: Engine, started: list[str], *options: str, script: str = "") -> str:
    """Run a container without a network; returns its id when the script is through."""
    command = ("sh", "-c", f"{script}\n: > /tmp/through; exec sleep 100") if script else ()
    words = ("run", "-d", "--network", "none", *options, NAME, *command)
    started.append(engine.run(*words))
    end = time.monotonic() + 20
    while script and "A /tmp/through" not in engine.run("diff", started[-1]):
        assert time.monotonic() < end
        time.sleep(0.05)
    return started[-1]


def opened(engine: Engine, container: str) -> Image:
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        return open_container(container, engines=engines, observer=Silent()).image


def layer(engine: Engine, container: str) -> LayerTable:
    found = opened(engine, container).top
    assert found is not None
    return found


def runtime(engine: Engine, container: str) -> Mapping[str, str]:
    return {name: fact.value for name, fact in (opened(engine, container).runtime or {}).items()}


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def test_what_was_changed_in_a_running_container(
    engine: Engine, image: oci.Image, started: list[str]
) -> None:
    script = f"""
    echo patched > /{SITE}/click/utils.py
    echo 'Name: click' > /{CLICK}; echo 'Version: 9' >> /{CLICK}
    echo broken > /{SITE}/click-8.1.8.dist-info/PKG-INFO
    rm -r /opt/old /etc/motd
    mkdir -p /opt/new/deep /opt/empty
    echo a > /opt/new/deep/a; ln /opt/new/deep/a /opt/new/b; ln -s a /opt/new/link
    chmod 700 /srv
    echo passing > /tmp/x
    mkdir /{SITE}/click/__pycache__; echo code > /{SITE}/click/__pycache__/utils.pyc
    """
    top = layer(engine, run(engine, started, script=script))
    assert top.removed == {"opt/old", "etc/motd"}
    assert top.entries[f"{SITE}/click/utils.py"].digest == sha256(b"patched\n")
    assert top.contents[CLICK] == b"click\n9"
    assert top.entries["opt/new/deep/a"] == ("file", 0o644, 0, 0, 2, sha256(b"a\n"), "")
    assert top.entries["opt/new/b"].digest == sha256(b"a\n")
    assert top.entries["opt/new/link"].link == "a"
    assert top.entries["opt/empty"].kind == "folder"
    assert (top.entries["srv"].kind, top.entries["srv"].mode) == ("folder", 0o700)
    assert top.entries["tmp/x"][:1] == ("file",)
    assert top.entries["tmp/x"].digest == b""
    assert top.entries[f"{SITE}/click/__pycache__/utils.pyc"].digest == b""
    assert not {"opt", SITE, f"{SITE}/click"} & set(top.entries)  # changed by what lies in them
    assert set(top.faults) == {f"{SITE}/click-8.1.8.dist-info/PKG-INFO"}


def test_a_folder_that_was_made_anew(engine: Engine, image: oci.Image, started: list[str]) -> None:
    script = "rm -r /opt/old; mkdir /opt/old; echo n > /opt/old/new"
    top = layer(engine, run(engine, started, script=script))
    assert "opt/old/deep" in top.removed
    assert top.entries["opt/old/new"].digest == sha256(b"n\n")
    assert "opt/old" not in top.removed


def test_many_changed_files_come_in_one_call(
    engine: Engine, image: oci.Image, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "for n in 0 1 2 3 4 5 6 7 8 9; do echo new$n > /opt/many/$n.txt; done"
    container = run(engine, started, script=script)
    monkeypatch.setattr(writable, "MOST_CALLS", 1)
    top = layer(engine, container)
    assert top.entries["opt/many/7.txt"].digest == sha256(b"new7\n")
    assert "opt/many/17.txt" not in top.entries
    assert not top.faults
    monkeypatch.setattr(writable, "_WORTH_A_CALL", 0)  # then it comes file by file, up to a limit
    monkeypatch.setattr(writable, "MOST_CALLS", 4)
    top = layer(engine, container)
    assert len(top.faults) == 7
    assert len([e for path, e in top.entries.items() if e.digest]) == 3
    assert all(top.entries[path].size == 5 for path in top.faults)


def test_more_bytes_than_are_read_are_a_fault(
    engine: Engine, image: oci.Image, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    container = run(engine, started, script="mkdir /opt/new; echo a > /opt/new/a")
    monkeypatch.setattr(writable, "MOST_BYTES", 1)
    top = layer(engine, container)
    assert set(top.faults) == {"opt/new/a"}
    assert top.entries["opt/new"].kind == "folder"


def test_mounts_are_not_looked_into(engine: Engine, image: oci.Image, started: list[str]) -> None:
    script = "echo v > /data/v; echo i > /opt/new/inner/i; echo o > /opt/new/o; echo c > /cache/c"
    mounts = ("-v", "/data", "-v", "/opt/new/inner", "--tmpfs", "/cache")
    top = layer(engine, run(engine, started, *mounts, script=script))
    assert "opt/new/o" in top.entries
    assert not [path for path in top.entries if path.startswith(("data", "cache", "opt/new/i"))]


def test_a_stopped_container_that_a_file_was_copied_into(
    engine: Engine, image: oci.Image, started: list[str], tmp_path: Path
) -> None:
    started.append(engine.create(NAME))
    (tmp_path / "motd").write_text("patched", encoding="utf-8")
    engine.run("cp", str(tmp_path / "motd"), f"{started[-1]}:/etc/motd")
    assert layer(engine, started[-1]).entries["etc/motd"].digest == sha256(b"patched")
    assert runtime(engine, started[-1])["state"] == "created"


def test_an_unchanged_container_is_its_image(
    engine: Engine, image: oci.Image, started: list[str]
) -> None:
    container = run(engine, started)
    found = opened(engine, container)
    assert found.top is None
    assert found.identity.config == image.id
    assert found.identity.container == container
    assert [each.diff_id for each in found.layers] == image.diff_ids
    assert found.command == ("sleep", "100")
    assert found.settings["env.LEVEL"].value == "info"
    assert runtime(engine, container)["state"] == "running"


def test_runtime_settings(engine: Engine, image: oci.Image, started: list[str]) -> None:
    container = run(
        engine, started,
        "--memory", "64m", "--cpus", "0.5", "--pids-limit", "50", "--restart", "on-failure:3",
        "--read-only", "--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN", "--cap-drop", "all",
        "--security-opt", "no-new-privileges", "-p", "127.0.0.1:8080:80", "-p", "443",
        "-v", "engine-test-data:/data:ro", "-v", "/srv:/host", "-v", "/anonymous",
        "--tmpfs", "/cache:size=1m", "--ulimit", "nofile=100:200", "--shm-size", "32m",
        "--pid", "host", "-e", "LEVEL=debug", "-e", "TOKEN=hidden", "-u", "7", "-w", "/srv",
    )  # fmt: skip
    try:
        assert runtime(engine, container) == {
            "memory": "64 MiB", "cpus": "0.5", "pids": "50", "restart": "on-failure:3",
            "read-only-root": "true", "cap-add": "NET_ADMIN", "cap-drop": "ALL, CHOWN",
            "security-opt": "no-new-privileges", "port.80/tcp": "127.0.0.1:8080",
            "port.443/tcp": "any free port", "mount./data": "volume engine-test-data ro",
            "mount./host": "bind /srv rw", "mount./anonymous": "volume without a name rw",
            "mount./cache": "tmpfs size=1m", "ulimit.nofile": "100:200", "shm-size": "32 MiB",
            "pid": "host", "network.none": "attached", "log-driver": "json-file",
            "state": "running",
        }  # fmt: skip
        settings = opened(engine, container).settings
        assert settings["env.LEVEL"].value == "debug"
        assert settings["env.TOKEN"].secret
        assert (settings["user"].value, settings["workdir"].value) == ("7", "/srv")
        own = {key for key, fact in settings.items() if fact.brought == Provenance(layer=0)}
        assert {"env.LEVEL", "env.TOKEN", "user", "workdir"} <= own
        assert not own & {"architecture", "os", "created"}
    finally:
        engine.run("rm", "-f", "-v", started.pop())
        engine.run("volume", "rm", "engine-test-data")


def test_a_container_whose_image_was_retagged_or_removed(
    engine: Engine, image: oci.Image, started: list[str], tmp_path: Path
) -> None:
    engine.build("engine-test:gone", f"FROM {NAME}\nLABEL x=y\n")
    words = ("create", "engine-test:gone", "sleep", "1")
    started.append(engine.run(*words))
    engine.build("engine-test:gone", f"FROM {NAME}\nLABEL x=z\n")  # the first has no name now
    found = opened(engine, started[-1])
    assert found.settings["label.x"].value == "y"
    engine.run("rmi", "-f", found.identity.config)
    with pytest.raises(ImageError, match="has been removed from the engine") as caught:
        opened(engine, started[-1])
    assert found.identity.config in caught.value.message
    assert "engine-test:gone" in caught.value.message
    engine.run("rmi", "engine-test:gone")


def test_what_is_no_name_is_not_asked_for(engine: Engine) -> None:
    with pytest.raises(UsageError, match="no name of a container"):
        opened(engine, "../images/json")
    with pytest.raises(ImageError, match="has no container engine-test-none"):
        opened(engine, "engine-test-none")


def test_the_containers_of_a_compose_project(
    engine: Engine, image: oci.Image, started: list[str]
) -> None:
    def service(name: str, container: str, *more: str) -> None:
        label = "com.docker.compose."
        words = ("--label", f"{label}project=engine-test", "--label", f"{label}service={name}")
        run(engine, started, "--name", f"engine-test-{container}", *words, *more)

    service("web", "web-2")
    service("web", "web-1")
    service("worker", "worker-1")
    service("worker", "run-1", "--label", "com.docker.compose.oneoff=True")
    service("gone", "gone-1")
    engine.run("kill", "engine-test-gone-1")
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        assert containers_of_project("engine-test", engines=engines, observer=Silent()) == {
            "web": ("engine-test-web-1", "engine-test-web-2"),
            "worker": ("engine-test-worker-1",),
        }
        with pytest.raises(ImageError, match="no running containers of project none"):
            containers_of_project("none", engines=engines, observer=Silent())
