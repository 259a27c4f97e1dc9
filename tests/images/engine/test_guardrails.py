"""Guard-rails of real containers, started with all of them and with none."""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Iterator

import pytest

from depcheck.errors import ImageError, UsageError
from depcheck.images.engine import Engines
from depcheck.images.engine.guardrails import guarded_container, neighbours
from depcheck.isolation.audit import audit
from tests.images.engine.programs import programs
from tests.support import oci
from tests.support.engine import Engine

IMAGE = "guardrails-test:1"
ALL = (
    "--memory", "64m", "--memory-swap", "64m", "--cpus", "0.5", "--pids-limit", "64",
    "--read-only", "--tmpfs", "/tmp:size=8m", "--cap-drop", "ALL",
    "--security-opt", "no-new-privileges", "--user", "10001:10001",
    "--health-cmd", "sleep 0", "--health-start-period", "60s", "--restart", "on-failure:5",
    "--stop-timeout", "30", "--network", "none",
)  # fmt: skip


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    layer = oci.Layer({**programs("sh", "sleep"), "tmp": oci.Folder()})
    config = {"Env": ["PATH=/bin", "LEVEL=info"], "Cmd": ["sleep", "100"]}
    folder = tmp_path_factory.mktemp("image")
    made = oci.Image((layer,), config=config)
    engine.load(oci.docker_archive(folder / "image.tar", {IMAGE: made}))
    yield IMAGE
    engine.run("rmi", "-f", IMAGE)


@pytest.fixture
def started(engine: Engine) -> Iterator[list[str]]:
    containers: list[str] = []
    yield containers
    if containers:
        engine.run("rm", "-f", "-v", *containers)


@pytest.fixture
def guarded(engine: Engine, image: str, started: list[str]):
    """Create a container with options, start it unless told otherwise, and read it."""

    def read(*options, start=True):
        started.append(engine.run("create", *options, image))
        if start:
            engine.run("start", started[-1])
        with Engines({"DOCKER_HOST": engine.url}) as engines:
            return guarded_container(engines.get(), started[-1])

    return read


@pytest.fixture
def network(engine: Engine) -> Iterator[str]:
    """Give the name of an internal network."""
    name = f"inner-{uuid.uuid4().hex[:8]}"
    engine.run("network", "create", "--internal", name)
    yield name
    engine.run("network", "rm", name)


def lacking(found):
    return {finding.evidence.name for finding in audit([found], [found.service])}


def test_a_container_with_all_of_them_lacks_nothing(guarded):
    found = guarded(*ALL)
    assert (found.memory, found.swap, found.cpus, found.pids) == (64 << 20, 64 << 20, 0.5, 64)
    assert (found.restart, found.restart_attempts) == ("on-failure", 5)
    assert (found.health, found.start_period, found.stop_grace) == (True, 60.0, 30.0)
    assert (found.tmpfs, found.dropped, found.user) == (("/tmp",), ("ALL",), "10001:10001")
    assert (found.network_mode, found.networks) == ("none", {})
    assert lacking(found) == set()
    assert found.origin is None
    assert found.where.startswith("container ")


def test_a_container_with_none_of_them(guarded):
    found = guarded("-e", "HF_TOKEN=hf_hunter2", "-p", "127.0.0.1:18080:80", start=False)
    assert found.plain_secrets == ("HF_TOKEN",)
    assert found.ports == ("127.0.0.1:18080:80/tcp",)
    assert lacking(found) == {
        "memory", "cpu", "pids", "ports", "network", "read-only", "capabilities", "privileges",
        "user", "health", "restart", "secrets", "stop-grace", "gateway",
    }  # fmt: skip
    assert "hunter2" not in str(audit([found], [found.service]))


def test_what_it_says_to_set_is_what_mends_it(engine, guarded, started):
    """The options of the findings are such that the client takes, and leave the network open."""
    bare = guarded(start=False)
    found = audit([bare], [bare.service])
    sets = [f.evidence.set for f in found if f.evidence.name not in ("network", "gateway")]
    options = shlex.split(" ".join(sets))
    assert lacking(guarded("--tmpfs", "/tmp:size=8m", *options, start=False)) == {
        "network",
        "gateway",
    }
    now = shlex.split(" ".join(f.evidence.now for f in found if f.evidence.now))
    engine.run("update", *now, started[0])
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        mended = guarded_container(engines.get(), started[0])
    assert lacking(bare) - lacking(mended) == {"memory", "cpu", "pids", "restart"}


@pytest.mark.parametrize(
    ("option", "value", "rail"),
    [
        ("--memory-swap", "-1", "memory"),
        ("--pids-limit", "0", "pids"),
        ("--network", "host", "network"),
        ("--cap-drop", "NET_RAW", "capabilities"),
        ("--security-opt", "no-new-privileges:false", "privileges"),
        ("--user", "0", "user"),
        ("--restart", "always", "restart"),
        ("--restart", "no", "restart"),
        ("--stop-timeout", "0", "stop-grace"),
        ("--health-start-period", "0s", "start-period"),
        ("--tmpfs", "/run", "tmpfs"),
    ],
)
def test_one_guard_rail_that_does_not_hold(guarded, option, value, rail):
    options = list(ALL)
    options[options.index(option) + 1] = value
    assert lacking(guarded(*options, start=False)) == {rail}


