"""Settings of containers that need more than an engine here has: told from its answers."""

from __future__ import annotations

from typing import Any

import pytest

from depcheck.images.engine.runtime import runtime_facts


def facts(host: dict[str, Any] | None = None, **inspected: Any) -> dict[str, str]:
    told = {"HostConfig": host or {}, **inspected}
    return {name: fact.value for name, fact in runtime_facts(told).items()}


def test_what_an_engine_does_by_itself_is_left_out() -> None:
    defaults = {
        "Memory": 0, "MemorySwap": 0, "NanoCpus": 0, "CpuShares": 1024, "PidsLimit": None,
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "ShmSize": 64 << 20,
        "IpcMode": "shareable", "PidMode": "", "Runtime": "runc", "CapAdd": None, "Init": None,
        "Privileged": False, "PortBindings": None, "Devices": [], "Ulimits": None, "Dns": [],
    }  # fmt: skip
    assert facts(defaults) == {}
    assert facts() == {}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ({"Memory": 1 << 29, "MemorySwap": 1 << 30}, {"memory": "512 MiB"}),
        ({"Memory": 1000, "MemorySwap": -1}, {"memory": "1000 B", "memory-swap": "unlimited"}),
        ({"CpuQuota": 150_000, "CpuPeriod": 0}, {"cpus": "1.5"}),
        ({"NanoCpus": 250_000_000}, {"cpus": "0.25"}),
        ({"RestartPolicy": {"Name": "always"}}, {"restart": "always"}),
        ({"CapAdd": ["CAP_NET_ADMIN", "sys_time"]}, {"cap-add": "NET_ADMIN, SYS_TIME"}),
        ({"Privileged": True, "SecurityOpt": ["label=disable"]}, {"privileged": "true"}),
        (
            {"SecurityOpt": ['seccomp={"a": 1}', "apparmor=unconfined"]},
            {"security-opt": "apparmor=unconfined, seccomp=sha256:f9d86028c6e0"},
        ),
        (
            {"PortBindings": {"80/tcp": [{"HostIp": "::", "HostPort": "8080"}]}},
            {"port.80/tcp": "[::]:8080"},
        ),
        (
            {"DeviceRequests": [{"Count": -1, "Capabilities": [["gpu"]], "Driver": ""}]},
            {"gpus": "all gpu"},
        ),
        (
            {"DeviceRequests": [{"DeviceIDs": ["1", "0"], "Capabilities": [["gpu", "utility"]]}]},
            {"gpus": "0, 1 gpu+utility"},
        ),
        (
            {"Devices": [{"PathOnHost": "/dev/a", "PathInContainer": "/dev/b",
                          "CgroupPermissions": "rw"}]},
            {"device./dev/b": "/dev/a rw"},
        ),
        ({"NetworkMode": "container:" + "a" * 64}, {"network-mode": "of another container"}),
        ({"IpcMode": "container:x"}, {"ipc": "of another container"}),
        (
            {"LogConfig": {"Type": "splunk", "Config": {"splunk-token": "x"}}},
            {"log-driver": "splunk", "log-opt.splunk-token": "x"},
        ),
    ],
)  # fmt: skip
def test_what_is_set_is_told(host: dict[str, Any], expected: dict[str, str]) -> None:
    assert facts(host) == expected


def test_options_of_a_log_driver_are_secret() -> None:
    told = {"HostConfig": {"LogConfig": {"Type": "x", "Config": {"splunk-token": "x"}}}}
    assert runtime_facts(told)["log-opt.splunk-token"].secret


def test_the_same_service_of_two_projects_compares() -> None:
    def of(project: str) -> dict[str, str]:
        return facts(
            Config={"Labels": {"com.docker.compose.project": project}},
            Mounts=[{"Type": "volume", "Name": f"{project}_data", "Destination": "/data"}],
            NetworkSettings={"Networks": {f"{project}_default": {"IPAddress": "172.18.0.2"}}},
        )

    assert of("staging") == of("production")
    assert of("staging") == {"mount./data": "volume data rw", "network.default": "attached"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Status": "running", "ExitCode": 0}, "running"),
        ({"Status": "running", "Health": {"Status": "unhealthy"}}, "running (unhealthy)"),
        ({"Status": "exited", "ExitCode": 1}, "exited (status 1)"),
        (
            {"Status": "restarting", "ExitCode": 137, "OOMKilled": True},
            "restarting (status 137, out of memory)",
        ),
    ],
)
def test_states(state: dict[str, Any], expected: str) -> None:
    assert facts(State=state) == {"state": expected}


def test_an_answer_of_other_types_is_no_crash() -> None:
    wrong = {"Memory": "1", "PortBindings": [], "Ulimits": {}, "CapAdd": "x", "Tmpfs": []}
    assert facts(wrong, Mounts="x", NetworkSettings=[], State=3, Config=None) == {}
