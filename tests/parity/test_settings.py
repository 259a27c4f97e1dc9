"""Image configuration and container settings; what stays hidden."""

from __future__ import annotations

import inspect
import re

import pytest

from depcheck.images.engine import runtime
from depcheck.images.engine.runtime import runtime_facts
from depcheck.model.inventory import Fact, Identity, Provenance
from depcheck.parity.facts import RUNTIME
from tests.parity.stories import IMAGE, chain, drift, facts, image, only, rules, tell, told


def settings(values, *, secret=False):
    return image(settings=facts(values, secret=secret))


def running(values, *, secret=False):
    return image(covers=IMAGE | {"runtime"}, runtime=facts(values, secret=secret))


@pytest.mark.parametrize(
    ("key", "rule", "severity"),
    [
        ("architecture", "image-architecture", "error"),
        ("os", "image-architecture", "error"),
        ("variant", "image-variant", "warning"),
        ("entrypoint", "image-entrypoint", "error"),
        ("command", "image-command", "error"),
        ("workdir", "image-workdir", "warning"),
        ("user", "image-user", "warning"),
        ("port.8080/tcp", "image-port", "note"),
        ("volume./data", "image-volume", "warning"),
        ("healthcheck", "image-healthcheck", "warning"),
        ("stopsignal", "image-stopsignal", "warning"),
        ("label.org.example.tier", "image-label", "note"),
        ("env.LOG_LEVEL", "image-environment", "warning"),
        ("env.PATH", "image-environment", "error"),
        ("env.LD_PRELOAD", "image-environment", "error"),
        ("env.PYTHONPATH", "image-environment", "error"),
        ("env.PYTHON_VERSION", "image-environment", "note"),
        ("shell", "image-other", "note"),
    ],
)
def test_image_configuration(key, rule, severity):
    finding = only(tell(settings({key: "one"}), settings({key: "two"})))
    assert (finding.rule, finding.severity, drift(finding).name) == (rule, severity, key)
    assert finding.message.endswith("is one in staging, two in production.")
    alone = only(tell(settings({key: "one"}), settings({})))
    assert (alone.rule, alone.severity) == (rule, severity)
    nothing = "root (none set)" if key == "user" else "not set"
    assert alone.message.endswith(f"is one in staging, {nothing} in production.")


@pytest.mark.parametrize(
    ("key", "rule", "severity"),
    [
        ("memory", "runtime-memory", "warning"),
        ("cpus", "runtime-cpus", "warning"),
        ("restart", "runtime-restart", "warning"),
        ("user", "runtime-user", "warning"),
        ("read-only-root", "runtime-read-only", "warning"),
        ("cap-add", "runtime-capabilities", "warning"),
        ("cap-drop", "runtime-capabilities", "warning"),
        ("privileged", "runtime-privileges", "warning"),
        ("pid", "runtime-namespaces", "warning"),
        ("log-opt.max-size", "runtime-logging", "note"),
        ("state", "runtime-state", "warning"),
        ("something-new", "runtime-other", "warning"),
        ("port.80/tcp", "runtime-ports", "warning"),
        ("mount./data", "runtime-mounts", "warning"),
        ("network.backend", "runtime-networks", "warning"),
        ("env.LOG_LEVEL", "runtime-environment", "warning"),
        ("env.PATH", "runtime-environment", "error"),
        ("shm-size", "runtime-limits", "warning"),
    ],
)
def test_container_settings(key, rule, severity):
    assert told(tell(running({key: "one"}), running({key: "two"}))) == [(rule, severity, key)]