@pytest.mark.parametrize(
    ("more", "rail"),
    [
        (("--privileged",), "privileges"),
        (("--pid", "host"), "privileges"),
        (("--ipc", "host"), "privileges"),
        (("--device", "/dev/null"), "privileges"),
        (("-v", "/etc:/x"), "privileges"),
        (("--cap-add", "SYS_ADMIN"), "capabilities"),
        (("-e", "A_KEY=x"), "secrets"),
        (("--no-healthcheck",), "health"),
    ],
)
def test_one_thing_too_much(guarded, more, rail):
    options = ALL
    if more == ("--no-healthcheck",):
        at = ALL.index("--health-cmd")
        options = ALL[:at] + ALL[at + 4 :]
    assert lacking(guarded(*options, *more, start=False)) == {rail}


def test_what_is_worth_nothing(guarded):
    found = guarded(
        "--tmpfs", "/a", "--tmpfs", "/b:size=1m", "--mount", "type=tmpfs,target=/c",
        "--mount", "type=tmpfs,target=/d,tmpfs-size=1m", "--security-opt", "seccomp=unconfined",
        "--health-cmd", "exit 0", "--label", "depcheck.gateway=true", start=False,
    )  # fmt: skip
    assert set(found.tmpfs) == {"/a", "/b", "/c", "/d"}
    assert set(found.unbounded) == {"/a", "/c"}
    assert found.unconfined == ("seccomp:unconfined",)
    assert (found.hollow_health, found.gateway) == ("exit 0", True)


def test_who_else_is_in_its_networks(engine, network, guarded):
    first = guarded("--network", network, "--health-cmd", "sleep 0")
    second = guarded("--network", network, "--label", "depcheck.gateway=true")
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        around = neighbours(engines.get(), [first])
        assert neighbours(engines.get(), [first, second]) == ()
    assert [each.where for each in around] == [second.where]
    assert "gateway" in {f.evidence.name for f in audit([first], [first.service])}
    assert "gateway" not in {f.evidence.name for f in audit([first], [first.service], around)}


def test_networks_are_asked_for(guarded, network):
    inner = list(ALL)
    inner[-1] = network
    found = guarded(*inner, start=False)
    assert (found.networks, lacking(found)) == ({network: True}, {"gateway"})
    assert guarded(*ALL[:-2], start=False).networks == {"bridge": False}


def test_the_network_of_another_container(guarded, started):
    first = guarded(*ALL)
    shared = guarded(*ALL[:-1], f"container:{started[0]}", start=False)
    assert (shared.network_mode, lacking(shared)) == (f"container:{started[0]}", set())
    assert first.network_mode == "none"


def test_secrets_are_what_is_mounted_below_run_secrets(guarded, tmp_path):
    (tmp_path / "key").write_text("x")
    found = guarded(*ALL, "-v", f"{tmp_path}/key:/run/secrets/key:ro", start=False)
    assert (found.secrets, found.binds, found.volumes) == (("key",), (), ())


def test_a_service_of_a_compose_project(guarded):
    found = guarded("--label", "com.docker.compose.service=ai", start=False)
    assert found.service == "ai"


def test_what_is_not_there(engine: Engine):
    with Engines({"DOCKER_HOST": engine.url}) as engines:
        with pytest.raises(ImageError, match="has no container nowhere"):
            guarded_container(engines.get(), "nowhere")
        with pytest.raises(UsageError, match="no name of a container"):
            guarded_container(engines.get(), "a b")
        assert engines.get().network("nowhere") is None


def test_what_gives_the_host_away(engine, guarded):
    volume = f"guardrails-{uuid.uuid4().hex[:8]}"
    options = ("type=none", "o=bind", "device=/etc")
    engine.run("volume", "create", *(w for each in options for w in ("--opt", each)), volume)
    try:
        found = guarded(
            "--volume", f"{volume}:/h", "--volume", "/tmp:/var/run/docker.sock",
            "--device-cgroup-rule", "c 1:3 rwm", "--oom-score-adj", "-500", "--group-add", "0",
            start=False,
        )  # fmt: skip
    finally:
        engine.run(
            "rm", "-f", "-v", *engine.run("ps", "-aq", "--filter", f"volume={volume}").split()
        )
        engine.run("volume", "rm", volume)
    assert sorted(found.binds) == ["/etc", "/var/run/docker.sock"]
    assert found.escapes == {"device_cgroup_rules": "may use devices of the host (c 1:3 rwm)"}
    assert (found.oom_immune, found.groups) == ("oom_score_adj: -500", ("0",))
