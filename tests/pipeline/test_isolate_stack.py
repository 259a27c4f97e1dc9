"""What ``isolate --write`` wrote for ``fixtures/stack``, built and started: the wall holds.

A core with logins, a recommender, and the gateway between them run on a real engine, started
by Docker Compose from the written files and nothing else. Then the recommender misbehaves.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine import Engine
from tests.support.running import cannot
from tests.support.stack import (
    BASE,
    GATEWAY,
    OUTSIDE,
    OUTSIDE_PORT,
    Answer,
    StackEngine,
    compose,
    copy_images,
    gateway_image_or_skip,
    stack_engine_or_skip,
    work_folder,
)

FIXTURE = Path(__file__).parents[2] / "fixtures" / "stack"
CORE = "http://127.0.0.1:8000"
WEB, AI, PROXY = "stack-web-1", "stack-recommender-1", "stack-gateway-1"
IMAGES = ("stack-web:local", "stack-recommender:local")
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
# What a connection that a wall stops may end with: which one depends on the kernel's routes.
NO_WAY = ("timed out", "No route to host", "Network is unreachable")
# The classic builder of an engine without a bridge reaches the index only so.
HOST_NETWORK = "services: {web: {build: {network: host}}, recommender: {build: {network: host}}}\n"


@dataclass(frozen=True, slots=True)
class Stack:
    """The running stack. ``engine`` is the one that it runs on, ``file`` its compose file."""

    engine: StackEngine
    file: Path

    def compose(self, *words: str) -> str:
        return self.engine.compose(*project(self.file), *words)

    def login(self) -> Answer:
        return self.engine.get(f"{CORE}/login")

    def recommend(self, query: str = "") -> tuple[int, dict[str, Any], float]:
        """Ask the core for recommendations: the gateway's status and document, and the time."""
        answer = self.engine.get(f"{CORE}/recommend?{query}")
        assert answer.status == 200, answer
        told = answer.json()
        return told["status"], json.loads(told["said"]), answer.seconds

    def until(self, what: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"not within {seconds} s: {self.engine.run('ps', '-a')}"
            time.sleep(0.2)

    def is_well(self) -> bool:
        return self.recommend()[0] == 200

    def reaches(self, container: str, address: str, port: int) -> bool:
        """Tell whether a connection can be opened from inside of a running container."""
        python = "python" if container != PROXY else "python3"
        try:
            self.engine.run("exec", container, python, "-c", CONNECT, address, str(port))
        except OSError:
            return False
        return True

    def address(self, container: str, network: str) -> str:
        form = f'{{{{(index .NetworkSettings.Networks "stack_{network}").IPAddress}}}}'
        return self.engine.inspect(container, form)


def project(file: Path) -> tuple[str, ...]:
    return ("--project-name", "stack", "--file", str(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``depcheck isolate --write`` made for a copy of the fixture."""
    root = tmp_path_factory.mktemp("project") / "stack"
    shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns("deploy", "__pycache__"))
    needs_the_index(root.parent)
    assert write(root).startswith("TWO CONTAINERS")
    return root / "deploy"


def write(root: Path) -> str:
    command = [sys.executable, "-m", "depcheck", "isolate", "--write", "deploy", "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr  # a wall is a finding where it is new
    return done.stdout


def needs_the_index(folder: Path) -> None:
    """Skip where the index cannot be reached from here: a build installs real wheels."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-cache-dir"]
    done = subprocess.run(
        [*command, "-d", str(folder), "sortedcontainers==2.4.0"], capture_output=True, text=True
    )
    if done.returncode:
        cannot(f"no index for this test: {done.stderr[-300:]}")


@pytest.fixture(scope="module")
def stack(
    builder: Engine, written: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    data, network = folder / "engine", folder / "network.yaml"
    data.mkdir()
    network.write_text(HOST_NETWORK)
    file = written / "compose.yaml"
    gateway_image_or_skip(builder)
    with stack_engine_or_skip(data, work_folder(folder)) as engine:
        compose(builder, engine.composer, *project(file), "--file", str(network), "build")
        copy_images(builder, engine, BASE, GATEWAY, *IMAGES)
        builder.run("rmi", *IMAGES)
        running = Stack(engine, file)
        try:
            running.compose("up", "--detach", "--no-build")
            running.until(lambda: running.login().status == 200, 30)
            running.until(running.is_well, 30)
            yield running
        finally:
            running.compose("down", "--timeout", "1")


def test_each_side_has_what_it_asked_for(stack: Stack):
    assert stack.login().json() == {"user": "ada", "pyjwt": "1.7.1"}
    status, document, _ = stack.recommend()
    assert status == 200
    assert document["items"] == [1, 2, 3]
    assert int(document["pyjwt"].partition(".")[0]) >= 2


def test_all_become_healthy_by_their_own_checks(stack: Stack):
    for name in (WEB, AI, PROXY):
        stack.until(
            lambda name=name: stack.engine.inspect(name, "{{.State.Health.Status}}") == "healthy",
            40,
        )


def test_the_core_alone_has_a_published_port(stack: Stack):
    ports = {
        name: json.loads(stack.engine.inspect(name, "{{json .HostConfig.PortBindings}}"))
        for name in (WEB, AI, PROXY)
    }
    assert ports == {WEB: {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8000"}]},
                     AI: {}, PROXY: {}}  # fmt: skip
    for port in (9000, 9001, 8404):
        assert stack.engine.get(f"http://127.0.0.1:{port}/healthz").status == 0


def test_the_ai_is_reached_by_the_gateway_and_by_nothing_else(stack: Stack):
    address = stack.address(AI, "recommender-internal")
    assert stack.reaches(PROXY, address, 9000)
    assert not stack.reaches(WEB, address, 9000)
    stranger = ("run", "--rm", "--network", "stack_edge", BASE, "python", "-c", CONNECT)
    assert stack.engine.run(*stranger, stack.address(WEB, "edge"), "8000") == ""
    with pytest.raises(OSError, match="|".join(NO_WAY)):
        stack.engine.run(*stranger, address, "9000")


def test_the_ai_reaches_neither_the_core_nor_the_outside(stack: Stack):
    assert stack.reaches(WEB, OUTSIDE, OUTSIDE_PORT)  # there is an outside to be reached
    outside = f"{OUTSIDE}:{OUTSIDE_PORT}"
    core = [f"{stack.address(WEB, network)}:8000" for network in ("edge", "gateway")]
    for address in (outside, *core):
        told = stack.recommend(f"reach={address}")[1]["reach"]
        assert any(words in told for words in NO_WAY), (address, told)
    own = stack.address(PROXY, "recommender-internal")
    assert stack.recommend(f"reach={own}:9001")[1]["reach"] == "reached"


def test_the_root_is_read_only_and_the_scratch_space_is_not(stack: Stack):
    for path in ("/app/recommender/app.py", "/opt/venv/x", "/x"):
        assert "Read-only file system" in stack.recommend(f"write={path}")[1]["write"]
    assert stack.recommend("write=/tmp/x")[1]["write"] == "written"


def test_processes_are_bounded(stack: Stack):
    told = stack.recommend("fork=200")[1]["fork"]
    assert 0 < told["started"] < 48
    assert "temporarily unavailable" in told["reason"]


def test_a_process_of_the_ai_has_no_privileges(stack: Stack):
    status = stack.engine.run("exec", AI, "cat", "/proc/1/status")
    told = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {told[key] for key in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
    assert told["NoNewPrivs"] == "1"
    assert told["Uid"].split() == ["10001"] * 4


def test_the_running_stack_passes_the_audit(stack: Stack):
    command = [sys.executable, "-m", "depcheck", "isolate", "--audit", f"container:{AI}"]
    done = subprocess.run(
        [*command, "--service", "recommender", "--format", "json"],
        capture_output=True, text=True, env={"DOCKER_HOST": stack.engine.url},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["findings"] == []


def test_an_ai_that_takes_too_much_memory_is_killed_and_the_core_goes_on(stack: Stack):
    restarts = int(stack.engine.inspect(AI, "{{.RestartCount}}"))
    started = int(time.time())
    with stack.engine.watching(f"{CORE}/login") as seen:
        status, document, _ = stack.recommend("hog=400")
        stack.until(stack.is_well, 30)
    assert status in (502, 503, 504)
    assert "error" in document
    assert seen["failures"] == []
    assert seen["count"] > 5
    assert seen["slowest"] < 2
    assert stack.engine.inspect(AI, "{{.State.OOMKilled}}") == "true"
    assert int(stack.engine.inspect(AI, "{{.RestartCount}}")) == restarts + 1
    assert events(stack, started) == ["oom", "die 137", "start"]
    assert stack.engine.inspect(WEB, "{{.RestartCount}} {{.State.OOMKilled}}") == "0 false"


def events(stack: Stack, since: int) -> list[str]:
    """What became of the AI container since a time, without its health checks."""
    told = stack.engine.run(
        "events", "--since", str(since), "--until", str(int(time.time()) + 1),
        "--filter", f"container={AI}", "--filter", "event=oom", "--filter", "event=die",
        "--filter", "event=start",
        "--format", "{{.Action}} {{with .Actor.Attributes.exitCode}}{{.}}{{end}}",
    )  # fmt: skip
    return [line.strip() for line in dict.fromkeys(told.splitlines())]


def test_the_breaker_opens_after_failures_and_closes_again(stack: Stack):
    stack.until(stack.is_well, 30)
    for _ in range(3):
        assert stack.recommend("fail=1")[0] == 500
    stack.until(lambda: stack.recommend()[0] == 503, 2)
    status, document, seconds = stack.recommend()
    assert (status, document) == (503, {"error": "unavailable"})
    assert seconds < 0.5
    stack.until(stack.is_well, 20)


def test_an_ai_that_cannot_stay_up_is_given_up_and_the_core_goes_on(stack: Stack):
    stack.until(stack.is_well, 30)
    hog = "import urllib.request as r; r.urlopen('http://127.0.0.1:9000/recommend?hog=400')"
    with stack.engine.watching(f"{CORE}/login") as seen:
        for _ in range(6):
            stack.until(lambda: stack.reaches(AI, "127.0.0.1", 9000) or has_ended(stack), 20)
            if has_ended(stack):
                break
            with pytest.raises(OSError, match=r"docker exec"):
                stack.engine.run("exec", AI, "python", "-c", hog)
        stack.until(lambda: has_ended(stack), 20)
        stack.until(lambda: stack.recommend()[0] == 503, 20)
        stack.until(lambda: stack.recommend()[2] < 0.5, 20)
    assert stack.engine.inspect(AI, "{{.RestartCount}}") == "5"
    assert seen["failures"] == []
    stack.compose("up", "--detach", "--no-build")
    stack.until(stack.is_well, 40)


def test_other_rules_of_the_gateway_are_in_force_after_up(stack: Stack):
    root = stack.file.parents[1]
    before = {name: stack.engine.inspect(name, "{{.Id}}") for name in (WEB, AI, PROXY)}
    text = (root / "depcheck.toml").read_text()
    assert "errors = 3\n" in text
    (root / "depcheck.toml").write_text(text.replace("errors = 3\n", "errors = 3\nrate = 1\n"))
    write(root)
    stack.compose("up", "--detach", "--no-build")
    after = {name: stack.engine.inspect(name, "{{.Id}}") for name in (WEB, AI, PROXY)}
    assert [name for name in before if before[name] != after[name]] == [PROXY]
    stack.until(stack.is_well, 40)
    time.sleep(2.1)
    statuses = [stack.recommend()[0] for _ in range(12)]
    assert statuses[0] == 200
    assert 429 in statuses


def has_ended(stack: Stack) -> bool:
    return stack.engine.inspect(AI, "{{.State.Status}}") == "exited"