EVERYTHING = {
    "HostConfig": {
        "Memory": 1 << 29, "MemorySwap": -1, "MemoryReservation": 1 << 28, "NanoCpus": 10**9,
        "CpuShares": 5, "PidsLimit": 7, "ShmSize": 1 << 20, "OomScoreAdj": 3, "CpusetCpus": "0",
        "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}], "Sysctls": {"net.core.x": "1"},
        "RestartPolicy": {"Name": "always"}, "ReadonlyRootfs": True, "Privileged": True,
        "PublishAllPorts": True, "Init": True, "AutoRemove": True, "OomKillDisable": True,
        "IpcMode": "host", "PidMode": "host", "UsernsMode": "host", "UTSMode": "host",
        "Runtime": "runsc", "Dns": ["10.0.0.1"], "ExtraHosts": ["a:10.0.0.1"],
        "GroupAdd": ["5"], "CapAdd": ["A"], "CapDrop": ["B"], "SecurityOpt": ["no-new-privileges"],
        "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "80"}]},
        "Tmpfs": {"/tmp": ""}, "NetworkMode": "container:x",
        "LogConfig": {"Type": "syslog", "Config": {"tag": "x"}},
        "Devices": [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/a"}],
        "DeviceRequests": [{"Count": -1}],
    },
    "Mounts": [{"Type": "bind", "Source": "/srv", "Destination": "/data"}],
    "NetworkSettings": {"Networks": {"back": {}}},
    "State": {"Status": "running"},
}  # fmt: skip


def test_every_setting_of_a_container_has_its_rule():
    own = runtime_facts(EVERYTHING)
    groups = {key.partition(".")[0] for key in own}
    source = inspect.getsource(runtime)
    written = set(re.findall(r'yield f?"([a-z-]+)', source))
    written |= set(re.findall(r'^ +f"([a-z]+)\.', source, re.MULTILINE))
    written |= {*runtime._FLAGS, *runtime._TEXTS, *runtime._LISTS, "cap-add", "cap-drop"}
    assert len(written) > 30
    assert groups == written  # else a key was added that EVERYTHING does not make
    known = {*RUNTIME} - {"user", "env"}
    assert groups == known
    left = image(covers=IMAGE | {"runtime"}, runtime=own)
    right = image(covers=IMAGE | {"runtime"})
    assert "runtime-other" not in rules(tell(left, right))


@pytest.mark.parametrize(
    ("left", "right", "severity"),
    [
        ("running (unhealthy)", "running (starting)", "note"),
        ("running", "running (unhealthy)", "note"),
        ("running", "exited (status 1)", "warning"),
        ("exited (status 0)", "exited (status 137, out of memory)", "warning"),
    ],
)
def test_health_alone_is_a_note(left, right, severity):
    finding = only(tell(running({"state": left}), running({"state": right})))
    assert (finding.rule, finding.severity) == ("runtime-state", severity)


def test_variables_and_users_of_containers_are_their_own():
    left, right = (
        image(covers=IMAGE | {"runtime"}, settings=facts({"env.A": v, "user": v, "workdir": v}))
        for v in ("one", "two")
    )
    assert rules(tell(left, right)) == ["image-workdir", "runtime-environment", "runtime-user"]
    assert drift(tell(left, right).findings[1]).aspect == "runtime"


def test_what_was_set_for_a_container_is_told_beside_an_image():
    own = {
        "env.A": Fact(value="1", secret=True, brought=Provenance(layer=0)),
        "user": Fact(value="7", brought=Provenance(layer=0)),
        "env.OF_IMAGE": Fact(value="2"),
    }
    there = image(covers=IMAGE | {"runtime"}, settings=own)
    comparison = tell(settings({"env.OF_IMAGE": "3"}), there)
    assert [(f.rule, drift(f).name) for f in comparison.findings] == [
        ("image-environment", "env.OF_IMAGE"), ("runtime-environment", "env.A"),
        ("runtime-user", "user"),
    ]  # fmt: skip
    assert comparison.findings[1].remedy == (
        "start production with env.A as in the test, or test as it is there"
    )


@pytest.mark.parametrize("name", ["root", "0", "0:0"])
def test_root_by_name_is_no_other_user_than_none(name):
    assert tell(settings({"user": name}), settings({})).findings == ()
    assert rules(tell(settings({"user": name}), settings({"user": "0:5"}))) == ["image-user"]


def test_an_image_says_nothing_of_run_time():
    comparison = tell(image(), running({"memory": "1 GiB"}))
    assert comparison.findings == ()
    assert comparison.left_out == ("runtime",)


def test_secret_values_are_not_shown():
    left, right = (settings({"env.TOKEN": v}, secret=True) for v in ("hunter2", "hunter3"))
    finding = only(tell(left, right))
    assert "hunter" not in str(finding)
    assert (drift(finding).left, drift(finding).right) == ("set", "set")
    assert drift(finding).hidden
    assert finding.message == (
        "the variable TOKEN has one value in staging and another in production."
    )


def test_a_secret_on_one_side_only():
    finding = only(tell(settings({"env.TOKEN": "hunter2"}, secret=True), settings({})))
    assert "hunter" not in str(finding)
    assert drift(finding).right is None
    assert finding.message == "the variable TOKEN is set in staging, not set in production."


def test_one_secret_side_hides_the_other():
    left, right = settings({"command": "a"}, secret=True), settings({"command": "plain"})
    assert "plain" not in str(only(tell(left, right)))


def test_secret_values_are_shown_where_asked_for():
    left, right = (settings({"env.TOKEN": v}, secret=True) for v in ("hunter2", "hunter3"))
    finding = only(tell(left, right, show_values=True))
    assert finding.message == "the variable TOKEN is hunter2 in staging, hunter3 in production."
    assert not drift(finding).hidden


def test_layers_base_and_time_are_one_note():
    left = image(
        layers=chain("a", "b", "c"), settings=facts({"base": "debian@1", "created": "2026-01-01"})
    )
    right = image(
        layers=chain("a", "b", "d", "e"),
        settings=facts({"base": "debian@1", "created": "2026-02-02"}),
    )
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("image-layers", "note")
    assert finding.message == (
        "the image is of 3 layers, on debian@1, built 2026-01-01 in staging, of 4 layers, on "
        "debian@1, built 2026-02-02 in production: they share the lowest 2 layers."
    )


def test_a_port_is_named_once():
    finding = only(tell(settings({"port.80/tcp": "80/tcp"}), settings({})))
    assert finding.message == "the exposed port is 80/tcp in staging, not set in production."
    assert finding.remedy == "set the exposed port 80/tcp in production as it was tested"


def test_nothing_shared_and_only_the_time():
    assert "no layer is shared" in only(tell(image(layers=chain("a")), image())).message
    left, right = (image(identity=Identity(created=t)) for t in ("2026-01-01", "2026-02-02"))
    assert "the layers are the same" in only(tell(left, right)).message


def test_sides_without_a_name_of_their_own():
    from depcheck.parity.compare import compare

    left, right = settings({"user": "app"}), settings({"user": "root"})
    assert only(compare(left, right)).message == (
        "the user is app in the left side, root in the right side."
    )


def test_the_gravest_first_then_what_matters_more_then_by_name():
    left = settings({"env.B": "1", "env.A": "1", "env.PATH": "1", "label.x": "1", "user": "a"})
    right = settings({"env.B": "2", "env.A": "2", "env.PATH": "2", "label.x": "2", "user": "b"})
    assert [drift(f).name for f in tell(left, right).findings] == [
        "env.PATH", "env.A", "env.B", "user", "label.x",
    ]  # fmt: skip


def test_the_service_is_told():
    finding = only(tell(settings({"user": "a"}), settings({"user": "b"}), service="web"))
    assert drift(finding).service == "web"
